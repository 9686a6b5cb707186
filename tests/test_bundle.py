"""What a machine that reaches no registry is brought: one file, installed without a network, run by nobody in particular from a
program it may not write to."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import ROOT, missing

pytestmark = pytest.mark.slow
PATIENCE_S = 120.0
NOBODY = 65_534
MOST_EXPOSED = 20
"""What `systemd-analyze security` may say of the unit at most, in tenths: 100 is no protection at all."""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="wangge-bundle-", dir="/tmp"))
    made.chmod(0o755)  # nobody must be able to get to the program
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def bundle(folder: Path) -> Path:
    """The unpacked bundle for this Python. `WANGGE_WHEELS` names a folder of wheels fetched before."""
    wheels = os.environ.get("WANGGE_WHEELS")
    command = [str(ROOT / "deploy" / "bundle.sh"), "--out", str(folder)]
    command += ["--wheels", wheels] if wheels else []
    done = subprocess.run(
        command,
        env={**os.environ, "WANGGE_PYTHON": sys.executable},
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0 and "No matching distribution" in done.stderr:
        missing(f"no registry to fetch wheels from: {done.stderr[-300:]}")
    assert done.returncode == 0, done.stderr[-2000:]
    made = Path(done.stdout.strip())
    sums = made.with_name(f"{made.name}.sha256")
    subprocess.run(["sha256sum", "--check", "--quiet", sums.name], cwd=folder, check=True)
    with tarfile.open(made) as archive:
        archive.extractall(folder, filter="data")
    made.unlink()
    return folder / made.stem


def install(bundle: Path, prefix: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*command, str(bundle / "install.sh"), "--no-service", "--prefix", str(prefix)],
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def installed(bundle: Path, folder: Path) -> Path:
    """Where the program is, installed without any network at all where the system can do without one."""
    alone = ["unshare", "--net", "--map-root-user"]
    can = subprocess.run([*alone, "true"], check=False, capture_output=True).returncode == 0
    done = install(bundle, folder / "opt", *(alone if can else []))
    assert done.returncode == 0, done.stderr
    return folder / "opt" / "current"


def plain(text: str) -> str:
    """Names of packages are the same with any of these between their words."""
    return re.sub(r"[-_.]+", "-", text).lower()


def test_a_bundle_names_everybodys_licence(bundle: Path) -> None:
    notices = (bundle / "THIRD-PARTY.txt").read_text("utf-8")
    for wheel in (bundle / "wheels").glob("*.whl"):
        with zipfile.ZipFile(wheel) as held:
            name = next(one for one in held.namelist() if one.endswith(".dist-info/METADATA")).split("-")[0]
        assert f"\n{plain(name)} " in plain(notices)
    for vendored in ("maps/look/fonts/LICENSE-OFL-noto-cjk.txt", "maps/look/static/LICENSE-leaflet.txt"):
        assert f"\n--- {vendored}\n" in notices
    licences = re.findall(r"^={78}\n.+\n(.*)$", notices, re.MULTILINE)
    assert all(licences)
    assert not [one for one in licences if "AGPL" in one or "Affero" in one]


def test_a_damaged_bundle_or_a_second_go_is_refused(bundle: Path, installed: Path) -> None:
    again = install(bundle, installed.parent)
    assert (again.returncode, "there already" in again.stderr) == (2, True)
    page = bundle / "INSTALL.md"
    text = page.read_bytes()
    page.write_bytes(text + b" ")
    broken = install(bundle, installed.parent.parent / "opt2")
    page.write_bytes(text)
    assert broken.returncode == 2
    assert "damaged" in broken.stderr
    assert not (installed.parent.parent / "opt2").exists()


def test_the_unit_is_closed(bundle: Path, installed: Path, folder: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        missing("no systemd-analyze here")
    unit = folder / "wangge.service"
    unit.write_text(
        (bundle / "wangge.service").read_text("utf-8").replace("/opt/wangge", str(installed.parent))
    )
    said = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], check=False, capture_output=True, text=True
    )
    assert [line for line in said.stderr.splitlines() if "wangge.service" in line] == []
    command = ["systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSED}", str(unit)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-200:]


def as_nobody(home: Path) -> tuple[list[str], dict[str, str]]:
    """What runs a command as the unit does: no rights, no way to any, its data and its cache to write to."""
    closed = ["setpriv", "--no-new-privs"]
    if os.geteuid() == 0:
        closed += [
            f"--reuid={NOBODY}",
            f"--regid={NOBODY}",
            "--clear-groups",
            "--bounding-set=-all",
            "--inh-caps=-all",
        ]
    paths = {"WANGGE_HOME": str(home / "data"), "NUMBA_CACHE_DIR": str(home / "cache"), "TMPDIR": str(home)}
    return closed, {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8", **paths}


@contextmanager
def serving(program: Path, home: Path, port: int) -> Iterator[None]:
    closed, environment = as_nobody(home)
    command = [*closed, str(program), "serve", "--port", str(port)]
    with (home / "log").open("w") as log:
        process = subprocess.Popen(command, env=environment, cwd="/", stdout=log, stderr=log)
        try:
            ends = time.monotonic() + PATIENCE_S
            while not answers(f"http://127.0.0.1:{port}/ready"):
                assert process.poll() is None, (home / "log").read_text("utf-8")
                assert time.monotonic() < ends, (home / "log").read_text("utf-8")
                time.sleep(0.2)
            yield
        finally:
            process.terminate()
            process.wait(PATIENCE_S)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  our own server
            return bool(answer.status == 200)
    except OSError:
        return False


def test_nobody_runs_it_from_a_program_that_cannot_be_written_to(installed: Path, folder: Path) -> None:
    """First account, data, grids, publication, server, backup, wipe, restore: all by the installed program."""
    home = folder / "home"
    home.mkdir()
    if os.geteuid() == 0:
        os.chown(home, NOBODY, NOBODY)
    subprocess.run(["chmod", "-R", "a-w", str(installed.resolve())], check=True)
    program = installed / "bin" / "wangge"
    closed, environment = as_nobody(home)

    def wangge(*words: str) -> str:
        done = subprocess.run(
            [*closed, str(program), "--lang", "en", *words],
            env=environment, cwd=home, check=False, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    shown = re.search(
        r"^wangge locate (--lon [\d.]+ --lat [\d.]+)$", wangge("demo", "--size", "small"), re.MULTILINE
    )
    assert shown is not None
    question = shown[1].split()
    assert "password" in wangge("user", "add", "li", "--role", "admin")
    port = 18_473
    with serving(program, home, port):
        assert answers(f"http://127.0.0.1:{port}/signin")
        assert not answers(f"http://127.0.0.1:{port}/api/plans")
        wangge("backup", "--out", str(home / "b.zip"), "--keys", str(home / "keys" / "keys.txt"))
    before = wangge("locate", *question)
    assert "999901" in before
    shutil.rmtree(home / "data")
    wangge("restore", str(home / "b.zip"), "--keys", str(home / "keys" / "keys.txt"))
    assert wangge("locate", *question) == before
