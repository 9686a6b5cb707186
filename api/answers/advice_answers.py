"""Advice on organisation as a table, with the rule in words and the names of what it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from api.answers.chain_answers import KINDS
from geo.reach.advice import RULES, Finding
from geo.reach.chain import Directory, Link, Place

COLUMNS = ("rule", "rule_text", "kind", "ref", "name", "community_code", "community", "figure", "advice")


def advice_table(
    findings: Sequence[Finding], directory: Directory, names: Mapping[Place, str], *, lang: str
) -> pd.DataFrame:
    """One row a finding, columns `COLUMNS`; texts in `lang`."""
    stations = {one.ref: one.name for one in directory.every(Link.STATION)}
    centres = {one.ref: one.name for one in directory.every(Link.CENTRE)}

    def name(one: Finding) -> str:
        named = stations if one.kind == "station" else centres if one.kind == "centre" else None
        return (names.get((Link(one.kind), one.ref)) if named is None else named.get(one.ref)) or one.ref

    rows = [
        (
            str(one.rule),
            RULES[one.rule].text(lang),
            KINDS[Link(one.kind)].text(lang),
            one.ref,
            name(one),
            one.community_code,
            names.get((Link.COMMUNITY, one.community_code), ""),
            one.figure,
            one.words.text(lang),
        )
        for one in findings
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"figure": "Float64"})
