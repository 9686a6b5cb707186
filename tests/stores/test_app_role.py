"""The role of a server on PostgreSQL does all a server does, and can change neither tables nor the audit."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from geo.errors import InputError, StoreError, WanggeError
from layers.accounts.accounts import Keeper, add_account
from layers.accounts.audit import verify
from layers.jobs import ledger
from layers.jobs.queue import JobQueue
from layers.rights.rights import Grant
from layers.rights.viewer import Role
from layers.store.address_tables import residents
from layers.store.app_role import grant_to
from layers.store.database import Store
from layers.store.server import power_over_tables
from tests.conftest import Cluster
from tests.layers import households, town
from tests.layers.jobs.test_worker import asked, until, working

OWNER, APP = "wangge_owner", "wangge_app"


@pytest.fixture
def apart(postgis_cluster: Cluster, empty_postgis_url: str, tmp_path: Path) -> tuple[Store, Store]:
    """The store as its owner, no superuser, opens it, and as the server does."""
    above = Store.open(url=empty_postgis_url)
    with above.begin() as connection:
        for role in (OWNER, APP):
            there = connection.scalar(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role})
            if there is None:
                connection.exec_driver_sql(f"CREATE ROLE {role} LOGIN")
        connection.exec_driver_sql("CREATE EXTENSION postgis")
        database = connection.scalar(sa.text("SELECT current_database()"))
        connection.exec_driver_sql(f"ALTER DATABASE {database} OWNER TO {OWNER}")
    above.close()
    urls = [empty_postgis_url.replace("postgres@", f"{role}@") for role in (OWNER, APP)]
    home = tmp_path / "wangge-data"
    owner = Store.open(url=urls[0], home=home)
    owner.migrate()
    queue = JobQueue(owner, home)
    queue.prepare()
    queue.close()
    grant_to(owner, APP)
    grant_to(owner, APP)  # again, after each migration
    return owner, Store.open(url=urls[1], home=home)


def test_a_server_does_all_it_does(apart: tuple[Store, Store], tmp_path: Path) -> None:
    owner, app = apart
    assert (power_over_tables(owner), power_over_tables(app)) == ("owner", "rows")
    households.settle(app)  # imports, cells, a plan, its publication
    households.move_in(app)
    households.match(app)
    add_account(app, Keeper("cli:test"), "li", [Grant(Role.LEADER, "")], now=town.NOW)
    assert verify(app).faults == ()
    home = tmp_path / "wangge-data"
    queue = JobQueue(app, home)
    job = asked(app, queue)
    with working(app, home):
        assert until(app, job, lambda found: found.over).state == "done"
    ledger.forget_jobs(app, before=datetime.now(UTC), now=datetime.now(UTC))
    queue.close()
    assert app.forget(residents) is False  # the database clears pages by itself, later
    assert owner.forget(residents) is True
    app.close()
    owner.close()


REFUSED = (
    "UPDATE audit SET text = ''",
    "DELETE FROM audit",
    "TRUNCATE audit",
    "DROP TABLE audit",
    "ALTER TABLE grids DISABLE TRIGGER USER",
    "DROP TABLE plans",
    "UPDATE alembic_version SET version_num = '0001'",
    "CREATE TABLE mine (a int)",
)


def test_it_can_change_neither_tables_nor_the_audit(apart: tuple[Store, Store]) -> None:
    owner, app = apart
    for statement in REFUSED:
        with pytest.raises((WanggeError, sa.exc.ProgrammingError)) as told, app.begin() as connection:
            connection.exec_driver_sql(statement)
        assert "permission denied" in str(told.value) or "must be owner" in str(told.value), statement
    app.close()
    owner.close()


def test_other_roles_and_stores_are_refused(apart: tuple[Store, Store], tmp_path: Path) -> None:
    owner, app = apart
    for role, why in (("nobody-here", "no role"), ("postgres", "of its own"), (OWNER, "of its own")):
        with pytest.raises(InputError, match=why):
            grant_to(owner, role)
    embedded = Store.open(home=tmp_path / "embedded")
    with pytest.raises(StoreError, match="no roles"):
        grant_to(embedded, APP)
    embedded.close()
    app.close()
    owner.close()
