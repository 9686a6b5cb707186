"""Who is told when grids change: claimed by one worker only, tried again later and later, given up, opened again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from geo.errors import ConflictError, InputError, NotFoundError, Words
from layers.accounts.audit import all_rows
from layers.backup.whole import restore_backup, write_backup
from layers.hooks import hooks as h
from layers.plans.feed import Cursor
from layers.store import tables as t
from layers.store.database import Store
from layers.store.hook_tables import hooks

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
TROUBLE = Words("it answered 500", "返回 500")


def publish_something(store: Store) -> None:
    """A row as a publication leaves it."""
    with store.begin() as connection:
        row = {"at": NOW, "actor": "test", "valid_from": NOW.date(), "action": "publish"}
        connection.execute(t.publications.insert().values(row))


def add(store: Store, name: str = "hotline", **more: bool) -> str:
    return h.add_hook(
        store, name, "https://hotline.example/w", area=["610402"], actor="test", now=NOW, **more
    )


def test_the_secret_is_made_again_and_kept_nowhere(store: Store) -> None:
    shown = add(store)
    (hook,) = h.list_hooks(store)
    assert h.secret_text(h.secret_of(store, hook.number, actor="test", now=NOW)) == shown
    with store.read() as connection:
        kept = str(connection.execute(sa.select(hooks)).one()) + str(
            connection.execute(sa.select(t.history)).all()
        )
    assert shown.removeprefix("whsec_") not in kept
    audited = all_rows(store).to_csv()
    assert "hook-add" in audited
    assert shown.removeprefix("whsec_") not in audited


def test_it_is_claimed_once_and_only_when_there_is_news(store: Store) -> None:
    publish_something(store)
    add(store)
    assert h.claim_due(store, now=NOW) == []
    publish_something(store)
    (hook,) = h.claim_due(store, now=NOW)
    assert h.claim_due(store, now=NOW + timedelta(minutes=9)) == []
    assert [one.name for one in h.claim_due(store, now=NOW + timedelta(minutes=11))] == ["hotline"]
    h.told(store, hook, Cursor(2), now=NOW)
    h.rested(store, hook, now=NOW)
    assert h.claim_due(store, now=NOW + timedelta(days=1)) == []


def test_whoever_wants_is_told_all_there_was(store: Store) -> None:
    publish_something(store)
    add(store, from_start=True)
    assert [one.cursor for one in h.claim_due(store, now=NOW)] == [Cursor(0)]


def test_it_waits_longer_and_longer_then_stops_until_it_is_opened(store: Store) -> None:
    publish_something(store)
    add(store, from_start=True)
    now, waits = NOW, []
    while h.claim_due(store, now=now):
        (hook,) = h.list_hooks(store)
        h.failed(store, hook, TROUBLE, gone=False, now=now)
        (hook,) = h.list_hooks(store)
        assert hook.due_at is not None
        waits.append((hook.due_at - now).total_seconds())
        now = hook.due_at
    assert waits[:4] == [30, 60, 120, 240]
    assert max(waits) == h.LONGEST_WAIT.total_seconds()
    assert hook.halted
    assert now - NOW > h.GIVEN_UP
    assert (hook.trouble, hook.cursor) == (TROUBLE, Cursor(0))
    h.open_hook(store, "hotline", actor="test", now=now)
    assert [one.failures for one in h.claim_due(store, now=now)] == [0]


def test_who_is_gone_is_not_tried_again(store: Store) -> None:
    publish_something(store)
    add(store, from_start=True)
    (hook,) = h.claim_due(store, now=NOW)
    h.failed(store, hook, TROUBLE, gone=True, now=NOW)
    assert h.claim_due(store, now=NOW + timedelta(days=9)) == []


def test_a_copy_of_a_store_tells_nobody_until_it_is_told_to(store: Store, tmp_path: Path) -> None:
    publish_something(store)
    add(store, from_start=True)
    assert store.keys.path is not None
    write_backup(store, store.keys.path.parent, tmp_path / "backup.zip", now=NOW)
    copy = Store.open(home=tmp_path / "copy")
    restore_backup(copy, tmp_path / "copy", tmp_path / "backup.zip", keys=store.keys.read())
    assert h.claim_due(copy, now=NOW) == []
    (hook,) = h.list_hooks(copy)
    assert (hook.halted, hook.trouble) == (
        True,
        Words("the store was restored from a backup", "数据库由备份恢复"),
    )
    copy.close()
    assert len(h.claim_due(store, now=NOW)) == 1


def test_names_are_used_once_and_what_is_not_there_is_said(store: Store) -> None:
    add(store)
    with pytest.raises(ConflictError, match="hotline already"):
        add(store)
    with pytest.raises(InputError, match="codes of districts"):
        h.add_hook(store, "other", "https://a.example/", area=["61"], actor="test", now=NOW)
    with pytest.raises(InputError, match="no network"):
        h.add_hook(store, "other", "https://a.example/", area=[""], networks=["10/x"], actor="test", now=NOW)
    h.remove_hook(store, "hotline", actor="test", now=NOW)
    for deed in (h.remove_hook, h.open_hook):
        with pytest.raises(NotFoundError, match="no hook hotline"):
            deed(store, "hotline", actor="test", now=NOW)
