"""What the doctor looks at in the working folder and the audit: who else can read it, what was left lying, keys, checkpoints, the
clock; and as whom the server uses a database."""

from __future__ import annotations

import os
import re
import stat
from datetime import datetime, timedelta
from pathlib import Path

from api.cli.findings import Finding
from api.settings import Settings
from geo.errors import StoreError, Words
from layers.accounts.audit import newest_is_ours, read_audit
from layers.files.atomic import alive
from layers.store.database import EMBEDDED_FILE, Store
from layers.store.keys import FILE as KEY_FILE
from layers.store.server import power_over_tables

_DRAFT = re.compile(r"\..+\.(\d+)-\d+\.part")
_FEW_MINUTES = timedelta(minutes=5)


def modes(settings: Settings) -> Finding:
    """Whether others on this machine can read the store or its keys."""
    what = Words("file modes", "文件权限")
    files = [settings.home / name for name in (EMBEDDED_FILE, f"{EMBEDDED_FILE}-wal", KEY_FILE)]
    found = [file for file in files if file.exists()]
    if os.name != "posix" or not found:
        return Finding(what, "ok", "-")
    closed = not stat.S_IMODE(settings.home.stat().st_mode) & 0o077
    wide = [str(file) for file in found if stat.S_IMODE(file.stat().st_mode) & 0o077]
    if wide and (not closed or str(settings.home / KEY_FILE) in wide):
        mend = " ".join(wide)
        return Finding(what, "broken", mend, Words(f"run: chmod 600 {mend}", f"请执行：chmod 600 {mend}"))
    return Finding(what, "ok", f"{len(found)}")


def leftovers(settings: Settings) -> Finding:
    """Drafts that killed processes left behind."""
    what = Words("leftover drafts", "残留临时文件")
    found = [
        path
        for path in (settings.home.rglob(".*.part") if settings.home.is_dir() else ())
        if (match := _DRAFT.fullmatch(path.name)) is not None and not alive(int(match[1]))
    ]
    if not found:
        return Finding(what, "ok", "0")
    listed = " ".join(map(str, found[:5]))
    return Finding(
        what, "advice", str(len(found)), Words(f"remove them: rm -r {listed}", f"请删除：rm -r {listed}")
    )


def audited(store: Store, settings: Settings, *, now: datetime) -> list[Finding]:
    """Keys, checkpoints outside the store, and whether the clock is behind what was audited last."""
    last = read_audit(store, limit=1)
    if last.empty:
        return []
    newest = datetime.fromisoformat(str(last["at"].iloc[0]))
    return [_keys(store), _checkpoints(settings), _clock(newest, now)]


def database_role(store: Store) -> list[Finding]:
    """Whether the server uses a role of its own that can change neither tables nor the audit."""
    what, power = Words("database role", "数据库角色"), power_over_tables(store)
    if power is None:
        return []
    if power == "rows":
        return [Finding(what, "ok", power)]
    advice = Words(
        f"the server is {power} of the tables; serve as another role: wangge migrate --app-role NAME",
        "服务所用角色可改表；请另用角色：wangge migrate --app-role 角色",
    )
    return [Finding(what, "advice", power, advice)]


def _keys(store: Store) -> Finding:
    what = Words("keys", "密钥")
    lost = Words(
        "bring keys.txt from the machine or the backup that has it: nothing personal is read without it",
        "请从原机器或备份取回 keys.txt；缺少它无法读取住户信息",
    )
    try:
        held = store.keys.read()
        if held is None or not newest_is_ours(store):
            return Finding(what, "broken", "-" if held is None else held.newest, lost)
    except StoreError as error:
        return Finding(what, "broken", "-", error.words)
    return Finding(what, "ok", held.newest)


def _checkpoints(settings: Settings) -> Finding:
    what, place = Words("checkpoints", "审计检查点"), settings.checkpoints
    if place is None:
        advice = Words(
            "set WANGGE_CHECKPOINTS to a file outside the store, or syslog: else a cut end of the audit does not show",
            "请将 WANGGE_CHECKPOINTS 设为库外文件或 syslog，否则审计末尾被截去无法发现",
        )
        return Finding(what, "advice", "-", advice)
    if place.startswith("syslog"):
        return Finding(what, "ok", place)
    folder = Path(place).absolute().parent
    if not os.access(folder, os.W_OK):
        mend = Words(f"make the folder {folder}, writable for the server", f"请建立服务可写的文件夹 {folder}")
        return Finding(what, "broken", place, mend)
    if folder.is_relative_to(settings.home.absolute()):
        apart = Words(
            "name a file outside WANGGE_HOME: whoever can cut the audit can cut this file too",
            "请指定 WANGGE_HOME 之外的文件：能截去审计者也能截去它",
        )
        return Finding(what, "advice", place, apart)
    return Finding(what, "ok", place)


def _clock(newest: datetime, now: datetime) -> Finding:
    what = Words("clock", "时钟")
    if newest > now + _FEW_MINUTES:
        behind = Words(
            "set this machine's clock; it is behind what was audited last",
            "请校准本机时钟：落后于最近的审计记录",
        )
        return Finding(what, "broken", f"{now:%Y-%m-%d %H:%M} < {newest:%Y-%m-%d %H:%M} UTC", behind)
    return Finding(what, "ok", f"{now:%Y-%m-%d %H:%M} UTC")
