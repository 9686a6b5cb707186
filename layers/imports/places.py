"""What the words of an office's table mean: grids, communities, complexes, buildings and stations by code, ref or name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from geo.errors import Words
from layers.plans.plans import in_force
from layers.store import tables as t
from layers.store.unit import Reading

_UNIT = re.compile(r"(\d{15,})(D?\d{2})")
_BETWEEN = re.compile(r"[、,，;；|/\n]+")


@dataclass(frozen=True, slots=True)
class Found:
    """What a text means."""

    ref: str
    community_code: str
    name: str = ""


class UnclearError(Exception):
    """A text means nothing known, or several things."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.words = Words(en, zh)


class Places:
    """The places of a store on a day, by what offices call them."""

    def __init__(self, unit: Reading, day: date) -> None:
        self._day = day
        self._communities = _Names(
            (r.code, r.code, r.name) for r in unit.execute(_pick(t.communities, "code", "name"))
        )
        in_use = (
            sa.select(t.grids.c.code, t.grids.c.name, t.plans.c.community_code)
            .join(t.plans, t.plans.c.id == t.grids.c.plan_id)
            .where(in_force(day))
        )
        self._grids = _Names((r.code, r.community_code, r.name) for r in unit.execute(in_use))
        self._register = {
            r.code: r.valid_to for r in unit.execute(sa.select(t.register.c.code, t.register.c.valid_to))
        }
        self._complexes = _Names(
            (r.ref, r.community_code or "", r.name)
            for r in unit.execute(_pick(t.complexes, "ref", "community_code", "name"))
        )
        self._stations = _Names(
            (r.ref, r.community_code or "", r.name)
            for r in unit.execute(_pick(t.stations, "ref", "community_code", "name"))
        )
        homes = sa.select(
            t.buildings.c.ref,
            t.buildings.c.community_code,
            t.buildings.c.name,
            t.complexes.c.name.label("complex"),
        ).outerjoin(t.complexes, t.complexes.c.ref == t.buildings.c.complex_ref)
        self._buildings = _Names(
            (r.ref, r.community_code or "", f"{r.complex or ''}{r.name or ''}") for r in unit.execute(homes)
        )

    def community(self, text: str, _community: str | None = None) -> Found:
        """By code or name. Raises `UnclearError`, as all of these do."""
        return self._communities.one(text, None, ("community", "社区"))

    def grid(self, text: str, community: str | None) -> Found:
        """By code, a level's unit by its code, or by name within the community."""
        unit = _UNIT.fullmatch(text)
        if unit is not None and text not in self._grids.by_ref and unit[1] in self._grids.by_ref:
            return Found(text, self._grids.by_ref[unit[1]].community_code)
        ended = self._register.get(text)
        if text not in self._grids.by_ref and text in self._register:
            if ended is not None and ended <= self._day:
                raise UnclearError(
                    f"the grid with this code ended on {ended}; name the one that took its place",
                    f"该网格已于 {ended} 停用；请改填接替它的网格",
                )
            raise UnclearError(
                f"the grid with this code is not in force on {self._day}", f"该网格在 {self._day} 尚未生效"
            )
        return self._grids.one(text, community, ("grid in force", "现行网格"))

    def complex(self, text: str, community: str | None) -> Found:
        """By ref or name."""
        return self._complexes.one(text, community, ("complex", "小区"))

    def building(self, text: str, community: str | None) -> Found:
        """By ref, or complex and building as one speaks of them (芙蓉小区3号楼)."""
        return self._buildings.one(text, community, ("building", "楼栋"))

    def station(self, text: str, community: str | None) -> Found:
        """By ref or name."""
        return self._stations.one(text, community, ("station", "站点"))

    def grids_by_code(self) -> dict[str, Found]:
        """The grids in force."""
        return self._grids.by_ref

    def building_name(self, ref: str) -> str:
        """What a building is called, its ref where that says nothing."""
        found = self._buildings.by_ref.get(ref)
        return ref if found is None or not self._buildings.plain(found) else found.name

    def communities_by_code(self) -> dict[str, Found]:
        """The communities."""
        return self._communities.by_ref

    def complexes_by_ref(self) -> dict[str, Found]:
        """The complexes."""
        return self._complexes.by_ref

    def station_name(self, ref: str) -> str:
        """What a station is called, its ref where several are called so."""
        found = self._stations.by_ref.get(ref)
        return ref if found is None or not self._stations.plain(found) else found.name


class _Names:
    """Things of one kind by ref and by name."""

    def __init__(self, rows: Iterable[tuple[str, str, str | None]]) -> None:
        self.by_ref = {ref: Found(ref, code, name or "") for ref, code, name in rows}
        self._by_name: dict[str, list[Found]] = {}
        for found in self.by_ref.values():
            self._by_name.setdefault(_form(found.name), []).append(found)

    def plain(self, found: Found) -> bool:
        """Whether the name alone means this thing."""
        return bool(found.name) and len(self._by_name[_form(found.name)]) == 1

    def one(self, text: str, community: str | None, called: tuple[str, str]) -> Found:
        """The one thing of this ref or name; `called` is what such things are. Raises `UnclearError`."""
        known = self.by_ref.get(text)
        if known is not None:
            return known
        named = self._by_name.get(_form(text), [])
        here = [one for one in named if community is None or one.community_code == community]
        if len(here) == 1:
            return here[0]
        if here:
            raise UnclearError(
                f"{len(here)} of these are called so; give the code, or the community beside it",
                f"有 {len(here)} 个{called[1]}同名；请填写编码，或同时填写所属社区",
            )
        raise UnclearError(
            f"there is no {called[0]} with this code or name" + (" in the community" if community else ""),
            f"没有此编码或名称的{called[1]}" + ("（限该社区）" if community else ""),
        )


def several(text: str) -> list[str]:
    """The parts of a cell that lists several.

    >>> several("张三、李四；王五")
    ['张三', '李四', '王五']
    """
    return list(dict.fromkeys(part.strip() for part in _BETWEEN.split(text) if part.strip()))


def _form(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).lower().split())


def _pick(table: sa.Table, *names: str) -> sa.Select[*tuple[object, ...]]:
    return sa.select(*(table.c[name] for name in names))
