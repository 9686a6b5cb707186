"""Clauses put together: numbers of one place in a row, lines named after a bound."""

from __future__ import annotations

from dataclasses import replace

from geo.words.clauses import Clause, Says
from geo.words.patterns import NEIGHBOUR
from geo.words.runs import with_units


def with_more(said: list[Clause], found: list[Clause]) -> list[Clause]:
    """A line named right after a bound belongs to it: 西至甲河、石榴路."""
    before = said[-1] if said else None
    one = found[0] if len(found) == 1 else None
    if (
        before is not None
        and one is not None
        and before.says is Says.BOUND
        and (one.says, one.runs, one.whole, one.parity, one.excluded) == (Says.PLACE, (), False, "", False)
        and one.text == one.within + one.name
        and NEIGHBOUR.search(one.name)
    ):
        joined = replace(
            before, name=f"{before.name}-{one.within}{one.name}", text=f"{before.text}、{one.text}"
        )
        return [*said[:-1], joined]
    return [*said, *found]


def gathered(clauses: list[Clause]) -> list[Clause]:
    """Clauses of one place in a row as one; what is left out after a place stands with it."""
    done: list[Clause] = []
    for clause in clauses:
        before = done[-1] if done else None
        if (
            before is not None
            and before.says is clause.says in (Says.PLACE, Says.CELLS)
            and (before.name, before.within, before.excluded) == (clause.name, clause.within, clause.excluded)
            and before.only == clause.only
            and (before.runs or before.parity)
            and (clause.runs or clause.parity)
        ):
            done[-1] = replace(
                before,
                text=f"{before.text}、{clause.text}",
                runs=before.runs + clause.runs,
                less=before.less + clause.less,
                plus=before.plus + clause.plus,
                also=tuple(dict.fromkeys(before.also + clause.also)),
                etc=before.etc or clause.etc,
            )
        else:
            done.append(clause)
    return [replace(clause, runs=with_units(clause.runs)) if clause.runs else clause for clause in done]
