"""Refs for organisations that came without one."""

from __future__ import annotations

from collections.abc import Collection

LETTERS = {"branch": "Z", "group": "D", "centre": "X"}
"""支部, 党小组, 中心户."""


def next_ref(kind: str, community: str, taken: Collection[str]) -> str:
    """The next ref of a kind in a community, beyond all that were ever given there.

    >>> next_ref("branch", "610402001001", {"610402001001Z01", "610402001001Z03"})
    '610402001001Z04'
    """
    stem = f"{community}{LETTERS[kind]}"
    numbers = [int(ref[len(stem) :]) for ref in taken if ref.startswith(stem) and ref[len(stem) :].isdigit()]
    return f"{stem}{max(numbers, default=0) + 1:02d}"
