"""A register small enough to know by heart.

芙蓉苑    1-13号楼, 13A   思源中路29号    望江街道 桃安社区
丹泽苑    1-3幢           人民路12号      河东街道 海园社区
丹泽花园  1-3幢                           河东街道 海园社区
海棠新城一区 1-4栋, 二区 3-9栋            望江街道 桃安社区
翠锦新城 (twice) 1-2号楼                  望江 / 河东
纺机厂家属楼 1-2号楼, also 纺机厂西院     河东街道
金瑞国际 A-C座, 甲楼, 芙蓉阁 (no units)   解放路1号 (old: 中山路)
人民路39号院 1-2号楼                      人民路39号
"""

from __future__ import annotations

import pandas as pd

from geo.addresses.register.gazetteer import Areas, Gazetteer

AREAS = Areas(
    "陕西省",
    "咸阳市",
    "秦都区",
    (("望江街道", ()), ("河东街道", ())),
    (("桃安社区", "望江街道"), ("海园社区", "河东街道")),
)
_COMPLEXES = [
    ("C1", "芙蓉苑", "", "", "望江街道", "桃安社区", "", "思源中路29号"),
    ("C2", "丹泽苑", "", "", "河东街道", "海园社区", "", "人民路12号"),
    ("C3", "丹泽花园", "", "", "河东街道", "海园社区", "", ""),
    ("C4", "海棠新城一区", "海棠新城", "一区", "望江街道", "桃安社区", "", ""),
    ("C5", "海棠新城二区", "海棠新城", "二区", "望江街道", "桃安社区", "", ""),
    ("C6", "翠锦新城", "", "", "望江街道", "桃安社区", "", ""),
    ("C7", "翠锦新城", "", "", "河东街道", "海园社区", "", ""),
    ("C8", "纺机厂家属楼", "", "", "河东街道", "海园社区", "纺机厂西院", ""),
    ("C9", "金瑞国际", "", "", "望江街道", "桃安社区", "", "解放路1号"),
    ("C10", "人民路39号院", "", "", "河东街道", "海园社区", "", "人民路39号"),
]
_HOUSES = {
    "C1": [*(f"{i}号楼" for i in range(1, 14)), "13A号楼"],
    "C2": ["1幢", "2幢", "3幢"],
    "C3": ["1幢", "2幢", "3幢"],
    "C4": ["1栋", "2栋", "3栋", "4栋"],
    "C5": [f"{i}栋" for i in range(3, 10)],
    "C6": ["1号楼", "2号楼"],
    "C7": ["1号楼", "2号楼"],
    "C8": ["1号楼", "2号楼"],
    "C9": ["A座", "B座", "C座", "甲楼", "芙蓉阁"],
    "C10": ["1号楼", "2号楼"],
}
COMPLEXES = pd.DataFrame(
    _COMPLEXES,
    columns=["complex_id", "name", "base", "phase", "street", "community", "aliases", "road_addresses"],
)
BUILDINGS = pd.DataFrame(
    [
        {
            "building_id": f"{complex_id}-{i}",
            "complex_id": complex_id,
            "name": name,
            "no_unit": int(complex_id == "C9"),
            "units": 1 if complex_id == "C9" else 3,
            "floors": 18 if complex_id == "C9" else 6,
            "rooms_per_floor": 4 if complex_id == "C9" else 2,
            "grid_id": f"G-{complex_id}",
        }
        for complex_id, names in _HOUSES.items()
        for i, name in enumerate(names, start=1)
    ]
)
ROADS = pd.DataFrame({"road": ["思源中路", "人民路", "解放路"], "old_name": ["思源路中段", "", "中山路"]})


def gazetteer() -> Gazetteer:
    """The register, compiled."""
    return Gazetteer.from_frames(COMPLEXES, BUILDINGS, roads=ROADS, areas=AREAS)
