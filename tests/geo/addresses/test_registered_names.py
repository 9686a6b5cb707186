"""Names of a register with an area or with brackets in them, and how people write them."""

from __future__ import annotations

import pandas as pd
import pytest

from geo.addresses.match.resolve import Matcher
from geo.addresses.match.suggest import Suggester
from geo.addresses.register.gazetteer import Areas, Gazetteer

_NAMES = {
    "C1": "锦川区城市更新安置小区（一标段）",
    "C2": "锦川区城市更新安置小区(二标段)",
    "C3": "铁路局家属院（东风路）",
    "C4": "铁路局家属院（新建路）",
    "C5": "芙蓉小区南院（原棉纺厂家属院）",
    "C6": "芙蓉小区",
    "C7": "锦川区人民医院家属院",
    "C8": "人民医院家属院",
    "C9": "桃安社区安居家园",
    "C10": "咸阳市第二中学家属院",
    "C11": "翠湖花园（一期）",
    "C12": "翠湖花园（二期）",
    "C13": "锦川区安置小区",
    "C14": "【锦绣】华庭",
    "C15": "旭日小区（工行）",
    "C16": "对面山小区",
}
REGISTER = Gazetteer.from_frames(
    pd.DataFrame(
        {
            "complex_id": list(_NAMES),
            "name": list(_NAMES.values()),
            "community": ["桃安社区" if key in ("C6", "C9") else "" for key in _NAMES],
        }
    ),
    pd.DataFrame(
        [
            {"building_id": f"{key}-{number}", "complex_id": key, "name": f"{number}号楼"}
            for key in _NAMES
            for number in (1, 3, 13)
        ]
    ),
    areas=Areas("陕西省", "咸阳市", "锦川区", communities=(("桃安社区", ""),)),
)
MATCHER = Matcher(REGISTER)


@pytest.mark.parametrize(
    ("text", "building"),
    [
        ("锦川区城市更新安置小区（一标段）3号楼", "C1-3"),
        ("锦川区城市更新安置小区(一标段)3号楼", "C1-3"),
        ("锦川区城市更新安置小区一标段3号楼", "C1-3"),
        ("锦川区锦川区城市更新安置小区（二标段）3号楼", "C2-3"),
        ("陕西省咸阳市锦川区锦川区城市更新安置小区【二标段】3号楼", "C2-3"),
        ("陕西省咸阳市锦川区城市更新安置小区（一标段）13号楼", "C1-13"),
        ("咸阳锦川区城市更新安置小区一标段3号楼", "C1-3"),
        ("城市更新安置小区第一标段3号楼", "C1-3"),
        ("锦川区城市更新安置小区2标段3号楼2单元501", "C2-3"),
        ("锦川区城市更新安置小区 一标段 3-2-501", "C1-3"),
        ("铁路局家属院（东风路）3号楼", "C3-3"),
        ("铁路局家属院（新建路）3号楼", "C4-3"),
        ("铁路局家属院[新建路]3号楼", "C4-3"),
        ("铁路局家属院新建路3号楼", "C4-3"),
        ("芙蓉小区南院（原棉纺厂家属院）3号楼", "C5-3"),
        ("芙蓉小区南院3号楼", "C5-3"),
        ("棉纺厂家属院3号楼", "C5-3"),
        ("芙蓉小区3号楼", "C6-3"),
        ("芙蓉小区（租户）3号楼", "C6-3"),
        ("人民医院家属院3号楼", "C8-3"),
        ("桃安社区安居家园3号楼", "C9-3"),
        ("锦川区桃安社区桃安社区安居家园3号楼", "C9-3"),
        ("桃安社区芙蓉小区3号楼", "C6-3"),
        ("陕西省咸阳市第二中学家属院3号楼", "C10-3"),
        ("咸阳市锦川区咸阳市第二中学家属院3号楼", "C10-3"),
        ("第二中学家属院3号楼", "C10-3"),
        ("翠湖花园（二期）3号楼", "C12-3"),
        ("翠湖花园2期3号楼", "C12-3"),
        ("锦川区安置小区3号楼", "C13-3"),
        ("锦绣华庭3号楼", "C14-3"),
        ("（锦绣）华庭3号楼", "C14-3"),
        ("旭日小区3号楼", "C15-3"),
        ("旭日小区（工行）3号楼", "C15-3"),
        ("对面山小区3号楼", "C16-3"),
    ],
)
def test_every_way_to_write_a_registered_name_is_known(text: str, building: str) -> None:
    match = MATCHER.match(text)
    assert (match.status, match.building_id) == ("matched", building)


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("锦川区城市更新安置小区3号楼", {"C1-3", "C2-3"}),
        ("铁路局家属院3号楼", {"C3-3", "C4-3"}),
        ("铁路局家属院（租户）3号楼", {"C3-3", "C4-3"}),
        ("翠湖花园3号楼", {"C11-3", "C12-3"}),
        ("锦川区人民医院家属院3号楼", {"C7-3", "C8-3"}),
    ],
)
def test_what_does_not_tell_two_names_apart_leaves_both(text: str, candidates: set[str]) -> None:
    match = MATCHER.match(text)
    assert (match.status, set(match.candidates)) == ("ambiguous", candidates)


@pytest.mark.parametrize(
    "text",
    [
        "锦川区城市更新安置小区（三标段）3号楼",
        "锦川区城市更新安置小区三标段3号楼",
        "锦川区城市更新安置小区（一标段）2号楼",
        "锦川区城市更新小区一标段3号楼",
        "芙蓉小区一标段3号楼",
        "翠湖花园（三期）3号楼",
        "咸阳市第三中学家属院3号楼",
        "安置小区3号楼",
    ],
)
def test_another_name_is_not_matched(text: str) -> None:
    assert MATCHER.match(text).status == "none"


def test_a_name_with_brackets_is_completed() -> None:
    suggester = Suggester(REGISTER)
    for typed in ("锦川区城市更新", "城市更新", "锦川区城市更新安置小区（二", "锦川区城市更新安置小区二"):
        assert _NAMES["C2"] in [one.label for one in suggester.suggest(typed)]
