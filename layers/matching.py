"""Many addresses against one gazetteer, in this process, in several, or on a cluster; answers in order.

A worker gets the gazetteer with each job as one packed block and unpacks it once: the jobs are the same for a
process pool and for a cluster, and no worker needs the files.
"""

from __future__ import annotations

import hashlib
import pickle
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from geo.addresses.gazetteer import Gazetteer
from geo.addresses.resolve import Matcher

JOB_SIZE = 10_000
"""Addresses in one job: long enough to outweigh sending the gazetteer, short enough to share out evenly."""
_PACKING = 1


@dataclass(frozen=True, slots=True)
class Job:
    """A stretch of addresses."""

    start: int
    texts: tuple[str, ...]
    gazetteer: bytes
    digest: bytes
    lang: str | None


class _Packed:
    """A gazetteer as bytes that are equal when their digest is."""

    __slots__ = ("digest", "packed")

    def __init__(self, packed: bytes, digest: bytes) -> None:
        self.packed, self.digest = packed, digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Packed) and other.digest == self.digest


@lru_cache(maxsize=2)
def _matcher(packed: _Packed) -> Matcher:
    return Matcher(pickle.loads(zlib.decompress(packed.packed)))  # noqa: S301  packed by `jobs`, never read from outside


def answer(job: Job) -> tuple[int, pd.DataFrame]:
    """The answers of one job, with the place of its first address."""
    matcher = _matcher(_Packed(job.gazetteer, job.digest))
    return job.start, matcher.match_many(job.texts, lang=job.lang)


def jobs(
    gazetteer: Gazetteer, texts: Sequence[str], *, lang: str | None, size: int = JOB_SIZE
) -> Iterator[Job]:
    """The work as equal stretches."""
    packed = zlib.compress(pickle.dumps(gazetteer, protocol=pickle.HIGHEST_PROTOCOL), _PACKING)
    digest = hashlib.blake2b(packed, digest_size=16).digest()
    for start in range(0, len(texts), size):
        yield Job(start, tuple(texts[start : start + size]), packed, digest, lang)


def match_all(
    gazetteer: Gazetteer,
    texts: Sequence[str],
    *,
    pool: Executor | None,
    lang: str | None = "zh",
    size: int = JOB_SIZE,
) -> Iterator[pd.DataFrame]:
    """The answers of `texts` in their order, stretch by stretch; in this process when `pool` is None. Reasons are
    texts in `lang`, or `Words` when that is None."""
    if pool is None:
        matcher = Matcher(gazetteer)
        for start in range(0, len(texts), size):
            yield matcher.match_many(texts[start : start + size], lang=lang)
        return
    for _, frame in pool.map(answer, list(jobs(gazetteer, texts, lang=lang, size=size))):
        yield frame
