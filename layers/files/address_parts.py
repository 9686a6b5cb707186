"""Addresses that a list keeps in several columns (小区, 楼栋, 单元, 房号), put together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from layers.files.synonyms import plain

JOINED = "地址"
"""What the column is called that holds the addresses put together."""
_PARTS: tuple[
    tuple[str, str, str], ...
] = (  # in the order of an address: our word, what is added to a bare number
    ("路", "", "街路巷 道路 路名 街道路 所在道路"),
    ("门牌", "号", "门牌号 门牌 路牌号"),
    ("小区", "", "小区 小区名称 小区名 所属小区 所在小区 住宅小区 楼盘 院落"),
    ("楼栋", "号楼", "楼栋 楼栋号 楼号 栋号 幢号 栋 幢 楼 座 楼栋名称 楼幢"),
    ("单元", "单元", "单元 单元号 门洞 梯"),
    ("房号", "室", "房号 房间号 室号 房间 室 户室号 房屋号 门号"),
)
_BY_NAME = {
    plain(name): (rank, bare) for rank, (_, bare, names) in enumerate(_PARTS) for name in names.split()
}
_HOUSE = 3
_NUMBER = re.compile(r"([A-Za-z]?\d+(?:-\d+)?[A-Za-z]?)(?:\.0+)?")


@dataclass(frozen=True, slots=True)
class Parts:
    """Columns that hold the parts of an address, in its order."""

    columns: tuple[str, ...]
    bare: tuple[str, ...]
    """What a bare number of each column is followed by."""


def address_parts(columns: Iterable[str]) -> Parts | None:
    """The columns that make up an address; None unless there are a building and something besides.

    >>> address_parts(["姓名", "房号", "小区", "楼栋"]).columns
    ('小区', '楼栋', '房号')
    """
    found: dict[int, tuple[str, str]] = {}
    for column in columns:
        known = _BY_NAME.get(plain(column))
        if known is not None:
            found.setdefault(known[0], (column, known[1]))
    if _HOUSE not in found or len(found) < 2:
        return None
    ranks = sorted(found)
    return Parts(tuple(found[rank][0] for rank in ranks), tuple(found[rank][1] for rank in ranks))


def house_parts(columns: Iterable[str]) -> Parts | None:
    """As `address_parts`, only as far as the building."""
    found = address_parts(columns)
    if found is None:
        return None
    kept = [i for i, column in enumerate(found.columns) if _BY_NAME[plain(column)][0] <= _HOUSE]
    if len(kept) < 2:
        return None
    return Parts(tuple(found.columns[i] for i in kept), tuple(found.bare[i] for i in kept))


def joined(frame: pd.DataFrame, parts: Parts) -> pd.Series:
    """One address a row; None where no part says anything.

    >>> rows = pd.DataFrame({"小区": ["桂苑"], "楼栋": ["3"], "单元": [2], "房号": ["501室"]})
    >>> joined(rows, address_parts(rows.columns)).tolist()
    ['桂苑3号楼2单元501室']
    """
    texts = [
        _texts(frame[column].tolist(), bare) for column, bare in zip(parts.columns, parts.bare, strict=True)
    ]
    whole = ["".join(pieces) or None for pieces in zip(*texts, strict=True)]
    return pd.Series(whole, index=frame.index, dtype=object)


def house_name(value: object) -> str | None:
    """The name of a building as an address has it: a bare number is 号楼. None for nothing.

    >>> house_name("3"), house_name("3幢"), house_name(None)
    ('3号楼', '3幢', None)
    """
    return _texts([value], "号楼")[0] or None


def _texts(values: Sequence[object], bare: str) -> list[str]:
    found = []
    for value in values:
        text = "" if value is None or value != value or value is pd.NA else str(value).strip()
        number = _NUMBER.fullmatch(text)
        found.append(number[1] + bare if number and bare else text)
    return found
