"""Made-up residents: as many as asked for, of every kind, with a truth that matching finds again; nobody's names."""

from __future__ import annotations

import numpy as np

from geo.addresses.match.resolve import Matcher
from geo.conform import try_conform_table
from geo.frames import ALIASES, RESIDENTS
from layers.demo.district import DemoDistrict
from layers.demo.doors import door_frame
from layers.demo.residents import KINDS, made_up_residents
from layers.demo.sizes import figures
from layers.lookup.gazetteer import gazetteer_of
from layers.lookup.places import places_of
from layers.people.residents import as_records


def test_plates_stand_on_roads_and_are_unique(made: dict[str, DemoDistrict]) -> None:
    frames = made["small"].frames
    plates = door_frame(frames["complexes"], frames["roads"])
    assert try_conform_table(plates.assign(valid_from=None, valid_to=None), ALIASES)[1] == []
    on_roads = plates[plates["kind"] == "address"]
    assert on_roads["text"].is_unique
    assert set(on_roads["target"]) <= set(frames["complexes"]["ref"])
    assert len(on_roads) > len(frames["complexes"]) / 2
    renamed = plates[plates["kind"] == "road"]
    assert set(renamed["target"]) <= set(frames["roads"]["name"].dropna())
    assert renamed["text"].str.contains("大道").all()


def test_the_list_keeps_its_contract_and_its_numbers(made: dict[str, DemoDistrict]) -> None:
    frames = made["district"].frames
    plates = door_frame(frames["complexes"], frames["roads"])
    residents = made_up_residents(frames, plates, people=figures("district").people, seed=1)
    frame = residents.frame
    assert len(frame) == len(residents.truth) == 669_700
    typed, faults = try_conform_table(frame.iloc[::97], RESIDENTS)
    assert faults == []
    assert set(typed["population"]) == set(KINDS)
    assert 2.0 < len(frame) / frame["household"].nunique() < 3.5
    assert 0.06 < frame["member"].notna().mean() < 0.08  # Qindu: 45,991 of 669,700
    assert len(as_records(typed, key=b"secret")) > 0.9 * len(typed)


def test_the_same_seed_gives_the_same_list(made: dict[str, DemoDistrict]) -> None:
    frames = made["small"].frames
    plates = door_frame(frames["complexes"], frames["roads"])
    first, again, other = (made_up_residents(frames, plates, people=900, seed=s).frame for s in (1, 1, 2))
    assert first.equals(again)
    assert not first.equals(other)


def test_what_an_address_means_is_found_again(made: dict[str, DemoDistrict]) -> None:
    frames = made["small"].frames
    plates = door_frame(frames["complexes"], frames["roads"])
    residents = made_up_residents(frames, plates, people=4_000, seed=3)
    layers = ("communities", "streets", "districts", "complexes", "buildings", "roads", "stations")
    gazetteer = gazetteer_of(places_of(**{layer: frames[layer] for layer in layers}, aliases=plates))
    found = Matcher(gazetteer.built()).match_many(residents.frame["address"].tolist())
    truth = residents.truth["building_ref"].to_numpy(dtype=object)
    sure = np.array([isinstance(ref, str) for ref in truth])
    matched = (found["status"] == "matched").to_numpy(dtype=bool)
    right = matched & (found["building_id"].to_numpy(dtype=object) == truth)
    assert right[sure].mean() > 0.93
    assert (matched & sure & ~right).sum() == 0


def test_houses_of_no_complex_have_a_lane_and_are_found_by_it(made: dict[str, DemoDistrict]) -> None:
    frames = made["small"].frames
    buildings = frames["buildings"]
    houses = buildings[buildings["road_addresses"].notna()]
    assert houses["road_addresses"].is_unique
    assert houses["complex_ref"].isna().all()
    plates = door_frame(frames["complexes"], frames["roads"])
    residents = made_up_residents(frames, plates, people=4_000, seed=3)
    lanes = set(houses["ref"]) & set(residents.truth["building_ref"].dropna())
    assert len(lanes) > 20
