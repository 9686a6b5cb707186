"""Somebody with an account and a session, without the minutes that passwords take."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from layers.accounts.accounts import Keeper, add_account
from layers.accounts.sessions import key_of
from layers.rights.rights import Grant
from layers.rights.viewer import OPERATOR
from layers.store.account_tables import sessions, users
from layers.store.database import Store

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
KEEPER = Keeper("cli:test")
OWN = {"origin": "http://test"}
"""What a page of the server sends along with a write."""


def signed_in(store: Store, name: str, *grants: Grant, now: datetime = NOW) -> dict[str, str]:
    """Make an account that has changed its first password and is signed in; the headers of its browser."""
    add_account(store, KEEPER, name, grants, now=now)
    token = f"session-of-{name}"
    with store.writing(OPERATOR, actor="test", now=now) as unit:
        (row,) = unit.execute(users.select().where(users.c.name == name)).all()
        unit.execute(users.update().where(users.c.id == row.id).values(must_change=False))
        unit.execute(
            sessions.insert().values(
                hash=key_of(token), user_id=row.id, made_at=now, seen_at=now, ends_at=now + timedelta(hours=9)
            )
        )
    return {"cookie": f"wangge={token}"}
