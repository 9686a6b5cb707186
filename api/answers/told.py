"""Answers about points as JSON, remembered: a grid is asked for many times a second and answers the same."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from api.answers.answers import as_json
from api.answers.chain_answers import chain_object
from geo.locate.index import Answer
from geo.reach.chain import Directory
from layers.store.keys import KeyPlace

KEPT = 8192
"""Answers kept, about a kilobyte each."""

Told = Callable[[Answer, str, int], bytes]
"""An answer, the language and the version of its index, as JSON."""


def telling(directory: Directory, keys: KeyPlace) -> Told:
    """What tells points with their chain as everybody may know it: no names but those that are posted. It remembers for
    as long as `directory` is the newest; threads may share it."""

    @lru_cache(maxsize=KEPT)
    def told(found: Answer, lang: str, version: int) -> bytes:
        chain = chain_object(directory, found, lang=lang, duty=None, keys=keys)
        return as_json(found, lang=lang, version=version, chain=chain)

    return told
