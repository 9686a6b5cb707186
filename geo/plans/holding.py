"""What holds a plan back: how much each check weighs where a tenant says so, and findings somebody allowed as exceptions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pandas as pd

from geo.errors import Words
from geo.plans.severities import FIRM, SEVERITIES


class Excepted(NamedTuple):
    """A finding that was allowed to stand."""

    rule: str
    code: str | None
    """The grid's code; None for a finding about the plan."""
    value: float | None
    limit: float | None
    words: Words
    """Why, and who approved."""

    def covers(self, value: float | None) -> bool:
        """Whether it still stands for a finding of this value: one that is no worse than what was allowed.

        >>> allowed = Excepted("many-households", "x", 520.0, 500.0, Words("", ""))
        >>> allowed.covers(510), allowed.covers(530), allowed._replace(value=90.0, limit=100.0).covers(80)
        (True, False, False)
        """
        if self.value is None or value is None:
            return True
        return value <= self.value if self.value >= (self.limit or 0.0) else value >= self.value


def weighed(findings: pd.DataFrame, checks: Mapping[str, str]) -> pd.DataFrame:
    """`findings` with the severities of `checks` (rule to severity), worst first. What lies within the tolerance of a bound
    stays a notice, and so does what nobody could mend.

    >>> table = pd.DataFrame({"severity": ["warning", "notice"], "rule": ["many-households"] * 2})
    >>> weighed(table, {"many-households": "error"})["severity"].tolist()
    ['error', 'notice']
    """
    if not checks or findings.empty:
        return findings
    mild = findings["rule"].isin(["few-households", "many-households", "complex-split", "barrier-crossed"])
    kept = mild & (findings["severity"] == "notice")
    own = findings["rule"].map(dict(checks)).where(~kept)
    severity = own.where(own.notna(), findings["severity"]).astype(findings["severity"].dtype)
    return worst_first(findings.assign(severity=severity))


def with_exceptions(findings: pd.DataFrame, exceptions: Iterable[Excepted]) -> pd.DataFrame:
    """`findings` (rule, code, value, severity, reason) in which what is excepted is a notice that says so, worst first."""
    known = {(one.rule, one.code): one for one in exceptions}
    if not known or findings.empty:
        return findings
    severities, reasons = [], []
    for row in findings.itertuples(index=False):
        one = known.get((row.rule, None if pd.isna(row.code) else row.code))
        stands = one is not None and row.rule not in FIRM and one.covers(_number(row.value))
        severities.append("notice" if stands else row.severity)
        reasons.append(
            Words(f"{row.reason.en}; excepted: {one.words.en}", f"{row.reason.zh}；已作例外：{one.words.zh}")
            if stands and one is not None
            else row.reason
        )
    changed = findings.assign(severity=pd.Series(severities, findings.index, findings["severity"].dtype))
    return worst_first(changed.assign(reason=pd.Series(reasons, findings.index, dtype=object)))


def worst_first(findings: pd.DataFrame) -> pd.DataFrame:
    """`findings` by severity, otherwise as they are."""
    order = findings["severity"].map(SEVERITIES.index).to_numpy()
    return findings.iloc[order.argsort(kind="stable")].reset_index(drop=True)


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)
