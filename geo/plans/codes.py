"""Grid codes and names that stay: a grid that mostly remains what it was keeps both, a retired code is
never used again, and new grids are numbered from west to east and from north to south."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.crs import LocalMetres, require_kept_crs
from geo.errors import ConflictError, InputError, RulesError
from geo.plans.labels import as_labels
from geo.plans.rules import Rules

BAND_M = 100.0
"""Grids whose representative points lie within so many metres west to east count as one column."""
MOST_GRIDS = 999
"""Names are formed up to this number."""
PLACEHOLDERS = {"community": 12, "county": 6, "street": 9}
"""What a template may name beside `sequence`, and how many digits of the community's code it stands for."""

_SEQUENCE_FORMAT = re.compile(r"0([1-9])d")
_LITERAL = re.compile(r"[0-9A-Za-z-]*")
_DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class CodeTemplate:
    """A grid code as a pattern: fixed text, parts of the community's code, and the sequence number.

    `{community}` (12 digits) and `{sequence:03d}` must each stand in it once; `{county}` (first 6) and
    `{street}` (first 9) may. DB11/T 2157-2023, 15 digits: `{community}{sequence:03d}`. CJ/T 349-2010,
    20 digits, begins with the 6 digits of its class, written as they are: `010203{community}{sequence:02d}`.

    >>> CodeTemplate.parse("{community}{sequence:03d}").code("610402005003", 7)
    '610402005003007'
    """

    text: str
    most: int
    """Largest sequence number."""

    @classmethod
    def parse(cls, text: str) -> CodeTemplate:
        """Read a template. Raises `RulesError` saying what is wrong with it."""
        try:
            parts = list(string.Formatter().parse(text))
        except ValueError as error:
            raise _template_error(text, str(error), "花括号不成对") from error
        names = [name for _, name, _, _ in parts if name is not None]
        if names.count("sequence") != 1 or names.count("community") != 1:
            raise _template_error(
                text,
                "{community} and {sequence:03d} must each stand in it once",
                "必须各含一个 {community} 和 {sequence:03d}",
            )
        width = 0
        for literal, name, spec, conversion in parts:
            if not _LITERAL.fullmatch(literal):
                raise _template_error(
                    text, f"{literal!r}: letters, digits and - only", f"“{literal}”：只能用字母、数字和 -"
                )
            if name is None:
                continue
            sequence = _SEQUENCE_FORMAT.fullmatch(spec or "") if name == "sequence" else None
            width = int(sequence[1]) if sequence else width
            known = sequence is not None if name == "sequence" else name in PLACEHOLDERS and not spec
            if conversion or not known:
                allowed = ", ".join(f"{{{each}}}" for each in PLACEHOLDERS)
                raise _template_error(
                    text,
                    f"{{{name}}} is not known here; use {allowed} and {{sequence:03d}}",
                    f"不支持 {{{name}}}；可用 {allowed} 和 {{sequence:03d}}",
                )
        return cls(text, min(10**width - 1, MOST_GRIDS))

    def code(self, community_code: str, sequence: int) -> str:
        """The code of the grid with this number. The community's code has 12 digits."""
        return self.text.format(sequence=sequence, **_parts(community_code))

    def sequence_of(self, code: str, community_code: str) -> int | None:
        """The number in a code of this community, None when the code does not follow the template."""
        pattern = ""
        for literal, name, spec, _ in string.Formatter().parse(self.text):
            pattern += re.escape(literal)
            if name == "sequence":
                pattern += rf"(\d{{{int((spec or '00d')[1:-1])}}})"
            elif name is not None:
                pattern += _parts(community_code)[name]
        found = re.fullmatch(pattern, code)
        return int(found[1]) if found and int(found[1]) > 0 else None


def _parts(community_code: str) -> dict[str, str]:
    if not re.fullmatch(r"\d{12}", community_code):
        raise InputError(
            f"community code {community_code!r} must have 12 digits",
            f"社区编码 {community_code!r} 应为 12 位数字",
        )
    return {name: community_code[:digits] for name, digits in PLACEHOLDERS.items()}


def _template_error(text: str, en: str, zh: str) -> RulesError:
    return RulesError(f"code template {text!r}: {en}", f"编码模板 {text!r}：{zh}")


def name_of(sequence: int) -> str:
    """The name of a grid by its number, 1 to `MOST_GRIDS`. Raises `InputError` for any other number.

    >>> name_of(1), name_of(10), name_of(12), name_of(20), name_of(105), name_of(110), name_of(999)
    ('第一网格', '第十网格', '第十二网格', '第二十网格', '第一百零五网格', '第一百一十网格', '第九百九十九网格')
    """
    if not 1 <= sequence <= MOST_GRIDS:
        raise InputError(
            f"grid number {sequence} must lie between 1 and {MOST_GRIDS}",
            f"网格序号 {sequence} 应在 1 与 {MOST_GRIDS} 之间",
        )
    hundreds, tens, ones = sequence // 100, sequence // 10 % 10, sequence % 10
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += "十" if tens == 1 and not hundreds else f"{_DIGITS[tens]}十"
    elif hundreds and ones:
        text += "零"
    return f"第{text}{_DIGITS[ones] if ones else ''}网格"


def order_grids(grids: gpd.GeoDataFrame, *, band_m: float = BAND_M) -> NDArray[np.int64]:
    """Row positions of `grids` in numbering order; shape (n,). CRS EPSG:4490.

    By representative point (`point_on_surface`): columns from west to east, in a column from north to
    south. A column begins at the westmost point not yet in one and takes all points less than `band_m`
    metres to its east. Independent of row order.
    """
    require_kept_crs(grids, "grids")
    if not len(grids):
        return np.zeros(0, dtype=np.int64)
    shapes = shapely.normalize(np.asarray(grids.geometry.array, dtype=object))
    xy = shapely.get_coordinates(LocalMetres.of(shapes).to_metres(shapely.point_on_surface(shapes)))
    xy = np.round(xy, 3)
    column = np.zeros(len(xy), dtype=np.int64)
    west = xy[:, 0].min()
    for row in np.lexsort((xy[:, 1], xy[:, 0])):
        west = xy[row, 0] if xy[row, 0] >= west + band_m else west
        column[row] = np.round(west * 1000)
    return np.lexsort((xy[:, 0], -xy[:, 1], column))


def overlap_table(
    labels: ArrayLike, previous_codes: ArrayLike, *, households: ArrayLike, area_m2: ArrayLike
) -> pd.DataFrame:
    """What each new grid takes from each old one: columns label, code, households, area_m2.

    All arguments run over the cells, shape (n_cells,): the new label (-1: in no grid), the code of the
    grid in force (None or NA: in none), households and square metres. Sorted by label, code; rows without
    an old grid have code NA, so that the sums by label and by code are whole.
    """
    households = np.asarray(households, dtype=np.int64)
    frame = pd.DataFrame(
        {
            "label": as_labels(labels, len(households)),
            "code": pd.array(np.asarray(previous_codes, dtype=object), dtype="str"),
            "households": households,
            "area_m2": np.asarray(area_m2, dtype=np.float64),
        }
    )
    return frame.groupby(["label", "code"], dropna=False, sort=True, as_index=False).sum()


def _shares(overlap: pd.DataFrame) -> pd.DataFrame:
    """The rows of `overlap` with share_of_old and share_of_new, 0-1: of households, or of area where
    neither the old nor the new grid has any. NA where there is no old or no new grid."""
    table = overlap.copy()
    sums = {}
    for side, key in (("old", "code"), ("new", "label")):
        grouped = overlap.groupby(key, dropna=False, sort=False)
        for unit in ("households", "area_m2"):
            sums[side, unit] = grouped[unit].transform("sum").to_numpy(dtype=np.float64)
    empty = (sums["old", "households"] == 0) & (sums["new", "households"] == 0)
    for side, absent in (("old", overlap["code"].isna()), ("new", overlap["label"] < 0)):
        whole = np.where(empty, sums[side, "area_m2"], sums[side, "households"])
        part = np.where(empty, overlap["area_m2"], overlap["households"])
        share = np.divide(part, whole, out=np.zeros(len(table)), where=whole > 0)
        table[f"share_of_{side}"] = pd.array(np.where(absent, np.nan, share), dtype="Float64")
    return table


def kept_codes(overlap: pd.DataFrame, *, rules: Rules) -> dict[int, str]:
    """Which labels keep which old code: label -> code.

    A new grid keeps the code of an old one when they share more than `rules.keep_code_share` of the
    households of both, or all of them. That is at most one pair, because the share is 0.5 or more. Grids
    without a household are held against each other by area.
    """
    table = _shares(overlap)
    table = table[table["code"].notna() & (table["label"] >= 0)]
    least = np.minimum(table["share_of_old"], table["share_of_new"]).to_numpy(dtype=np.float64)
    keeps = table[(least > rules.keep_code_share) | (least > 1 - 1e-9)]
    return dict(zip(keeps["label"].tolist(), keeps["code"].tolist(), strict=True))


def assign_codes(
    grids: gpd.GeoDataFrame,
    *,
    community_code: str,
    rules: Rules,
    previous: pd.DataFrame | None = None,
    overlap: pd.DataFrame | None = None,
    taken: Collection[str] = (),
    stays: Mapping[int, str] | None = None,
    band_m: float = BAND_M,
) -> pd.DataFrame:
    """Codes, names and kinds for the grids of one community: columns label, code, name, kind, kept.

    `grids` has label and geometry (EPSG:4490) and may have code, name and kind: where not empty they are
    somebody's choice and win, but a code of a grid that keeps its own, one that breaks the template, was
    taken before or is given twice does not count. `previous` are the grids in force (code, name, kind), `overlap` the
    `overlap_table` against them, `taken` every code ever used in the community. A kept grid (see
    `kept_codes`, and label -> code of those that `stays` names) keeps code, name and kind. The others are numbered on from the highest number ever used,
    in the order of `order_grids`; numbers skipped in the past serve when the template is exhausted. A
    new name is that of its number, or of the next free one when some other grid bears it. Rows in the
    order of `grids`; the result does not depend on how labels are numbered.
    Raises `ConflictError` when the numbers run out, `RulesError` for a bad template.
    """
    template = CodeTemplate.parse(rules.code_template)
    in_force = _in_force(previous)
    labels = [int(label) for label in grids["label"]]
    kept = {} if overlap is None else kept_codes(overlap, rules=rules)
    if stays:
        kept = {label: code for label, code in kept.items() if code not in stays.values()} | dict(stays)
    kept = {label: code for label, code in kept.items() if code in in_force and label in labels}
    gone = {*taken, *in_force}
    asked = {label: code for label, code in _chosen(grids, labels, "code").items() if label not in kept}
    given = Counter(asked.values())
    sequence = {
        label: number
        for label, code in asked.items()
        if code not in gone and given[code] == 1 and (number := template.sequence_of(code, community_code))
    }
    used = {template.sequence_of(code, community_code) for code in gone} | set(sequence.values())
    placed = [labels[row] for row in order_grids(grids, band_m=band_m)]
    fresh = [label for label in placed if label not in kept and label not in sequence]
    sequence |= zip(fresh, _free_numbers(len(fresh), used, template, community_code), strict=True)
    named = _chosen(grids, labels, "name")
    names = {label: name for label, code in kept.items() if (name := in_force[code][0])} | named
    own = {x: template.sequence_of(code, community_code) or 1 for x, code in kept.items()}
    numbers = {label: (own | sequence)[label] for label in placed}
    names = _with_names(names, numbers, community_code)
    kinds = {label: kind for label, code in kept.items() if (kind := in_force[code][1])}
    kinds |= _chosen(grids, labels, "kind")
    return pd.DataFrame(
        {
            "label": labels,
            "code": [kept.get(x) or template.code(community_code, sequence[x]) for x in labels],
            "name": [names[x] for x in labels],
            "kind": [kinds.get(x, rules.grid_kind) for x in labels],
            "kept": [x in kept for x in labels],
        }
    ).astype({"label": "int64", "code": "str", "name": "str", "kind": "str", "kept": "bool"})


def _in_force(previous: pd.DataFrame | None) -> dict[str, tuple[str | None, str | None]]:
    """Name and kind by code of the grids in force; rows without a code have nothing to keep."""
    if previous is None:
        return {}
    frame = previous[previous["code"].notna()]
    columns = [frame[name].astype(object).where(frame[name].notna(), None) for name in ("name", "kind")]
    return dict(zip(frame["code"].tolist(), zip(*columns, strict=True), strict=True))


def _chosen(grids: pd.DataFrame, labels: list[int], column: str) -> dict[int, str]:
    """What somebody filled in, by label."""
    if column not in grids.columns:
        return {}
    values = zip(labels, grids[column], grids[column].notna(), strict=True)
    return {label: str(value) for label, value, filled in values if filled and str(value).strip()}


def _free_numbers(
    count: int, used: Collection[int | None], template: CodeTemplate, community_code: str
) -> list[int]:
    last = max((number for number in used if number is not None), default=0)
    free = [*range(last + 1, template.most + 1), *(n for n in range(1, last) if n not in used)]
    if len(free) < count:
        raise ConflictError(
            f"community {community_code}: {count} new grids, but only {len(free)} of {template.most} numbers of "
            f"template {template.text!r} were never used; use a template with a longer sequence",
            f"社区 {community_code}：新增网格 {count} 个，而编码模板 {template.text!r} 的 {template.most} 个序号"
            f"只剩 {len(free)} 个未用过；请改用序号更长的模板",
        )
    return free[:count]


def fresh_name(number: int, used: Collection[str], community_code: str) -> str:
    """The name of this number, or of the next free one where another grid bears it. Raises `ConflictError`.

    >>> fresh_name(2, {"第二网格", "第三网格"}, "610402005003")
    '第四网格'
    """
    around = [*range(number, MOST_GRIDS + 1), *range(1, min(number, MOST_GRIDS + 1))]
    free = next((name_of(n) for n in around if name_of(n) not in used), None)
    if free is None:
        raise ConflictError(
            f"community {community_code}: no grid name is free up to {name_of(MOST_GRIDS)}; name the grids yourself",
            f"社区 {community_code}：直到{name_of(MOST_GRIDS)}都已占用；请自行命名",
        )
    return free


def _with_names(names: dict[int, str], numbers: dict[int, int], community_code: str) -> dict[int, str]:
    """`names` with a name for every other label: that of its number, else of the next free number."""
    names = dict(names)
    used = set(names.values())
    for label, number in numbers.items():
        if label not in names and number <= MOST_GRIDS and name_of(number) not in used:
            names[label] = name_of(number)
            used.add(names[label])
    for label, number in numbers.items():
        if label not in names:
            names[label] = fresh_name(number, used, community_code)
            used.add(names[label])
    return names


def crosswalk(overlap: pd.DataFrame, codes: Mapping[int, str]) -> pd.DataFrame:
    """The old-to-new code list: columns old_code, new_code, households, area_m2, share_of_old, share_of_new.

    `overlap` is an `overlap_table`, `codes` the new code by label. One row for every pair that shares
    cells; an old code is NA where there was no grid, a new one where there is none now. Shares run 0-1,
    by households, or by area where neither grid has a household. Sorted by old, then new code.
    """
    table = _shares(overlap)
    new = [codes.get(int(label)) if label >= 0 else None for label in table["label"]]
    table = table.rename(columns={"code": "old_code"}).assign(new_code=pd.array(new, dtype="str"))
    columns = ["old_code", "new_code", "households", "area_m2", "share_of_old", "share_of_new"]
    return table[columns].sort_values(["old_code", "new_code"], kind="stable").reset_index(drop=True)
