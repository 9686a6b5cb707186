"""Opening, migrating and the rules the database itself keeps."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import shapely
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from geo.errors import ConflictError, StoreError
from layers.store import address_tables, planning_tables
from layers.store import tables as t
from layers.store.database import Store
from layers.store.migrating import MIGRATIONS, known_revisions, newest_revision

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def add_community(store: Store, code: str = "999901001001") -> int:
    with store.begin() as conn:
        conn.execute(
            t.communities.insert().values(
                code=code, name="甲", source="test", geometry=shapely.box(0, 0, 1, 1)
            )
        )
        return int(
            conn.execute(
                t.cell_sets.insert()
                .values(community_code=code, made_at=NOW, actor="test", options={}, notes=[])
                .returning(t.cell_sets.c.id)
            ).scalar_one()
        )


def add_plan(
    store: Store, cell_set: int, version: int, valid_from: date, valid_to: date | None, **more: str
) -> int:
    values = {
        "community_code": "999901001001",
        "version": version,
        "cell_set_id": cell_set,
        "state": "published",
        "origin": "partition",
        "rules": {},
        "score": {},
        "notes": [],
        "author": "test",
        "made_at": NOW,
        "valid_from": valid_from,
        "valid_to": valid_to,
    } | more
    with store.begin() as conn:
        return int(conn.execute(t.plans.insert().values(**values).returning(t.plans.c.id)).scalar_one())


def test_migrate_makes_the_tables_and_may_run_again(store: Store) -> None:
    store.migrate()
    store.require_current()
    assert store.revision() == newest_revision()
    assert address_tables.metadata is planning_tables.metadata is t.metadata
    assert set(t.metadata.tables) <= set(sa.inspect(store.engine).get_table_names())


def test_migrations_are_numbered_by_their_files() -> None:
    scripts = list(ScriptDirectory(str(MIGRATIONS)).walk_revisions())
    assert known_revisions() == {script.revision for script in scripts}
    assert newest_revision() == scripts[0].revision, "the head is the one with the highest number"


def differences(store: Store, wanted: sa.MetaData) -> list[object]:
    """What the database has otherwise than `wanted`. PostGIS's own table and the GiST indexes, which only the
    migrations know, are left out; nothing else is."""
    with store.read() as conn:
        context = MigrationContext.configure(
            conn,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "include_object": lambda _, name, kind, reflected, other: (
                    not (reflected and other is None and (kind, name) in LEFT_OUT)
                ),
            },
        )
        return list(compare_metadata(context, wanted))


LEFT_OUT = {
    ("table", "spatial_ref_sys"),
    *(("index", f"ix_{table.name}_geometry") for table in t.metadata.sorted_tables if "geometry" in table.c),
}


def test_tables_and_migrations_are_in_step(store: Store) -> None:
    assert differences(store, t.metadata) == []


@pytest.mark.parametrize("change", ["type", "length", "missing column", "missing table", "nullable"])
def test_a_step_out_of_line_is_seen(store: Store, change: str) -> None:
    wanted = sa.MetaData(naming_convention=t.metadata.naming_convention)
    for table in t.metadata.sorted_tables:
        if change != "missing table" or table.name != "history":
            table.to_metadata(wanted)
    stations = wanted.tables["stations"]
    if change == "type":
        stations.c.floor_area_m2.type = sa.Text()
    elif change == "length":
        stations.c.kind.type = sa.String(21)
    elif change == "nullable":
        stations.c.kind.nullable = False
    elif change == "missing column":
        stations._columns.remove(stations.c.kind)
    assert len(differences(store, wanted)) >= 1


def test_a_store_not_migrated_says_what_to_do(tmp_path: Path) -> None:
    store = Store.open(home=tmp_path)
    with pytest.raises(StoreError, match="wangge migrate"):
        store.require_current()
    store.close()


def test_an_unreachable_server_is_a_clear_error() -> None:
    store = Store.open(url="postgresql://nobody:secret-word@127.0.0.1:1/none")
    with pytest.raises(StoreError, match="cannot reach") as error:
        store.revision()
    assert "secret-word" not in str(error.value)


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense"])
def test_an_unusable_url_is_refused(url: str) -> None:
    with pytest.raises(StoreError):
        Store.open(url=url)


def test_postgis_has_spatial_indexes(postgis_url: str) -> None:
    store = Store.open(url=postgis_url)
    with store.read() as conn:
        found = set(
            conn.scalars(
                sa.text("SELECT tablename FROM pg_indexes WHERE indexdef LIKE '%USING gist%geometry%'")
            )
        )
        srid = conn.scalar(sa.text("SELECT Find_SRID('public', 'grids', 'geometry')"))
    store.close()
    assert found == {table.name for table in t.metadata.sorted_tables if "geometry" in table.c}
    assert srid == 4490


def test_one_published_plan_a_community_and_day(store: Store) -> None:
    cell_set = add_community(store)
    add_plan(store, cell_set, 1, date(2026, 1, 1), date(2026, 6, 1))
    add_plan(store, cell_set, 2, date(2026, 6, 1), None)
    with pytest.raises(ConflictError):
        add_plan(store, cell_set, 3, date(2026, 5, 31), date(2026, 6, 2))
    with pytest.raises(ConflictError):
        add_plan(store, cell_set, 3, date(2027, 1, 1), None)
    add_plan(store, cell_set, 3, date(2027, 1, 1), None, state="draft")


def test_a_plan_replaced_on_its_first_day_takes_no_day(store: Store) -> None:
    cell_set = add_community(store)
    add_plan(store, cell_set, 1, date(2026, 6, 1), date(2026, 6, 1))
    add_plan(store, cell_set, 2, date(2026, 6, 1), None)
    with store.read() as conn:
        assert conn.scalar(sa.select(sa.func.count()).select_from(t.plans)) == 2


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    street = t.streets.insert().values(
        code="999901001", name="x", source="s", geometry=shapely.box(0, 0, 1, 1)
    )

    def write_twice() -> None:
        with store.begin() as conn:
            conn.execute(street)
            conn.execute(street)

    with pytest.raises(ConflictError):
        write_twice()
    with store.read() as conn:
        assert conn.scalar(sa.select(sa.func.count()).select_from(t.streets)) == 0


def test_numbers_are_never_used_again(store: Store) -> None:
    first = add_community(store)
    with store.begin() as conn:
        conn.execute(t.cell_sets.delete())
        second = conn.execute(
            t.cell_sets.insert()
            .values(community_code="999901001001", made_at=NOW, actor="test", options={}, notes=[])
            .returning(t.cell_sets.c.id)
        ).scalar_one()
    assert second > first


def test_a_damaged_file_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "wangge.db").write_bytes(b"not a database at all, but long enough to look like one" * 100)
    store = Store.open(home=tmp_path)
    with pytest.raises(StoreError, match="damaged"):
        store.revision()


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    """In a folder others may look into too; and so are its journals."""
    tmp_path.chmod(0o755)
    store = Store.open(home=tmp_path)
    store.migrate()
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir() if path.is_file()}
    assert set(modes.values()) == {0o600}
    assert "wangge.db" in modes
    store.close()
