"""Every error Wangge raises on purpose, and the bilingual text they carry.

    WanggeError
    ├── InputError             the caller's data or arguments are wrong
    │   ├── MissingCrsError        a frame without a declared CRS
    │   ├── FrameError             a frame breaks its contract; carries every fault
    │   ├── FileError              a file cannot be read as what it claims to be
    │   ├── RulesError             a rules profile is unknown or contradicts itself
    │   └── EmptyLayerError        the layer needed for an answer holds nothing
    ├── NotFoundError          the thing asked for does not exist (or is not visible)
    ├── ConflictError          the state of the store forbids it
    ├── NotAllowedError        the viewer lacks the right
    └── StoreError             the store is unreachable, not migrated or of the wrong kind
        └── VersionError           a newer program has migrated it while this one was running

The doors map these to exit codes and HTTP statuses (`api.http.problems`); the errors know of neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple


class Words(NamedTuple):
    """One text in both languages of the product. `str()` is the English one."""

    en: str
    zh: str

    def __str__(self) -> str:
        return self.en

    def text(self, lang: str) -> str:
        """The text in `lang` (`"zh"` or `"en"`).

        >>> Words("grid", "网格").text("zh")
        '网格'
        """
        return self.zh if lang == "zh" else self.en


class WanggeError(Exception):
    """Root of the tree. A message says what is wrong, which value, and what to do about it."""

    def __init__(self, en: str, zh: str | None = None) -> None:
        super().__init__(en)
        self.words = Words(en, zh or en)

    def text(self, lang: str) -> str:
        """The message in `lang` (`"zh"` or `"en"`)."""
        return self.words.text(lang)

    def __reduce__(self) -> tuple[Any, ...]:
        # errors come back from other processes, and the constructors of some take more than the message
        return _again, (type(self), self.args, self.__dict__)


def _again(kind: type[WanggeError], args: tuple[Any, ...], state: dict[str, Any]) -> WanggeError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class InputError(WanggeError):
    """The caller's data or arguments are wrong."""


class MissingCrsError(InputError):
    """A frame has no CRS and nobody declared one."""


class FileError(InputError):
    """A file is damaged, too large, or not what it claims to be."""


class RulesError(InputError):
    """A rules profile is unknown or contradicts itself."""


class EmptyLayerError(InputError):
    """The layer needed for an answer holds nothing."""


class NotFoundError(WanggeError):
    """The thing asked for does not exist, or the viewer may not know that it does."""


class ConflictError(WanggeError):
    """The state of the store forbids what was asked."""


class StaleError(ConflictError):
    """Somebody changed it meanwhile: it is not what whoever asks saw."""


class NotAllowedError(WanggeError):
    """The viewer lacks the right."""


class StoreError(WanggeError):
    """The store cannot be reached, is not migrated, or is of the wrong kind."""


class VersionError(StoreError):
    """A newer program has migrated the store while this one was running: it may read on, and writes nothing."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one row of an input, in words its owner can act on."""

    row: int | None
    """Row as the owner counts it (spreadsheet row or 1-based feature number); None for the whole file."""
    column: str | None
    """Column as named in the file; None when the fault is not tied to one."""
    value: str
    """The offending value, shortened; empty when there is none."""
    reason: Words
    """What is wrong and what to do."""


class FrameError(InputError):
    """A frame breaks its contract. Carries all faults, not the first one."""

    def __init__(self, layer: str, faults: Sequence[Fault]) -> None:
        self.layer = layer
        self.faults = tuple(faults)
        first = self.faults[0]
        where = "" if first.row is None else f" (row {first.row})"
        where_zh = "" if first.row is None else f"（第 {first.row} 行）"
        super().__init__(
            f"{layer}: {len(self.faults)} fault(s), nothing was loaded; the first{where}: {first.reason.en}",
            f"{layer}：共 {len(self.faults)} 处问题，未载入任何数据；第一处{where_zh}：{first.reason.zh}",
        )
