"""Errors on their way between processes of one program, and how low those that work beside a server put themselves."""

from __future__ import annotations

from typing import NamedTuple

from geo.errors import (
    ConflictError,
    EmptyLayerError,
    FileError,
    InputError,
    NotAllowedError,
    NotFoundError,
    StaleError,
    StoreError,
    WanggeError,
)

NICENESS = 10


class Failed(NamedTuple):
    """Why a step gave nothing: an error on its way to the server."""

    kind: type[WanggeError]
    en: str
    zh: str

    @classmethod
    def of(cls, error: Exception) -> Failed:
        """What may be told of `error`; what nobody expected is its text alone, for the log."""
        if isinstance(error, WanggeError):
            kind = next((kind for kind in _TOLD if isinstance(error, kind)), WanggeError)
            return cls(kind, error.words.en, error.words.zh)
        return cls(WanggeError, f"{type(error).__name__}: {error}", "")

    def error(self) -> WanggeError:
        """The error again."""
        return self.kind(self.en, self.zh)


_TOLD = (
    EmptyLayerError,
    FileError,
    InputError,
    NotFoundError,
    StaleError,
    ConflictError,
    NotAllowedError,
    StoreError,
)
