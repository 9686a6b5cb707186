"""The tables of printed sheets: what stands in them, and how much of it finds room."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

import geopandas as gpd
import pandas as pd

from maps.look.words import GRID_KINDS
from maps.pages.encode import column
from maps.sheets.panel import ROW_MM, Panel, draw_table
from maps.sheets.words import sheet_text

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


def grid_table(grids: gpd.GeoDataFrame, lang: str) -> Table:
    """Grids by code: name, kind, households, people."""
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
                _count(getattr(row, "households", None), about),
                _count(getattr(row, "people", None), ""),
            )
        )
    head = tuple(sheet_text(key, lang) for key in ("code", "name", "kind", "households", "people"))
    return Table(sheet_text("table", lang), head, rows, (2.6, 3.2, 1.8, 1.5, 1.4), (3, 4))


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
        row_mm=13.0,
        overleaf=True,
    )


def building_table(buildings: gpd.GeoDataFrame, lang: str) -> Table:
    """Buildings by name, numbers in their own order: units, levels, households."""
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
            )
        )
    rows.sort(
        key=lambda row: [
            (0, int(part), "") if part.isdigit() else (1, 0, part) for part in _DIGITS.split(row[0])
        ]
    )
    head = tuple(sheet_text(key, lang) for key in ("building_name", "units", "levels", "households"))
    return Table(sheet_text("buildings", lang), head, rows, (3.4, 1.2, 1.2, 1.6), (1, 2, 3))


def _count(value: object, about: str) -> str:
    number = pd.to_numeric(pd.Series([value]), errors="coerce").iloc[0]
    return "" if pd.isna(number) else f"{about}{int(number):,}"
