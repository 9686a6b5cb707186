"""What many tests share: the store on SQLite and on a real PostGIS, and the real extracts."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from layers.store.database import EMBEDDED_FILE, Store

ROOT = Path(__file__).parent.parent
POSTGRES_USER = "postgres"
TEMPLATE = "wangge_template"
QUICK = "-c fsync=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0 -c autovacuum=off"
"""A cluster that need not outlive the tests writes as little as it can."""


def missing(what: str) -> None:
    """Fail where everything must be there (CI), skip with the reason elsewhere."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


def _postgres_bin() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name))
    if found:
        return found[-1]
    initdb = shutil.which("initdb")
    if initdb is None:
        missing("no PostgreSQL server here; `./dev setup-tests` installs postgresql and postgis")
    return Path(str(initdb)).parent


class Cluster:
    """A throw-away PostgreSQL cluster on a private socket; PostgreSQL refuses to run as root."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.bin = folder, _postgres_bin()
        self.prefix = ["runuser", "-u", POSTGRES_USER, "--"] if os.geteuid() == 0 else []
        if self.prefix:
            shutil.chown(folder, POSTGRES_USER)

    def run(self, command: str, *arguments: str) -> None:
        subprocess.run(
            [*self.prefix, str(self.bin / command), *arguments],
            check=True,
            cwd="/",
            stdout=subprocess.DEVNULL,
            env={**os.environ, "LC_ALL": "C"},
        )

    def start(self) -> None:
        data = self.folder / "data"
        self.run("initdb", "-D", str(data), "-U", POSTGRES_USER, "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses= -k {self.folder} -c max_connections=60 {QUICK}"
        self.run("pg_ctl", "-D", str(data), "-o", options, "-l", str(self.folder / "log"), "-w", "start")

    def stop(self) -> None:
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")

    def url(self, database: str) -> str:
        return f"postgresql://{POSTGRES_USER}@/{database}?host={quote(str(self.folder))}"


@pytest.fixture(scope="session")
def postgis_cluster() -> Iterator[Cluster]:
    """A running cluster with one migrated PostGIS template database."""
    folder = Path(tempfile.mkdtemp(prefix="wangge-pg-", dir="/tmp"))  # a socket needs a short path
    cluster = Cluster(folder)
    try:
        cluster.start()
        try:
            _execute(cluster, "postgres", f"CREATE DATABASE {TEMPLATE}")
            template = Store.open(url=cluster.url(TEMPLATE))
            template.migrate()
            template.close()
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _execute(cluster: Cluster, database: str, statement: str) -> None:
    engine = sa.create_engine(cluster.url(database).replace("postgresql:", "postgresql+psycopg:", 1))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


def _database(cluster: Cluster, prefix: str, how: str) -> Iterator[str]:
    """The URL of a database of its own, dropped afterwards."""
    name = f"{prefix}_{uuid.uuid4().hex[:12]}"
    _execute(cluster, "postgres", f"CREATE DATABASE {name}{how}")
    yield cluster.url(name)
    _execute(cluster, "postgres", f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_postgis_url(postgis_cluster: Cluster) -> Iterator[str]:
    """The URL of a database without any of our tables."""
    yield from _database(postgis_cluster, "empty", "")


@pytest.fixture
def postgis_url(postgis_cluster: Cluster) -> Iterator[str]:
    """The URL of a fresh, migrated, empty PostGIS database."""
    yield from _database(postgis_cluster, "test", f" TEMPLATE {TEMPLATE}")


@pytest.fixture(scope="session")
def embedded_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty embedded store; copied, since all migrations take longer than many a test."""
    home = tmp_path_factory.mktemp("template")
    opened = Store.open(home=home)
    opened.migrate()
    opened.close()
    return home / EMBEDDED_FILE


@pytest.fixture(params=["sqlite", "postgis"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty, migrated store of each kind: every test that takes it runs on both."""
    if request.param == "sqlite":
        opened = Store.open(home=tmp_path / "wangge-data")
        shutil.copy(request.getfixturevalue("embedded_template"), tmp_path / "wangge-data" / EMBEDDED_FILE)
    else:
        opened = Store.open(url=request.getfixturevalue("postgis_url"), home=tmp_path / "wangge-data")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real extracts; not part of the project."""
    folder = Path(os.environ.get("WANGGE_REAL_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        missing(f"no real extracts at {folder}; set WANGGE_REAL_DATA to the folder that holds them")
    return folder


@pytest.fixture(scope="session")
def instances() -> Path:
    """The folder of neutral partition instances; not part of the project."""
    folder = Path(os.environ.get("WANGGE_INSTANCES", ROOT.parent / "shared" / "instances"))
    if not folder.is_dir():
        missing(f"no partition instances at {folder}; set WANGGE_INSTANCES to the folder that holds them")
    return folder
