"""Where a record stands: surely tied to a building, waiting for a person, decided, or set aside. Conditions on `matches`."""

from __future__ import annotations

import sqlalchemy as sa

from layers.store.address_tables import matches

DOUBTFUL_BELOW = 0.8
"""A match less sure than this is put before a person."""
_SET_ASIDE = "set_aside"


def is_open() -> sa.ColumnElement[bool]:
    """A record wants a person's eye: in doubt or not found, and not decided yet."""
    doubtful = sa.or_(matches.c.status != "matched", matches.c.confidence < DOUBTFUL_BELOW)
    return sa.and_(matches.c.decision.is_(None), matches.c.status.is_not(None), doubtful)


def is_tied() -> sa.ColumnElement[bool]:
    """A record is tied to a building, surely or by a person."""
    sure = sa.or_(matches.c.decision.is_not(None), matches.c.confidence >= DOUBTFUL_BELOW)
    return sa.and_(matches.c.status == "matched", sure)


def is_set_aside() -> sa.ColumnElement[bool]:
    """A person said that the record is none of ours."""
    return sa.func.coalesce(matches.c.decision, "") == _SET_ASIDE
