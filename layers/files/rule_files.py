"""A tenant's own rule profiles and families, in a YAML or TOML file."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from geo.errors import FileError, RulesError
from geo.plans.families import BOOK, RuleBook, read_book
from layers.files.encoding import decode
from layers.files.limits import Limits, open_file

NAMES = ("rules.yaml", "rules.yml", "rules.toml")
"""What such a file is called when it lies in the working folder."""
_MOST_BYTES = 1 << 20

_READERS: dict[str, Callable[[str], Any]] = {
    ".yaml": yaml.safe_load,
    ".yml": yaml.safe_load,
    ".toml": tomllib.loads,
}


def read_rules(path: Path | None, *, home: Path | None = None) -> RuleBook:
    """The profiles and families of `path` beside those that ship; without it those of the first of `NAMES` in `home`,
    if there is one. Entries as in `geo.plans.families.read_book`.

    Raises `FileError` when the file cannot be read, `RulesError` with every fault in it.
    """
    if path is None:
        path = next((home / name for name in NAMES if home is not None and (home / name).is_file()), None)
    if path is None:
        return BOOK
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise FileError(
            f"{path.name}: rules are read from {', '.join(_READERS)}",
            f"{path.name}：规则文件应为 {'、'.join(_READERS)}",
        )
    resolved = open_file(path, Limits(file_bytes=_MOST_BYTES))
    try:
        said = reader(decode(resolved.read_bytes(), path.name).text)
    except (yaml.YAMLError, tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        where = " ".join(str(error).split())[:200]
        raise FileError(f"{path.name} cannot be read: {where}", f"{path.name} 无法解析：{where}") from error
    if not isinstance(said, Mapping):
        raise FileError(
            f"{path.name} holds no tables; begin with profiles: or families:",
            f"{path.name} 中没有表；请以 profiles: 或 families: 开头",
        )
    try:
        return read_book(said)
    except RulesError as error:
        raise RulesError(f"{path.name}: {error.words.en}", f"{path.name}：{error.words.zh}") from error
