"""The kinds of sheets: wall charts of communities and streets, sheets of grids, dossiers of complexes, notices for the board,
booklets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from api.answers.dossiers import Walked, dossier_blocks
from api.answers.sheet_ground import common, file_name, only, plan_words, read_shown
from api.answers.sheet_posts import posts_held, who_leads
from api.answers.sheet_terms import Job, Leader, Terms
from geo.errors import Words
from geo.plans.levels import Level
from geo.privacy.small_counts import LEAST_INSIDE, LEAST_OUTSIDE
from layers.ground.regions import read_districts, read_streets
from layers.plans.level_units import read_level
from layers.rights.viewer import Viewer
from layers.store.database import Store
from maps.sheets.blocks import Block, Prose
from maps.sheets.booklet import Entry
from maps.sheets.ground import Shown
from maps.sheets.said import Said
from maps.sheets.tables import building_table, grid_table, leader_table, micro_table
from maps.sheets.words import sheet_text

_DOSSIER_SHARE = 0.42
_LEVELS = str.maketrans("123", "一二三")


@dataclass(frozen=True, slots=True)
class Print:
    """One run of sheets: from what, for whom, how."""

    store: Store
    viewer: Viewer
    terms: Terms
    kind: str
    dots_per_inch: int
    walked: Walked | None = None
    """Minutes on foot, for dossiers."""

    def read(self, codes: Sequence[str]) -> tuple[Shown, str | None]:
        """What is shown of communities."""
        return read_shown(self.store, self.viewer, codes, self.terms.as_of)

    def leaders(self, shown: Shown, code: str) -> tuple[Leader, ...]:
        """Who leads the grids of a community: by the office's list, else by the posts of the store."""
        if self.terms.leaders:
            return self.terms.leaders
        grids = shown.grids[shown.grids["community_code"] == code]["code"].astype(str).tolist()
        return posts_held(self.store, self.viewer, code, grids, self.terms.as_of)

    def micro(self, shown: Shown) -> gpd.GeoDataFrame:
        """The micro-grids of the grids shown, for who may see what single buildings hold."""
        plan_ids = shown.grids["plan_id"].astype(int).unique() if self.viewer.counts_buildings else ()
        with self.store.reading(self.viewer) as unit:
            return read_level(unit, level=Level.MICRO, plan_ids=plan_ids, grids=shown.grids)

    def job(
        self,
        key: str,
        title: str,
        home: str,
        shown: Shown,
        credit: str | None,
        *,
        blocks: tuple[Block, ...] | None = None,
        outline: str = "community",
        standing: bool | None = None,
        panel_share: float | None = None,
    ) -> Job:
        """One sheet of this run."""
        terms = self.terms
        said = Said(
            title,
            lang=terms.lang,
            made=terms.made,
            as_of=terms.as_of,
            plan=plan_words(shown.grids, terms.lang),
            producer=terms.producer,
            credit=credit,
            serial=f"{key}-{terms.made:%Y%m%d}",
            link=key,
            approval=terms.approval,
            exemption=terms.exemption,
            remark=self._remark(shown),
            outline=outline,
        )
        name = terms.names.format(code=key, title=title, community=home, day=f"{terms.as_of:%Y%m%d}")
        return Job(
            file_name(name),
            shown,
            said,
            terms.paper,
            terms.scale,
            self.kind,
            self.dots_per_inch,
            blocks,
            standing,
            panel_share,
            terms.force,
            terms.grey,
        )

    def _remark(self, shown: Shown) -> str | None:
        if not self.terms.public and "households_told" not in shown.grids:
            return None
        least = LEAST_OUTSIDE if self.terms.public else LEAST_INSIDE
        return sheet_text("withheld", self.terms.lang, least=least)


def community_sheet(run: Print, code: str) -> Iterator[Job]:
    """The wall chart of a community."""
    shown, credit = run.read([code])
    home, lang = str(shown.communities["name"].iloc[0]), run.terms.lang
    table = grid_table(shown.grids, lang, _led(run, shown))
    title = Words(f"Grids of {home}", f"{home}网格图").text(lang)
    yield run.job(code, title, home, shown, credit, blocks=(table,))


def area_sheet(run: Print, codes: Sequence[str]) -> Iterator[Job]:
    """All communities on one sheet."""
    if len(codes) == 1:
        yield from community_sheet(run, codes[0])
        return
    shown, credit = run.read(codes)
    title = Words(f"Grids of {len(codes)} communities", f"{len(codes)} 个社区网格图").text(run.terms.lang)
    yield run.job(common(codes), title, "", shown, credit, blocks=(_of_several(run, shown),))


def street_sheet(run: Print, codes: Sequence[str]) -> Iterator[Job]:
    """The communities `codes` of one street on one sheet."""
    street = codes[0][:9]
    shown, credit = run.read(codes)
    called = _region(run, street)
    title = Words(f"Grids of {called}", f"{called}网格图").text(run.terms.lang)
    yield run.job(street, title, called, shown, credit, blocks=(_of_several(run, shown),))


def _of_several(run: Print, shown: Shown) -> Block:
    """The table of grids of several communities, each after the name of its own."""
    homes = dict(zip(shown.communities["code"], shown.communities["name"], strict=True))
    names = [
        f"{homes.get(home, '')} {'' if pd.isna(name) else name}".strip()
        for home, name in zip(shown.grids["community_code"], shown.grids["name"], strict=True)
    ]
    return grid_table(shown.grids.assign(name=names), run.terms.lang, _led(run, shown))


def _led(run: Print, shown: Shown) -> dict[str, str] | None:
    """By code of the grid who leads it; None where nobody is known."""
    homes = dict(zip(shown.communities["code"], shown.communities["name"], strict=True))
    known = {code: run.leaders(shown, str(code)) for code in homes}
    led = {}
    for row in shown.grids.itertuples():
        code = str(row.community_code)
        own = who_leads(_of_grid(known.get(code, ()), row, code, str(homes.get(code))))
        led[str(row.code)] = "、".join(one.name for one in own)
    return led if any(led.values()) else None


def grid_sheets(run: Print, code: str) -> Iterator[Job]:
    """A sheet for each grid: its micro-grids, its buildings and who leads it."""
    shown, credit = run.read([code])
    micro = run.micro(shown)
    home, lang = str(shown.communities["name"].iloc[0]), run.terms.lang
    inside, leaders = _homes(shown), run.leaders(shown, code)
    for row in range(len(shown.grids)):
        one, others = shown.grids.iloc[[row]], shown.grids.drop(index=shown.grids.index[row])
        beside = pd.concat([others[["name", "geometry"]], shown.neighbours[["name", "geometry"]]])
        part = only(shown, grids=one, communities=shown.communities.iloc[:0], neighbours=beside)
        led = _rows(_of_grid(leaders, next(one.itertuples()), code, home), str(one["name"].iloc[0]))
        own = shown.buildings[inside == row]
        named = own.assign(name=_with_complex(own, shown))
        blocks: list[Block] = [grid_table(one, lang)]
        blocks += [leader_table(led, lang)] if led else []
        inner = micro[micro["grid_code"] == one["code"].iloc[0]]
        blocks += [micro_table(inner, shown.buildings, lang)] if len(inner) else []
        blocks.append(building_table(named, lang))
        name = str(one["name"].iloc[0])
        key = str(one["code"].iloc[0])
        yield run.job(key, f"{home}{name}", home, part, credit, blocks=tuple(blocks))


def dossier_sheets(run: Print, code: str) -> Iterator[Job]:
    """A dossier for each complex that has a name: map above, facts under it, checks last."""
    shown, credit = run.read([code])
    home, lang = str(shown.communities["name"].iloc[0]), run.terms.lang
    inside, leaders = _homes(shown), run.leaders(shown, code)
    for row in range(len(shown.complexes)):
        one = shown.complexes.iloc[[row]]
        name, ref = one["name"].iloc[0], str(one["ref"].iloc[0])
        if pd.isna(name):
            continue
        here = (shown.buildings["complex_ref"] == ref).to_numpy()
        own = shown.buildings[here]
        near = shown.grids[shown.grids.intersects(one.geometry.iloc[0])]
        grids = shown.grids.iloc[sorted({number for number in inside[here].tolist() if number >= 0})]
        part = only(
            shown,
            grids=near.iloc[:0],
            communities=one[["name", "geometry"]],
            neighbours=near[["name", "geometry"]],
            buildings=own,
        )
        known = run.terms.facts.get(str(name)) or run.terms.facts.get(ref) or ()
        led = [
            (f"{grid.name} {one_.level}".strip(), one_.name)
            for grid in grids.itertuples()
            for one_ in _of_grid(leaders, grid, code, home)
        ]
        blocks = dossier_blocks(own, grids, home, known, led, run.walked, lang)
        yield run.job(
            ref,
            f"{home}{name}",
            home,
            part,
            credit,
            blocks=blocks,
            outline="complex_outline",
            standing=True,
            panel_share=_DOSSIER_SHARE,
        )


def board_sheet(run: Print, code: str) -> Iterator[Job]:
    """A notice for the public board: who leads the community and its grids, what they promise, the map."""
    shown, credit = run.read([code])
    home, lang, terms = str(shown.communities["name"].iloc[0]), run.terms.lang, run.terms
    leaders = run.leaders(shown, code)
    rows = [
        (_level(one.level), home, one.name, one.phone)
        for one in leaders
        if not one.place and one.community in (code, home, code[:9])
    ]
    for row in shown.grids.itertuples():
        rows += [
            (_level(one.level), str(row.name), one.name, one.phone)
            for one in _of_grid(leaders, row, code, home)
        ]
    blocks: list[Block] = [leader_table(rows, lang)] if rows else [grid_table(shown.grids, lang)]
    if terms.pledge:
        blocks.append(Prose(sheet_text("pledge", lang), terms.pledge))
    title = Words(f"Grids of {home}: notice", f"{home}网格公示图").text(lang)
    yield run.job(
        code,
        title,
        home,
        only(shown, buildings=shown.buildings.assign(households=None)),
        credit,
        blocks=tuple(blocks),
    )


def booklet(run: Print, codes: Sequence[str]) -> Iterator[Job]:
    """The communities `codes` bound: cover, contents, overview, a sheet each, one index of grids, complexes and streets."""
    lang, called = run.terms.lang, _region(run, common(codes))
    (whole,) = area_sheet(run, codes)
    title = Words(f"{called}: all grids", f"{called}网格总图").text(lang)
    sheets = [replace(whole, said=replace(whole.said, title=title))] if len(codes) > 1 else []
    entries = []
    for number, code in enumerate(codes, start=len(sheets)):
        (sheet,) = community_sheet(run, code)
        home = str(sheet.shown.communities["name"].iloc[0])
        entries += [Entry(f"{home} {name}", number) for name in sheet.shown.grids["name"].fillna("")]
        sheets.append(sheet)
    title = Words(f"Grids of {called}", f"{called}网格图册").text(lang)
    yield replace(
        whole,
        name=file_name(f"{common(codes)} {title}"),
        said=replace(whole.said, title=title),
        parts=tuple(replace(sheet, standing=False) for sheet in sheets),
        entries=tuple(entries),
    )


def _region(run: Print, code: str) -> str:
    """The name of a community, street or district; its code where it has none."""
    with run.store.reading(run.viewer) as unit:
        frames = (read_streets(unit), read_districts(unit))
    for frame in frames:
        found = frame[frame["code"] == code]["name"].dropna()
        if len(found):
            return str(found.iloc[0])
    return code


def _homes(shown: Shown) -> np.ndarray:
    """(n,) the row of the grid each building lies in, by a point inside it; -1 for none."""
    rows = np.full(len(shown.buildings), -1, dtype=np.int64)
    if len(rows) and len(shown.grids):
        points = shapely.point_on_surface(np.asarray(shown.buildings.geometry.array, dtype=object))
        tree = shapely.STRtree(np.asarray(shown.grids.geometry.array, dtype=object))
        building, grid = tree.query(points, predicate="intersects")
        rows[building[::-1]] = grid[::-1]
    return rows


def _with_complex(buildings: pd.DataFrame, shown: Shown) -> list[str]:
    """What each building is called, after the name of its complex."""
    names = {
        ref: name
        for ref, name in zip(shown.complexes["ref"], shown.complexes["name"], strict=True)
        if pd.notna(name)
    }
    return [
        f"{names.get(home, '')}{'' if pd.isna(name) else name}"
        for home, name in zip(buildings["complex_ref"], buildings["name"], strict=True)
    ]


def _of_grid(leaders: Sequence[Leader], grid: object, code: str, home: str) -> list[Leader]:
    """Who leads a grid of the community `code` called `home`."""
    keys = {str(getattr(grid, "code")), str(getattr(grid, "name"))}  # noqa: B009
    return [one for one in leaders if one.place in keys and one.community in ("", code, home)]


def _rows(leaders: Sequence[Leader], place: str) -> list[tuple[str, str, str, str]]:
    return [(_level(one.level), place, one.name, one.phone) for one in leaders]


def _level(level: str) -> str:
    """1 → 一级; other words as they are."""
    return f"{level.translate(_LEVELS)}级" if level in ("1", "2", "3") else level
