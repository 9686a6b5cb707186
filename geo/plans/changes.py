"""The difference of two drafts, which can be kept, done and taken back exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.errors import ConflictError
from geo.plans.edits import Draft, Own
from geo.plans.reasons import plain_reasons, reasons_from

Ints = NDArray[np.int64]
NO_CELL = -1
"""In a change, the label of a cell that is not there."""


@dataclass(frozen=True, slots=True)
class Change:
    """The difference of two drafts. Where cells were cut, those that are new stand behind those of before."""

    cells: tuple[tuple[int, int, int], ...]
    """Cell, label before, label after; ascending. `NO_CELL` where there is no such cell."""
    grids: tuple[tuple[int, Own | None, Own | None], ...]
    """Label, its grid before and after; None where there is none. Ascending."""

    @classmethod
    def between(cls, before: Draft, after: Draft) -> Change:
        """What leads from `before` to `after`."""
        old, new = (
            _longer(draft.labels, max(len(before.labels), len(after.labels))) for draft in (before, after)
        )
        moved = np.flatnonzero(old != new)
        cells = zip(moved.tolist(), old[moved].tolist(), new[moved].tolist(), strict=True)
        labels = sorted({*before.grids, *after.grids})
        pairs = ((label, before.grids.get(label), after.grids.get(label)) for label in labels)
        return cls(tuple(cells), tuple(row for row in pairs if row[1] != row[2]))

    @property
    def inverse(self) -> Change:
        """What leads back."""
        return Change(
            tuple((cell, after, before) for cell, before, after in self.cells),
            tuple((label, after, before) for label, before, after in self.grids),
        )

    def __bool__(self) -> bool:
        return bool(self.cells or self.grids)

    def apply(self, draft: Draft) -> Draft:
        """`draft` changed. Raises `ConflictError` where it is not what the change was made from."""
        last = self.cells[-1][0] + 1 if self.cells else 0
        labels, grids = _longer(draft.labels, last), dict(draft.grids)
        for cell, before, after in self.cells:
            if labels[cell] != before:
                raise _other_draft()
            labels[cell] = after
        count = int(np.count_nonzero(labels != NO_CELL))
        if (labels[:count] == NO_CELL).any():
            raise _other_draft()
        for label, old, new in self.grids:
            if grids.get(label) != old:
                raise _other_draft()
            if new is None:
                del grids[label]
            else:
                grids[label] = new
        return Draft(labels[:count], MappingProxyType(grids))

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as kept with the plan.

        >>> own = Own("610402005003001", "第一网格", "base", 3)
        >>> change = Change(((4, 0, 1),), ((1, None, own),))
        >>> Change.from_dict(change.to_dict()) == change
        True
        """
        return {
            "cells": [list(row) for row in self.cells],
            "grids": [[label, _plain(old), _plain(new)] for label, old, new in self.grids],
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Change:
        """The way back from `to_dict`."""
        return cls(
            tuple((int(cell), int(before), int(after)) for cell, before, after in values["cells"]),
            tuple((int(label), _own(old), _own(new)) for label, old, new in values["grids"]),
        )


def _longer(labels: Ints, count: int) -> Ints:
    """A copy of `labels`, at least `count` long."""
    return np.append(labels, np.full(max(count - len(labels), 0), NO_CELL, np.int64))


def _plain(own: Own | None) -> list[Any] | None:
    if own is None:
        return None
    plain = [own.code, own.name, own.kind, own.colour, own.locked, own.chosen]
    return [*plain, plain_reasons(own.reasons)] if own.reasons else plain


def _own(values: Sequence[Any] | None) -> Own | None:
    if values is None:
        return None
    code, name, kind, colour, locked, chosen, *reasons = values
    return Own(code, name, kind, colour, locked, chosen, reasons_from(*reasons))


def _other_draft() -> ConflictError:
    return ConflictError(
        "the plan is not what this edit was made from; load it again",
        "方案与该次编辑所依据的不一致；请重新载入",
    )
