"""The page of reach: whom it tells of, whom it does not, and that it asks nobody for anything."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from geo.errors import InputError
from maps.pages.reach import Walked, reach_page
from tests.maps import sample
from tests.maps.links import outward_links
from tests.maps.pages.test_grids import data_of, legend_of

EVIL = "<script>alert(1)</script>${7*7}</script><img src=x onerror=alert(2)>\u2028"
FRAMES = {
    name: getattr(sample, name)()
    for name in ("communities", "complexes", "buildings", "roads", "water", "stations")
}


def walked(**changes: Any) -> Walked:
    """The western community is reached, but for its last building; nobody in the east is, and b73 has no way."""
    refs = FRAMES["buildings"]["ref"].tolist()
    west = [ref < "b4" and ref != "b33" for ref in refs]
    values: dict[str, Any] = {
        "minutes": 15.0,
        "limit_m": 990.0,
        "areas": sample.walk_areas(),
        "circles": sample.circles(),
        "homes": pd.DataFrame(
            {
                "ref": refs,
                "minutes": [
                    4.2 if near else None if ref == "b73" else 15.3
                    for ref, near in zip(refs, west, strict=True)
                ],
                "station": ["心心秦家"] * 31 + [None],
                "households": pd.array([pd.NA if ref == "b00" else 40 for ref in refs], dtype="Int64"),
                "reached": west,
            }
        ),
        "households": 1280,
        "within": {5: 600, 10: 600, 15: 600},
        "reached": 600,
        "circle_households": 900,
        "circle_points": 23.4375,
    }
    return Walked(**(values | changes))


def page(found: Walked | None = None, **changes: Any) -> str:
    return reach_page(
        found, **({**FRAMES, "title": "秦都区步行覆盖图", "as_of": date(2026, 11, 22)} | changes)
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_page_loads_nothing_from_anywhere(lang: str) -> None:
    document = page(walked(), lang=lang)
    assert outward_links(document) == []
    assert document.count("<!DOCTYPE html>") == 1


def test_it_tells_who_is_not_reached() -> None:
    data = data_of(page(walked()))
    refs = sorted(FRAMES["buildings"]["ref"])
    reach = data["reach"]
    assert [refs[row] for row in reach["unreached"]] == [ref for ref in refs if ref >= "b33"]
    assert [reach["minutes"][refs.index(ref)] for ref in ("b00", "b33", "b73")] == [5, 16, -1]
    assert reach["nearest"][refs.index("b00")] == "心心秦家"
    assert [len(shapes) for shapes in reach["walks"]] == [1, 1, 1]
    assert len(reach["circles"]) == 2


def test_no_building_tells_more_than_it_may() -> None:
    """Households are those that were handed over for telling, whatever the register of buildings says."""
    told = data_of(page(walked()))["buildings"]["households"]
    assert told == [None] + [40] * 31
    assert set(data_of(page())["buildings"]["households"]) == {None}


def test_the_legend_has_the_figures_and_only_what_is_drawn() -> None:
    legend = legend_of(page(walked()))
    assert legend[:5] == [
        "步行 5 分钟内（户） 600",
        "步行 10 分钟内（户） 600",
        "步行 15 分钟内（户） 600",
        "15 分钟内未覆盖（户） 680",
        "990 米服务圈，直线估算（户） 900",
    ]
    assert "党群服务中心 1" in legend
    assert "高估 23.4 个百分点" in page(walked())
    alone = legend_of(page())
    assert alone[0] == "党群服务中心 1"
    assert not any("步行" in row or "服务圈" in row for row in alone)
    everybody = legend_of(page(walked(reached=1280)))
    assert not any("未覆盖" in row for row in everybody)


def test_what_is_lacking_is_said() -> None:
    document = page(lacking="还没有道路；请先导入")
    assert "尚不能计算步行可达" in document
    assert "还没有道路；请先导入" in document
    assert "尚不能计算步行可达" not in page(walked())


def test_names_are_texts_whatever_they_hold() -> None:
    homes = walked().homes.assign(station=EVIL)
    names = {"communities": sample.communities(EVIL, EVIL), "stations": sample.stations(EVIL)}
    document = page(walked(homes=homes), title=EVIL, lacking=EVIL, remarks=[EVIL], **names)
    assert "<script>alert" not in document
    assert "<img src=x" not in document


def test_the_same_whatever_the_order_of_rows() -> None:
    shuffled = {name: frame.iloc[::-1] for name, frame in FRAMES.items()}
    assert page(walked(), **shuffled) == page(walked(homes=walked().homes.iloc[::-1]))


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(InputError):
        page(walked(), lang="fr")
