"""A process that writes to a store without end, so that it can be killed at any moment: imports, publications, rows of the audit.

Each deed that came back is told by a line on the standard output: what it was and its number.
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import geopandas as gpd
import shapely

from geo.plans.rules import profile
from layers.accounts.audit import write_audit
from layers.imports.imports import import_frame
from layers.plans.adopting import adopt_grids
from layers.plans.publishing import publish
from layers.rights.viewer import OPERATOR
from layers.store.database import Store
from tests.layers import town

HOUSES = 60
FIRST = date(2027, 1, 1)


def now() -> datetime:
    return datetime.now(UTC)


def say(name: str, number: int) -> None:
    """A deed came back."""
    sys.stdout.write(f"{name} {number}\n")
    sys.stdout.flush()


def load(store: Store, number: int) -> None:
    """Sixty houses in one import."""
    spots = [shapely.box(108.7 + i * 1e-5, 34.3300, 108.7 + i * 1e-5 + 5e-6, 34.33001) for i in range(HOUSES)]
    refs = [f"k{number}-{i}" for i in range(HOUSES)]
    frame = gpd.GeoDataFrame({"ref": refs, "use": "residential", "households": 1}, geometry=spots, crs=4490)
    import_frame(store, OPERATOR, "buildings", frame, source=f"deed{number}", actor="deeds", now=now())


def put_in_force(store: Store, number: int) -> None:
    """The west in one grid or in two, from a later day each time."""
    strips = [(0, 4)] if number % 2 else [(0, 2), (2, 2)]
    drawn = town.drawn_grids(*strips).drop(columns=["code", "name"])
    plans = adopt_grids(
        store, OPERATOR, drawn, rules=profile("national"), source=f"deed{number}", actor="deeds", now=now()
    ).plan_ids
    day = FIRST + timedelta(days=number)
    publish(store, OPERATOR, plan_ids=plans, valid_from=day, confirmed=True, actor="deeds", now=now())


def main(url: str, home: str, first: str) -> None:
    """Do deeds until killed."""
    store = Store.open(url=url or None, home=Path(home))
    number = int(first)
    while True:
        for name, deed in (("import", load), ("publish", put_in_force)):
            deed(store, number)
            say(name, number)
        write_audit(store, who="deeds", now=now(), what="deed", number=number)
        say("audit", number)
        number += 1


if __name__ == "__main__":
    main(*sys.argv[1:])
