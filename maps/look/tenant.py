"""One file in which a tenant says how its maps look: colours, widths and sizes, letters and wording.

`WANGGE_LOOK` names it (TOML); it is read once, by every process that draws, worker processes too, and refused whole when one
value in it cannot be used. `docs/look.md` lists what may stand in it.
"""

from __future__ import annotations

import math
import os
import re
import tomllib
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, TypeVar

from geo.errors import InputError, Words

VARIABLE = "WANGGE_LOOK"
_LARGEST_BYTES = 65_536
_LONGEST = 300
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_LANGUAGES = ("zh", "en")
Value = TypeVar("Value")


@cache
def look() -> Mapping[str, Any]:
    """What the file says; nothing where none is named. Raises `InputError` for one that cannot be read."""
    named = os.environ.get(VARIABLE, "")
    return read_look(Path(named)) if named else {}


def read_look(path: Path) -> Mapping[str, Any]:
    """The file as tables. Raises `InputError` for one that is not there, too large or no TOML."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _refused(path.name, error.strerror or "?", error.strerror or "?") from None
    if len(content) > _LARGEST_BYTES:
        raise _refused(path.name, "it is larger than 64 KB", "超过 64 KB")
    try:
        return tomllib.loads(content.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _refused(path.name, f"it is no TOML: {error}", f"不是 TOML 文件：{error}") from None


def told(name: str, default: Value) -> Value:
    """The tenant's value of a look, of the kind of `default`: a colour, a number, as many of them as there are, or some of the
    named values of a table. Raises `InputError` for one of another kind."""
    given: Value = _like(name, default, look().get("style", {}).get(name, default))
    return given


def worded(table: str, default: Mapping[str, Words]) -> dict[str, Words]:
    """The tenant's wording: `default` with the texts the file has for `table`, in one language or both. Raises `InputError`
    for a key that is not there, a language that is not, or a text without the values the default sets in."""
    said = dict(default)
    for key, texts in look().get("words", {}).get(table, {}).items():
        where = f"words.{table}.{key}"
        if key not in default or not isinstance(texts, dict) or not set(texts) <= set(_LANGUAGES):
            listed = ", ".join(list(default)[:12])
            raise _refused(
                where, f"give zh and en of one of {listed} …", f"应为其中一项的 zh、en 文字：{listed} …"
            )
        both = {
            lang: _text(f"{where}.{lang}", default[key].text(lang), texts.get(lang)) for lang in _LANGUAGES
        }
        said[key] = Words(both["en"], both["zh"])
    return said


def refuse_unknown(style: Collection[str], tables: Collection[str]) -> None:
    """Raise `InputError` for what stands in the file and is none of these: a slip of the pen must not go unseen."""
    for name in look():
        if name not in ("style", "words"):
            raise _refused(name, "there are [style] and [words]", "只有 [style] 与 [words] 两部分")
    for part, known in (("style", style), ("words", tables)):
        for name in look().get(part, {}):
            if name not in known:
                listed = ", ".join(sorted(known))
                raise _refused(f"{part}.{name}", f"choose one of {listed}", f"可选：{listed}")


def _like(name: str, default: Any, value: Any) -> Any:
    match default:
        case str() if isinstance(value, str) and _COLOUR.fullmatch(value.lower()):
            return value.lower()
        case tuple() if isinstance(value, (list, tuple)) and len(value) == len(default):
            return tuple(
                _like(f"{name}[{n}]", one, two)
                for n, (one, two) in enumerate(zip(default, value, strict=True))
            )
        case dict() if isinstance(value, dict) and set(value) <= set(default):
            return default | {key: _like(f"{name}.{key}", default[key], two) for key, two in value.items()}
        case int() | float() if isinstance(value, (int, float)) and not isinstance(value, bool):
            if math.isfinite(value) and 0 < value <= 1_000:
                return value
    raise _refused(f"style.{name}", f"give something like {_example(default)}", f"应类似 {_example(default)}")


def _text(where: str, default: str, value: object) -> str:
    if value is None:
        return default
    fields = {field for _, field, _, _ in Formatter().parse(default) if field}
    try:
        given = {field for _, field, _, _ in Formatter().parse(str(value)) if field is not None}
    except ValueError:
        given = {"{"}
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST or given != fields:
        held = ", ".join(f"{{{field}}}" for field in sorted(fields)) or "—"
        raise _refused(
            where,
            f"give a text of at most {_LONGEST} characters with {held} in it and no other braces",
            f"应为不超过 {_LONGEST} 字的文字，其中占位符为：{held}",
        )
    return value


def _example(default: Any) -> str:
    return f"{len(default)} × {_example(default[0])}" if isinstance(default, tuple) else str(default)


def _refused(where: str, en: str, zh: str) -> InputError:
    return InputError(
        f"the look named by {VARIABLE} cannot be used: {where}: {en}",
        f"{VARIABLE} 所指的样式文件无法使用：{where}：{zh}",
    )
