"""The process beside a server that does what takes long: files of questions, maps. It holds a store and an index of its
own and works at lower priority, so that look-ups in the server never wait for it.

A job is a function of this process that gives its result in steps; steps of several jobs take turns.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Generator, Hashable
from contextlib import suppress
from datetime import date
from multiprocessing import reduction
from multiprocessing.connection import Connection as Line
from typing import Any

from cachetools import LRUCache

from api.failed import NICENESS, Failed
from api.logs import set_up_logs
from api.opening import open_store
from api.settings import Settings
from geo.locate.addresses import AddressLookup
from geo.reach.chain import Directory
from layers.lookup.lookups import Lookups, load_lookups
from layers.lookup.snapshots import read_state
from layers.reach.chain import read_directory
from layers.reach.walks import Keeper, Walks
from layers.rights.viewer import Purpose, Role, Viewer
from layers.store.database import Store

KEPT = 8
"""Answers kept for jobs that compare others with them, the last ones used."""


class Workbench:
    """What jobs are handed: the store, what answers look-ups and the walk network, as new as the store."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._store: Store | None = None
        self._lookups: Lookups | None = None
        self._directory: tuple[Hashable, Directory] | None = None
        self._walks: Keeper | None = None
        self.kept: LRUCache[Hashable, Any] = LRUCache(KEPT)
        """What jobs keep for their like; the key holds the state of the store it was made from."""

    @property
    def store(self) -> Store:
        """The store, opened when it is first wanted."""
        if self._store is None:
            self._store = open_store(self.settings, serving=True)
        return self._store

    def lookup(self, viewer: Viewer, today: date) -> AddressLookup:
        """What answers for `viewer`, read again, for all who ask, when the store moved on or a new day began."""
        self._lookups = load_lookups(self.store, self._served(), as_of=today, held=self._lookups)
        return self._lookups.addresses(viewer.area)

    def directory(self) -> Directory:
        """Organisations, what belongs to what, and posts, read again when they changed."""
        with self.store.reading(self._served()) as unit:
            state = read_state(unit).of_chain
            if self._directory is None or self._directory[0] != state:
                self._directory = (state, read_directory(unit))
        return self._directory[1]

    def _served(self) -> Viewer:
        return Viewer(Role.SYSTEM, self.settings.area, Purpose.LOOKUP)

    def walks(self) -> Walks:
        """The walk network of the ground as it is now, made when first wanted. Raises `EmptyLayerError` without a street or
        a home."""
        if self._walks is None:
            self._walks = Keeper(self.store)
        return self._walks.current()

    def close(self) -> None:
        """Close the store."""
        if self._store is not None:
            self._store.close()


Job = Callable[..., Generator[Any, None, None]]
"""Called with the workbench and what the server sends; every value it yields is one step."""


def work(line: Line, settings: Settings) -> None:
    """Serve one server until it hangs up; the main function of the process.

    Messages are (number, job, (arguments, keywords), with a file) to begin a job, or (number, go on); each is answered with the
    next step: (False, value), or (True, None) at the end, or (True, `Failed`).
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server hangs up when it is interrupted
    with suppress(OSError):
        os.nice(
            max(0, NICENESS - os.nice(0))
        )  # a server that runs at lower priority itself is not starved beyond that
    set_up_logs(settings)
    bench, jobs = Workbench(settings), dict[int, Generator[Any, None, None]]()
    try:
        while True:
            number, *rest = line.recv()
            if len(rest) > 1:
                job, (arguments, keywords), with_file = rest
                file = (reduction.recv_handle(line),) if with_file else ()
                jobs[number] = job(bench, *file, *arguments, **keywords)
                go_on = True
            else:
                (go_on,) = rest
            line.send(_step(jobs, number, go_on=go_on))
    except (EOFError, ConnectionError):
        pass
    finally:
        bench.close()


def _step(jobs: dict[int, Generator[Any, None, None]], number: int, *, go_on: bool) -> tuple[bool, Any]:
    try:
        if go_on:
            return False, next(jobs[number])
        jobs.pop(number).close()
    except StopIteration:
        jobs.pop(number, None)
    except Exception as error:  # whatever it was, the server decides what is told
        jobs.pop(number, None)
        return True, Failed.of(error)
    return True, None
