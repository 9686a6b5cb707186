"""What every command is handed: settings, language, where to print, and the open store."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.clock import Clock, system_clock, today
from api.settings import Lang, Settings
from geo.days import day_of
from geo.errors import InputError, Words

if sys.platform != "win32":
    import pwd

if TYPE_CHECKING:
    from layers.store.database import Store

_WIDTH_OF_A_FILE = 200
"""Columns of tables when nobody looks: wide enough not to break lines."""


@dataclass(frozen=True, slots=True)
class Shell:
    """One run of the command line."""

    settings: Settings
    lang: Lang
    out: Console
    """Results."""
    err: Console
    """Progress and complaints, so that results can be piped."""
    clock: Clock = system_clock

    @classmethod
    def start(cls, settings: Settings, lang: Lang) -> Shell:
        """A shell on the process's own output."""
        return cls(settings, lang, _console(stderr=False), _console(stderr=True))

    def text(self, en: str, zh: str) -> str:
        """The text in the language of this run."""
        return Words(en, zh).text(self.lang)

    def say(self, en: str, zh: str) -> None:
        """Print one line of result."""
        self.line(self.text(en, zh))

    def line(self, text: str) -> None:
        """Print one line as it is: no mark-up, no breaking."""
        self.out.print(Text(text), soft_wrap=True)

    def complain(self, text: str) -> None:
        """Print one line beside the results."""
        self.err.print(Text(text), soft_wrap=True)

    def table(self, *columns: str, rows: Iterable[Iterable[Any]]) -> None:
        """Print rows under headings."""
        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in columns:
            table.add_column(Text(column), overflow="fold")
        for row in rows:
            table.add_row(*(Text("" if _missing(value) else str(value)) for value in row))
        self.out.print(table)

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The store, ready to use, closed afterwards."""
        # the database takes half a second to load, and commands on files do without
        from api.opening import open_store

        opened = open_store(self.settings)
        try:
            yield opened
        finally:
            opened.close()

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self.clock()

    @property
    def today(self) -> date:
        """The date in China."""
        return today(self.clock)

    @property
    def actor(self) -> str:
        """Who acts, for the history: the account this process runs under, whatever the environment says."""
        return f"cli:{_account()}"

    def day(self, text: str | None) -> date:
        """A date given as YYYY-MM-DD; today when not given. Raises `InputError`."""
        if text is None:
            return self.today
        day = day_of(text)
        if day is None:
            raise InputError(
                f"{text!r} is not a date; write YYYY-MM-DD", f"“{text}”不是日期；请写作 YYYY-MM-DD"
            )
        return day


def _missing(value: Any) -> bool:
    """Whether nothing is known. Only who has loaded pandas can hand on its NaN, NaT and NA: here it is not loaded."""
    pandas = sys.modules.get("pandas")
    return value is None or (pandas is not None and bool(pandas.isna(value)))


def _account() -> str:
    if sys.platform == "win32":
        return os.getlogin()
    number = os.geteuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:  # a container may run under a number that has no name
        return str(number)


def shell(ctx: typer.Context) -> Shell:
    """The shell of this run."""
    return cast(Shell, ctx.obj)


def writable(path: Path, *, read: Path | None = None, kinds: Collection[str] = ()) -> Path:
    """`path`, its folder made if missing. Raises `InputError` when a file cannot be written there, when it is the very
    file that is `read`, and when its suffix is none of `kinds`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        from layers.files.system_faults import refused_by_system  # help loads no layer

        why = refused_by_system(error, named=False)
        raise InputError(
            f"cannot make the folder {path.parent}: {why.en}", f"无法创建文件夹 {path.parent}：{why.zh}"
        ) from error
    if path.is_dir():
        raise InputError(f"{path} is a folder; name a file", f"{path} 是文件夹；请指定文件")
    if kinds and path.suffix.lower() not in kinds:
        listed = [kind for kind in kinds if kind]
        raise InputError(
            f"cannot write {path.suffix or 'a file without suffix'}; use {', '.join(listed)}",
            f"无法写 {path.suffix or '无扩展名的文件'}；请使用 {'、'.join(listed)}",
        )
    if read is not None and path.exists() and read.exists() and path.samefile(read):
        raise InputError(
            f"{path} is the file that is read; name another one for the answers",
            f"{path} 正是要读取的文件；请为结果另取文件名",
        )
    return path


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else _WIDTH_OF_A_FILE
    return Console(file=stream, width=width, highlight=False, soft_wrap=False)
