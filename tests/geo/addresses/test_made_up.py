"""Thousands of addresses of a made-up register, written in ways the matcher was not built on."""

from __future__ import annotations

import pandas as pd
import pytest

from geo.addresses.match.resolve import Matcher
from tests.geo.addresses.made_up import Writer, make_register

COUNT = 6_000


@pytest.fixture(scope="module", params=[11, 12])
def answered(request: pytest.FixtureRequest) -> pd.DataFrame:
    made = make_register(complexes=400, seed=request.param)
    records = Writer(made, seed=request.param + 100).records(COUNT)
    answers = Matcher(made.gazetteer()).match_many(records["text"].tolist())
    return records.join(answers.add_prefix("got_"))


def test_buildings_are_found_and_hardly_ever_wrong(answered: pd.DataFrame) -> None:
    named = answered[answered.got_status == "matched"]
    right = named.status.eq("matched") & named.building_id.eq(named.got_building_id)
    assert (~right).mean() <= 0.0005
    assert right.sum() / answered.status.eq("matched").sum() >= 0.99


def test_what_is_not_there_is_not_found(answered: pd.DataFrame) -> None:
    nobody = answered[answered.status == "none"]
    assert nobody.got_status.ne("matched").mean() >= 0.999
    assert nobody.got_status.eq("none").mean() >= 0.98


def test_candidates_are_complete(answered: pd.DataFrame) -> None:
    several = answered[answered.status == "ambiguous"]
    assert several.got_status.eq("ambiguous").mean() >= 0.99
    listed = [
        set(want.split("|")) <= set(got.split("|"))
        for want, got in zip(several.candidates, several.got_candidates, strict=True)
    ]
    assert sum(listed) / len(listed) >= 0.99


def test_units_and_rooms_are_right(answered: pd.DataFrame) -> None:
    right = answered[answered.building_id.eq(answered.got_building_id) & answered.status.eq("matched")]
    assert right.unit.eq(right.got_unit).mean() >= 0.999
    assert right.room.eq(right.got_room).mean() >= 0.999


def test_the_confidence_is_honest(answered: pd.DataFrame) -> None:
    named = answered[answered.got_status == "matched"]
    right = named.status.eq("matched") & named.building_id.eq(named.got_building_id)
    assert abs(named.got_confidence.mean() - right.mean()) <= 0.002
