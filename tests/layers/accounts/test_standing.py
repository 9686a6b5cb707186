"""What a server compares to know who may come in, and what areas are called."""

from __future__ import annotations

from datetime import UTC, datetime

from layers.accounts.accounts import Keeper, add_account, lock_account
from layers.accounts.sessions import sign_in
from layers.accounts.standing import Standing, name_areas, read_standing
from layers.rights.rights import Grant
from layers.rights.viewer import Role
from layers.store.database import Store
from tests.layers import town

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
OPER = Keeper("cli:test")


def test_the_first_account_and_every_change_show(store: Store) -> None:
    assert read_standing(store).accounts is False
    password = add_account(store, OPER, "li", [Grant(Role.LEADER, "")], now=NOW)
    made = read_standing(store)
    assert made.accounts
    sign_in(store, "li", password, origin="-", now=NOW)
    assert read_standing(store) == made, "who comes in changes nothing about who may"
    lock_account(store, OPER, "li", locked=True, now=NOW)
    assert read_standing(store) == Standing(True, made.counter + 1)


def test_areas_have_the_names_of_their_places(store: Store) -> None:
    town.settle(store)
    asked = [town.WEST, town.EAST[:9], "110101", ""]
    assert name_areas(store, asked[:1]) == [(town.WEST, "西社区")]
    assert name_areas(store, asked[1:3]) == [(town.EAST[:9], None), ("110101", None)]
    assert name_areas(store, asked[3:]) == [("", None)]
