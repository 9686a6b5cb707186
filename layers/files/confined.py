"""Files are read in a child process with bounds on memory, processor time and waiting, so that a hostile or enormous one
ends in a plain word and not with the machine."""

from __future__ import annotations

import faulthandler
import multiprocessing
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, NoReturn, ParamSpec, TypeVar

from geo.errors import FileError, WanggeError, Words
from layers import children

P = ParamSpec("P")
R = TypeVar("R")
_MEGABYTE = 1 << 20
_STATUS = Path("/proc/self/statm")
_PAGE_BYTES = 4096
_SPLIT = Words("split it, or export it in another format", "请拆分，或换一种格式导出")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What reading one file may take, beyond what the program takes already."""

    memory_bytes: int
    processor_s: int
    wall_s: float
    advice: Words = _SPLIT
    """What to do about a file that takes more."""

    @classmethod
    def of(cls, path: Path) -> Bounds:
        """Bounds that an honest file of this size stays well below: a fixed part, and a part by its size."""
        try:
            size = path.stat().st_size
        except OSError:
            size = 0  # whoever reads it will say so
        seconds = 120 + 4 * size // _MEGABYTE
        return cls(1536 * _MEGABYTE + 24 * size, seconds, 2.0 * seconds)


def confined(bounds: Bounds, name: str, read: Callable[P, R], *args: P.args, **options: P.kwargs) -> R:
    """`read(*args, **options)`, done in a child process within `bounds`; `name` is the file's, for the words.

    The child is a fork where this process has one thread, a fresh process otherwise. Bounds on memory and processor
    time hold where the system knows them (not on Windows). Raises what `read` raises; `FileError` when it needs more
    than its bounds, or ends without an answer.
    """
    ours, theirs = multiprocessing.Pipe(duplex=False)
    child = _child(theirs, bounds, read, args, options)
    child.start()
    theirs.close()
    try:
        if not ours.poll(bounds.wall_s):
            _refuse(name, bounds.advice, f"{bounds.wall_s:.0f} s", f"{bounds.wall_s:.0f} 秒")
        done, value = ours.recv()
    except EOFError:
        child.join()
        if child.exitcode == -getattr(signal, "SIGXCPU", 0):
            _refuse(
                name,
                bounds.advice,
                f"{bounds.processor_s} s of processor time",
                f"{bounds.processor_s} 秒处理器时间",
            )
        raise FileError(
            f"{name} ended the program that read it; the file is damaged, export it again",
            f"{name} 使读取程序异常退出；文件已损坏，请重新导出",
        ) from None
    finally:
        child.kill()
        child.join()
        ours.close()
    if done:
        result: R = value
        return result
    if isinstance(value, MemoryError):
        size = f"{bounds.memory_bytes // _MEGABYTE:,} MB"
        _refuse(name, bounds.advice, f"{size} of memory", f"{size} 内存")
    raise value


def _refuse(name: str, advice: Words, en: str, zh: str) -> NoReturn:
    raise FileError(
        f"{name} takes more than {en} to read; {advice.en}",
        f"{name} 读取所需超过 {zh}；{advice.zh}",
    )


def _child(*args: Any) -> BaseProcess:
    """A fork is quickest, but only one thread lives on in it, and locks of the others would stay locked."""
    alone = threading.active_count() == 1
    if alone and "fork" in multiprocessing.get_all_start_methods() and sys.platform != "darwin":
        return multiprocessing.get_context("fork").Process(target=_work, args=args, daemon=True)
    return children.child(_work, *args)


def _work(
    answers: Connection,
    bounds: Bounds,
    read: Callable[..., Any],
    args: tuple[Any, ...],
    options: dict[str, Any],
) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it, and ends this process
    faulthandler.disable()  # a crash is told by the parent, in words
    _bind(bounds)
    try:
        answer = (True, read(*args, **options))
    except MemoryError:
        answer = (False, MemoryError())
    except (WanggeError, Warning, Exception) as error:
        answer = (False, error)
    try:
        answers.send(answer)
    except MemoryError:
        answers.send((False, MemoryError()))


def _bind(bounds: Bounds) -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    with suppress(OSError, ValueError):
        used = int(_STATUS.read_text("ascii").split()[0]) * _PAGE_BYTES
        resource.setrlimit(resource.RLIMIT_AS, (used + bounds.memory_bytes,) * 2)
    with suppress(OSError, ValueError):
        spent = int(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]))
        resource.setrlimit(resource.RLIMIT_CPU, (spent + bounds.processor_s, spent + bounds.processor_s + 5))
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
