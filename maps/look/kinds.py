"""Kinds of station that occur among stations, with the letters their offices give them."""

from __future__ import annotations

import pandas as pd


def own_kinds(stations: pd.DataFrame) -> dict[str, str | None]:
    """Kind → its own letter, None where none of its stations has one; by kind.

    >>> own_kinds(pd.DataFrame({"kind": ["clinic", "邻里中心", None], "letter": [None, "邻", None]}))
    {'clinic': None, 'other': None, '邻里中心': '邻'}
    """
    if "kind" not in stations:
        return {"other": None} if len(stations) else {}
    kinds = stations["kind"].fillna("other").tolist()
    letters = stations["letter"].tolist() if "letter" in stations else [None] * len(kinds)
    found: dict[str, str | None] = dict.fromkeys(sorted(set(kinds)))
    for kind, letter in zip(kinds, letters, strict=True):
        if found[kind] is None and isinstance(letter, str) and letter:
            found[kind] = letter
    return found
