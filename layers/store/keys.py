"""The secret keys of a store, kept outside it: in a file only its owner reads, or in the environment. Whoever has the
database alone can neither write an audit row that verifies nor read what is encrypted."""

from __future__ import annotations

import hmac
import os
import re
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from geo.errors import ConflictError, StoreError

FILE = "keys.txt"
_LINE = re.compile(r"(k[1-9][0-9]{0,5}) ([0-9a-f]{64})")
_BYTES = 32


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys by name, the newest last; the newest is used for what is new, the others for what they made."""

    of: dict[str, bytes]

    @classmethod
    def parse(cls, text: str, *, source: str) -> Keys:
        """Keys from lines (or parts between commas) `k1 HEX`. Raises `StoreError` naming `source`, never the text.

        >>> list(Keys.parse("k1 " + "ab" * 32, source="here").of)
        ['k1']
        """
        lines = [line.strip() for line in text.replace(",", "\n").splitlines() if line.strip()]
        found = [_LINE.fullmatch(line) for line in lines]
        keys = {match[1]: bytes.fromhex(match[2]) for match in found if match is not None}
        if not keys or len(keys) != len(lines):
            raise StoreError(
                f"the keys in {source} cannot be read; one line a key: k1 and 64 hexadecimal digits",
                f"{source} 中的密钥无法识别；每行一个：k1 与 64 位十六进制数",
            )
        return cls(keys)

    @property
    def newest(self) -> str:
        """The name of the key for what is new."""
        return list(self.of)[-1]

    def part(self, name: str, purpose: str) -> bytes:
        """The key `name` for one purpose; none of them tells of another. Raises `StoreError` for a key that is not here."""
        if name not in self.of:
            raise StoreError(
                f"the key {name} is not here; bring the keys of the machine that wrote the store",
                f"缺少密钥 {name}；请取来写入该数据库的机器上的密钥",
            )
        return hmac.digest(self.of[name], purpose.encode(), "sha256")

    def with_new(self) -> Keys:
        """These keys and a new one, which is the newest."""
        number = max((int(name[1:]) for name in self.of), default=0) + 1
        return Keys(self.of | {f"k{number}": secrets.token_bytes(_BYTES)})

    def text(self) -> str:
        """The lines of a file of keys."""
        return "".join(f"{name} {key.hex()}\n" for name, key in self.of.items())

    def __repr__(self) -> str:
        return f"Keys({', '.join(self.of)})"


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """Where the keys of a store are looked for: `given` (from the environment), else the file."""

    path: Path | None
    given: str | None = None

    def read(self) -> Keys | None:
        """The keys; None where there are none yet. Raises `StoreError` for a file others can read."""
        if self.given is not None:
            return Keys.parse(self.given, source="WANGGE_KEYS")
        if self.path is None or not self.path.exists():
            return None
        if os.name == "posix" and stat.S_IMODE(self.path.stat().st_mode) & 0o077:
            raise StoreError(
                f"others can read {self.path}; run: chmod 600 {self.path}",
                f"{self.path} 可被他人读取；请执行：chmod 600 {self.path}",
            )
        return Keys.parse(self.path.read_text("ascii"), source=str(self.path))

    def make(self) -> Keys:
        """The first key, in the file. Raises `ConflictError` where there are keys, `StoreError` without a place."""
        if self.given is not None or self.path is None:
            raise StoreError(
                "there is no file for keys; set WANGGE_HOME, or WANGGE_KEYS to a line: k1 and 64 hexadecimal digits",
                "没有密钥文件的位置；请设置 WANGGE_HOME，或将 WANGGE_KEYS 设为：k1 与 64 位十六进制数",
            )
        made = Keys({}).with_new()
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            _write(self.path, made, os.O_EXCL)
        except FileExistsError:
            raise ConflictError(f"{self.path} is there already", f"{self.path} 已存在") from None
        return made

    def rotate(self) -> Keys:
        """One more key, appended to the file, which appears whole or not at all. Raises `StoreError` without a file."""
        have = self.read()
        if have is None or self.given is not None or self.path is None:
            raise StoreError(
                "there is no file of keys to add to; keys in WANGGE_KEYS are rotated by whoever sets it",
                "没有可追加的密钥文件；WANGGE_KEYS 中的密钥请由设置者轮换",
            )
        more = have.with_new()
        beside = self.path.with_suffix(".new")
        _write(beside, more, os.O_TRUNC)
        beside.replace(self.path)
        return more


def _write(path: Path, keys: Keys, how: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | how, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(keys.text())
        file.flush()
        os.fsync(file.fileno())
