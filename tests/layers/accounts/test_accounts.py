"""Accounts, sessions and tokens on both stores: made, locked, ended, never told twice."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from geo.errors import ConflictError, InputError, NotAllowedError, NotFoundError
from layers.accounts.accounts import (
    Keeper,
    add_account,
    any_account,
    list_accounts,
    lock_account,
    reset_password,
    set_grants,
)
from layers.accounts.audit import read_audit
from layers.accounts.choices import Choices, choose, find_choices
from layers.accounts.passwords import require_good
from layers.accounts.sessions import (
    LOCKED_FOR,
    LONGEST,
    MOST_FAILURES,
    change_password,
    end_session,
    find_session,
    key_of,
    sign_in,
    touch,
)
from layers.accounts.tokens import find_token, list_tokens, make_token, revoke_token
from layers.history import read_history
from layers.rights.rights import GRANTABLE, RIGHTS_OF, Grant, Right, viewer_for, within
from layers.rights.viewer import OPERATOR, OfPeople, Purpose, Role
from layers.store.account_tables import sessions, tokens, users
from layers.store.database import Store

IDLE = Choices().idle
NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
STREET = "999901001"
OPER = Keeper("cli:test")
LEADER = Grant(Role.LEADER, STREET)
GOOD = "Lotus-gate-41"


def opened(store: Store, name: str = "li", *, now: datetime = NOW) -> tuple[str, str]:
    """An account and a session of it: its first password and the token."""
    password = add_account(store, OPER, name, [LEADER], now=now)
    return password, sign_in(store, name, password, origin="10.0.0.9", now=now)


def counter(store: Store) -> int:
    with store.reading(OPERATOR) as unit:
        return int(
            unit.scalar(sa.text("SELECT value FROM state WHERE name = 'accounts'").columns(sa.Integer))
        )


def test_there_is_no_account_until_one_is_made(store: Store) -> None:
    assert not any_account(store)
    with pytest.raises(NotAllowedError, match="locked for 15 minutes"):
        sign_in(store, "admin", "admin", origin="-", now=NOW)
    add_account(store, OPER, "Li", [LEADER], now=NOW)
    assert any_account(store)
    with pytest.raises(ConflictError):
        add_account(store, OPER, "LI", [LEADER], now=NOW)
    (account,) = list_accounts(store, OPER, now=NOW)
    assert (account.name, account.grants, account.must_change, account.locked) == (
        "li",
        (LEADER,),
        True,
        False,
    )


def test_what_is_kept_is_no_password_and_no_token(store: Store) -> None:
    password, token = opened(store)
    with store.reading(OPERATOR) as unit:
        kept = str(unit.execute(sa.select(users)).all()) + str(unit.execute(sa.select(sessions)).all())
        said = str(read_history(unit).to_dict("records"))
    assert password not in kept
    assert token not in kept
    assert key_of(token) in kept
    assert "$argon2id$" in kept
    assert password not in said


def test_a_session_ends_by_idleness_by_age_and_by_signing_out(store: Store) -> None:
    _, token = opened(store)
    found = find_session(store, token, now=NOW + IDLE - timedelta(seconds=1))
    assert found is not None
    assert (found.name, found.grants, found.must_change) == ("li", (LEADER,), True)
    assert find_session(store, token, now=NOW + IDLE) is None
    now = NOW
    while now < NOW + LONGEST - IDLE:
        now += IDLE - timedelta(minutes=1)
        touch(store, found.key, now=now)
    assert find_session(store, token, now=now) is not None
    assert find_session(store, token, now=NOW + LONGEST) is None
    assert find_session(store, token, now=now - IDLE) is None, "the clock was set back"
    before = counter(store)
    end_session(store, found, now=now)
    assert find_session(store, token, now=now) is None
    assert counter(store) == before + 1


def test_wrong_passwords_lock_for_a_while_and_the_right_one_does_not_help_then(store: Store) -> None:
    password, _ = opened(store)
    for _ in range(MOST_FAILURES):
        with pytest.raises(NotAllowedError):
            sign_in(store, "li", "wrong", origin="-", now=NOW)
    with pytest.raises(NotAllowedError):
        sign_in(store, "li", password, origin="-", now=NOW)
    (account,) = list_accounts(store, OPER, now=NOW)
    assert account.locked_until == NOW + LOCKED_FOR
    assert sign_in(store, "li", password, origin="-", now=NOW + LOCKED_FOR)
    with store.reading(OPERATOR) as unit:
        actions = read_history(unit)["action"].value_counts()
    assert actions["sign-in-refused"] == MOST_FAILURES + 1


def test_a_right_password_in_between_starts_the_count_anew(store: Store) -> None:
    password, _ = opened(store)
    for _ in range(3):
        for _ in range(MOST_FAILURES - 1):
            with pytest.raises(NotAllowedError):
                sign_in(store, "li", "wrong", origin="-", now=NOW)
        assert sign_in(store, "li", password, origin="-", now=NOW)


def test_many_tries_at_once_are_counted_one_by_one(store: Store) -> None:
    add_account(store, OPER, "li", [LEADER], now=NOW)
    tried: list[str] = []

    def guess(number: int) -> None:
        try:
            sign_in(store, "li", f"guess {number}", origin="-", now=NOW)
        except NotAllowedError as error:
            tried.append(str(error))

    threads = [threading.Thread(target=guess, args=(n,)) for n in range(MOST_FAILURES + 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(tried)) == 1, "a lock reads like a wrong password"
    (account,) = list_accounts(store, OPER, now=NOW)
    assert account.locked_until is not None


def test_locking_and_resetting_end_what_was_signed_in(store: Store) -> None:
    _, token = opened(store)
    lock_account(store, OPER, "LI", locked=True, now=NOW)
    assert find_session(store, token, now=NOW) is None
    again = reset_password(store, OPER, "li", now=NOW)
    with pytest.raises(NotAllowedError):
        sign_in(store, "li", again, origin="-", now=NOW)
    lock_account(store, OPER, "li", locked=False, now=NOW)
    token = sign_in(store, "li", again, origin="-", now=NOW)
    reset_password(store, OPER, "li", now=NOW)
    assert find_session(store, token, now=NOW) is None
    with pytest.raises(NotFoundError, match="wangge user list"):
        lock_account(store, OPER, "wang", locked=True, now=NOW)


def test_the_first_password_is_changed_and_other_sessions_end(store: Store) -> None:
    password, token = opened(store)
    other = sign_in(store, "li", password, origin="-", now=NOW)
    session = find_session(store, token, now=NOW)
    assert session is not None
    with pytest.raises(NotAllowedError, match="present password"):
        change_password(store, session, "wrong", GOOD, now=NOW)
    with pytest.raises(InputError):
        change_password(store, session, password, password, now=NOW)
    change_password(store, session, password, GOOD, now=NOW)
    assert find_session(store, other, now=NOW) is None
    session = find_session(store, token, now=NOW)
    assert session is not None
    assert not session.must_change
    with pytest.raises(NotAllowedError):
        sign_in(store, "li", password, origin="-", now=NOW)
    assert sign_in(store, "li", GOOD, origin="-", now=NOW)


@pytest.mark.parametrize(
    "bad",
    [
        "short1!",
        "aaaaaaaaaaaa1",
        "onlylettersxyqk",
        "x1234567890k!",
        "qwertyuiop9!",
        "myWangge-2026",
        "Zhang-li-zu9",
        "a" * 129,
    ],
)
def test_weak_passwords_say_what_they_lack(bad: str) -> None:
    with pytest.raises(InputError):
        require_good(bad, name="zhang")


@pytest.mark.parametrize("good", [GOOD, "芙蓉小区的桂花 2026 开了", "correct horse battery 7"])
def test_good_passwords_pass(good: str) -> None:
    require_good(good, name="zhang")


def test_tokens_are_for_what_they_say_until_they_end_or_are_revoked(store: Store) -> None:
    text = make_token(store, OPER, "hotline", [Right.LOOKUP], [STREET, STREET + "003"], days=30, now=NOW)
    found = find_token(store, text, now=NOW)
    assert found is not None
    assert found.viewer(Right.LOOKUP).area == (STREET,)
    assert found.viewer(Right.LOOKUP).role is Role.SYSTEM
    with pytest.raises(NotAllowedError):
        found.viewer(Right.DISPLAY)
    assert find_token(store, text + "x", now=NOW) is None
    assert find_token(store, text, now=NOW + timedelta(days=30)) is None
    before = counter(store)
    revoke_token(store, OPER, found.number, now=NOW)
    assert counter(store) == before + 1
    assert find_token(store, text, now=NOW) is None
    with store.reading(OPERATOR) as unit:
        assert text not in str(unit.execute(sa.select(tokens)).all())
    with pytest.raises(InputError, match="lookup, display, figures"):
        make_token(store, OPER, "hotline", [Right.REVIEW], [""], days=30, now=NOW)
    with pytest.raises(InputError):
        make_token(store, OPER, "hotline", [Right.LOOKUP], ["61"], days=30, now=NOW)
    with pytest.raises(InputError):
        make_token(store, OPER, "hotline", [Right.LOOKUP], [""], days=10_000, now=NOW)


def test_an_admin_keeps_accounts_of_his_area_and_knows_of_no_others(store: Store) -> None:
    admin = Keeper("http:chen", (Grant(Role.ADMIN, STREET), Grant(Role.LEADER, "999901")))
    add_account(store, OPER, "boss", [Grant(Role.ADMIN, "")], now=NOW)
    add_account(store, admin, "li", [LEADER], now=NOW)
    assert [account.name for account in list_accounts(store, admin, now=NOW)] == ["li"]
    for wide in ("", "999901", "999902001"):
        with pytest.raises(NotAllowedError):
            add_account(store, admin, "wang", [Grant(Role.VIEWER, wide)], now=NOW)
        with pytest.raises(NotAllowedError):
            set_grants(store, admin, "li", [Grant(Role.VIEWER, wide)], now=NOW)
        with pytest.raises(NotAllowedError):
            make_token(store, admin, "x1", [Right.LOOKUP], [wide], days=1, now=NOW)
    for deed in (reset_password, lambda *a, **k: lock_account(*a, locked=True, **k)):
        with pytest.raises(NotFoundError):
            deed(store, admin, "boss", now=NOW)
    make_token(store, OPER, "all", [Right.LOOKUP], [""], days=1, now=NOW)
    make_token(store, admin, "mine", [Right.LOOKUP], [STREET], days=1, now=NOW)
    assert [token.name for token in list_tokens(store, admin)] == ["mine"]
    with pytest.raises(NotFoundError):
        revoke_token(store, admin, 1, now=NOW)
    set_grants(store, admin, "li", [Grant(Role.VIEWER, STREET + "003")], now=NOW)
    with pytest.raises(InputError):
        set_grants(store, admin, "li", [], now=NOW)


@pytest.mark.parametrize("role", GRANTABLE)
@pytest.mark.parametrize("right", Right)
@pytest.mark.parametrize("people", OfPeople)
def test_a_grant_gives_its_role_s_rights_and_household_detail_only_by_itself(
    role: Role, right: Right, people: OfPeople
) -> None:
    grant = Grant(role, STREET, people, Purpose.MAINTENANCE)
    if (
        right not in RIGHTS_OF[role]
        or (right is Right.REVIEW and people is not OfPeople.FULL)
        or (right is Right.HOUSEHOLDS and people not in (OfPeople.MASKED, OfPeople.FULL))
        or (right in (Right.FIGURES, Right.POSTS) and people is OfPeople.NOTHING)
        or (
            right in (Right.PLANS, Right.EDIT, Right.APPROVE, Right.LOAD)
            and people in (OfPeople.NOTHING, OfPeople.COUNTS)
        )
    ):
        with pytest.raises(NotAllowedError):
            viewer_for([grant], right)
        return
    viewer = viewer_for([grant], right)
    assert viewer.area == (STREET,)
    of_households = right in (Right.HOUSEHOLDS, Right.REVIEW)
    assert viewer.reads_households == (of_households and people is OfPeople.FULL)
    assert viewer.reads_masked == (of_households and people is OfPeople.MASKED)
    assert viewer.calls_duty == (right is Right.POSTS)


def test_household_detail_needs_a_purpose_and_counts_only_where_it_was_granted() -> None:
    with pytest.raises(InputError, match="for a purpose"):
        Grant(Role.STEWARD, STREET, OfPeople.FULL, Purpose.DISPLAY)
    grants = [Grant(Role.STEWARD, STREET, OfPeople.FULL, Purpose.MAINTENANCE), Grant(Role.STEWARD, "999901")]
    assert viewer_for(grants, Right.REVIEW).area == (STREET,)
    assert viewer_for(grants, Right.FIGURES).area == ("999901",)
    with pytest.raises(NotAllowedError):
        viewer_for([Grant(Role.STEWARD, STREET, OfPeople.FULL, Purpose.EXPORT)], Right.REVIEW)
    with pytest.raises(InputError, match="for a purpose"):
        Grant(Role.STEWARD, STREET, OfPeople.MASKED, Purpose.DISPLAY)
    with pytest.raises(NotAllowedError):
        viewer_for([Grant(Role.STEWARD, STREET, OfPeople.MASKED, Purpose.EXPORT)], Right.HOUSEHOLDS)


@pytest.mark.parametrize(
    ("full", "masked", "of_people", "full_in"),
    [
        ([STREET], [STREET + "001"], OfPeople.FULL, ()),
        ([STREET + "001"], [STREET], OfPeople.MASKED, (STREET + "001",)),
        ([STREET], ["999901"], OfPeople.MASKED, (STREET,)),
        ([], [STREET], OfPeople.MASKED, ()),
        ([STREET, "999901002"], [], OfPeople.FULL, ()),
    ],
    ids=["full above", "full within", "beside", "masked", "full"],
)
def test_what_is_granted_masked_is_not_seen_in_full_by_another_grant(
    full: list[str], masked: list[str], of_people: OfPeople, full_in: tuple[str, ...]
) -> None:
    grants = [
        *(Grant(Role.STEWARD, area, OfPeople.FULL, Purpose.MAINTENANCE) for area in full),
        *(Grant(Role.STEWARD, area, OfPeople.MASKED, Purpose.MAINTENANCE) for area in masked),
    ]
    viewer = viewer_for(grants, Right.HOUSEHOLDS)
    assert (viewer.of_people, viewer.full_in) == (of_people, full_in)
    for code in (STREET + "001", STREET + "009", "999901002003", "999901777001"):
        assert viewer.sees_in_full(code) == (of_people is OfPeople.FULL or code.startswith(tuple(full)))
    if full:
        assert set(viewer_for(grants, Right.REVIEW).area) == set(full)
    with pytest.raises(InputError):
        Grant(Role.OPERATOR, STREET)
    with pytest.raises(InputError):
        Grant(Role.VIEWER, "9999")


def test_areas_narrow_each_other() -> None:
    assert within((STREET,), ("",)) == (STREET,)
    assert within((STREET,), ("888801",)) == ()


def test_what_may_change_while_the_server_runs(store: Store) -> None:
    assert find_choices(store) == Choices()
    boss = Keeper("http:boss", (Grant(Role.ADMIN, ""),))
    before = counter(store)
    chosen = choose(store, boss, {"idle_minutes": 10, "public": ("lookup",), "notice": "今晚升级"}, now=NOW)
    assert find_choices(store) == chosen == Choices(("lookup",), 10, "今晚升级")
    assert counter(store) == before + 1
    assert read_audit(store, limit=1)["what"].tolist() == ["settings"]
    assert choose(store, boss, {"public": None}, now=NOW).public is None
    _, token = opened(store)
    assert find_session(store, token, now=NOW + timedelta(minutes=9)) is not None
    assert find_session(store, token, now=NOW + timedelta(minutes=10)) is None


@pytest.mark.parametrize(
    "changed", [{"public": ("figures",)}, {"idle_minutes": 4}, {"notice": "x" * 201}, {"notice": "\x1b[2J"}]
)
def test_what_cannot_be_chosen_is_refused(store: Store, changed: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        choose(store, Keeper("cli:test"), changed, now=NOW)
    assert find_choices(store) == Choices()


def test_who_keeps_a_part_changes_nothing_for_all(store: Store) -> None:
    part = Keeper("http:part", (Grant(Role.ADMIN, "610402"),))
    with pytest.raises(NotAllowedError):
        choose(store, part, {"idle_minutes": 10}, now=NOW)
