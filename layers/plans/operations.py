"""What can be done to a draft: one set of operations for Python, the command line, HTTP and the page.

Cells may be named by number, by building or by complex. An operation is pure: ground and draft in, draft out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.errors import InputError, NotFoundError
from geo.plans import edits
from geo.plans.dissolving import dissolve, given_up
from geo.plans.edits import Draft, Numbering
from geo.plans.rules import Rules
from geo.plans.true_reasons import with_true_reasons
from layers.plans.arranging import Arrange, Mend
from layers.plans.cutting import Cut, Outcome

Ints = NDArray[np.int64]
REDRAW_S = 10.0
"""Most seconds a search may take when grids are drawn again."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What an operation may look at."""

    cells: gpd.GeoDataFrame
    edges: pd.DataFrame
    rules: Rules
    numbering: Numbering
    buildings: Callable[[], gpd.GeoDataFrame]
    """The buildings of the community (ref, complex_ref, what households are estimated from, geometry), read when asked."""


@dataclass(frozen=True, slots=True)
class Cells:
    """A choice of cells: all that are named in any way."""

    cells: tuple[int, ...] = ()
    buildings: tuple[str, ...] = ()
    complexes: tuple[str, ...] = ()

    def of(self, ground: Ground) -> Ints:
        """The cells' numbers, ascending. Raises `NotFoundError` for one that the plan does not have."""
        count = len(ground.cells)
        for cell in self.cells:
            if not 0 <= cell < count:
                raise NotFoundError(
                    f"there is no cell {cell}; this plan has cells 0 to {count - 1}",
                    f"没有基元 {cell}；该方案的基元编号为 0–{count - 1}",
                )
        chosen = np.zeros(count, dtype=bool)
        chosen[list(self.cells)] = True
        for column, refs, what in (
            ("building_ref", self.buildings, ("building", "楼栋")),
            ("complex_ref", self.complexes, ("complex", "小区")),
        ):
            held = ground.cells[column].to_numpy(dtype=object)
            there = set(held)
            for ref in refs:
                if ref not in there:
                    raise NotFoundError(
                        f"there is no {what[0]} {ref} in the cells of this plan",
                        f"该方案的基元中没有{what[1]} {ref}",
                    )
            if refs:
                chosen |= np.isin(held, refs)
        return np.flatnonzero(chosen)


@dataclass(frozen=True, slots=True)
class Assign(Cells):
    """Cells to a grid there is."""

    operation: ClassVar[str] = "assign"
    to: str = ""

    def apply(self, draft: Draft, ground: Ground) -> Draft:
        """The draft after it. Raises as `geo.plans.edits.assign` does."""
        return edits.assign(draft, self.of(ground), self.to)


@dataclass(frozen=True, slots=True)
class Create(Cells):
    """A new grid of cells."""

    operation: ClassVar[str] = "create"
    name: str | None = None
    kind: str | None = None

    def apply(self, draft: Draft, ground: Ground) -> Draft:
        """The draft after it. Raises as `geo.plans.edits.create` and `set_kind` do."""
        made = edits.create(draft, self.of(ground), ground.numbering, name=self.name)
        if self.kind is None:
            return made
        (fresh,) = made.grids.keys() - draft.grids.keys()
        return edits.set_kind(made, made.grids[fresh].code, self.kind)


@dataclass(frozen=True, slots=True)
class Merge:
    """Several grids become one."""

    operation: ClassVar[str] = "merge"
    grids: tuple[str, ...] = ()
    into: str | None = None

    def apply(self, draft: Draft, ground: Ground) -> Draft:  # noqa: ARG002
        """The draft after it. Raises as `geo.plans.edits.merge` does."""
        return edits.merge(draft, self.grids, into=self.into)


@dataclass(frozen=True, slots=True)
class Dissolve:
    """A grid is given up; its cells go to the grids beside it."""

    operation: ClassVar[str] = "dissolve"
    grid: str = ""

    def apply(self, draft: Draft, ground: Ground) -> Draft:
        """The draft after it. Raises as `geo.plans.dissolving.dissolve` does."""
        return dissolve(draft, self.grid, ground.cells, ground.edges, ground.rules)


@dataclass(frozen=True, slots=True)
class Split:
    """A grid falls into parts of about equal size; the largest keeps its code."""

    operation: ClassVar[str] = "split"
    grid: str = ""
    parts: int = 2

    def apply(self, draft: Draft, ground: Ground) -> Draft:
        """The draft after it. Raises as `geo.partition.redraw.balanced_parts` does."""
        from geo.partition.redraw import balanced_parts, heirs  # the solver takes a second to load

        label = draft.label_of(self.grid)
        chosen = draft.cells_of([label])
        parts = balanced_parts(
            ground.cells, ground.edges, ground.rules, chosen, parts=self.parts, buildings=ground.buildings()
        )
        codes = np.full(len(chosen), draft.grids[label].code, dtype=object)
        owners = heirs(ground.cells.iloc[chosen], codes, parts, ground.rules, any_heir=True)
        return edits.divide(draft, chosen, parts, owners, ground.numbering)


@dataclass(frozen=True, slots=True)
class Redraw:
    """Grids drawn again by the engine within the rules; without any, all that are neither locked nor exclusive.

    An exclusive grid that is named is given up: its ground is divided with the others'."""

    operation: ClassVar[str] = "redraw"
    grids: tuple[str, ...] = ()
    number: int | None = None
    seed: int = 1

    def apply(self, draft: Draft, ground: Ground) -> Draft:
        """The draft after it. Raises `InputError` when every grid is locked or exclusive."""
        from geo.partition.redraw import drawn_again, heirs

        asked = [draft.label_of(code) for code in self.grids]
        labels = asked or [
            label for label, own in draft.grids.items() if not own.locked and own.kind != "exclusive"
        ]
        if not labels:
            raise InputError(
                "every grid is locked or exclusive; unlock those to draw again",
                "所有网格均已锁定或为专属网格；请先解锁要重新划分的网格",
            )
        chosen = draft.cells_of(labels)
        parts = drawn_again(
            ground.cells,
            ground.edges,
            ground.rules,
            chosen,
            buildings=ground.buildings(),
            grids=self.number,
            seed=self.seed,
            time_limit_s=REDRAW_S,
        )
        codes = np.array([draft.grids[int(label)].code for label in draft.labels[chosen]], dtype=object)
        owners = heirs(ground.cells.iloc[chosen], codes, parts, ground.rules)
        return edits.divide(given_up(draft, asked, ground.numbering), chosen, parts, owners, ground.numbering)


@dataclass(frozen=True, slots=True)
class Distribute:
    """Many buildings to many grids at once, as a table tells: building to code, cell (by its number, as text) to code."""

    operation: ClassVar[str] = "distribute"
    buildings: Mapping[str, str] = ()  # type: ignore[assignment]
    cells: Mapping[str, str] = ()  # type: ignore[assignment]

    def apply(self, draft: Draft, ground: Ground) -> Draft:
        """The draft after it. Raises as `geo.plans.edits.assign` does."""
        by_code: dict[str, tuple[list[str], list[int]]] = {}
        for ref, code in dict(self.buildings).items():
            by_code.setdefault(code, ([], []))[0].append(ref)
        for cell, code in dict(self.cells).items():
            by_code.setdefault(code, ([], []))[1].append(int(cell))
        for code, (refs, cells) in by_code.items():
            draft = edits.assign(draft, Cells(cells=tuple(cells), buildings=tuple(refs)).of(ground), code)
        return draft


@dataclass(frozen=True, slots=True)
class Rename:
    """Another name for a grid."""

    operation: ClassVar[str] = "rename"
    grid: str = ""
    name: str = ""

    def apply(self, draft: Draft, ground: Ground) -> Draft:  # noqa: ARG002
        """The draft after it. Raises as `geo.plans.edits.rename` does."""
        return edits.rename(draft, self.grid, self.name)


@dataclass(frozen=True, slots=True)
class Kind:
    """Another kind for a grid."""

    operation: ClassVar[str] = "kind"
    grid: str = ""
    kind: str = "base"

    def apply(self, draft: Draft, ground: Ground) -> Draft:  # noqa: ARG002
        """The draft after it. Raises as `geo.plans.edits.set_kind` does."""
        return edits.set_kind(draft, self.grid, self.kind)


@dataclass(frozen=True, slots=True)
class Lock:
    """Grids that stay as they are, or may be changed again."""

    operation: ClassVar[str] = "lock"
    grids: tuple[str, ...] = ()
    locked: bool = True

    def apply(self, draft: Draft, ground: Ground) -> Draft:  # noqa: ARG002
        """The draft after it. Raises `NotFoundError` for a code the plan does not have."""
        if not self.grids:
            raise InputError("name the grids to lock or unlock", "请指定要锁定或解锁的网格")
        return edits.lock(draft, self.grids, locked=self.locked)


Operation = (
    Assign
    | Create
    | Merge
    | Dissolve
    | Split
    | Cut
    | Redraw
    | Distribute
    | Rename
    | Kind
    | Lock
    | Arrange
    | Mend
)
OPERATIONS: dict[str, type[Operation]] = {
    kind.operation: kind
    for kind in (
        Assign,
        Create,
        Merge,
        Dissolve,
        Split,
        Cut,
        Redraw,
        Distribute,
        Rename,
        Kind,
        Lock,
        Arrange,
        Mend,
    )
}


def outcome(operation: Operation, draft: Draft, ground: Ground) -> Outcome:
    """What an operation leads to, with the reasons of grids that still hold. Raises as its `apply` does."""
    done = operation.apply(draft, ground)
    return done if isinstance(done, Outcome) else Outcome(with_true_reasons(draft, done))


def said(operation: Operation) -> dict[str, Any]:
    """What was asked, in plain values without what was left out."""
    return {name: value for name, value in asdict(operation).items() if value not in ((), None, {})}


def operation_from(values: Mapping[str, Any]) -> Operation:
    """The way back: `{"operation": "merge", "grids": [...]}`. Raises `InputError` naming what is wrong.

    >>> operation_from({"operation": "rename", "grid": "999901001001001", "name": "东片"})
    Rename(grid='999901001001001', name='东片')
    """
    given = dict(values)
    kind = OPERATIONS.get(str(given.pop("operation", "")))
    if kind is None:
        raise InputError(
            f"operation {values.get('operation')!r} is not one of {', '.join(OPERATIONS)}",
            f"操作“{values.get('operation')}”不在可用之列：{'、'.join(OPERATIONS)}",
        )
    known = {field.name for field in fields(kind)}
    if unknown := sorted(given.keys() - known):
        raise InputError(
            f"{kind.operation} does not know {', '.join(unknown)}; it takes {', '.join(sorted(known))}",
            f"操作 {kind.operation} 不接受 {'、'.join(unknown)}；可用 {'、'.join(sorted(known))}",
        )
    return kind(**{name: _frozen(value) for name, value in given.items()})


def _frozen(value: Any) -> Any:
    return tuple(_frozen(one) for one in value) if isinstance(value, list | tuple) else value
