"""Frames held against the contract of their layer. All faults of a frame are collected before anything is
raised, because a clerk mends a list, not one row at a time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import KEPT_CRS, require_kept_crs
from geo.days import day_of
from geo.errors import Fault, FrameError, Words
from geo.frames import POLYGONS, Column, Contract, Kind

_DTYPES = {
    Kind.TEXT: "str",
    Kind.INTEGER: "Int64",
    Kind.NUMBER: "Float64",
    Kind.FLAG: "boolean",
    Kind.NAMES: object,
    Kind.DAY: "str",
}


MOST_OWN_CHARACTERS = 20
"""Of a word that is none of the choices of its column (`Column.own_choices`)."""


def conform(
    frame: gpd.GeoDataFrame, contract: Contract, *, rows: Sequence[int] | None = None
) -> gpd.GeoDataFrame:
    """`frame` with the contract's columns in order, typed, missing ones added as empty, geometry last.

    `rows` are the numbers to blame in faults; 1, 2, 3 ... when not given. Raises `FrameError` with all
    faults, `MissingCrsError` without a CRS. Geometry validity is not its business: see `geo.topology`.
    """
    typed, faults = try_conform(frame, contract, rows=rows)
    if faults:
        raise FrameError(contract.layer, faults)
    return typed


def try_conform(
    frame: gpd.GeoDataFrame, contract: Contract, *, rows: Sequence[int] | None = None
) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """As `conform`, but the faults come back, each with its row, beside a frame in which faulty values are empty."""
    require_kept_crs(frame, contract.layer)
    numbers = np.arange(1, len(frame) + 1) if rows is None else np.asarray(rows)
    data, faults = _columns(frame, contract, numbers)
    faults += _key_faults(data[contract.key], contract.key, numbers)
    faults += _geometry_faults(frame.geometry, contract, numbers)
    typed = gpd.GeoDataFrame(data, geometry=frame.geometry, crs=KEPT_CRS, index=frame.index)
    return typed, _in_row_order(faults)


def try_conform_table(
    frame: pd.DataFrame, contract: Contract, *, rows: Sequence[int] | None = None
) -> tuple[pd.DataFrame, list[Fault]]:
    """As `try_conform` for a list without shapes, whose key may come in many rows.

    >>> from geo.frames import RESIDENTS
    >>> typed, faults = try_conform_table(pd.DataFrame({"address": ["1号楼", None]}), RESIDENTS)
    >>> faults[0].row, faults[0].reason.en
    (2, 'address is empty; fill it in')
    """
    numbers = np.arange(1, len(frame) + 1) if rows is None else np.asarray(rows)
    data, faults = _columns(frame, contract, numbers)
    return pd.DataFrame(data, index=frame.index), _in_row_order(faults)


def _in_row_order(faults: list[Fault]) -> list[Fault]:
    return sorted(faults, key=lambda fault: (fault.row is not None, fault.row or 0))


def _columns(frame: pd.DataFrame, contract: Contract, numbers: Any) -> tuple[dict[str, Any], list[Fault]]:
    faults: list[Fault] = []
    data: dict[str, Any] = {}
    for column in contract.columns:
        if column.name not in frame.columns:
            if column.required:
                faults.append(
                    Fault(
                        None,
                        column.name,
                        "",
                        Words(
                            f"column {column.name!r} is missing; add it or name it in the column mapping (--map)",
                            f"缺少列“{column.name}”；请补上，或在列对应文件（--map）中指明",
                        ),
                    )
                )
            data[column.name] = pd.Series([None] * len(frame), index=frame.index, dtype=_DTYPES[column.kind])
            continue
        values, bad = _typed(frame[column.name], column)
        faults += [
            Fault(int(numbers[i]), column.name, _short(frame[column.name].iloc[i]), why) for i, why in bad
        ]
        data[column.name] = values
    return data, faults


def _short(value: object, most: int = 60) -> str:
    text = str(value)
    return text if len(text) <= most else text[: most - 1] + "…"


def _day(text: str) -> str | None:
    found = day_of(text, serial=True)
    return None if found is None else found.isoformat()


def is_blank(values: pd.Series) -> pd.Series:
    """One flag a row: true where a value is missing or only white space."""
    return values.isna() | values.astype("str").str.strip().isin(["", "nan", "None", "<NA>"])


def _typed(values: pd.Series, column: Column) -> tuple[pd.Series, list[tuple[int, Words]]]:
    if column.kind is Kind.NAMES:
        return _names(values), []
    blank = is_blank(values).to_numpy(dtype=bool)
    text = values.astype("str").str.strip().where(~blank)
    bad: list[tuple[int, Words]] = []

    def blame(where: Any, why: Words) -> None:
        bad.extend((int(i), why) for i in np.flatnonzero(np.asarray(where, dtype=bool) & ~blank))

    if column.required:
        bad.extend(
            (int(i), Words(f"{column.name} is empty; fill it in", f"“{column.name}”为空；请填写"))
            for i in np.flatnonzero(blank)
        )
    typed: pd.Series
    if column.kind is Kind.TEXT:
        text = text.str.replace(r"^(\d+)\.0$", r"\1", regex=True) if column.pattern else text
        typed = text.astype("str").where(~blank)
        if column.pattern is not None:
            wrong = ~text.fillna("").map(lambda v: re.fullmatch(column.pattern or "", v) is not None)
            digits = re.sub(r"\D", "", column.pattern)
            blame(
                wrong,
                Words(f"{column.name} must have {digits} digits", f"“{column.name}”应为 {digits} 位数字"),
            )
            typed = typed.where(~wrong)
        if column.choices and column.own_choices:
            wrong = text.str.len() > MOST_OWN_CHARACTERS
            blame(
                wrong,
                Words(
                    f"{column.name} has more than {MOST_OWN_CHARACTERS} characters",
                    f"“{column.name}”超过 {MOST_OWN_CHARACTERS} 个字符",
                ),
            )
            typed = typed.where(~wrong)
        elif column.choices:
            wrong = ~text.isin(column.choices)
            options = ", ".join(column.choices)
            blame(
                wrong,
                Words(f"{column.name} must be one of {options}", f"“{column.name}”只能是 {options} 之一"),
            )
            typed = typed.where(~wrong)
        return typed, bad
    if column.kind is Kind.FLAG:
        known = {"1": True, "true": True, "yes": True, "t": True, "y": True, "是": True, "1.0": True}
        known |= {"0": False, "false": False, "no": False, "f": False, "n": False, "否": False, "0.0": False}
        typed = text.str.lower().map(known)
        blame(typed.isna(), Words(f"{column.name} must be yes or no", f"“{column.name}”应为“是”或“否”"))
        return typed.astype("boolean"), bad
    if column.kind is Kind.DAY:
        typed = text.map(_day, na_action="ignore").astype("str").where(~blank)
        wrong = typed.isna() & ~blank
        blame(
            wrong,
            Words(
                f"{column.name} is no day; write YYYY-MM-DD", f"“{column.name}”不是日期；请写成 2026-03-01"
            ),
        )
        return typed, bad
    number = pd.to_numeric(text, errors="coerce")
    wrong = number.isna() | ~np.isfinite(number.fillna(0))
    blame(wrong, Words(f"{column.name} is not a number", f"“{column.name}”不是数字"))
    if column.kind is Kind.INTEGER:
        broken = ~wrong & (number != number.round())
        blame(broken, Words(f"{column.name} must be a whole number", f"“{column.name}”应为整数"))
        wrong |= broken
    if column.low is not None and column.high is not None:
        out = ~wrong & ((number < column.low) | (number > column.high))
        blame(
            out,
            Words(
                f"{column.name} must lie between {column.low:g} and {column.high:g}",
                f"“{column.name}”应在 {column.low:g} 与 {column.high:g} 之间",
            ),
        )
        wrong |= out
    return number.where(~wrong).astype(_DTYPES[column.kind]), bad


def _names(values: pd.Series) -> pd.Series:
    def split(value: Any) -> list[str]:
        if isinstance(value, (list, tuple, np.ndarray)):
            return [str(v) for v in value]
        return (
            []
            if value is None or value is pd.NA or value != value
            else [p for p in str(value).split("|") if p]
        )

    return pd.Series([split(value) for value in values], index=values.index, dtype=object)


def _key_faults(keys: pd.Series, key: str, numbers: Any) -> list[Fault]:
    first: dict[str, int] = {}
    faults = []
    for row, value in zip(numbers, keys, strict=True):
        if value is None or value is pd.NA or value != value:
            continue
        if value in first:
            faults.append(
                Fault(
                    int(row),
                    key,
                    str(value),
                    Words(
                        f"{key} {value} is already used in row {first[value]}; every row needs its own",
                        f"“{key}”{value} 与第 {first[value]} 行重复；每行必须唯一",
                    ),
                )
            )
        else:
            first[value] = int(row)
    return faults


def _geometry_faults(geometry: gpd.GeoSeries, contract: Contract, numbers: Any) -> list[Fault]:
    array = np.asarray(geometry.array, dtype=object)
    missing = shapely.is_missing(array) | shapely.is_empty(array)
    kinds = geometry.geom_type
    allowed = kinds.isin(contract.geometry).to_numpy(dtype=bool)
    bounds = shapely.bounds(array)
    with np.errstate(invalid="ignore"):
        swapped = (bounds[:, 1] > 73) & (bounds[:, 3] <= 136) & (bounds[:, 0] > 3) & (bounds[:, 2] < 54)
        outside = (bounds[:, 0] < -180) | (bounds[:, 2] > 180) | (bounds[:, 1] < -90) | (bounds[:, 3] > 90)
    faults = []
    for i in np.flatnonzero(missing | ~allowed | swapped | outside):
        if missing[i]:
            value, why = (
                "",
                Words("the geometry is empty; draw it or leave the row out", "图形为空；请补画或删去此行"),
            )
        elif swapped[i]:
            value = f"{bounds[i, 0]:.5f}, {bounds[i, 1]:.5f}"
            why = Words(
                "longitude and latitude look swapped; longitude comes first",
                "经纬度似乎颠倒；应先经度、后纬度",
            )
        elif outside[i]:
            value = f"{bounds[i, 0]:.5f}, {bounds[i, 1]:.5f}"
            why = Words(
                "coordinates are not degrees; declare the CRS with --crs",
                "坐标不是经纬度；请用 --crs 声明坐标系",
            )
        else:
            value = str(kinds.iloc[i])
            wanted = ", ".join(sorted(contract.geometry))
            outlines = contract.geometry == POLYGONS and value == "Point"
            why = Words(f"{contract.layer} need {wanted}", f"{contract.layer} 图层需要 {wanted}")
            if outlines:
                why = Words(
                    f"{contract.layer} need outlines (polygons), this is a point; lon and lat serve for stations only",
                    f"{contract.layer} 图层需要轮廓（面），此行是点；经纬度列只适用于 stations 图层",
                )
        faults.append(Fault(int(numbers[i]), "geometry", value, why))
    return faults
