"""Processes beside this one, on every system started as new ones and not as copies: a copy would hold locks of threads
that do not live on in it (numba, GDAL, the database driver).

Where the system can, they are forks of one small server that has loaded what they all need and runs no thread: a child
then begins in some milliseconds instead of a second or two. The server is started with the first child and ends with the
process that asked for it.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from typing import Any

_LOADED = ("layers.imports.reading", "geo.partition.search.run")
"""What takes long to load and most children use: tables, geometries, readers, the search."""


def context() -> BaseContext:
    """How children are started here.

    >>> context().get_start_method() in ("forkserver", "spawn")
    True
    """
    # macOS knows forks that crash in system libraries; Windows knows none
    if sys.platform == "darwin" or "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(list(_LOADED))
    return found


def child(
    target: Callable[..., Any], *args: Any, name: str | None = None, daemon: bool = True
) -> BaseProcess:
    """A process that will do `target(*args)`, in today's environment of this one; it is not started yet."""
    # typeshed gives Process to each context and not to their base
    made: Any = context()
    started: BaseProcess = made.Process(
        target=_as_here, args=(dict(os.environ), target, args), name=name, daemon=daemon
    )
    return started


def pool(count: int) -> ProcessPoolExecutor:
    """An executor of `count` processes, in today's environment of this one."""
    return ProcessPoolExecutor(count, mp_context=context(), initializer=_settle, initargs=(dict(os.environ),))


def _as_here(environment: dict[str, str], target: Callable[..., Any], args: tuple[Any, ...]) -> None:
    _settle(environment)
    target(*args)


def _settle(environment: dict[str, str]) -> None:
    """The server that forked this process has the environment of its own beginning."""
    for name in os.environ.keys() - environment.keys():
        del os.environ[name]
    os.environ.update(environment)
