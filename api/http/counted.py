"""What a server process counts of itself, for monitoring: requests by route, method and status, and how long they took.

Labels come from the table of routes only, so there are few of them and none tells what was asked, by whom or from where.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import time
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from starlette.types import Scope

from api.http.needs import DOORS
from layers.files.atomic import drafted

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
SHARED_S = 5.0
"""So often a process among several writes down its figures for the others."""
_DEAD_S = 6 * SHARED_S
_OTHER = "other"
_ROUTES = {key.partition(" ")[2] for key in DOORS}
_METHODS = frozenset({"GET", "POST", "PUT", "DELETE"})
log = logging.getLogger(__name__)
Key = tuple[str, str, int]
"""Route, method, status."""


class Gauge(NamedTuple):
    """One figure of the moment."""

    name: str
    help: str
    value: float
    labels: Mapping[str, str] = {}


class Counted:
    """The counts of one process. Used from its event loop."""

    def __init__(self) -> None:
        self._taken: dict[Key, list[float]] = {}
        """By key: one count a bucket, the last for what took longer, then the seconds."""
        self.began_at = time.time()

    def answered(self, scope: Scope, status: int, seconds: float) -> None:
        """A request was answered, or broken off (0)."""
        key = (_route(scope), scope["method"] if scope["method"] in _METHODS else _OTHER, status)
        row = self._taken.get(key)
        if row is None:
            row = self._taken[key] = [0.0] * (len(BUCKETS_S) + 2)
        row[bisect_left(BUCKETS_S, seconds)] += 1
        row[-1] += seconds

    def share(self, folder: Path) -> None:
        """Write the counts down for other processes of this server; the file appears whole."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with drafted(folder / f"{os.getpid()}.json") as draft:
            draft.write_text(json.dumps([[*key, *row] for key, row in self._taken.items()]), "ascii")

    def with_others(self, folder: Path) -> dict[Key, list[float]]:
        """The counts of all processes of this server that are alive: its own as they are, the others' as last written."""
        found = {key: list(row) for key, row in self._taken.items()}
        for route, method, status, *row in _shared(folder):
            key = (route, method, status)
            have = found.setdefault(key, [0.0] * len(row))
            found[key] = [one + other for one, other in zip(have, row, strict=True)]
        return found


async def sharing(counted: Counted, folder: Path) -> None:
    """Share for ever. A disk that is full stops no server: `/metrics` then tells of one process only."""
    while True:
        try:
            await asyncio.to_thread(counted.share, folder)
        except OSError as error:
            log.warning("figures for monitoring could not be written: %s", type(error).__name__)
        await asyncio.sleep(SHARED_S)


def _shared(folder: Path) -> Iterator[list[Any]]:
    """What others wrote; what a process that is gone wrote goes too."""
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        with suppress(OSError, ValueError):
            if path.stem == str(os.getpid()):
                continue
            if time.time() - path.stat().st_mtime > _DEAD_S:
                path.unlink()
                continue
            yield from json.loads(path.read_text("ascii"))


def _route(scope: Scope) -> str:
    """The path of the route as the table has it, never of the request."""
    path = getattr(scope.get("route"), "path", None) or scope["path"]
    return path if path in _ROUTES else _OTHER


def exposition(taken: Mapping[Key, list[float]], gauges: Iterable[Gauge]) -> str:
    """All figures as Prometheus reads them (text format 0.0.4).

    >>> print(exposition({}, [Gauge("wangge_up", "Whether it is.", 1.0)]).splitlines()[-1])
    wangge_up 1
    """
    name = "wangge_request_duration_seconds"
    lines = [f"# HELP {name} Time to answer, by route, method and status.", f"# TYPE {name} histogram"]
    for (route, method, status), row in sorted(taken.items()):
        labels = {"route": route, "method": method, "status": str(status)}
        count = 0.0
        for most, more in zip((*map(_number, BUCKETS_S), "+Inf"), row[:-1], strict=True):
            count += more
            lines.append(f"{name}_bucket{_labels(labels | {'le': most})} {_number(count)}")
        lines.append(f"{name}_sum{_labels(labels)} {row[-1]:.6f}")
        lines.append(f"{name}_count{_labels(labels)} {_number(count)}")
    told: set[str] = set()
    for gauge in gauges:
        if gauge.name not in told:
            told.add(gauge.name)
            lines += [f"# HELP {gauge.name} {gauge.help}", f"# TYPE {gauge.name} gauge"]
        lines.append(f"{gauge.name}{_labels(gauge.labels)} {_number(gauge.value)}")
    return "\n".join(lines) + "\n"


def _labels(of: Mapping[str, str]) -> str:
    return "{" + ",".join(f'{name}="{value}"' for name, value in of.items()) + "}" if of else ""


def _number(value: float) -> str:
    return f"{value:.12g}"
