"""Long work ends where the account that asked for it lost what it needs."""

from __future__ import annotations

import pytest

from geo.errors import NotAllowedError
from layers.accounts.accounts import Keeper, add_account, lock_account, set_grants
from layers.accounts.asked import require_still
from layers.rights.rights import Grant, Right
from layers.rights.viewer import OfPeople, Purpose, Role, Viewer
from layers.store.database import Store
from tests.layers import town

OPER = Keeper("cli:test")
DETAIL = (OfPeople.BUILDING, Purpose.PLANNING)
ASKED = Viewer(Role.PLANNER, (town.WEST,), Purpose.PLANNING, OfPeople.BUILDING)


def ask(store: Store, actor: str = "http:li", right: Right = Right.EDIT) -> None:
    require_still(store, actor, right, ASKED)


def test_who_is_locked_narrowed_or_gone_has_nothing_done_any_more(store: Store) -> None:
    add_account(store, OPER, "li", [Grant(Role.PLANNER, town.WEST[:9], *DETAIL)], now=town.NOW)
    ask(store)
    with pytest.raises(NotAllowedError, match="not granted"):
        ask(store, right=Right.APPROVE)
    set_grants(store, OPER, "li", [Grant(Role.PLANNER, town.EAST, *DETAIL)], now=town.NOW)
    with pytest.raises(NotAllowedError, match="may see less now"):
        ask(store)
    set_grants(store, OPER, "li", [Grant(Role.PLANNER, "", *DETAIL)], now=town.NOW)
    ask(store)
    lock_account(store, OPER, "li", locked=True, now=town.NOW)
    for actor in ("http:li", "http:nobody"):
        with pytest.raises(NotAllowedError, match="not granted"):
            ask(store, actor)


def test_programs_and_the_machine_are_not_asked(store: Store) -> None:
    for actor in ("cli:root", "hook:hotline", "token:sync", "http:token"):
        ask(store, actor)
