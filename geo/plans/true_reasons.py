"""Which reasons of grids still hold after an edit."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from geo.plans.edits import Draft


def with_true_reasons(before: Draft, after: Draft) -> Draft:
    """`after` without the reasons that were of the grids as they stood in `before`: a grid that has other cells, kind or
    lock has none, nor has one whose reason speaks of such a grid."""
    moved = before.labels != after.labels
    changed = {*before.labels[moved].tolist(), *after.labels[moved].tolist()}
    for label in {*before.grids, *after.grids}:
        old, new = before.grids.get(label), after.grids.get(label)
        if old is None or new is None or (old.kind, old.locked) != (new.kind, new.locked):
            changed.add(label)
    grids = dict(after.grids)
    for label, own in after.grids.items():
        kept = tuple(one for one in own.reasons if not changed.intersection((label, *one.grids)))
        if kept != own.reasons:
            grids[label] = replace(own, reasons=kept)
    return Draft(after.labels, MappingProxyType(grids))
