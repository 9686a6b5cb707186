"""What the machine has and lacks, found out without changing anything but a probe file in the home folder."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, requires, version

import pyogrio
import shapely
from packaging.requirements import Requirement

from api.about import NAME, program_version
from api.cli.access import access
from api.cli.examining_home import audited, database_role, leftovers, modes
from api.cli.findings import Finding
from api.clock import system_clock
from api.settings import Settings
from geo.errors import StoreError, Words
from layers.store.database import EMBEDDED_FILE, Store
from layers.store.migrating import newest_revision
from layers.store.server import damage, server_version

_OLDEST_PYTHON = (3, 11)
_OLDEST_GEOS = (3, 12, 0)
_LEAST_FREE_BYTES = 100_000_000
_FEW_FREE_BYTES = 2_000_000_000
"""A district with its maps and exports takes some hundred megabytes."""


def examine(settings: Settings) -> list[Finding]:
    """All findings, the fundamental ones first."""
    return [
        _python(),
        _packages(),
        _libraries(),
        _home(settings),
        modes(settings),
        leftovers(settings),
        *_store(settings),
        _font(),
        _chromium(),
    ]


def _python() -> Finding:
    what = Words("Python", "Python")
    if sys.version_info < _OLDEST_PYTHON:
        return Finding(
            what,
            "broken",
            platform.python_version(),
            Words("install Python 3.11 or newer", "请安装 Python 3.11 或更新版本"),
        )
    return Finding(what, "ok", platform.python_version())


def _packages() -> Finding:
    what = Words("packages", "依赖包")
    wrong = []
    try:
        wanted = [Requirement(text) for text in requires(NAME) or ()]
    except PackageNotFoundError:
        wanted = []
        wrong.append(NAME)
    for need in wanted:
        if need.marker is not None and not need.marker.evaluate():
            continue
        try:
            have = version(need.name)
        except PackageNotFoundError:
            wrong.append(f"{need.name} -")
            continue
        if not need.specifier.contains(have, prereleases=True):
            wrong.append(f"{need.name} {have}")
    if wrong:
        return Finding(
            what,
            "broken",
            ", ".join(wrong),
            Words(
                "install from requirements.lock into an environment of its own",
                "请按 requirements.lock 安装到独立环境",
            ),
        )
    return Finding(what, "ok", f"{NAME} {program_version()}, {len(wanted)}")


def _libraries() -> Finding:
    what = Words("geometry libraries", "几何库")
    gdal = ".".join(map(str, pyogrio.__gdal_version__))
    found = f"GEOS {shapely.geos_version_string}, GDAL {gdal}"
    if shapely.geos_version < _OLDEST_GEOS:
        return Finding(
            what,
            "broken",
            found,
            Words(
                "install the shapely wheel, which brings its own GEOS", "请安装自带 GEOS 的 shapely 轮子包"
            ),
        )
    return Finding(what, "ok", found)


def _home(settings: Settings) -> Finding:
    what = Words("working folder", "工作文件夹")
    home = settings.home.absolute()
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home) as probe:
            probe.write(b"wangge")
    except OSError as error:
        return Finding(
            what,
            "broken",
            f"{home}: {error.strerror}",
            Words(
                "make it writable, or set WANGGE_HOME to a folder that is",
                "请使其可写，或将 WANGGE_HOME 设为可写的文件夹",
            ),
        )
    free = shutil.disk_usage(home).free
    found = f"{home}, {free / 1e9:.1f} GB free"
    if free < _LEAST_FREE_BYTES:
        remedy = Words(
            "make room on this disk: nothing more can be written", "请清理磁盘空间：已无法继续写入"
        )
        return Finding(what, "broken", found, remedy)
    if free < _FEW_FREE_BYTES:
        remedy = Words("make room on this disk before it is full", "磁盘将满，请尽快清理空间")
        return Finding(what, "advice", found, remedy)
    return Finding(what, "ok", found)


def _store(settings: Settings) -> list[Finding]:
    what, schema = Words("store", "数据库"), Words("schema", "数据库结构")
    url = settings.database_url
    if url is None and not (settings.home / EMBEDDED_FILE).exists():
        return [Finding(what, "ok", EMBEDDED_FILE, Words("made on first use", "首次使用时自动建立"))]
    try:
        store = Store.open(url=url, home=settings.home, keys=settings.keys)
    except (StoreError, OSError) as error:
        return [_unusable("-", error)]
    try:
        wrong = damage(store)
        if wrong is not None:
            words = Words("the file is damaged; restore it from a backup", "文件已损坏；请从备份恢复")
            return [Finding(what, "broken", f"{store.describe()}: {wrong}", words)]
        findings = [Finding(what, "ok", f"{store.describe()} ({server_version(store)})")]
        have = store.revision()
        try:
            store.require_current()
        except StoreError as error:
            findings.append(Finding(schema, "broken", f"{have or '-'} ≠ {newest_revision()}", error.words))
        else:
            findings += [Finding(schema, "ok", str(have)), *_access(store, settings)]
            findings += database_role(store)
            findings += audited(store, settings, now=system_clock())
    except StoreError as error:
        return [_unusable(store.describe(), error)]
    finally:
        store.close()
    return findings


def _access(store: Store, settings: Settings) -> list[Finding]:
    """Who may come in, and what should be done about it."""
    what, found = Words("accounts", "账号"), access(store, settings)
    if not found.accounts:
        return [Finding(what, "advice", found.said, found.advice[0])]
    return [Finding(what, "ok", found.said), *(Finding(what, "advice", one) for one in found.advice)]


def _unusable(found: str, error: StoreError | OSError) -> Finding:
    words = error.words if isinstance(error, StoreError) else Words(str(error), str(error))
    return Finding(Words("store", "数据库"), "broken", found, words)


def _font() -> Finding:
    what = Words("Chinese font", "中文字体")
    lister = shutil.which("fc-list")
    names = ""
    if lister is not None:
        names = subprocess.run(  # noqa: S603  a fixed command
            [lister, ":lang=zh", "family"], capture_output=True, text=True, timeout=20, check=False
        ).stdout
    if not names.strip():
        return Finding(
            what,
            "advice",
            "-",
            Words(
                "maps use the fonts of whoever opens them; for screenshots here: apt install fonts-noto-cjk",
                "地图使用打开者电脑上的字体；如需在本机截图：apt install fonts-noto-cjk",
            ),
        )
    return Finding(what, "ok", names.splitlines()[0])


def _chromium() -> Finding:
    what = Words("Chromium (tests only)", "Chromium（仅测试用）")
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if (path := shutil.which(name)) is not None:
            return Finding(what, "ok", path)
    return Finding(
        what,
        "advice",
        "-",
        Words("for browser tests: apt install chromium", "如需浏览器测试：apt install chromium"),
    )
