"""Grids told in words and read again: how many grids of a store come back exactly, how long the words are.

    wangge demo --size district
    python benchmarks/words.py wangge-data

Takes every plan in force today, tells its grids in words as `wangge export grids --words` does, and reads them again as `wangge
import grids` does.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from layers.plans.plans import read_grids
from layers.rights.viewer import OPERATOR
from layers.store.database import Store
from layers.words.drafts import GridWords, plan_words, told_in_words


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("home", type=Path, help="working folder with a store that has plans in force")
    given = parser.parse_args()
    store = Store.open(home=given.home)
    store.migrate()
    lengths: list[int] = []
    wrong, cells_named, began = 0, 0, time.process_time()
    with store.reading(OPERATOR) as unit:
        grids = read_grids(unit, as_of=date.today())  # noqa: DTZ011  the day of the machine will do
        for plan_id, some in grids.groupby("plan_id"):
            told = told_in_words(unit, int(plan_id))
            community = str(some["community_code"].iloc[0])
            rows = [
                GridWords(
                    at, community, "；".join(part for part in (one.words, one.cells) if part), code=one.code
                )
                for at, one in enumerate(told.itertuples(), start=1)
            ]
            moved, _ = plan_words(unit, int(plan_id), rows)
            wrong += len(set(moved.cells.values()))
            lengths += [len(words) for words in told["words"]]
            cells_named += int((told["cells"] != "").sum())
    print(
        f"{len(lengths)} grids, {len(lengths) - wrong} exact; words: median {statistics.median(lengths)} characters, "
        f"longest {max(lengths)}; {cells_named} name cells besides; {time.process_time() - began:.1f} s of processor time"
    )


if __name__ == "__main__":
    main()
