"""One thing a check found: how bad, under which rule, about which grid, how much, and in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.errors import Words
from geo.plans.severities import SEVERITIES, Severity


class Finding(NamedTuple):
    """A row of the table of checks."""

    severity: Severity
    rule: str
    label: int | None
    """The grid's label; None when the finding is about the plan."""
    code: str | None
    value: float
    """What was found, in the unit the rule names."""
    limit: float | None
    """What the rule allows; None where it is a matter of yes or no."""
    reason: Words


def as_table(findings: Iterable[Finding]) -> pd.DataFrame:
    """Findings as a DataFrame, worst first, then by rule, label and value; columns as in `Finding`."""
    rows = sorted(findings, key=_place)
    table = pd.DataFrame(rows, columns=list(Finding._fields))
    reasons = table["reason"].astype(object)
    types = {
        "severity": "str",
        "rule": "str",
        "label": "Int64",
        "code": "str",
        "value": "Float64",
        "limit": "Float64",
    }
    return table.astype(types).assign(reason=reasons)


def _place(finding: Finding) -> tuple[int, str, int, float, str]:
    label = -1 if finding.label is None else finding.label
    return SEVERITIES.index(finding.severity), finding.rule, label, finding.value, finding.reason.en


Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Checked:
    """A plan under check: which row of the grids frame each cell belongs to, and what grids are called."""

    row: Ints
    """Row of the grid of each cell, -1 for none; shape (n_cells,)."""
    grids: int
    label: list[int]
    code: list[str | None]
    name: list[str | None]
    kind: NDArray[np.object_]

    @classmethod
    def of(cls, grids: pd.DataFrame, labels: Ints) -> Checked:
        """Line up labels, shape (n_cells,), with the rows of `grids` (label, code, name, kind)."""
        row = pd.Index(grids["label"]).get_indexer(labels).astype(np.int64)
        code, name = (
            grids[each].astype(object).where(grids[each].notna(), None) for each in ("code", "name")
        )
        kind = grids["kind"].to_numpy(dtype=object)
        return cls(row, len(grids), [int(x) for x in grids["label"]], code.tolist(), name.tolist(), kind)

    def title(self, row: int) -> str:
        """What to call a grid in a sentence: name and code, or its label."""
        named = self.name[row] or ""
        code = f"({self.code[row]})" if self.code[row] else ""
        return f"{named}{code}" or f"#{self.label[row]}"

    def finding(
        self, severity: Severity, rule: str, row: int, value: float, limit: float | None, reason: Words
    ) -> Finding:
        """A finding about the grid of this row."""
        return Finding(severity, rule, self.label[row], self.code[row], value, limit, reason)

    def count(self) -> Ints:
        """Cells of each grid; shape (n_grids,)."""
        return np.bincount(self.row[self.row >= 0], minlength=self.grids)

    def total(self, values: pd.Series) -> NDArray[np.float64]:
        """Sum over the cells of each grid, missing values as nothing; shape (n_grids,)."""
        known = values.fillna(0).to_numpy(dtype=np.float64)
        inside = self.row >= 0
        return np.bincount(self.row[inside], weights=known[inside], minlength=self.grids).astype(np.float64)

    def ends(self, edges: pd.DataFrame) -> tuple[Ints, Ints, NDArray[np.bool_]]:
        """Cells a and b of each edge, and whether both lie in the same grid."""
        a, b = edges["a"].to_numpy(dtype=np.int64), edges["b"].to_numpy(dtype=np.int64)
        return a, b, (self.row[a] == self.row[b]) & (self.row[a] >= 0)


def listed(names: Iterable[str], most: int = 5) -> str:
    """The first few names in their order, each once, joined for a sentence.

    >>> listed(["b", "a", "b"]), listed("abcdefg")
    ('b、a', 'a、b、c、d、e …')
    """
    ordered = list(dict.fromkeys(names))
    return "、".join(ordered[:most]) + (" …" if len(ordered) > most else "")
