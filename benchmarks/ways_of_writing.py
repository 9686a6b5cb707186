"""Ways of writing an address that lead nowhere as they stand: how many of each are understood, and how many wrongly.

    python benchmarks/ways_of_writing.py [DIR] [--made-up 600] [--records 1000] [--seed 7] [--errors 0]

Each way is a kind of its own with so many records: levels in reverse order, names in pinyin, letters for digits, a
dash written 一, plates that ran together, a city without 市, and the like. The registers are made up
(`tests/geo/addresses/made_up.py`, with towers, plates of two numbers and lane houses besides) and, where DIR is
given, its gazetteer_A. A complex is taken only where its name, as sounded, is one of the register's alone, so every
record but the foreign ones has one building. `foreign` kinds are the same ways around names, buildings and districts
the register does not have: nothing of them may be matched.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from writing_registers import Registers, made_up, stored
from writing_ways import Said, Ways

sys.path.insert(0, str(Path(__file__).parent.parent))

from geo.addresses.match.resolve import Matcher

Make = Callable[[], Said | None]
OF_LONE = ("tower_letter_room", "plate_run_together")
"""Kinds of buildings that stand in no complex: only made-up registers have them, and no complex can be taken out."""


def written(make: Make, count: int) -> list[Said]:
    """So many records of one kind."""
    records: list[Said] = []
    while len(records) < count:
        said = make()
        if said is not None:
            records.append(said)
    return records


def measure(title: str, registers: Registers, seed: int, count: int, errors: int) -> None:
    """Print the table of one register."""
    ways = Ways(registers.homes, registers.areas, registers.lone, seed)
    matcher, without = Matcher(registers.whole), Matcher(registers.without)
    missing = Ways(registers.withheld, registers.areas, registers.lone.head(0), seed + 1)
    stranger = {make.__name__: make for make in missing.kinds}
    print(f"\n## {title}: {len(registers.whole.buildings):,} buildings, {count:,} records a kind\n")
    print(
        "| way of writing | recall | precision | wrong | unit and room | wrong where the complex is taken out |"
    )
    print("|---|---|---|---|---|---|")
    total = Counter[str]()
    for make in ways.kinds:
        name = make.__name__
        if name in OF_LONE and ways.lone.empty:
            continue
        counts, bad = understood(make, matcher, count)
        if name not in OF_LONE and counts["meant"]:
            more, worse = taken_out(stranger[name], without, count)
            counts, bad = counts | more, bad + worse
        total.update(counts)
        print(_row(name, counts))
        for line in bad[:errors]:
            print(line)
    print(_row("**all**", total))


def understood(make: Make, matcher: Matcher, count: int) -> tuple[dict[str, int], list[str]]:
    """How many records of a kind are matched rightly, and a line for each that is not."""
    records = written(make, count)
    right = named = doors = 0
    bad: list[str] = []
    for said, got in zip(
        records, matcher.match_many([one.text for one in records]).itertuples(), strict=True
    ):
        named += got.status == "matched"
        ok = bool(said.building) and got.status == "matched" and got.building_id == said.building
        door = ok and (got.unit, got.room) == (said.unit, said.room)
        right, doors = right + ok, doors + door
        if (said.building and not door) or (not said.building and got.status == "matched"):
            bad.append(f"    {said}  ->  {got.status} {got.building_id} {got.unit} {got.room}")
    meant = sum(bool(said.building) for said in records)
    return {"right": right, "named": named, "meant": meant, "doors": doors, "records": count}, bad


def taken_out(make: Make, without: Matcher, count: int) -> tuple[dict[str, int], list[str]]:
    """How many records of complexes the register lacks are matched all the same, and a line for each."""
    texts = [said.text for said in written(make, count)]
    bad = [
        f"    taken out: {text}  ->  {got.complex_id} {got.building_id}"
        for text, got in zip(texts, without.match_many(texts).itertuples(), strict=True)
        if got.status == "matched"
    ]
    return {"strange": len(bad), "taken": count}, bad


def _row(name: str, counts: Mapping[str, int]) -> str:
    right, named, meant = counts["right"], counts["named"], counts["meant"]
    recall = f"{right / meant:.2%}" if meant else ""
    precision = f"{right / named:.3%}" if right else ""
    room = f"{counts['doors'] / right:.2%}" if right else ""
    wrong = (named - right) / counts["records"]
    strange = f"{counts['strange'] / counts['taken']:.3%}" if counts.get("taken") else ""
    return f"| {name} | {recall} | {precision} | {wrong:.3%} | {room} | {strange} |"


def main() -> None:
    """Run it."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("folder", nargs="?", type=Path)
    arguments.add_argument("--made-up", type=int, default=600)
    arguments.add_argument("--records", type=int, default=1_000)
    arguments.add_argument("--seed", type=int, default=7)
    arguments.add_argument("--errors", type=int, default=0)
    given = arguments.parse_args()
    registers = [("made-up register", made_up(given.made_up, given.seed))]
    if given.folder is not None:
        registers.append(("gazetteer_A", stored(given.folder / "gazetteer_A")))
    for title, found in registers:
        measure(title, found, given.seed, given.records, given.errors)


if __name__ == "__main__":
    main()
