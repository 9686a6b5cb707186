"""The tables of printed sheets: what stands in them, and how much of it finds room."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import pandas as pd

from maps.look.words import GRID_KINDS
from maps.pages.encode import column
from maps.sheets.panel import ROW_MM, Panel, draw_table
from maps.sheets.words import sheet_text

_FORM_MM = 230.0
"""How high the form of a walk is on one page of A4: few stretches have more room each for what is written by hand."""
_LEAST_ROW_MM, _MOST_ROW_MM = 13.0, 26.0
_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Table:
    """A table beside the map and overleaf."""

    title: str
    head: tuple[str, ...]
    rows: list[tuple[str, ...]]
    widths: tuple[float, ...]
    """How wide the columns are beside each other."""
    right: tuple[int, ...]
    """Columns of numbers, set to the right."""
    row_mm: float = ROW_MM
    overleaf: bool = False
    """Whether it is filled in by hand, and so stands on pages of its own."""

    @property
    def left(self) -> bool:
        """Whether anything is still to be written."""
        return bool(self.rows)

    def write(self, panel: Panel, *, beside: bool = False) -> Table:
        """Write as much as there is room for, `beside` the map or overleaf; the table of the rest."""
        if not self.rows or panel.left <= 20 or (beside and self.overleaf):
            return self
        panel.heading(self.title)
        done = draw_table(
            panel,
            self.head,
            self.rows,
            self.widths,
            right=self.right,
            row_mm=self.row_mm,
            ruled=self.overleaf,
        )
        return replace(self, rows=self.rows[done:])


def grid_table(grids: gpd.GeoDataFrame, lang: str, leaders: Mapping[str, str] | None = None) -> Table:
    """Grids by code: name, kind, households, people; with `leaders` (code → name) who leads each.

    Columns `households_told` and `people_told` (texts) stand for the counts where a public map withholds small ones.
    """
    estimated = column(grids, "households_estimated").astype("boolean").fillna(False)
    rows: list[tuple[str, ...]] = []
    for row in grids.sort_values("code", kind="stable").itertuples():
        about = "≈" if bool(estimated.loc[row.Index]) else ""
        kind = str(getattr(row, "kind", "") or "")
        rows.append(
            (
                str(row.code),
                "" if pd.isna(row.name) else str(row.name),
                GRID_KINDS[kind].text(lang) if kind in GRID_KINDS else kind,
                _told(row, "households", about),
                _told(row, "people", ""),
                *((leaders.get(str(row.code), ""),) if leaders else ()),
            )
        )
    keys = ("code", "name", "kind", "households", "people", *(("leader",) if leaders else ()))
    widths = (2.6, 3.2, 1.3, 1.1, 1.0, 2.2) if leaders else (2.7, 3.4, 1.6, 1.3, 1.3)
    return Table(
        sheet_text("table", lang), tuple(sheet_text(key, lang) for key in keys), rows, widths, (3, 4)
    )


def _told(row: Any, key: str, about: str) -> str:
    """A count, or what a public map says in its place (column `..._told`)."""
    said = getattr(row, f"{key}_told", None)
    return str(said) if said is not None else _count(getattr(row, key, None), about)


def change_table(rows: Iterable[tuple[str, str, str]], lang: str) -> Table:
    """What became of each old grid: its name, that of the new one, the households that go there."""
    head = tuple(sheet_text(key, lang) for key in ("old", "new", "households"))
    return Table(sheet_text("codes", lang), head, list(rows), (3.2, 3.2, 2.2), (2,))


def walk_table(stretches: gpd.GeoDataFrame, lang: str) -> Table:
    """Stretches by number with what they run along and beside, and room for remark, signature and day; `stretches` have
    number, along, beside, length_m, and remark, walked_by and walked_on of those that were walked already."""
    head = tuple(
        sheet_text(key, lang)
        for key in ("stretch", "along", "beside", "length", "remark", "walker", "walked_day")
    )
    rows: list[tuple[str, ...]] = [
        (
            str(row.number),
            str(row.along),
            str(row.beside),
            f"{row.length_m:,.0f}",
            *("" if pd.isna(value) else str(value) for value in (row.remark, row.walked_by, row.walked_on)),
        )
        for row in stretches.itertuples()
    ]
    return Table(
        sheet_text("walk", lang),
        head,
        rows,
        (0.8, 2.4, 2.8, 1.4, 5, 2.2, 1.8),
        (3,),
        row_mm=min(max(_FORM_MM / max(len(rows), 1), _LEAST_ROW_MM), _MOST_ROW_MM),
        overleaf=True,
    )


def leader_table(rows: Iterable[tuple[str, str, str, str]], lang: str) -> Table:
    """Who leads on each level: level, where, name, telephone."""
    head = tuple(sheet_text(key, lang) for key in ("level", "name", "leader", "phone"))
    return Table(sheet_text("leaders", lang), head, list(rows), (1.5, 2.4, 2.0, 2.6), ())


def check_table(rows: Iterable[tuple[str, str]], lang: str) -> Table:
    """What was checked and what came of it."""
    head = (sheet_text("check", lang), sheet_text("result", lang))
    return Table(sheet_text("checks", lang), head, list(rows), (2.0, 3.0), ())


def micro_table(units: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame, lang: str) -> Table:
    """Micro-grids by code: name, what those inside a building hold (building, units, floors), households, people.

    `units` have code, name, building_ref, part, households and people.
    """
    called = dict(zip(buildings["ref"], buildings["name"], strict=True))
    rows: list[tuple[str, ...]] = []
    for row in units.sort_values("code", kind="stable").itertuples():
        inside = not pd.isna(row.part)
        place = called.get(row.building_ref) if inside else None
        rows.append(
            (
                str(row.code),
                str(row.name),
                f"{place or row.building_ref}{row.part}" if inside else "",
                _count(row.households, ""),
                _count(row.people, ""),
            )
        )
    head = tuple(sheet_text(key, lang) for key in ("code", "name", "place", "households", "people"))
    return Table(sheet_text("micro", lang), head, rows, (3.2, 2.6, 3.2, 1.3, 1.3), (3, 4))


def building_table(buildings: gpd.GeoDataFrame, lang: str) -> Table:
    """Buildings by name, numbers in their own order: units, levels, households, and minutes on foot to the next station
    where there is a column `minutes` (texts)."""
    walked = "minutes" in buildings
    estimated = column(buildings, "households_estimated").astype("boolean").fillna(False)
    rows: list[tuple[str, ...]] = []
    for row in buildings.itertuples():
        about = "≈" if bool(estimated.loc[row.Index]) else ""
        rows.append(
            (
                "" if pd.isna(row.name) else str(row.name),
                _count(getattr(row, "units", None), ""),
                _count(getattr(row, "levels", None), ""),
                _count(getattr(row, "households", None), about),
                *((str(row.minutes),) if walked else ()),
            )
        )
    rows.sort(
        key=lambda row: [
            (0, int(part), "") if part.isdigit() else (1, 0, part) for part in _DIGITS.split(row[0])
        ]
    )
    keys = ("building_name", "units", "levels", "households", *(("minutes",) if walked else ()))
    head = tuple(sheet_text(key, lang) for key in keys)
    widths = (3.4, 1.2, 1.2, 1.6, 1.6)[: len(keys)]
    return Table(sheet_text("buildings", lang), head, rows, widths, tuple(range(1, len(keys))))


def _count(value: object, about: str) -> str:
    number = pd.to_numeric(pd.Series([value]), errors="coerce").iloc[0]
    return "" if pd.isna(number) else f"{about}{int(number):,}"
