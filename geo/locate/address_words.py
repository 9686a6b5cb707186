"""Why an address has the answer it has, in words."""

from __future__ import annotations

from geo.addresses.match.resolve import AddressMatch
from geo.errors import Words

FOUND = Words("the address names this building", "地址对应此楼栋")
"""The reason where nothing else is to say."""


def level_of(level: str) -> str | None:
    """How far an address was followed; None when nowhere."""
    return level if level and level != "none" else None


def why_not(match: AddressMatch, count: int, grid_code: str | None, *, planned: bool) -> Words:
    """Why no building is named: `count` fit, all of them in `grid_code` when that is given; `planned` tells whether
    there are grids to differ at all."""
    last = (
        match.evidence[-1] if match.evidence else Words("nothing in it was recognised", "未能识别其中的地点")
    )
    if match.status != "ambiguous" or not count:
        return last
    if grid_code is not None and count > 1:
        return Words(
            f"it may mean {count} buildings, all of them in grid {grid_code}; {last.en}",
            f"可能指 {count} 栋楼，均在网格 {grid_code} 内；{last.zh}",
        )
    if count == 1:
        return Words(f"it may mean one building, confirm it; {last.en}", f"可能指 1 栋楼，请确认；{last.zh}")
    where = Words(" in different grids", "，分属不同网格") if planned else Words("", "")
    return Words(
        f"it may mean {count} buildings{where.en}, choose one; {last.en}",
        f"可能指 {count} 栋楼{where.zh}，请选择；{last.zh}",
    )
