"""Codes of buildings: the community's code and a number that counts inside it, given once and for ever.

00001 to 99999 per community, new buildings in the order in which they were first known, never renumbered and
never used again (DB6101/T 3185-2024).
"""

from __future__ import annotations

import re
from collections.abc import Collection

import pandas as pd

from geo.errors import ConflictError, InputError
from geo.plans.codes import CodeTemplate

TEMPLATE = "{community}{sequence:05d}"
_DIGITS = re.compile(r"\{sequence:0([1-9])d\}")


def assign_building_codes(
    buildings: pd.DataFrame, *, template: str = TEMPLATE, taken: Collection[str] = ()
) -> pd.Series:
    """The code of every building, in the order of `buildings`.

    `buildings` has ref, community_code (12 digits) and since, the day it was first known, and may have code:
    a building that has one keeps it. `taken` are all codes ever given, those of demolished buildings
    included. New buildings are numbered on from the highest number ever given in their community, by `since`, then
    by ref; the result does not depend on the order of the rows.
    Raises `RulesError` for a bad template, `InputError` for a missing column or community, `ConflictError`
    when a community's numbers run out or two buildings have one code.

    >>> new = pd.DataFrame({"ref": ["b", "a"], "community_code": ["610402005003"] * 2, "since": ["2026-02-01", "2026-01-01"]})
    >>> assign_building_codes(new, taken=["61040200500300007"]).tolist()
    ['61040200500300009', '61040200500300008']
    """
    parsed = CodeTemplate.parse(template)
    digits = _DIGITS.search(template)
    most = 10 ** int(digits[1]) - 1 if digits else 0
    missing = [column for column in ("ref", "community_code", "since") if column not in buildings.columns]
    if missing:
        raise InputError(
            f"buildings have no column {', '.join(missing)}; ref, community_code and since are needed",
            f"楼栋缺少列 {'、'.join(missing)}；需要 ref、community_code 与 since",
        )
    codes = (
        [_kept(value) for value in buildings["code"]]
        if "code" in buildings.columns
        else [""] * len(buildings)
    )
    _refuse_twice([code for code in codes if code])
    ever = {*taken, *(code for code in codes if code)}
    frame = buildings.reset_index(drop=True).assign(code=codes)
    for community, group in frame[frame["code"] == ""].groupby("community_code", sort=True):
        used = (parsed.sequence_of(code, str(community)) for code in ever)
        last = max((number for number in used if number is not None), default=0)
        if last + len(group) > most:
            raise ConflictError(
                f"community {community}: {len(group)} new buildings, but only {most - last} numbers are left; "
                "use a template with a longer sequence",
                f"社区 {community}：新增楼栋 {len(group)} 个，序号只剩 {most - last} 个；请改用序号更长的模板",
            )
        order = group.sort_values(["since", "ref"], kind="stable").index
        for number, row in enumerate(order, start=last + 1):
            codes[row] = parsed.code(str(community), number)
    return pd.Series(codes, index=buildings.index, name="code", dtype="str")


def _kept(value: object) -> str:
    return value if isinstance(value, str) else ""


def _refuse_twice(codes: list[str]) -> None:
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            raise ConflictError(
                f"two buildings have the code {code}; give one of them none",
                f"两个楼栋使用同一编码 {code}；请清空其一",
            )
        seen.add(code)
