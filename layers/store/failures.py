"""What a database says went wrong, in errors of our own tree: the one place that knows how both of them say it.

Sealed rows, broken constraints and writers in each other's way are `ConflictError`; values the store cannot hold are
`InputError`; a database that is away, full, damaged or not to be written is `StoreError`. What is none of these is a
fault of the program and stays what it is.
"""

from __future__ import annotations

import sys
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from geo.errors import ConflictError, InputError, StoreError, WanggeError, Words

Phase = Literal["opening", "reading", "writing", "ending"]
"""What was under way. `ending` is the commit of a transaction that wrote."""


_OURS = {
    "a published plan cannot be changed; make a new one": "已发布的方案不能修改；请另建新方案",
    "history is append-only": "历史记录只能追加，不能修改或删除",
    "another plan of this community is published for some of these days": "该社区在这些日期已有其他已发布的方案",
    "cells that a plan uses cannot be changed; cut new ones": "方案正在使用的基元不能修改；请重新生成基元",
    "a code once published names one grid for ever": "已发布的编码永远只指代一个网格，不能修改或删除",
    "rows of the audit are only ever added": "审计记录只能追加，不能修改或删除",
    "versions are never changed or removed": "版本记录不能修改或删除",
    "a community with published plans cannot be removed": "已有发布方案的社区不能删除",
}
"""The messages of our own triggers and constraints, with their Chinese."""
_CONSTRAINTS = {"one_published_plan_a_day": list(_OURS)[2]}
_RAISED_BY_TRIGGER = "P0001"
_SQLSTATES: dict[str, str] = {
    "40001": "busy",
    "40P01": "busy",
    "55P03": "busy",
    "53100": "full",
    "25006": "read-only",
    "42501": "read-only",
    "42P01": "not-migrated",
    "42703": "not-migrated",
    "XX001": "damaged",
    "XX002": "damaged",
}
_SQLITE: dict[str, str] = {
    "SQLITE_BUSY": "locked",
    "SQLITE_LOCKED": "locked",
    "SQLITE_FULL": "full",
    "SQLITE_READONLY": "read-only",
    "SQLITE_CORRUPT": "damaged",
    "SQLITE_NOTADB": "damaged",
    "SQLITE_CANTOPEN": "cannot-open",
    "SQLITE_TOOBIG": "value",
    "SQLITE_MISMATCH": "value",
    "SQLITE_CONSTRAINT": "constraint",
}


def raised() -> tuple[type[Exception], ...]:
    """What SQLAlchemy, and the driver where it is used directly, may raise."""
    return (sa.exc.SQLAlchemyError, *_psycopg("Error"))


def failure(error: Exception, *, where: str, phase: Phase, said: str) -> WanggeError | None:
    """The error of our tree for what a database raised; None when the program itself is at fault.

    `where` names the store and `said` is the first line of the database's own words, both without secrets.
    """
    if isinstance(error, sa.exc.TimeoutError):
        return StoreError(
            f"all connections to {where} are in use; try again in a moment",
            f"{where} 的连接已全部占用；请稍后重试",
        )
    if not isinstance(error, (DBAPIError, *_psycopg("Error"))):
        return None
    if phase == "ending" and _cut(error):
        return StoreError(
            f"the connection to {where} was lost while the change was being committed: it may have been written or "
            "not; look with wangge history before you try again",
            f"提交时与 {where} 的连接中断：更改可能已写入，也可能没有；请先用 wangge history 核实，再决定是否重试",
        )
    kind = _kind(error)
    if kind == "constraint":
        return _conflict(error, said)
    if kind == "value":
        return InputError(
            f"the store cannot hold one of the values: {said}", f"数据库无法保存其中的某个值：{said}"
        )
    undone, undone_zh = (
        ("", "") if phase in ("opening", "reading") else ("; nothing was written", "；未写入任何数据")
    )
    if kind == "busy":
        return ConflictError(
            f"another writer was in the way: {said}{undone}; try again",
            f"与其他写入冲突：{said}{undone_zh}；请重试",
        )
    words = _KINDS.get(kind)
    if words is not None:
        return StoreError(
            f"{where}: {words.en} ({said}){undone}", f"{where}：{words.zh}（{said}）{undone_zh}"
        )
    if phase == "opening":
        return StoreError(
            f"cannot reach {where}: {said}; is the server running and WANGGE_DATABASE_URL right?",
            f"无法连接 {where}：{said}；请检查服务是否启动、WANGGE_DATABASE_URL 是否正确",
        )
    if kind == "away":
        return StoreError(
            f"{where} failed during the work: {said}{undone}; try again",
            f"{where} 在处理中出错：{said}{undone_zh}；请重试",
        )
    return None


_KINDS = {
    "locked": Words(
        "another program is writing; wait until it is done and try again",
        "其他程序正在写入；请等其完成后重试",
    ),
    "full": Words("the disk is full; make room and try again", "磁盘已满；请清理空间后重试"),
    "read-only": Words(
        "it may not be written; check the rights of the file or the account",
        "没有写入权限；请检查文件或账号权限",
    ),
    "damaged": Words("the database is damaged; restore it from a backup", "数据库已损坏；请从备份恢复"),
    "cannot-open": Words(
        "the file cannot be opened; check that its folder exists and may be written",
        "无法打开文件；请检查其文件夹是否存在、是否可写",
    ),
    "not-migrated": Words(
        "a table or column is missing; run wangge migrate", "缺少表或列；请运行 wangge migrate"
    ),
}


def _kind(error: Exception) -> str:
    origin: Any = getattr(error, "orig", None) or error
    state = getattr(origin, "sqlstate", None)
    if state is not None:
        if state.startswith("23") or state == _RAISED_BY_TRIGGER:
            return "constraint"
        return "value" if state.startswith("22") else _SQLSTATES.get(state, _by_class(error, origin))
    name = str(getattr(origin, "sqlite_errorname", None) or "")
    found = next((kind for prefix, kind in _SQLITE.items() if name.startswith(prefix)), None)
    return found or _by_class(error, origin)


def _by_class(error: Exception, origin: Any) -> str:
    classes = (error, origin)
    if any(isinstance(one, (sa.exc.IntegrityError, *_psycopg("IntegrityError"))) for one in classes):
        return "constraint"
    if any(isinstance(one, (sa.exc.DataError, *_psycopg("DataError"))) for one in classes):
        return "value"
    known = (
        sa.exc.OperationalError,
        sa.exc.InterfaceError,
        *_psycopg("OperationalError"),
        *_psycopg("InterfaceError"),
    )
    return "away" if any(isinstance(one, known) for one in classes) else "unknown"


def _psycopg(name: str) -> tuple[Any, ...]:
    """The error class of that name of PostgreSQL's driver; none where it was never loaded, and so raised nothing."""
    driver = sys.modules.get("psycopg")
    return () if driver is None else (getattr(driver, name),)


def _cut(error: Exception) -> bool:
    """Whether the connection is gone, so that nobody heard the end of the commit."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    origin: Any = getattr(error, "orig", None) or error
    if not isinstance(origin, _psycopg("OperationalError")):
        return False
    state = origin.sqlstate
    return state is None or state.startswith(("08", "57P"))


def _conflict(error: Exception, said: str) -> ConflictError:
    """A seal or a constraint in words: those of ours as they are, others with the table and what it holds."""
    origin: Any = getattr(error, "orig", None) or error
    constraint = getattr(getattr(origin, "diag", None), "constraint_name", None)
    said = _CONSTRAINTS.get(constraint or "", said)
    if said in _OURS:
        return ConflictError(said, _OURS[said])
    return ConflictError(
        f"what is in the store forbids it: {said}; somebody may have changed it meanwhile, look and try again",
        f"与库中已有内容冲突：{said}；可能其他人刚做了修改，请核实后重试",
    )
