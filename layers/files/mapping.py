"""A raw file's columns and values turned into a layer's, by a mapping file and by the usual names."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import yaml
from numpy.typing import NDArray

from geo.conform import is_blank
from geo.errors import Fault, FileError, InputError, Words
from geo.frames import Column, Contract, Kind
from layers.files.encoding import UNREADABLE, decode
from layers.files.limits import DEFAULT, Limits, open_file
from layers.files.readers import Source
from layers.files.synonyms import SEVERAL, column_names, plain, value_of

_SHAPE_COLUMNS = ("geometry", "lon", "lat")
_MOST_MAPPING_BYTES = 1 << 20
_PLACEHOLDERS = frozenset({"-", "--", "—", "——", "/", "\\", "null", "NULL", "无数据"})
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_UNITS = re.compile(
    r"^\s*(?:约)?([+-]?[\d,，]*\.?\d+)\s*(?:户|人|层|米|m|M|㎡|m2|m²|平方米|平米|个|栋|F|f)?\s*$"
)
_KEY_CHARACTERS = 64


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """What a mapping file says."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """Our column -> the file's column; `geometry`, `lon` and `lat` name the shape of a table."""
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Our column -> the file's value -> our value."""
    constants: Mapping[str, str] = field(default_factory=dict)
    """Our column -> one value for every row."""

    @property
    def shape_columns(self) -> dict[str, str]:
        """The columns that hold the shape."""
        return {ours: theirs for ours, theirs in self.columns.items() if ours in _SHAPE_COLUMNS}


def read_mapping(path: Path | None) -> ColumnMapping:
    """A mapping file; an empty mapping without one.

    YAML: `our_column: their column` lines, with optional `values:` (our column -> their value: our value) and
    `constants:` (our column: value). Raises `FileError` when unreadable.
    """
    if path is None:
        return ColumnMapping()
    resolved = open_file(path, Limits(file_bytes=_MOST_MAPPING_BYTES))
    try:
        said = yaml.safe_load(decode(resolved.read_bytes(), path.name).text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        reason = str(error).replace("\n", " ")[:200]
        raise FileError(
            f"{path.name} is not YAML: {reason}", f"{path.name} 不是有效的 YAML：{reason}"
        ) from error
    said = {} if said is None else said
    if not isinstance(said, dict):
        raise FileError(
            f"{path.name} must hold lines such as `name: 名称`", f"{path.name} 每行应形如“name: 名称”"
        )
    values, constants = said.pop("values", {}) or {}, said.pop("constants", {}) or {}
    nested = isinstance(values, dict) and all(isinstance(v, dict) for v in values.values())
    flat = isinstance(constants, dict) and not any(
        isinstance(v, (dict, list)) for v in (*said.values(), *constants.values())
    )
    if not nested or not flat:
        raise FileError(
            f"{path.name}: values: needs column -> their value: our value; everything else is one name a line",
            f"{path.name}：values 应为 列 -> 原值: 新值；其余每行一个名称",
        )
    return ColumnMapping(
        {str(k): str(v) for k, v in said.items()},
        {str(k): {str(a): str(b) for a, b in v.items()} for k, v in values.items()},
        {str(k): str(v) for k, v in constants.items()},
    )


def check_mapping(mapping: ColumnMapping, contract: Contract, name: str) -> None:
    """Raise `InputError` for columns that the layer does not have. `name` is that of the mapping file."""
    known = (*contract.names, *_SHAPE_COLUMNS)
    said = (*mapping.columns, *mapping.words, *mapping.constants)
    unknown = [column for column in dict.fromkeys(said) if column not in known]
    if unknown:
        raise InputError(
            f"{name}: {contract.layer} have no column {', '.join(unknown)}; they have {', '.join(known)}",
            f"{name}：{contract.layer} 没有列 {'、'.join(unknown)}；可用的列：{'、'.join(known)}",
        )


@dataclass(frozen=True, slots=True)
class Mapped:
    """A source in a layer's own columns, texts still unchecked by the contract."""

    frame: gpd.GeoDataFrame
    theirs: dict[str, str]
    """Our column -> what the file calls it."""
    faults: list[Fault]
    notes: list[Words]


def map_columns(
    source: Source, contract: Contract, mapping: ColumnMapping, *, limits: Limits = DEFAULT
) -> Mapped:
    """Pick, rename and translate the columns of `source` for `contract`.

    A mapping wins over the usual names. Texts with control characters, formulas (in spreadsheets) or
    characters lost in an earlier conversion become faults. Raises `InputError` when the mapping names a
    column the file does not have.
    """
    raw = source.frame
    theirs = _pick(raw, contract, mapping, source.name)
    from_osm = "osm_id" in raw.columns or any("building" in names for names in theirs.values())
    data: dict[str, pd.Series] = {}
    faults: list[Fault] = []
    notes: list[Words] = []
    for column in contract.columns:
        if column.name in mapping.constants:
            data[column.name] = pd.Series(mapping.constants[column.name], index=raw.index, dtype=object)
            continue
        for name in theirs.get(column.name, ()):
            texts = _texts(raw[name])
            faults += _text_faults(texts, column, name, source, limits)
            said = _translate(texts, contract.layer, column, mapping.words.get(column.name, {}))
            data[column.name] = (
                said
                if column.name not in data
                else data[column.name].where(~is_blank(data[column.name]), said)
            )
        if from_osm and column.choices and column.name in data:
            data[column.name], count = _others(data[column.name], column)
            if count:
                notes.append(
                    Words(
                        f"{count} values of {column.name} are not known here and were taken as 'other'",
                        f"“{column.name}”有 {count} 个值无法识别，按 other 处理",
                    )
                )
    if contract.key not in data and contract.key == "ref":
        made, note = _made_refs(data, raw)
        data["ref"] = made
        notes.append(note)
    frame = gpd.GeoDataFrame(data, geometry=raw.geometry, index=raw.index, crs=raw.crs)
    if contract.key in frame:
        faults += _long_keys(frame[contract.key], contract, theirs, source)
    named = {ours: names[0] for ours, names in theirs.items()}
    return Mapped(frame, named, faults, notes)


def _pick(
    raw: gpd.GeoDataFrame, contract: Contract, mapping: ColumnMapping, name: str
) -> dict[str, tuple[str, ...]]:
    columns = [str(column) for column in raw.columns if column != "geometry"]
    by_plain = {plain(column): column for column in reversed(columns)}
    theirs: dict[str, tuple[str, ...]] = {}
    unknown = []
    for ours, said in mapping.columns.items():
        if ours in _SHAPE_COLUMNS:
            continue
        found = said if said in columns else by_plain.get(plain(said))
        if found is None:
            unknown.append(said)
        else:
            theirs[ours] = (found,)
    if unknown:
        raise InputError(
            f"{name} has no column {', '.join(unknown)}; it has {', '.join(columns)}",
            f"{name} 没有列 {'、'.join(unknown)}；现有：{'、'.join(columns)}",
        )
    used = {names[0] for names in theirs.values()}
    for column in contract.columns:  # our own names first, so that no synonym takes them away
        if column.name not in theirs and column.name in columns and column.name not in used:
            theirs[column.name] = (column.name,)
            used.add(column.name)
    for column in contract.columns:
        if column.name in mapping.columns or (
            column.name in theirs and (contract.layer, column.name) not in SEVERAL
        ):
            continue
        found_all = [
            by_plain[plain(n)] for n in column_names(contract.layer, column.name) if plain(n) in by_plain
        ]
        free = [n for n in dict.fromkeys(found_all) if n not in used or n in theirs.get(column.name, ())]
        if free:
            theirs[column.name] = tuple(free) if (contract.layer, column.name) in SEVERAL else (free[0],)
            used.update(theirs[column.name])
    if contract.layer == "grids" and "ref" not in theirs and "code" in theirs:
        theirs["ref"] = theirs["code"]
    return theirs


def _texts(values: pd.Series) -> pd.Series:
    """Any column as texts and None; whole numbers without a decimal point."""
    if isinstance(values.dtype, np.dtype) and values.dtype.kind == "f":
        number = values.to_numpy(dtype=np.float64)
        finite = number[np.isfinite(number)]
        if np.equal(np.mod(finite, 1), 0).all() and (np.abs(finite) < 2**53).all():
            values = values.where(np.isfinite(number)).astype("Int64")
    missing = values.isna().to_numpy(dtype=bool)
    texts = [None if gone else str(value) for gone, value in zip(missing, values.tolist(), strict=True)]
    kept = [
        None if text is None or text.strip() in _PLACEHOLDERS or not text.strip() else text for text in texts
    ]
    return pd.Series(kept, index=values.index, dtype=object)


def _text_faults(texts: pd.Series, column: Column, name: str, source: Source, limits: Limits) -> list[Fault]:
    faults = []
    is_text = column.kind in (Kind.TEXT, Kind.NAMES)
    for i, text in enumerate(texts):
        if text is None:
            continue
        why = None
        if _CONTROL.search(text):
            why = Words("the text holds a control character; remove it", "文字中含控制字符；请删除")
        elif UNREADABLE.search(text):
            why = Words(
                "the text was damaged by a wrong encoding; export it again",
                "文字因编码错误已损坏；请重新导出",
            )
        elif len(text) > limits.text_characters:
            why = Words(
                f"the text has more than {limits.text_characters} characters",
                f"文字超过 {limits.text_characters} 个字符",
            )
        elif source.spreadsheet and is_text and not column.choices and text[0] in "=+-@\t\r":
            why = Words(
                "the cell looks like a formula (it begins with = + - @ or a tab); enter the plain value",
                "单元格疑似公式（以 = + - @ 或制表符开头）；请填入纯文本",
            )
        if why is not None:
            faults.append(Fault(int(source.rows[i]), name, _CONTROL.sub("?", text)[:60], why))
    return faults


def _translate(texts: pd.Series, layer: str, column: Column, given: Mapping[str, str]) -> pd.Series:
    """Each distinct text is looked up once: the mapping's values, then the usual words, then bare numbers."""
    meant: dict[str, str | None] = {}
    for text in texts.dropna().unique():
        word = text.strip()
        if word in given:
            meant[text] = given[word] or None
        elif column.choices and word in column.choices:
            meant[text] = word
        elif column.kind in (Kind.INTEGER, Kind.NUMBER) and (match := _UNITS.match(word)):
            meant[text] = re.sub("[,，]", "", match[1])
        else:
            known = value_of(layer, column.name, word)
            meant[text] = word if known is None else known or None
    # not Series.map: its index of texts would be one of Arrow, which cannot hold what a broken file may hold
    return pd.Series([meant.get(text) for text in texts], index=texts.index, dtype=object)


def _others(values: pd.Series, column: Column) -> tuple[pd.Series, int]:
    """Words of a source that does not keep to our choices (OpenStreetMap) as `other`."""
    blank = is_blank(values)
    strange = ~blank & ~values.isin(column.choices)
    if column.required:
        strange |= blank
    if "other" not in column.choices or not strange.any():
        return values, 0
    return values.mask(strange, "other"), int(strange.sum())


def _made_refs(data: dict[str, pd.Series], raw: gpd.GeoDataFrame) -> tuple[pd.Series, Words]:
    """Keys for a file that has none, from name and shape: the same row gets the same key next time."""
    shapes = shapely.to_wkb(
        shapely.normalize(shapely.set_precision(np.asarray(raw.geometry.array, dtype=object), 0))
    )
    names = data["name"] if "name" in data else pd.Series([None] * len(raw), index=raw.index, dtype=object)
    made = [
        "g" + hashlib.blake2b(f"{name}|".encode() + (shape or b""), digest_size=8).hexdigest()
        for name, shape in zip(names, shapes, strict=True)
    ]
    note = Words(
        "the file has no key column; keys were made from name and shape, so a redrawn shape is a new row",
        "文件没有编号列；编号由名称和图形生成，图形改动后将视为新行",
    )
    return pd.Series(made, index=raw.index, dtype=object), note


def _long_keys(keys: pd.Series, contract: Contract, theirs: Mapping[str, Any], source: Source) -> list[Fault]:
    words = Words(f"the key has more than {_KEY_CHARACTERS} characters", f"编号超过 {_KEY_CHARACTERS} 个字符")
    name = theirs.get(contract.key, (contract.key,))[0]
    return [
        Fault(int(source.rows[i]), name, str(key)[:40], words)
        for i, key in enumerate(keys)
        if isinstance(key, str) and len(key) > _KEY_CHARACTERS
    ]


Numbers = NDArray[np.int64]


def merge_pieces(frame: gpd.GeoDataFrame, rows: Numbers, key: str) -> tuple[gpd.GeoDataFrame, Numbers, int]:
    """Rows of one key and the same values as one multi-part row: the pieces of a road or river cut by tiles.

    An empty value, or `other`, agrees with any. Gives the frame, the row numbers kept (of the first pieces)
    and how many rows went. Rows of one key that contradict each other stay, to be blamed as duplicates.
    """
    shape = frame.geometry.notna() & ~frame.geometry.is_empty
    twin = frame[key].notna() & frame.duplicated(key, keep=False) & shape
    if not twin.any():
        return frame, rows, 0
    values = frame.loc[twin].drop(columns=["geometry"]).astype(object)
    said = values.mask(values.isna() | (values == "other"))
    said[key] = values[key]
    group = said.groupby(key)
    agree = (group.transform("nunique") <= 1).all(axis=1)
    same = twin & agree.reindex(frame.index, fill_value=False)
    gone = same & frame[same].duplicated(key).reindex(frame.index, fill_value=False)
    first = same & ~gone
    if not gone.any():
        return frame, rows, 0
    keys = frame.loc[first, key]
    merged = (
        frame.geometry[same]
        .groupby(frame.loc[same, key])
        .agg(lambda some: shapely.union_all(some.to_numpy()))
    )
    out = frame.copy()
    for column in said.columns.drop(key):
        filled = keys.map(group[column].first())
        out.loc[first, column] = filled.where(filled.notna(), out.loc[first, column])
    out.loc[first, "geometry"] = gpd.GeoSeries(keys.map(merged), crs=frame.crs)
    kept = ~gone.to_numpy(dtype=bool)
    return out[kept], rows[kept], int(gone.sum())
