"""Addresses that a list keeps in several columns (小区, 楼栋, 单元, 房号), put together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from geo.addresses.parts.parse import parse
from layers.files.synonyms import plain

JOINED = "地址"
"""What the column is called that holds the addresses put together."""
_PARTS: tuple[
    tuple[str, str, str], ...
] = (  # in the order of an address: our word, what is added to a bare number
    ("社区", "", "社区 社区名称 所属社区 所在社区 村居 村居名称"),
    ("路", "", "街路巷 道路 路名 街道路 所在道路"),
    ("门牌", "号", "门牌号 门牌 路牌号"),
    ("小区", "", "小区 小区名称 小区名 所属小区 所在小区 住宅小区 居住小区 小区/院 小区或院落 小区(院落) 楼盘 楼盘名称 院落"),
    ("楼栋", "号楼", "楼栋 楼栋号 楼号 栋号 幢号 栋 幢 楼 座 楼栋名称 楼幢 楼幢号 号楼 栋数"),
    ("楼栋门", "", "楼栋单元房号 楼栋单元室号 楼栋单元室 楼栋房号 楼栋门牌 幢单元室 栋单元室 楼单元室 楼号单元房号 楼室号"),
    ("单元", "单元", "单元 单元号 单元门 门洞 梯 单"),
    ("房号", "室", "房号 房间号 室号 房间 室 户室 户室号 房屋号 门号 房 房室 房室号 门牌室号"),
)  # fmt: skip
_BY_NAME = {
    plain(name): (rank, bare) for rank, (_, bare, names) in enumerate(_PARTS) for name in names.split()
}
_CODE_DIGITS = 6
"""So long a number where a name is meant is the code of a place."""
_COMMUNITY, _ROAD, _PLATE, _COMPLEX, _HOUSE, _DOOR, _ROOM = 0, 1, 2, 3, 4, 5, 7
_NUMBER = re.compile(r"([A-Za-z]?\d+(?:-\d+)?[A-Za-z]?)(?:\.0+)?")


@dataclass(frozen=True, slots=True)
class Parts:
    """Columns that hold the parts of an address, in its order."""

    columns: tuple[str, ...]
    bare: tuple[str, ...]
    """What a bare number of each column is followed by."""


def address_parts(columns: Iterable[str]) -> Parts | None:
    """The columns that make up an address; None unless there are a building, or rooms of a complex, and something besides.

    >>> address_parts(["姓名", "房号", "小区", "楼栋"]).columns
    ('小区', '楼栋', '房号')
    """
    found: dict[int, tuple[str, str]] = {}
    for column in columns:
        known = _BY_NAME.get(plain(column))
        if known is not None:
            found.setdefault(known[0], (column, known[1]))
    if _PLATE in found and not {_ROAD, _ROOM} & set(found):
        found[_ROOM] = (found.pop(_PLATE)[0], "室")  # the plate on a door of the building, not of a road
    houses = {_HOUSE, _DOOR} & set(found) or {_COMPLEX, _ROOM} <= set(found)
    if not houses or len(set(found) - {_COMMUNITY}) < 2:
        return None
    ranks = sorted(found)
    return Parts(tuple(found[rank][0] for rank in ranks), tuple(found[rank][1] for rank in ranks))


def house_parts(columns: Iterable[str]) -> Parts | None:
    """As `address_parts`, only as far as the building."""
    found = address_parts(columns)
    if found is None:
        return None
    ranks = [_BY_NAME[plain(column)][0] for column in found.columns]
    kept = [i for i, rank in enumerate(ranks) if rank <= _HOUSE]
    if _HOUSE not in ranks or len([rank for rank in ranks if _COMMUNITY < rank <= _HOUSE]) < 2:
        return None
    return Parts(tuple(found.columns[i] for i in kept), tuple(found.bare[i] for i in kept))


def joined(frame: pd.DataFrame, parts: Parts) -> pd.Series:
    """One address a row; None where no part says anything.

    >>> rows = pd.DataFrame({"小区": ["桂苑"], "楼栋": ["3"], "单元": [2], "房号": ["501室"]})
    >>> joined(rows, address_parts(rows.columns)).tolist()
    ['桂苑3号楼2单元501室']
    """
    whole = ["".join(pieces) or None for pieces in _pieces(frame, parts)]
    return pd.Series(whole, index=frame.index, dtype=object)


def completed(addresses: pd.Series, frame: pd.DataFrame, parts: Parts) -> tuple[pd.Series, int]:
    """Addresses that stop before the building, with what other columns say of it, and how many these are.

    >>> rows = pd.DataFrame({"地址": ["桂苑", "桂苑5号楼"], "楼栋": ["3", "3"], "房号": ["501", "501"]})
    >>> said, count = completed(rows["地址"], rows, address_parts(rows.columns))
    >>> said.tolist(), count
    (['桂苑3号楼501室', '桂苑5号楼'], 1)
    """
    count = 0
    whole: list[str | None] = []
    for said, pieces in zip(addresses.tolist(), _pieces(frame, parts), strict=True):
        text = said if isinstance(said, str) else ""
        more = [piece for piece in pieces if piece and piece not in text]
        if more and not parse(text).building:
            whole.append(text + "".join(more))
            count += 1
        else:
            whole.append(text or None)
    return pd.Series(whole, index=frame.index, dtype=object), count


def _pieces(frame: pd.DataFrame, parts: Parts) -> Iterator[tuple[str, ...]]:
    texts = [
        _texts(frame[column].tolist(), bare) for column, bare in zip(parts.columns, parts.bare, strict=True)
    ]
    return zip(*texts, strict=True)


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
        coded = not bare and text.isdigit() and len(text) >= _CODE_DIGITS
        found.append("" if coded else number[1] + bare if number and bare else text)
    return found
