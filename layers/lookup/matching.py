"""Many addresses against one gazetteer, in this process, in several, or on a cluster; answers in order.

A worker gets the gazetteer with each job as one packed block and unpacks it once: the jobs are the same for a
process pool and for a cluster, and no worker needs the files. What a worker sends back is lines ready to be
written, so that the process that hands out the work is not the narrow place.
"""

from __future__ import annotations

import csv
import hashlib
import io
import pickle
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import pandas as pd

from geo.addresses.match.resolve import COLUMNS, Matcher, Row
from geo.addresses.register.gazetteer import Gazetteer
from layers.files.formulas import inert
from layers.runs.steps import in_turn

JOB_SIZE = 5_000
"""Addresses in one job: long enough to outweigh sending the gazetteer, short enough to share out evenly."""
STATUSES = ("matched", "ambiguous", "none")
_PACKING = 1
_AHEAD = 2
"""Jobs each helping process has before it, so that it never waits for the next."""


@dataclass(frozen=True, slots=True)
class Job:
    """A stretch of addresses with their ids."""

    ids: tuple[str, ...]
    texts: tuple[str, ...]
    packed: Packed
    lang: str | None


class Packed:
    """A gazetteer as bytes; two are equal when their digests are."""

    __slots__ = ("digest", "packed")

    def __init__(self, packed: bytes, digest: bytes) -> None:
        self.packed, self.digest = packed, digest

    @classmethod
    def of(cls, gazetteer: Gazetteer) -> Packed:
        """Pack a gazetteer."""
        packed = zlib.compress(pickle.dumps(gazetteer, protocol=pickle.HIGHEST_PROTOCOL), _PACKING)
        return cls(packed, hashlib.blake2b(packed, digest_size=16).digest())

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Packed) and other.digest == self.digest


class Lines(NamedTuple):
    """Answers as CSV lines: `id` and `COLUMNS`, without a header."""

    text: str
    counts: tuple[int, ...]
    """How many of each of `STATUSES`."""


@lru_cache(maxsize=2)
def _matcher(packed: Packed) -> Matcher:
    return Matcher(pickle.loads(zlib.decompress(packed.packed)))  # noqa: S301  packed by `Packed.of`, never read from outside


def lines_of(matcher: Matcher, ids: Sequence[str], texts: Sequence[str], *, lang: str | None) -> Lines:
    """The answers to `texts` as lines; an id that a spreadsheet would take for a formula gets an apostrophe."""
    rows = matcher.rows(texts, lang=lang)
    out = io.StringIO()
    safe = [inert(key) for key in ids]
    csv.writer(out).writerows([(key, *row) for key, row in zip(safe, rows, strict=True)])
    statuses = [row[0] for row in rows]
    return Lines(out.getvalue(), tuple(statuses.count(status) for status in STATUSES))


def _answer(job: Job) -> Lines:
    return lines_of(_matcher(job.packed), job.ids, job.texts, lang=job.lang)


def match_lines(
    gazetteer: Gazetteer,
    ids: Sequence[str],
    texts: Sequence[str],
    *,
    pool: Executor | None,
    lang: str = "zh",
    size: int = JOB_SIZE,
    helping: int = 0,
) -> Iterator[Lines]:
    """The answers to `texts` in their order, stretch by stretch; in this process when `pool` is None.

    `helping` is the number of processes in a pool beside this one: then this process matches too. With 0 the
    pool does it all, as a cluster should.
    """
    starts = range(0, len(texts), size)
    matcher = Matcher(gazetteer)
    if pool is None:
        for at in starts:
            yield lines_of(matcher, ids[at : at + size], texts[at : at + size], lang=lang)
        return
    packed = Packed.of(gazetteer)
    jobs = [Job(tuple(ids[at : at + size]), tuple(texts[at : at + size]), packed, lang) for at in starts]
    if not helping:
        yield from pool.map(_answer, jobs)
        return
    yield from in_turn(
        pool,
        _answer,
        jobs,
        lambda job: lines_of(matcher, job.ids, job.texts, lang=lang),
        ahead=_AHEAD * helping,
    )


def match_table(
    gazetteer: Gazetteer,
    texts: Sequence[str],
    *,
    pool: Executor | None,
    lang: str | None = "zh",
    size: int = JOB_SIZE,
) -> pd.DataFrame:
    """The answers to `texts` as one table with the columns `COLUMNS`; in this process when `pool` is None.
    Reasons are texts in `lang`, or `Words` when that is None."""
    if pool is None:
        return Matcher(gazetteer).match_many(texts, lang=lang)
    packed = Packed.of(gazetteer)
    jobs = [Job((), tuple(texts[at : at + size]), packed, lang) for at in range(0, len(texts), size)]
    return pd.DataFrame(list(chain.from_iterable(pool.map(_rows, jobs))), columns=list(COLUMNS))


def _rows(job: Job) -> list[Row]:
    return _matcher(job.packed).rows(job.texts, lang=job.lang)
