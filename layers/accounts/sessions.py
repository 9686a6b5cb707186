"""Sessions of people at a browser: opened with a password, kept as a hash, ended by idleness, age, or anybody who may."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from geo.errors import InputError, NotAllowedError
from layers.accounts.accounts import KEEPER, OUTSIDE, find_user, grants_of
from layers.accounts.choices import read_choices
from layers.accounts.passwords import fits, hashed, require_good
from layers.rights.rights import Grant
from layers.store.account_tables import sessions, users
from layers.store.database import Store
from layers.store.moments import as_utc
from layers.store.unit import Writing

LONGEST = timedelta(hours=12)
TOUCHED = timedelta(minutes=1)
"""So often at most a session's last use is written down."""
MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
_BYTES = 32


class Session(NamedTuple):
    """Somebody who is signed in."""

    key: str
    """The hash the session is kept under; the token itself is with the browser only."""
    name: str
    grants: tuple[Grant, ...]
    must_change: bool
    """Has yet to change the password he was given; until then he may do nothing else."""
    seen_at: datetime
    ends_at: datetime
    idle: timedelta
    """Unused for so long it ends."""
    outside: bool = False
    """Came by the organisation's provider, and has no password here."""

    def over(self, now: datetime) -> bool:
        """Whether it ended by itself: unused for too long, or too old. A clock set back ends it too."""
        return not self.seen_at - TOUCHED <= now < min(self.ends_at, self.seen_at + self.idle)


def sign_in(store: Store, name: str, password: str, *, origin: str, now: datetime) -> str:
    """Open a session and answer its token. `origin` is where the call came from, for the history.

    Each try is counted before the password is looked at, so that many at once are no way around the lock. Raises
    `NotAllowedError` with one text for a wrong name, a wrong password and a lock.
    """
    token = new_token()
    with store.writing(KEEPER, actor="program", now=now) as unit:
        unit.lock(users)  # two tries at once are two
        row = find_user(unit, name)
        until = None if row is None else as_utc(row.locked_until)
        open_to_try = row is not None and not row.locked and (until is None or until <= now)
        if open_to_try:
            _count(unit, row.id, row.failures + 1, now)
    fit = fits(password, row.password_hash if open_to_try else None)
    who = f"http:{row.name}" if row is not None else "http"
    with store.writing(KEEPER, actor=who, now=now) as unit:
        if fit:
            again = find_user(unit, name)
            fit = again is not None and not again.locked and again.password_hash == row.password_hash
        if fit:
            unit.execute(users.update().where(users.c.id == row.id).values(failures=0, locked_until=None))
            open_session(unit, row.id, token, now)
        unit.audit()
        # a name nobody has may be a password typed into the wrong box: it is not written down
        unit.record(action="sign-in" if fit else "sign-in-refused", detail={"from": origin})
    if not fit:
        raise NotAllowedError(
            f"the name or the password is wrong, or the account is locked; after {MOST_FAILURES} wrong passwords it is "
            f"locked for {LOCKED_FOR.seconds // 60} minutes",
            f"账号或密码错误，或账号已锁定；连续 {MOST_FAILURES} 次错误将锁定 {LOCKED_FOR.seconds // 60} 分钟",
        )
    return token


def new_token() -> str:
    """A token nobody can guess."""
    return secrets.token_urlsafe(_BYTES)


def open_session(unit: Writing, user_id: int, token: str, now: datetime) -> None:
    """Write a session down, and forget those that are over."""
    unit.execute(sessions.delete().where(sessions.c.ends_at <= now))
    unit.execute(
        sessions.insert().values(
            hash=key_of(token), user_id=user_id, made_at=now, seen_at=now, ends_at=now + LONGEST
        )
    )


def find_session(store: Store, token: str, *, now: datetime) -> Session | None:
    """Who holds this token, if his session is not over."""
    key = key_of(token)
    with store.reading(KEEPER) as unit:
        row = unit.execute(
            sa.select(sessions, users.c.name, users.c.must_change, users.c.locked, users.c.made_by)
            .join(users, users.c.id == sessions.c.user_id)
            .where(sessions.c.hash == key)
        ).first()
        if row is None or row.locked:
            return None
        seen_at, ends_at = as_utc(row.seen_at), as_utc(row.ends_at)
        assert seen_at is not None and ends_at is not None  # noqa: S101, PT018  columns that are never empty
        idle = read_choices(unit).idle
        found = Session(
            key,
            row.name,
            grants_of(unit, row.user_id),
            row.must_change,
            seen_at,
            ends_at,
            idle,
            row.made_by.startswith(OUTSIDE),
        )
    return None if found.over(now) else found


def touch(store: Store, key: str, *, now: datetime) -> None:
    """Write down that a session was used."""
    with store.writing(KEEPER, actor="program", now=now) as unit:
        unit.execute(
            sessions.update().where(sessions.c.hash == key, sessions.c.seen_at < now).values(seen_at=now)
        )


def end_session(store: Store, session: Session, *, now: datetime) -> None:
    """Sign out: every server process refuses the token from its next look on."""
    with store.writing(KEEPER, actor=f"http:{session.name}", now=now) as unit:
        unit.execute(sessions.delete().where(sessions.c.hash == session.key))
        unit.raise_state("accounts")
        unit.record(action="sign-out", detail={"account": session.name})


def change_password(store: Store, session: Session, old: str, new: str, *, now: datetime) -> None:
    """Take a new password and end the account's other sessions. Raises `NotAllowedError` where `old` is wrong, `InputError`
    where the new one is too weak or the old one."""
    require_good(new, name=session.name)
    if new == old:
        raise InputError("the new password is the old one; take another", "新密码与原密码相同；请换一个")
    with store.reading(KEEPER) as unit:
        row = find_user(unit, session.name)
    if not fits(old, None if row is None else row.password_hash):
        raise NotAllowedError("the present password is wrong", "原密码错误")
    kept = hashed(new)
    with store.writing(KEEPER, actor=f"http:{session.name}", now=now) as unit:
        unit.execute(
            users.update()
            .where(users.c.id == row.id, users.c.password_hash == row.password_hash)
            .values(password_hash=kept, must_change=False)
        )
        unit.execute(sessions.delete().where(sessions.c.user_id == row.id, sessions.c.hash != session.key))
        unit.raise_state("accounts")
        unit.record(action="password", detail={"account": session.name})


def key_of(token: str) -> str:
    """What a random token is kept as."""
    return hashlib.sha256(token.encode()).hexdigest()


def _count(unit: Writing, user_id: int, failures: int, now: datetime) -> None:
    """Count a try; the last one that is allowed locks the account for a while, unless it turns out right."""
    locked = failures >= MOST_FAILURES
    unit.execute(
        users.update()
        .where(users.c.id == user_id)
        .values(failures=0 if locked else failures, locked_until=now + LOCKED_FOR if locked else None)
    )
