"""What a planner does to a draft, as changes that can be taken back exactly.

A draft is the label of every cell and, for each label, what its grid is by itself (`Own`): code, name, kind, lock and
colour. Polygons and sizes follow from both. Every operation gives a new draft; the difference of two drafts is a
`geo.plans.changes.Change`, and its inverse leads back, whatever was done in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.errors import ConflictError, InputError, NotFoundError, Words
from geo.plans.codes import CodeTemplate, fresh_name
from geo.plans.reasons import Reasons

Ints = NDArray[np.int64]

KINDS = {
    "base": Words("base grid", "基础网格"),
    "exclusive": Words("exclusive grid", "专属网格"),
    "micro": Words("micro-grid", "微网格"),
}
"""What a planner may make of a grid."""
LONGEST_NAME = 60
"""Most characters of a grid's name."""


@dataclass(frozen=True, slots=True)
class Own:
    """What a grid is by itself, apart from the cells it has."""

    code: str
    name: str
    kind: str
    colour: int
    locked: bool = False
    """Whether cells may neither leave nor join."""
    chosen: bool = False
    """Whether somebody chose its name or kind, so that nothing else may change them."""
    reasons: Reasons = ()
    """What stood in its way when it was drawn; true until it is changed (`geo.plans.true_reasons`)."""


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """The state of a plan that can be edited."""

    labels: Ints
    """(n,) the label of each cell, 0 or more: every cell is in a grid."""
    grids: Mapping[int, Own]
    """By label; exactly those that have a cell."""

    def label_of(self, grid: str) -> int:
        """The label of the grid with this code, or with this name where only one bears it. Raises `NotFoundError`."""
        for label, own in self.grids.items():
            if own.code == grid:
                return label
        named = [label for label, own in self.grids.items() if own.name == grid]
        if len(named) == 1:
            return named[0]
        if named:
            codes = ", ".join(self.grids[label].code for label in named)
            raise NotFoundError(
                f"{len(named)} grids are called {grid}: {codes}; give the code",
                f"有 {len(named)} 个网格名为{grid}：{codes}；请给出编码",
            )
        raise NotFoundError(
            f"this plan has no grid {grid}; it has {_listed(self.grids)}",
            f"该方案没有网格 {grid}；现有 {_listed(self.grids)}",
        )

    def cells_of(self, labels: Iterable[int]) -> Ints:
        """The cells of these labels, ascending."""
        return np.flatnonzero(np.isin(self.labels, list(labels)))


def _listed(grids: Mapping[int, Own], most: int = 5) -> str:
    codes = sorted(own.code for own in grids.values())
    return ", ".join(codes[:most]) + (" …" if len(codes) > most else "")


# ---------------------------------------------------------------- codes and names given once


@dataclass(frozen=True, slots=True)
class Numbering:
    """Where the codes of new grids come from."""

    community_code: str
    template: str
    kind: str
    """The kind of a grid nobody chose one for."""
    taken: frozenset[str]
    """Codes that name or named something: published ever, or given on the way to this draft."""

    def next_own(self, grids: Mapping[int, Own]) -> Own:
        """The next grid: the number after the highest ever used, or the lowest free one when the template is
        exhausted. Raises `ConflictError` when no number is left."""
        template = CodeTemplate.parse(self.template)
        codes = {*self.taken, *(own.code for own in grids.values())}
        used = {template.sequence_of(code, self.community_code) for code in codes}
        last = max((number for number in used if number is not None), default=0)
        numbers = [*range(last + 1, template.most + 1), *range(1, last)]
        number = next((number for number in numbers if number not in used), None)
        if number is None:
            raise ConflictError(
                f"all {template.most} numbers of template {self.template!r} are used in community {self.community_code}",
                f"社区 {self.community_code} 的编码模板 {self.template!r} 的 {template.most} 个序号已全部用过",
            )
        name = fresh_name(number, {own.name for own in grids.values()}, self.community_code)
        return Own(template.code(self.community_code, number), name, self.kind, -1)


# ---------------------------------------------------------------- operations


def assign(draft: Draft, cells: ArrayLike, code: str) -> Draft:
    """Cells to a grid there is. Grids left without a cell go. Raises `ConflictError` at a lock."""
    return _given(draft, _chosen(cells), draft.label_of(code))


def create(draft: Draft, cells: ArrayLike, numbering: Numbering, *, name: str | None = None) -> Draft:
    """A new grid of these cells. Raises `ConflictError` at a lock."""
    own, label = numbering.next_own(draft.grids), _free_label(draft.grids)
    wider = Draft(draft.labels, MappingProxyType({**draft.grids, label: own}))
    made = _given(wider, _chosen(cells), label)
    return made if name is None else rename(made, own.code, name)


def merge(draft: Draft, codes: Sequence[str], *, into: str | None = None) -> Draft:
    """Several grids as one, which keeps the code, name and kind of `into` (the first by default).

    Raises `InputError` for fewer than two, and as `Draft.label_of` does.
    """
    labels = [draft.label_of(code) for code in codes]
    if len(set(labels)) < 2:
        raise InputError("name two grids or more to merge", "合并至少需要两个网格")
    into = codes[0] if into is None else into
    if draft.label_of(into) not in labels:
        raise InputError(f"{into} is not one of the grids to merge", f"{into} 不在要合并的网格之中")
    return _given(draft, draft.cells_of(labels), draft.label_of(into))


def divide(
    draft: Draft, cells: ArrayLike, parts: ArrayLike, owners: Mapping[int, str], numbering: Numbering
) -> Draft:
    """`cells` (r,) fall into `parts` (r,); each part goes to the grid named in `owners`, the others to new ones.

    New grids are numbered in the order of their part.
    """
    cells, parts = np.asarray(cells, np.int64), np.asarray(parts, np.int64)
    labels, grids = draft.labels.copy(), dict(draft.grids)
    require_open(draft, cells)
    for part in np.unique(parts).tolist():
        if part in owners:
            label = draft.label_of(owners[part])
        else:
            label = _free_label(grids)
            grids[label] = numbering.next_own(grids)
        labels[cells[parts == part]] = label
    return _whole(labels, grids)


def rename(draft: Draft, code: str, name: str) -> Draft:
    """Another name for a grid. Raises `InputError` for one that is empty or too long, `ConflictError` for one that
    another grid of the plan has."""
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise InputError(
            f"a grid's name has 1 to {LONGEST_NAME} characters, not {len(name)}",
            f"网格名称应为 1–{LONGEST_NAME} 个字，现为 {len(name)} 个",
        )
    label = draft.label_of(code)
    for other, own in draft.grids.items():
        if other != label and own.name == name:
            raise ConflictError(
                f"grid {own.code} is called {name} already; choose another name",
                f"网格 {own.code} 已名为{name}；请另取名称",
            )
    return _with(draft, label, name=name, chosen=True)


def set_kind(draft: Draft, code: str, kind: str) -> Draft:
    """Another kind for a grid; the kinds are those of `KINDS`. Raises `InputError` for another."""
    if kind not in KINDS:
        raise InputError(
            f"there is no kind of grid {kind!r}; choose one of {', '.join(KINDS)}",
            f"没有网格类型“{kind}”；可选 {'、'.join(KINDS)}",
        )
    return _with(draft, draft.label_of(code), kind=kind, chosen=True)


def lock(draft: Draft, codes: Sequence[str], *, locked: bool = True) -> Draft:
    """Keep grids as they are, or let them be changed again."""
    for code in codes:
        draft = _with(draft, draft.label_of(code), locked=locked)
    return draft


def coloured(draft: Draft, colours: Mapping[int, int]) -> Draft:
    """`draft` with these colours by label."""
    grids = {label: replace(own, colour=int(colours[label])) for label, own in draft.grids.items()}
    return Draft(draft.labels, MappingProxyType(grids))


def _with(draft: Draft, label: int, **changed: Any) -> Draft:
    own = replace(draft.grids[label], **changed)
    return Draft(draft.labels, MappingProxyType({**draft.grids, label: own}))


def _given(draft: Draft, cells: Ints, label: int) -> Draft:
    """`draft` with `cells` in the grid `label`."""
    moving = cells[draft.labels[cells] != label]
    if len(moving):
        require_open(draft, moving, label)
    labels = draft.labels.copy()
    labels[moving] = label
    return _whole(labels, draft.grids)


def require_open(draft: Draft, cells: Ints, *labels: int) -> None:
    """Raise `ConflictError` where one of `cells`, or of the grids `labels`, is locked."""
    for label in sorted({*np.unique(draft.labels[cells]).tolist(), *labels}):
        own = draft.grids[label]
        if own.locked:
            raise ConflictError(
                f"grid {own.code} {own.name} is locked; unlock it first, or leave it out",
                f"网格 {own.code} {own.name}已锁定；请先解锁，或不要选它",
            )


def _whole(labels: Ints, grids: Mapping[int, Own]) -> Draft:
    """The draft with the grids that have a cell."""
    used = set(np.unique(labels).tolist())
    return Draft(labels, MappingProxyType({label: own for label, own in grids.items() if label in used}))


def _chosen(cells: ArrayLike) -> Ints:
    chosen = np.unique(np.asarray(cells, np.int64))
    if not len(chosen):
        raise InputError("no cell is chosen", "没有选中任何基元")
    return chosen


def _free_label(grids: Mapping[int, Own]) -> int:
    return max(grids, default=-1) + 1
