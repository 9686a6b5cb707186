"""What is built and installed: our five folders, nothing else, and ours rather than PyPI's namesakes."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TOP_LEVEL = {"geo", "layers", "maps", "api", "data"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return zipfile.ZipFile(built)


def test_wheel_holds_our_folders_only(wheel: zipfile.ZipFile) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == TOP_LEVEL


@pytest.mark.parametrize(
    "name",
    [
        "layers/store/migrations/versions/v0001_first_schema.py",
        "data/boundaries/catalog.json",
        "layers/store/migrations/versions/v0002_residents.py",
        "maps/look/static/leaflet.js",
        "maps/look/fonts/NotoSansCJKsc-Regular-GB2312.otf",
        "maps/look/fonts/LICENSE-OFL-noto-cjk.txt",
        "maps/papers/templates/register.docx",
        "maps/papers/templates/LICENSE",
        "api/web/lookup.html",
        "api/web/lookup.js",
    ],
)
def test_wheel_holds_what_is_read_at_run_time(wheel: zipfile.ZipFile, name: str) -> None:
    assert name in wheel.namelist()


@pytest.mark.parametrize("name", sorted(TOP_LEVEL))
def test_the_installed_package_is_ours(name: str) -> None:
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    assert Path(spec.origin).is_relative_to(ROOT)


@pytest.mark.parametrize("lock", sorted(path.name for path in ROOT.glob("requirements*.lock")))
def test_locks_pin_with_hashes_and_name_no_host(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert "://" not in text
    pinned = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert pinned
    assert all("==" in line and line.rstrip().endswith("\\") for line in pinned)


def test_locks_hold_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    lock = (ROOT / "requirements.lock").read_text("utf-8").lower()
    for requirement in project["project"]["dependencies"]:
        name = requirement.split(">")[0].split("[")[0].split("<")[0].strip().lower()
        assert f"\n{name}" in f"\n{lock}", f"{name} is not in requirements.lock; run ./dev lock"
