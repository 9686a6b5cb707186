"""Accounts and tokens by command line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from geo.errors import NotAllowedError
from layers.accounts.accounts import Keeper, list_accounts
from layers.accounts.sessions import sign_in
from layers.accounts.tokens import find_token
from layers.rights.rights import Right
from layers.store.database import Store

Run = Callable[..., Any]


@pytest.fixture
def opened(run: Run, tmp_path: Path) -> Store:
    """The store the commands work on."""
    assert run("user", "list").code == 0
    return Store.open(home=tmp_path / "wangge-data")


def now() -> datetime:
    return datetime.now(UTC)


def test_an_account_from_its_making_to_its_lock(run: Run, opened: Store) -> None:
    made = run("user", "add", "Li", "--role", "leader", "--area", "999901001", "--lang", "en")
    assert made.code == 0, made.err
    password = made.out.split(": ")[1].split()[0]
    assert sign_in(opened, "li", password, origin="-", now=now())
    listed = run("user", "list", "--lang", "en").out
    assert "leader@999901001" in listed
    assert password not in listed
    again = run("user", "reset", "li", "--lang", "en").out.split(": ")[1].split()[0]
    assert again != password
    done = run(
        "user",
        "grant",
        "li",
        "--role",
        "steward",
        "--of-people",
        "full",
        "--purpose",
        "maintenance",
        "--lang",
        "en",
    )
    assert "steward@* full/maintenance" in done.out
    assert run("user", "lock", "li").code == 0
    with pytest.raises(NotAllowedError):
        sign_in(opened, "li", again, origin="-", now=now())
    assert "locked" in run("user", "list", "--lang", "en").out
    assert run("user", "lock", "li", "--off").code == 0
    assert sign_in(opened, "li", again, origin="-", now=now())


def test_a_role_sees_what_it_needs_unless_told_otherwise(run: Run, opened: Store) -> None:
    made = run("user", "add", "zhao", "--role", "planner", "--lang", "en")
    assert (made.code, made.err) == (0, "")
    less = run("user", "add", "qian", "--role", "planner", "--of-people", "counts", "--lang", "en")
    assert "planner without plans, edit, load" in less.err
    steward = run("user", "add", "sun", "--role", "steward", "--lang", "en")
    assert "steward without households, review" in steward.err
    listed = run("user", "list", "--lang", "en").out
    assert "planner@* counts" in listed
    assert "planner@* building" not in listed
    grants = {one.name: one.grants[0] for one in list_accounts(opened, Keeper("cli:test"), now=now())}
    assert grants["zhao"].gives(Right.LOAD)
    assert not grants["qian"].gives(Right.LOAD)


def test_a_token_is_printed_alone_once_and_can_be_ended(run: Run, opened: Store) -> None:
    made = run("user", "token", "hotline", "--right", "lookup", "--area", "999901", "--days", "2")
    text = made.out.strip()
    found = find_token(opened, text, now=now())
    assert found is not None
    assert found.area == ("999901",)
    listed = run("user", "tokens").out
    assert "hotline" in listed
    assert text not in listed
    assert run("user", "revoke", str(found.number)).code == 0
    assert find_token(opened, text, now=now()) is None


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("add", "x", "--role", "leader"), "2 to 40"),
        (("add", "li", "--role", "leader", "--area", "61"), "no area"),
        (("add", "li", "--role", "system"), "cannot be granted"),
        (("add", "li", "--role", "steward", "--of-people", "full"), "for a purpose"),
        (("lock", "nobody"), "no account nobody"),
        (("revoke", "7"), "no token 7"),
        (("token", "t1", "--right", "review"), "lookup, display, figures"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    run: Run, opened: Store, command: tuple[str, ...], said: str
) -> None:
    assert opened
    done = run("user", *command, "--lang", "en")
    assert done.code == 2
    assert said in done.err
    assert len(done.err.splitlines()) == 1
