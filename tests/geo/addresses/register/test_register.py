"""Two sources over each other, drawn in units of about 100 m:

here                       there
A A . B B   C   D E        A A . b b   C1 C2   F F   .  G
"""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.addresses.register.building_codes import assign_building_codes
from geo.addresses.register.dated_names import COLUMNS as NAME_COLUMNS
from geo.addresses.register.dated_names import names_on, rename, spellings_on
from geo.addresses.register.register import COLUMNS, conflate, same_name
from geo.crs import KEPT_CRS
from geo.errors import ConflictError, InputError, MissingCrsError, RulesError


def frame(*rows: tuple[str, str, float, float]) -> gpd.GeoDataFrame:
    """Strips by ref, name, from and to."""
    shapes = [shapely.box(108.7 + a / 1000, 34.3, 108.7 + b / 1000, 34.301) for _, _, a, b in rows]
    table = pd.DataFrame({"ref": [r[0] for r in rows], "name": [r[1] for r in rows]})
    return gpd.GeoDataFrame(table, geometry=shapes, crs=KEPT_CRS)


HERE = frame(
    ("A", "芙蓉苑", 0, 2), ("B", "丹泽苑", 3, 5), ("C", "海棠新城", 6, 8), ("D", "D", 9, 10), ("E", "E", 10, 11), ("H", "远山", 20, 21)
)  # fmt: skip
THERE = frame(
    ("a", "芙蓉苑", 0.1, 2), ("b", "丹泽花园", 3, 5.1), ("c1", "海棠新城一区", 6, 7), ("c2", "海棠新城二区", 7, 8), ("f", "D", 9, 11), ("g", "远山", 30, 31), ("x", "新苑", 40, 41)
)  # fmt: skip


def test_pairs_and_what_to_decide() -> None:
    table = conflate(HERE, THERE)
    assert tuple(table.columns) == COLUMNS
    assert {(row.ref, row.other_ref): row.verdict for row in table.itertuples()} == {
        ("A", "a"): "same",
        ("B", "b"): "contradicting",
        ("C", "c1"): "split",
        ("C", "c2"): "split",
        ("D", "f"): "joined",
        ("E", "f"): "joined",
        ("H", "g"): "contradicting",
        ("", "x"): "missing_here",
    }
    same = table[table.ref == "A"].iloc[0]
    assert same.share == pytest.approx(0.95)
    assert same.other_share == pytest.approx(1.0)


def test_the_other_way_round_is_the_mirror() -> None:
    mirrored = {"split": "joined", "joined": "split", "missing_here": "missing_there"}
    one = {(r.ref, r.other_ref): r.verdict for r in conflate(HERE, THERE).itertuples()}
    other = {(r.other_ref, r.ref): r.verdict for r in conflate(THERE, HERE).itertuples()}
    assert {key: mirrored.get(verdict, verdict) for key, verdict in one.items()} == other


def test_no_name_contradicts_nothing_and_an_alias_agrees() -> None:
    nameless = frame(("a", "", 0, 2))
    assert conflate(frame(("A", "芙蓉苑", 0, 2)), nameless).verdict.tolist() == ["same"]
    called = frame(("a", "纺机厂西院", 0, 2))
    assert conflate(
        frame(("A", "芙蓉苑", 0, 2)).assign(aliases=[("纺机厂西院",)]), called
    ).verdict.tolist() == ["same"]


def test_names_of_buildings() -> None:
    assert same_name("12#楼", "十二幢")
    assert not same_name("2号楼", "12号楼")
    assert same_name("海棠新城第二期", "海棠新城二期")


def test_faults_are_said() -> None:
    with pytest.raises(InputError, match="ref"):
        conflate(HERE.drop(columns="ref"), THERE)
    with pytest.raises(InputError, match="twice"):
        conflate(pd.concat([HERE, HERE]), THERE)
    with pytest.raises(MissingCrsError):
        conflate(HERE.set_crs(None, allow_override=True), THERE)
    assert conflate(HERE.iloc[:0], THERE.iloc[:0]).empty


COMMUNITY = "610402005003"


def buildings(*rows: tuple[str, str, str | None]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "ref": [r[0] for r in rows],
            "community_code": COMMUNITY,
            "since": [r[1] for r in rows],
            "code": [r[2] for r in rows],
        }
    )


def test_new_buildings_are_numbered_on_in_time() -> None:
    codes = assign_building_codes(
        buildings(
            ("c", "2026-03-01", None), ("a", "2020-01-01", f"{COMMUNITY}00002"), ("b", "2026-01-01", None)
        ),
        taken=[f"{COMMUNITY}00005"],
    )
    assert codes.tolist() == [f"{COMMUNITY}00007", f"{COMMUNITY}00002", f"{COMMUNITY}00006"]


def test_codes_do_not_depend_on_the_order_and_stay() -> None:
    rows = buildings(("c", "2026-03-01", None), ("b", "2026-01-01", None))
    first = assign_building_codes(rows)
    assert assign_building_codes(rows.iloc[::-1]).sort_index().tolist() == first.tolist()
    assert assign_building_codes(rows.assign(code=first)).tolist() == first.tolist()


def test_codes_run_out_and_templates_are_checked() -> None:
    with pytest.raises(ConflictError, match="left"):
        assign_building_codes(buildings(("b", "2026-01-01", None)), taken=[f"{COMMUNITY}99999"])
    with pytest.raises(ConflictError, match="two buildings"):
        assign_building_codes(buildings(("a", "", f"{COMMUNITY}00001"), ("b", "", f"{COMMUNITY}00001")))
    with pytest.raises(RulesError):
        assign_building_codes(buildings(("b", "2026-01-01", None)), template="{sequence:05d}")
    with pytest.raises(InputError, match="since"):
        assign_building_codes(buildings(("b", "2026-01-01", None)).drop(columns="since"))


def test_a_renaming_keeps_the_old_name_findable() -> None:
    start, day, later = dt.date(2020, 1, 1), dt.date(2026, 1, 1), dt.date(2026, 6, 1)
    names = pd.DataFrame(
        [("C1", "棉纺厂家属院", "name", start, None), ("C1", "厂院", "alias", start, day)],
        columns=NAME_COLUMNS,
    )
    renamed = rename(names, "C1", "锦绣苑", on=day)
    assert spellings_on(renamed, dt.date(2025, 1, 1)).iloc[0].tolist() == ["C1", "棉纺厂家属院", ("厂院",)]
    assert spellings_on(renamed, later).iloc[0].tolist() == ["C1", "锦绣苑", ("棉纺厂家属院",)]
    assert names_on(renamed, later)["kind"].tolist() == ["name", "old"]
    assert names["valid_to"].isna().sum() == 1
    with pytest.raises(ConflictError):
        rename(renamed, "C1", "锦绣苑", on=later)
    with pytest.raises(InputError):
        rename(renamed, "C1", " ", on=later)
