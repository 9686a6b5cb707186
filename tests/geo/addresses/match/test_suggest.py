"""What is offered while an address is typed."""

from __future__ import annotations

import pytest

from geo.addresses.match.suggest import Suggester
from tests.geo.addresses.town import gazetteer

SUGGESTER = Suggester(gazetteer())


@pytest.mark.parametrize(
    "typed",
    [
        "芙蓉苑",
        "芙蓉",
        "芙",
        "蓉苑",
        "fry",
        "FRY",
        "furong",
        "fu rong yuan",
        "芙蓉苑 ",
        "咸阳市秦都区芙蓉",
        "望江街道桃安社区芙",
    ],
)
def test_a_complex_by_characters_sound_and_initials(typed: str) -> None:
    first = SUGGESTER.suggest(typed)[0]
    assert (first.label, first.kind, first.complex_id) == ("芙蓉苑", "complex", "C1")


def test_an_alias_offers_the_name() -> None:
    assert SUGGESTER.suggest("纺机厂西")[0].label == "纺机厂家属楼"


def test_roads_and_buildings() -> None:
    assert [one.label for one in SUGGESTER.suggest("思源")] == ["思源中路"]
    buildings = SUGGESTER.suggest("芙蓉苑1")
    assert [one.label for one in buildings] == [
        "芙蓉苑1号楼",
        "芙蓉苑10号楼",
        "芙蓉苑11号楼",
        "芙蓉苑12号楼",
        "芙蓉苑13号楼",
        "芙蓉苑13A号楼",
    ]
    assert {one.kind for one in buildings} == {"building"}
    assert [one.building_id for one in SUGGESTER.suggest("丹泽苑二")] == ["C2-2"]


def test_limits_and_nothing() -> None:
    assert len(SUGGESTER.suggest("芙蓉苑", limit=3)) == 3
    for typed in ("", " ", "完全没有", "😀", "x" * 10_000):
        assert SUGGESTER.suggest(typed) == []
    assert SUGGESTER.suggest("芙", limit=0) == []
