"""What runs Wangge in containers: closed, by roles that are no superuser, built from what the recipe copies and nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT, Cluster

RECIPE = (ROOT / "Dockerfile").read_text("utf-8")
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_closed(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    passwords = [value for key, value in service["environment"].items() if "PASSWORD" in key or "URL" in key]
    assert passwords
    for value in passwords:  # from outside, and said when it is not there
        assert re.search(r"\$\{WANGGE_DB_[A-Z_]*PASSWORD:\?set ", value), value


def test_the_server_is_no_owner_and_only_this_machine_reaches_it() -> None:
    assert "//wangge_app:" in SERVICES["web"]["environment"]["WANGGE_DATABASE_URL"]
    assert "//wangge_owner:" in SERVICES["migrate"]["environment"]["WANGGE_DATABASE_URL"]
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["web"]["ports"])
    assert "ports" not in SERVICES["db"]
    assert RECIPE.rindex("\nUSER wangge") < RECIPE.rindex("\nCMD")


def test_the_recipe_copies_all_that_is_built(tmp_path: Path) -> None:
    """The same steps in a clean folder: what is copied there builds the wheel the whole tree builds."""
    stage = RECIPE.split("\nFROM ")[1] if RECIPE.startswith("FROM ") else RECIPE.split("FROM ")[1]
    clean = tmp_path / "src"
    clean.mkdir()
    for line in re.findall(r"^COPY ((?!--)[^\n]+)$", stage, re.MULTILINE):
        *sources, _ = line.split()
        for source in sources:
            path = ROOT / source
            if path.is_dir():
                shutil.copytree(path, clean / source, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(path, clean / source)
    held = []
    for place in (clean, ROOT):
        out = tmp_path / f"wheel-{place.name}"
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
        subprocess.run(command, cwd=place, check=True, capture_output=True)
        (wheel,) = out.glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            held.append(sorted(name for name in archive.namelist() if "__pycache__" not in name))
    assert held[0] == held[1]


@pytest.fixture
def fresh_cluster() -> Iterator[Cluster]:
    folder = Path(tempfile.mkdtemp(prefix="wangge-pg-", dir="/tmp"))  # a socket needs a short path
    cluster = Cluster(folder)
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def test_the_roles_of_compose_serve(fresh_cluster: Cluster, tmp_path: Path) -> None:
    """`roles.sh` as the image runs it, `migrate` as its service does, then the first account as the server's role."""
    base = {"PATH": f"{fresh_cluster.bin}:{os.environ['PATH']}", "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    secrets = {"WANGGE_DB_OWNER_PASSWORD": 'it\'s "o"', "WANGGE_DB_PASSWORD": "a$b"}
    server = {"PGHOST": str(fresh_cluster.folder), "POSTGRES_USER": "postgres", "POSTGRES_DB": "wangge"}
    subprocess.run(["createdb", "-U", "postgres", "wangge"], env={**base, **server}, check=True)
    script = [str(ROOT / "deploy" / "roles.sh")]
    subprocess.run(script, env={**base, **server, **secrets}, check=True, stdout=subprocess.DEVNULL)

    def wangge(role: str, *words: str) -> subprocess.CompletedProcess[str]:
        url = fresh_cluster.url("wangge").replace("postgres@", f"{role}@")
        environment = {**base, "WANGGE_DATABASE_URL": url, "WANGGE_HOME": str(tmp_path / "data")}
        command = [sys.executable, "-m", "api.cli", "--lang", "en", *words]
        return subprocess.run(command, env=environment, cwd=ROOT, check=False, capture_output=True, text=True)

    assert wangge("wangge_owner", *SERVICES["migrate"]["command"][1:]).returncode == 0
    made = wangge("wangge_app", "user", "add", "li", "--role", "admin")
    assert made.returncode == 0, made.stderr
    assert wangge("wangge_app", "audit", "verify").returncode == 0
    assert wangge("wangge_app", "migrate").returncode == 0  # nothing to do is no fault
    assert wangge("wangge_app", "doctor").returncode == 0
    asked = [
        "psql",
        "-U",
        "wangge_app",
        "-d",
        "wangge",
        "-Atc",
        "SELECT rolsuper FROM pg_roles WHERE rolname ~ 'wangge'",
    ]
    told = subprocess.run(asked, env={**base, **server}, check=True, capture_output=True, text=True)
    assert set(told.stdout.split()) == {"f"}
