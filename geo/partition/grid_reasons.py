"""What stands in the way of each grid that a plan leaves out of bounds, with the smallest changes that would help.

Told of the plan as it is drawn, in the planner's names; one reason a grid, the one that explains most.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.errors import Words
from geo.partition.carve import Carved
from geo.partition.exact.regions import Knot
from geo.partition.explain import cell_name, knot_parts
from geo.partition.problem.bounds import part_bounds
from geo.partition.problem.problem import Problem
from geo.plans.reasons import Reason, Reasons, plainly

Ints = NDArray[np.int64]
_MOST_NAMED = 3


def grid_reasons(
    whole: Problem,
    carved: Carved,
    labels: Ints,
    *,
    kinds: Mapping[int, str],
    knots: Sequence[Knot] = (),
) -> dict[int, Reasons]:
    """Reasons by label, for the drawn grids of the plan `labels` (n,) that miss the bounds of `whole`.

    `labels` are those of `Carved.join`, `kinds` the kind of each grid that stayed; the cells of `knots` have the numbers
    of `carved.rest`.
    """
    if carved.rest is None:
        return {}
    sight = _Sight.of(whole, carved, carved.rest, labels, kinds, tuple(knots))
    found: dict[int, Reasons] = {}
    for label, size in sight.sizes.items():
        if label in kinds:
            continue
        reasons: Reasons = ()
        if size < whole.lo:
            reasons = sight.too_small(label)
        elif size > whole.hi:
            reasons = sight.too_large(label)
        if not reasons and not whole.lo <= size <= whole.hi:
            reasons = (sight.tolerated(size),)
        reasons += sight.crowded(label)
        if reasons:
            found[label] = reasons
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Sight:
    whole: Problem
    carved: Carved
    rest: Problem
    labels: Ints
    own: Ints
    """(r,) the label of each cell of the rest."""
    part: Ints
    """(r,) its connected part of the rest."""
    sizes: dict[int, int]
    """Households by label, of all grids."""
    kinds: Mapping[int, str]
    knots: tuple[Knot, ...]

    @classmethod
    def of(
        cls,
        whole: Problem,
        carved: Carved,
        rest: Problem,
        labels: Ints,
        kinds: Mapping[int, str],
        knots: tuple[Knot, ...],
    ) -> _Sight:
        """The plan `labels` (n,) of `whole`, of which `rest` was drawn."""
        sums = np.bincount(labels, whole.households)
        sizes = {int(label): int(sums[label]) for label in np.unique(labels)}
        part = rest.components()[1].astype(np.int64)
        return cls(whole, carved, rest, labels, labels[carved.cells], part, sizes, kinds, knots)

    # ------------------------------------------------------------ too small

    def too_small(self, label: int) -> Reasons:
        """Why this grid is below the lower bound."""
        cells = np.flatnonzero(self.part == self.part[np.flatnonzero(self.own == label)[0]])
        total = int(self.rest.households[cells].sum())
        if total < self.whole.lo:
            return (self._alone(cells, total),)
        return self._by_region(label) or self._by_sum(cells) or self._by_neighbours(label)

    def _alone(self, cells: Ints, total: int) -> Reason:
        """A part of the community that is too small for a grid, and what keeps it apart."""
        unit, lo = self.whole.unit, self.whole.lo
        short_en, short_zh = (
            f"{total} {unit.en}, fewer than the {lo} a grid needs",
            f"{total} {unit.zh}，不足下限 {lo} {unit.zh}",
        )
        lower = self._lower_to(total)
        if len(cells) == self.whole.n:
            what = Words(f"the whole community has {short_en}", f"整个社区只有 {short_zh}")
            return Reason("small-community", what, lower, shift=lo - total)
        around = self._staying_around(cells)
        if not around:
            what = Words(
                f"no other ground of the community adjoins here without a barrier: {short_en}",
                f"与本社区其余部分不相邻，或以不得跨越的道路水系相隔：这一片共 {short_zh}",
            )
            return Reason("apart", what, lower, shift=lo - total)
        shown = sorted(around, key=lambda other: (-around[other], other))[:_MOST_NAMED]
        kind = _kind_words({self.kinds[other] for other in around})
        places = [f"{{{place}}}" for place in range(len(shown))]
        more_en, more_zh = (" and others", "等") if len(around) > len(shown) else ("", "")
        edge_en, edge_zh = (
            (" and the community's boundary", "与社区边界") if self._at_rim(cells) else ("", "")
        )
        what = Words(
            f"enclosed by {', '.join(places)}{more_en} ({kind.en}){edge_en}: {short_en}",
            f"四周被{'、'.join(places)}{more_zh}（{kind.zh}）{edge_zh}包围：这一片共 {short_zh}",
        )
        helps = (*self._opened(cells, total, shown), *lower)
        return Reason("enclosed", what, helps, tuple(shown), shift=lo - total)

    def _staying_around(self, cells: Ints) -> dict[int, float]:
        """Metres along which grids that stay adjoin `cells` of the rest, by label."""
        inside = np.zeros(self.whole.n, dtype=bool)
        inside[self.carved.cells[cells]] = True
        a, b, metres, _ = self.whole.pairs()
        around: dict[int, float] = {}
        for here, there in ((a, b), (b, a)):
            edge = inside[here] & ~inside[there]
            for label, length in zip(self.labels[there[edge]].tolist(), metres[edge].tolist(), strict=True):
                if label in self.kinds:
                    around[label] = around.get(label, 0.0) + length
        return around

    def _at_rim(self, cells: Ints) -> bool:
        beyond = self.whole.beyond
        return beyond is not None and bool(np.isin(beyond.cell, self.carved.cells[cells]).any())

    def _opened(self, cells: Ints, total: int, around: Sequence[int]) -> tuple[Words, ...]:
        """Giving up the one grid that would join this part to enough others."""
        for place, label in enumerate(around):
            reach = self._parts_beside(label) - {int(self.part[cells[0]])}
            joined = total + self.sizes[label]
            joined += int(self.rest.households[np.isin(self.part, list(reach))].sum())
            if joined < self.whole.lo:
                continue
            if self.kinds[label] == "exclusive":
                return (Words(f"dissolving {{{place}}}", f"撤销{{{place}}}、归入相邻网格"),)
            return (Words(f"unlocking {{{place}}}", f"解锁{{{place}}}"),)
        return ()

    def _parts_beside(self, label: int) -> set[int]:
        """The parts of the rest that a grid that stays adjoins."""
        of_cell = np.full(self.whole.n, -1, np.int64)
        of_cell[self.carved.cells] = self.part
        a, b, _, _ = self.whole.pairs()
        found: set[int] = set()
        for here, there in ((a, b), (b, a)):
            found |= set(of_cell[there[self.labels[here] == label]].tolist())
        return found - {-1}

    def _by_neighbours(self, label: int) -> Reasons:
        """Nothing hinders it for certain: how much the grids beside it have."""
        size, unit = self.sizes[label], self.whole.unit
        if size >= self.whole.least:
            return ()
        missing = self.whole.lo - size
        beside = self._drawn_beside(label)
        if not beside:
            return self._search(label)
        least = beside[0]
        joined = size + self.sizes[least]
        helps = (*self._lower_to(size), *self._upper_to(joined))
        shown = beside[:_MOST_NAMED]
        sizes = [(f"{{{place}}}", self.sizes[other]) for place, other in enumerate(shown)]
        if any(self.sizes[other] - missing >= self.whole.lo for other in beside) or joined <= self.whole.hi:
            return self._search(label, helps)
        en = ", ".join(f"{place} ({count})" for place, count in sizes)
        zh = "、".join(f"{place}（{count} {unit.zh}）" for place, count in sizes)
        what = Words(
            f"the grids beside it, {en}, cannot spare the {missing} {unit.en} it lacks, and are too large to join",
            f"相邻的{zh}让出所缺的 {missing} {unit.zh}后自身不足下限，与之合并又超过上限",
        )
        return (Reason("neighbours", what, helps, tuple(shown), shift=missing),)

    def _drawn_beside(self, label: int) -> list[int]:
        """Drawn grids that adjoin this one, the smallest first."""
        a, b, _, _ = self.rest.pairs()
        found = set(self.own[b[self.own[a] == label]].tolist()) | set(
            self.own[a[self.own[b] == label]].tolist()
        )
        return sorted(found - {label}, key=lambda other: (self.sizes[other], other))

    # ------------------------------------------------------------ too large

    def too_large(self, label: int) -> Reasons:
        """Why this grid is above the upper bound."""
        chosen = np.flatnonzero(self.own == label)
        cells = np.flatnonzero(self.part == self.part[chosen[0]])
        return (
            self._by_building(chosen) or self._by_region(label) or self._by_sum(cells) or self._halved(label)
        )

    def _by_building(self, chosen: Ints) -> Reasons:
        large = chosen[self.rest.households[chosen] > self.whole.hi]
        if not len(large):
            return ()
        cell = int(large[np.argmax(self.rest.households[large])])
        name, count = cell_name(self.rest, cell), int(self.rest.households[cell])
        unit, hi = self.whole.unit, self.whole.hi
        what = plainly(
            Words(
                f"{name.en} alone has {count} {unit.en}, more than the {hi} a grid may have",
                f"{name.zh}一处就有 {count} {unit.zh}，超过上限 {hi} {unit.zh}",
            )
        )
        way = Words("dividing it by its entrances", "按单元拆分该楼栋")
        return (Reason("large-building", what, (way, *self._upper_to(count))),)

    def _halved(self, label: int) -> Reasons:
        size, unit = self.sizes[label], self.whole.unit
        if size <= self.whole.most:
            return ()
        helps = (*self._lower_to(size // 2), *self._upper_to(size))
        if size // 2 >= self.whole.lo:
            return self._search(label, helps)
        what = Words(
            f"two grids of it would have about {size // 2} {unit.en} each, below the lower bound",
            f"一分为二则每个约 {size // 2} {unit.zh}，又不足下限",
        )
        return (Reason("halves", what, helps, shift=self.whole.hi - size),)

    def tolerated(self, size: int) -> Reason:
        """Bounds might have been kept, but other goals come first within the tolerance."""
        unit, least, most = self.whole.unit, self.whole.least, self.whole.most
        off = max(self.whole.lo - size, size - self.whole.hi)
        what = Words(
            f"shape, rows and whole complexes come before {off} {unit.en} within the tolerance ({least}-{most})",
            f"容差（{least}–{most} {unit.zh}）之内，形状、整排楼栋与完整小区优先于所差的 {off} {unit.zh}",
        )
        return Reason("tolerated", what)

    def crowded(self, label: int) -> Reasons:
        """More people than a grid may have because of one building."""
        if self.rest.people is None or self.rest.max_people is None:
            return ()
        chosen = np.flatnonzero(self.own == label)
        cell = int(chosen[np.argmax(self.rest.people[chosen])])
        count, most = int(self.rest.people[cell]), self.rest.max_people
        if count <= most:
            return ()
        name = cell_name(self.rest, cell)
        what = plainly(
            Words(
                f"{name.en} alone has {count} people, more than the {most} a grid may have",
                f"{name.zh}一处就有 {count} 人，超过上限 {most} 人",
            )
        )
        way = Words("dividing it by its entrances", "按单元拆分该楼栋")
        return (Reason("large-building", what, (way,)),)

    # ------------------------------------------------------------ either

    def _by_region(self, label: int) -> Reasons:
        for knot in self.knots:
            if (self.own[knot.cells] == label).any():
                what, helps = knot_parts(self.rest, knot.cells, knot)
                return (Reason("region", plainly(what), helps, shift=self._shift(label)),)
        return ()

    def _by_sum(self, cells: Ints) -> Reasons:
        """No number of grids fits the sum of the part."""
        bounds = part_bounds(self.rest, cells)
        needed = bounds.fewest_by_sum
        if needed > len(cells) or needed <= bounds.most:
            return ()
        total, unit = int(self.rest.households[cells].sum()), self.whole.unit
        lo, hi = self.whole.least, self.whole.most
        all_en, all_zh = (
            ("the community has", "社区共") if len(cells) == self.whole.n else ("this part has", "这一片共")
        )
        helps = (
            *self._lower_to(total // needed),
            *(self._upper_to(-(-total // (needed - 1))) if needed > 1 else ()),
        )
        what = Words(
            f"{all_en} {total} {unit.en}: {needed - 1} grids of at most {hi} are too few for them, and {needed} grids "
            f"of at least {lo} too many",
            f"{all_zh} {total} {unit.zh}：{needed - 1} 个网格（每个至多 {hi} {unit.zh}）容不下，"
            f"{needed} 个网格（每个至少 {lo} {unit.zh}）又不够分",
        )
        to_go, to_come = total - (needed - 1) * hi, needed * lo - total
        return (Reason("sum", what, helps, shift=to_come if to_come <= to_go else -to_go),)

    def _search(self, label: int, helps: tuple[Words, ...] = ()) -> Reasons:
        size = self.sizes[label]
        if self.whole.least <= size <= self.whole.most:
            return ()
        what = Words(
            "the search found no way to divide the ground here within the bounds",
            "搜索未找到使这一带各网格都符合上下限的划法",
        )
        return (Reason("neighbours", what, helps, shift=self._shift(label)),)

    def _shift(self, label: int) -> int:
        """What the grid lacks, below 0 what it has too many."""
        size = self.sizes[label]
        return max(self.whole.lo - size, 0) or min(self.whole.hi - size, 0)

    def _lower_to(self, number: int) -> tuple[Words, ...]:
        """A lower bound that helps, while it still is one."""
        if not self.whole.lo / 2 <= number < self.whole.lo:
            return ()
        unit = self.whole.unit
        return (Words(f"a lower bound of {number} {unit.en}", f"下限降至 {number} {unit.zh}"),)

    def _upper_to(self, number: int) -> tuple[Words, ...]:
        if not self.whole.hi < number <= 2 * self.whole.hi:
            return ()
        unit = self.whole.unit
        return (Words(f"an upper bound of {number} {unit.en}", f"上限升至 {number} {unit.zh}"),)


def _kind_words(kinds: set[str]) -> Words:
    if kinds == {"exclusive"}:
        return Words("exclusive", "专属网格")
    if "exclusive" not in kinds:
        return Words("locked", "锁定网格")
    return Words("exclusive or locked", "专属或锁定网格")
