"""Which grid covers an address on a day: the address is matched to its building, the building to its grid.

Made once per state of the store beside the point index it leans on, never changed, safe to share between threads.
A building answers with the grid that covers its representative point, so an address and a point inside its building
get the same answer. Where an address fits several buildings no one is guessed; if all of them lie in one grid, that
grid is the answer all the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from geo.addresses.match.resolve import AddressMatch, Matcher
from geo.addresses.match.suggest import Suggester, Suggestion
from geo.locate.address_words import FOUND, level_of, why_not
from geo.locate.finding import Finder, Found, Thing
from geo.locate.held import Held
from geo.locate.homes import CANDIDATES_SHOWN, AddressAnswer, Home, Status
from geo.locate.index import LookupIndex
from geo.locate.micro import Micro
from geo.locate.standing import Standing

_GRID = ("grid_code", "grid_name", "grid_kind")
_PLAN = ("plan_id", "plan_version", "valid_from", "valid_to")
_PLACE = ("community_code", "community_name", *_GRID, *_PLAN)
_OF_HOME = ("community_code", "community_name")
"""Read where the building is, with a grid or without."""
_NEVER = Held.of(())
_NAMELESS = Finder(())
_SOURCES = {**{name: name for name in _PLACE}, "grid_code": "key", "grid_name": "name", "grid_kind": "kind"}
"""The list of the index that holds each."""


@dataclass(frozen=True, slots=True)
class AddressLookup:
    """Addresses to grids. Make it with `build`."""

    index: LookupIndex
    matcher: Matcher
    suggester: Suggester
    _row: dict[str, int]
    """Row of each building by ref."""
    _own: dict[str, list[Any]]
    """Ref and names of each building and its complex, and its point; one list a column, one more value None."""
    _standing: Standing
    """What covers each building, on any day."""
    _words: dict[str, NDArray[np.object_]]
    """What `_PLACE` says of each row of the index; one more value None."""
    _earlier: AddressLookup | None = None
    """What answers from a register of buildings that have ended."""
    _held: Held = _NEVER
    """On which days these were there."""
    _finder: Finder = _NAMELESS
    """What knows names that are no addresses."""

    @classmethod
    def build(
        cls,
        index: LookupIndex,
        matcher: Matcher,
        suggester: Suggester,
        buildings: pd.DataFrame,
    ) -> AddressLookup:
        """Put together what answers. `buildings`: building_id, name, complex_id, complex_name, lon, lat (degrees,
        EPSG:4490, of a point inside) of every building the matcher knows."""
        columns = ("building_id", "name", "complex_id", "complex_name", "lon", "lat")
        own = {
            name: [*buildings[name].astype(object).where(buildings[name].notna(), None).tolist(), None]
            for name in columns
        }
        rows = {ref: row for row, ref in enumerate(own["building_id"][:-1])}
        standing = index.standing(
            np.array(own["lon"][:-1], np.float64), np.array(own["lat"][:-1], np.float64)
        )
        words = {name: _objects(getattr(index.words, source)) for name, source in _SOURCES.items()}
        return cls(index, matcher, suggester, rows, own, standing, words)

    def with_earlier(self, earlier: AddressLookup, held: Held) -> AddressLookup:
        """These answers, for days on which buildings of `earlier` were there with them among what an address may mean.

        On such a day one of them answers where the register of today names no building, or another one of its complex.
        """
        return replace(self, _earlier=earlier, _held=held)

    def with_finder(self, finder: Finder) -> AddressLookup:
        """The same, with names that are no addresses."""
        return replace(self, _finder=finder)

    def find(self, text: str, *, as_of: dt.date, here: str = "") -> Found:
        """The best answer to a text that is no whole address: see `geo.locate.finding.Finder.find`."""
        return self._finder.find(text, self, as_of=as_of, here=here)

    def things(self, text: str, *, as_of: dt.date, here: str = "", limit: int = 10) -> list[Thing]:
        """Grids, communities, stations, institutions and the like whose name goes on from what was typed."""
        return self._finder.suggest(text, self, as_of=as_of, here=here, limit=limit)

    def suggest(self, text: str, *, limit: int = 10) -> list[Suggestion]:
        """Complexes and buildings whose name goes on from what was typed, best first."""
        return list(self.suggester.suggest(text, limit=limit))

    def locate(self, text: str, *, as_of: dt.date) -> AddressAnswer:
        """What `text` means and which grid covers it on the day `as_of`.

        Never raises for a text of any kind: what cannot be understood is `none`, with the reason.
        """
        answer = self._locate(text, as_of)
        if self._earlier is None or not self._held.any_on(as_of):
            return answer
        then, own = self._earlier.locate(text, as_of=as_of), answer.home
        if then.home is None or not self._held.there(then.home.building_ref, as_of):
            return answer
        return then if own is None or own.complex_ref == then.home.complex_ref else answer

    def _locate(self, text: str, as_of: dt.date) -> AddressAnswer:
        match = self.matcher.match(text)
        home = None if match.building_id is None else self._home(match.building_id, as_of)
        if match.status == "matched" and home is not None:
            return self._found(match, home, as_of)
        rows = [self._row[ref] for ref in match.candidates if ref in self._row]
        shared = self._home_at(rows[0], as_of) if rows and self._alike(rows, as_of) else None
        shown = tuple(self._home_at(row, as_of) for row in self._spread(rows)[:CANDIDATES_SHOWN])
        status: Status = "ambiguous" if match.status == "ambiguous" and rows else "none"
        if status == "none":
            shared = None
        return AddressAnswer(
            status=status,
            level=level_of(match.level),
            home=None,
            shared=shared,
            unit=match.unit or None,
            floor=match.floor or None,
            room=match.room or None,
            candidates=shown if status == "ambiguous" else (),
            candidate_count=len(rows) if status == "ambiguous" else 0,
            as_of=as_of,
            micro=None,
            confidence=0.0,
            reason=why_not(
                match,
                len(rows),
                None if shared is None else shared.grid_code,
                planned=any(home.grid_code is not None for home in shown),
            ),
            evidence=tuple(match.evidence),
        )

    def _found(self, match: AddressMatch, home: Home, as_of: dt.date) -> AddressAnswer:
        status: Status = "matched"
        reason = match.evidence[-1] if match.evidence else FOUND
        if home.grid_code is None:
            point = self.index.locate(home.lon, home.lat, as_of=as_of)
            status = "outside" if point.status == "outside" else "unplanned"
            reason = point.reason
        return AddressAnswer(
            status=status,
            level=level_of(match.level),
            home=home,
            shared=None,
            unit=match.unit or None,
            floor=match.floor or None,
            room=match.room or None,
            candidates=(),
            candidate_count=0,
            as_of=as_of,
            micro=self._micro(home, match.unit, match.floor, match.room),
            confidence=match.confidence,
            reason=reason,
            evidence=tuple(match.evidence),
        )

    def _micro(self, home: Home, *said: str | None) -> Micro | None:
        """The micro-grid of a home by unit, floor and room as its address says them."""
        unit, floor, room = said
        if self.index.micro.empty:
            return None
        return self.index.micro.of_home(
            home.building_ref, home.lon, home.lat, plan_id=home.plan_id, said=(unit, floor, room)
        )

    def homes(self, refs: Sequence[str], *, as_of: dt.date) -> list[Home]:
        """The buildings with these refs, with what covers them on a day; unknown refs are left out."""
        return [self._home_at(self._row[ref], as_of) for ref in refs if ref in self._row]

    def grids_of(self, refs: ArrayLike, *, as_of: dt.date) -> NDArray[np.object_]:
        """Code of the grid that covers each building on a day, None without one; shape (n,)."""
        grid, _ = self._standing.on(as_of)
        return self._words["grid_code"][grid[self._rows(np.asarray(refs, dtype=object))]]

    def locate_many(self, texts: Sequence[str], *, as_of: dt.date) -> pd.DataFrame:
        """As `locate` for many: one row an address in their order, columns `COLUMNS`.

        candidates: the refs of at most `CANDIDATES_SHOWN` buildings with `|` between, empty unless ambiguous.
        """
        table = self._locate_many(texts, as_of)
        if self._earlier is None or not self._held.any_on(as_of):
            return table
        then = self._earlier.locate_many(texts, as_of=as_of)
        there = np.array([self._held.there(ref, as_of) for ref in then["building_ref"]], dtype=bool)
        same = (then["complex_ref"] == table["complex_ref"]) | (
            then["complex_ref"].isna() & table["complex_ref"].isna()
        )
        there &= (table["building_ref"].isna() | same).to_numpy(dtype=bool)
        return table if not there.any() else pd.concat([table[~there], then[there]]).sort_index()

    def _locate_many(self, texts: Sequence[str], as_of: dt.date) -> pd.DataFrame:
        found = self.matcher.match_many(list(texts), lang=None)
        grid, home = self._standing.on(as_of)
        codes = self._words["grid_code"][grid]
        matched = (found["status"] == "matched").to_numpy(dtype=bool)
        refs = _texts(found["building_id"])
        row = np.where(matched, self._rows(refs), -1)
        unsure = np.flatnonzero((found["status"] == "ambiguous").to_numpy(dtype=bool))
        shared = np.full(len(row), -1, dtype=np.int64)
        shown = np.full(len(row), None, dtype=object)
        lists = found["candidates"].tolist()
        several = {i: lists[i].split("|") for i in unsure.tolist()}
        for i, candidates in several.items():
            rows = [self._row[ref] for ref in candidates if ref in self._row]
            shown[i] = "|".join(
                self._own["building_id"][row] for row in self._spread(rows)[:CANDIDATES_SHOWN]
            )
            if rows and codes[rows[0]] is not None and (codes[rows] == codes[rows[0]]).all():
                shared[i] = rows[0]
        own = {name: _objects(values) for name, values in self._own.items()}
        place = np.where(row >= 0, row, shared)
        status = found["status"].astype(object).to_numpy()
        bare = (row >= 0) & (grid[row] < 0)
        status = np.where(bare, np.where(home[row] >= 0, "unplanned", "outside"), status)
        read_at = {name: (home if name in _OF_HOME else grid)[place] for name in _PLACE}
        table = {
            "status": status,
            **{name: self._words[name][read_at[name]] for name in _PLACE},
            "complex_ref": own["complex_id"][row],
            "complex_name": own["complex_name"][row],
            "building_ref": own["building_id"][row],
            "building_name": own["name"][row],
            **self._micros(row, grid[row], found),
            "as_of": [as_of] * len(row),
            "confidence": np.where(row >= 0, found["confidence"].to_numpy(dtype=np.float64), 0.0),
            "reason": np.fromiter(found["reason"], dtype=object, count=len(found)),
            "level": [level_of(level) for level in found["level"]],
            **{name: _texts(found[name]) for name in ("unit", "floor", "room")},
            "candidates": shown,
        }
        return pd.DataFrame(table, columns=list(COLUMNS))

    def _micros(
        self, rows: NDArray[np.int64], grid: NDArray[np.int64], found: pd.DataFrame
    ) -> dict[str, NDArray[np.object_]]:
        """Code and name of the micro-grid of each address that names one building."""
        named = [None] * len(rows)
        table = {"micro_code": _objects(named), "micro_name": _objects(named)}
        if self.index.micro.empty:
            return table
        own, plans = self._own, self._words["plan_id"][grid]
        said = zip(*(found[name].tolist() for name in ("unit", "floor", "room")), strict=True)
        for i, (row, home) in enumerate(zip(rows.tolist(), said, strict=True)):
            if row < 0 or plans[i] is None:
                continue
            micro = self.index.micro.of_home(
                own["building_id"][row], own["lon"][row], own["lat"][row], plan_id=int(plans[i]), said=home
            )
            if micro is not None:
                table["micro_code"][i], table["micro_name"][i] = micro
        return table

    def _spread(self, rows: list[int]) -> list[int]:
        """The rows so that every complex has its first building before any has its second."""
        seen: dict[Any, int] = {}
        turns = []
        for row in rows:
            home = self._own["complex_id"][row]
            turns.append(seen.get(home, 0))
            seen[home] = turns[-1] + 1
        return rows if len(seen) < 2 else [row for _, row in sorted(zip(turns, rows, strict=True), key=_turn)]

    def _rows(self, refs: NDArray[np.object_]) -> NDArray[np.int64]:
        """Row of each ref, -1 (the row of nothing) where it is none of ours."""
        return np.fromiter((self._row.get(ref, -1) for ref in refs), dtype=np.int64, count=len(refs))

    def _alike(self, rows: Sequence[int], as_of: dt.date) -> bool:
        """Whether one grid covers all these buildings."""
        codes = self._words["grid_code"]
        first = codes[self._standing.at(rows[0], as_of)[0]]
        return first is not None and all(codes[self._standing.at(row, as_of)[0]] == first for row in rows)

    def _home(self, ref: str, as_of: dt.date) -> Home | None:
        row = self._row.get(ref)
        return None if row is None else self._home_at(row, as_of)

    def _home_at(self, row: int, as_of: dt.date) -> Home:
        own, (grid, home) = self._own, self._standing.at(row, as_of)
        return Home(
            building_ref=own["building_id"][row],
            building_name=own["name"][row],
            complex_ref=own["complex_id"][row],
            complex_name=own["complex_name"][row],
            lon=own["lon"][row],
            lat=own["lat"][row],
            **{name: self._words[name][home if name in _OF_HOME else grid] for name in _PLACE},
        )


COLUMNS = (
    "status",
    *_GRID,
    "community_code",
    "community_name",
    "complex_ref",
    "complex_name",
    "building_ref",
    "building_name",
    *_PLAN,
    "micro_code",
    "micro_name",
    "as_of",
    "confidence",
    "reason",
    "level",
    "unit",
    "floor",
    "room",
    "candidates",
)
"""Columns of `AddressLookup.locate_many`."""


def _objects(values: Sequence[Any]) -> NDArray[np.object_]:
    return np.fromiter(values, dtype=object, count=len(values))


def _texts(values: pd.Series) -> NDArray[np.object_]:
    """Texts, None for empty ones."""
    return np.array([value or None for value in values.tolist()] or [], dtype=object)


def _turn(pair: tuple[int, int]) -> int:
    return pair[0]
