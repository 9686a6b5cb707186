"""What lies in a grid in words, on a handful of houses."""

from __future__ import annotations

import pandas as pd
import pytest

from geo.plans.places import houses_told, places_told


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ([], ""),
        (["3号楼"], "3号楼"),
        (["1栋", "2栋", "4栋", "10栋", "11栋", "12栋"], "1、2、4、10-12栋"),
        (["01号楼", "02号楼", "03号楼"], "01号楼、02号楼、03号楼"),
        (["A座", "1号楼", "A座"], "1号楼、A座"),
        (['<b>"楼"</b>'], '<b>"楼"</b>'),
    ],
)
def test_houses_are_drawn_together(names: list[str], told: str) -> None:
    assert houses_told(names) == told


def test_a_torn_complex_is_told_by_its_houses() -> None:
    houses = pd.DataFrame(
        {
            "code": ["a", "a", "a", "b", "b", None],
            "name": ["1号楼", "2号楼", None, "3号楼", None, "9号楼"],
            "complex_ref": ["c", "c", "c", "c", None, "c"],
            "road_addresses": [None, None, None, None, "桂花路12号", None],
        }
    )
    told = places_told(houses, pd.DataFrame({"ref": ["c"], "name": ["芙蓉小区"]}))
    assert told["a"].zh == "芙蓉小区1、2号楼、无名楼栋1栋"
    assert told["b"].zh == "芙蓉小区3号楼；桂花路12号"
    assert told["b"].en == "芙蓉小区: 3号楼; 桂花路12号"


def test_houses_of_a_complex_without_a_name_are_told_alone() -> None:
    houses = pd.DataFrame({"code": ["a", "a"], "name": ["菜场", None], "complex_ref": ["x", None]})
    told = places_told(houses, pd.DataFrame({"ref": ["x"], "name": [None]}))
    assert told["a"].zh == "菜场；无名楼栋1栋"
