"""A raw file's columns and values turned into a layer's, by a mapping file and by the usual names."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import yaml

from geo.conform import is_blank
from geo.errors import Fault, FileError, InputError, Words
from geo.frames import Column, Contract, Kind
from geo.texts import flaw, shown, without_invisible, without_radicals
from layers.files.columns import SHAPE_COLUMNS, ColumnRead, Picked, counts_rows, pick
from layers.files.encoding import UNREADABLE, decode
from layers.files.formulas import as_read, looks_like_formula
from layers.files.limits import DEFAULT, Limits, open_file
from layers.files.readers import Source
from layers.files.value_words import value_of

_MOST_MAPPING_BYTES = 1 << 20
_PLACEHOLDERS = frozenset({"-", "--", "—", "——", "/", "\\", "null", "NULL", "无数据"})
_UNITS = re.compile(
    r"^\s*(?:大?约|近|共)?\s*([+-]?[\d,，]*\.?\d+)\s*(?:余|多)?\s*"
    r"(?:户|人|口|层|楼|米|m|M|㎡|m2|m²|平方米|平米|个|栋|单元|F|f)?\s*(?:左右|以上)?\s*$"
)
_KEY_CHARACTERS = 64
_KEYS = frozenset({"ref", "code", "household", "community_code", "complex_ref"})
_SHORTENED = re.compile(r"\d(?:\.\d+)?[eE]\+?\d{2,}")


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
        return {ours: theirs for ours, theirs in self.columns.items() if ours in SHAPE_COLUMNS}


def read_mapping(path: Path | None) -> ColumnMapping:
    """A mapping file; an empty mapping without one.

    YAML: `our_column: their column` lines, with optional `values:` (our column -> their value: our value) and
    `constants:` (our column: value). Raises `FileError` when unreadable.
    """
    if path is None:
        return ColumnMapping()
    resolved = open_file(path, Limits(file_bytes=_MOST_MAPPING_BYTES))
    try:
        text = decode(resolved.read_bytes(), path.name).text
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.SafeLoader)):
            raise FileError(
                f"{path.name}: aliases (*name) are not read; write each value out",
                f"{path.name}：不支持别名引用（*name）；请逐项写出",
            )
        said = yaml.safe_load(text)
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
    known = (*contract.names, *SHAPE_COLUMNS)
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
    columns: list[ColumnRead] = field(default_factory=list)
    """Each column that was read, and why."""
    ignored: list[str] = field(default_factory=list)
    """Columns that nothing was read from."""
    keys_made: bool = False
    """The file has no lasting key; it was made from name and shape."""


def map_columns(
    source: Source, contract: Contract, mapping: ColumnMapping, *, limits: Limits = DEFAULT
) -> Mapped:
    """Pick, rename and translate the columns of `source` for `contract`.

    A mapping wins over the usual names. Texts with control characters, formulas (in spreadsheets) or
    characters lost in an earlier conversion become faults. Raises `InputError` when the mapping names a
    column the file does not have.
    """
    raw = source.frame
    columns = [str(column) for column in raw.columns if column != "geometry"]
    picked = pick(columns, contract, mapping.columns, source.name, cut_names=source.cut_names)
    notes = _without_counter(picked, raw, contract, mapping)
    theirs = picked.theirs
    from_osm = "osm_id" in raw.columns or any("building" in names for names in theirs.values())
    data: dict[str, pd.Series] = {}
    faults: list[Fault] = []
    for column in contract.columns:
        if column.name in mapping.constants:
            data[column.name] = pd.Series(mapping.constants[column.name], index=raw.index, dtype=object)
            continue
        for name in theirs.get(column.name, ()):
            texts = _texts(raw[name])
            if column.kind in (Kind.INTEGER, Kind.NUMBER) and source.spread:
                texts, more = _without_spread(texts, name, source)
                notes += more
            if column.name in _KEYS:
                texts = texts.str.replace(r"^(\d+)\.0+$", r"\1", regex=True).astype(object)
                texts = texts.where(texts.notna(), None)
                faults += _lost_digits(texts, name, source)
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
    keys_made = contract.key not in data and contract.key == "ref" and not source.ledger
    if keys_made:
        made, note = _made_refs(data, raw)
        data["ref"] = made
        notes.append(note)
    frame = gpd.GeoDataFrame(data, geometry=raw.geometry, index=raw.index, crs=raw.crs)
    if contract.key in frame:
        faults += _long_keys(frame[contract.key], contract, theirs, source)
    named = {ours: names[0] for ours, names in theirs.items()}
    read, ignored = picked.read(), picked.ignored()
    return Mapped(frame, named, faults, notes, read, ignored, keys_made)


def _without_counter(
    picked: Picked, raw: gpd.GeoDataFrame, contract: Contract, mapping: ColumnMapping
) -> list[Words]:
    """Take the key column back out of `picked` when it only counts rows and nobody named it."""
    key = contract.key
    if key not in ("ref", "household") or key in mapping.columns or key not in picked.theirs:
        return []
    (name, *_) = picked.theirs[key]
    if name == key or not counts_rows(name, _texts(raw[name])):
        return []
    del picked.theirs[key]
    return [
        Words(
            f"the column {name} only counts rows and was not taken as a key; name it in the mapping (--map) if it is one",
            f"列“{name}”只是行号，未作为编号；若确为编号，请在列对应文件（--map）中指明",
        )
    ]


def _without_spread(texts: pd.Series, name: str, source: Source) -> tuple[pd.Series, list[Words]]:
    """A number merged over several rows is nobody's: those cells are left empty and named."""
    where = np.array(sorted(i for i, column in source.spread if column == name), dtype=np.int64)
    if not len(where):
        return texts, []
    emptied = texts.to_numpy(dtype=object, copy=True)
    emptied[where] = None
    listed = ", ".join(str(int(row)) for row in source.rows[where][:10])
    note = Words(
        f"{name}: a number merged over several rows cannot be shared out and was not read (row {listed})",
        f"“{name}”：跨行合并的数字无法分到各行，未读取（第 {listed} 行）",
    )
    return pd.Series(emptied, index=texts.index, dtype=object), [note]


def _lost_digits(keys: pd.Series, name: str, source: Source) -> list[Fault]:
    """Keys that a spreadsheet program took for numbers and shortened."""
    words = Words(
        "the key was shortened as a number by a spreadsheet program, its last digits are lost; set the column to text "
        "and export or enter it again",
        "编号被表格软件当作数字缩写，末位数字已丢失；请把该列设为“文本”后重新导出或填写",
    )
    said = [(i, key) for i, key in enumerate(keys) if isinstance(key, str)]
    long = [key for _, key in said if re.fullmatch(r"\d{16,}", key)]
    zeros = len(long) > 1 and all(set(key[15:]) == {"0"} for key in long)
    return [
        Fault(int(source.rows[i]), name, key[:40], words)
        for i, key in said
        if _SHORTENED.fullmatch(key) or (zeros and len(key) > 15 and key.isdigit())
    ]


def _texts(values: pd.Series) -> pd.Series:
    """Any column as texts and None; whole numbers without a decimal point."""
    if isinstance(values.dtype, np.dtype) and values.dtype.kind == "f":
        number = values.to_numpy(dtype=np.float64)
        finite = number[np.isfinite(number)]
        if np.equal(np.mod(finite, 1), 0).all() and (np.abs(finite) < 2**53).all():
            values = values.where(np.isfinite(number)).astype("Int64")
    missing = values.isna().to_numpy(dtype=bool)
    texts = [
        None if gone else as_read(without_radicals(without_invisible(str(value))))
        for gone, value in zip(missing, values.tolist(), strict=True)
    ]
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
        why = flaw(text)
        if UNREADABLE.search(text):
            why = Words(
                "the text was damaged by a wrong encoding; export it again",
                "文字因编码错误已损坏；请重新导出",
            )
        elif why is None and len(text) > limits.text_characters:
            why = Words(
                f"the text has more than {limits.text_characters} characters",
                f"文字超过 {limits.text_characters} 个字符",
            )
        elif (
            why is None and source.spreadsheet and is_text and not column.choices and looks_like_formula(text)
        ):
            why = Words(
                "the cell looks like a formula (it begins with = + - @, a tab or a line end); enter the plain value",
                "单元格疑似公式（以 = + - @、制表符或换行开头）；请填入纯文本",
            )
        if why is not None:
            faults.append(Fault(int(source.rows[i]), name, shown(text), why))
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
        elif column.kind in (Kind.INTEGER, Kind.NUMBER) and (
            match := _UNITS.match(unicodedata.normalize("NFKC", word))
        ):
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
        "g"
        + hashlib.blake2b(
            f"{name}|".encode("utf-8", "surrogatepass") + (shape or b""), digest_size=8
        ).hexdigest()
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
