"""Addresses of a list that stand in several columns, or whose one column stops before the building."""

from __future__ import annotations

from dataclasses import replace

from layers.files.address_parts import JOINED, Parts, address_parts, completed, joined
from layers.files.readers import Source
from layers.files.synonyms import column_names, plain

_REGISTERED = ("户籍", "户口")
"""Where somebody is registered says less than where the other columns say he lives."""


def parts_in(source: Source) -> Parts | None:
    """The columns an address may be put together from; None without any."""
    return address_parts(str(column) for column in source.frame.columns if column != "geometry")


def put_together(source: Source, parts: Parts) -> tuple[Source, Parts | None, int]:
    """The source with addresses put together from `parts`, or, where it has addresses in one column, with those completed
    that name no building, and how many these are."""
    own = {plain(str(column)): str(column) for column in reversed(source.frame.columns)}
    names = [name for name in column_names("residents", "address") if not name.startswith(_REGISTERED)]
    column = next((own[plain(name)] for name in names if plain(name) in own), None)
    if column is None:
        return replace(source, frame=source.frame.assign(**{JOINED: joined(source.frame, parts)})), parts, 0
    whole, count = completed(source.frame[column], source.frame, parts)
    if not count:
        return source, None, 0
    return replace(source, frame=source.frame.assign(**{column: whole})), parts, count
