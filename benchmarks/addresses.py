"""Addresses to buildings: how many are right, how sure, how fast, beside two simple ways of doing it.

    python benchmarks/addresses.py [DIR] [--made-up 600] [--records 20000] [--halves 6] [--runs 5]

DIR holds gazetteer_A, records_A.parquet and truth_A.parquet; without it only the made-up register is used, whose
names and slips are those of `tests/geo/addresses/made_up.py`. The simple ways: a regular expression for the tail
with exact names in a dictionary, and rapidfuzz's best WRatio over all names with their buildings.
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from rapidfuzz import fuzz, process

sys.path.insert(0, str(Path(__file__).parent.parent))

from geo.addresses.match.resolve import Matcher
from geo.addresses.match.suggest import Suggester
from geo.addresses.register.gazetteer import Gazetteer
from geo.addresses.text.normalise import normalise, plain_name
from geo.addresses.text.numerals import numbers_to_digits
from layers.files.gazetteers import read_gazetteer
from layers.lookup.matching import match_lines
from layers.runs.steps import helpers
from tests.geo.addresses.made_up import Writer, make_register

Answers = pd.DataFrame
"""Columns status, building_id, unit, room, confidence, candidates; in the order of the texts."""
_TAIL = re.compile(
    r"(?P<building>[0-9]+A?|[A-Z])(?:号楼|#楼|栋|幢|座|楼|号|#)?-?(?:(?P<unit>[0-9]{1,2})(?:单元|门|-))?(?P<room>[0-9]{1,4})?[室户号]?$"
)
_COMPARED = 1_000
"""So many addresses are given to the slow way."""
_CUT = 86
_MANY = 200_000


def exact_names(register: Gazetteer, texts: Sequence[str]) -> Answers:
    """Numbers by a regular expression, the name before them in a dictionary of exact names."""
    names: dict[str, set[int]] = defaultdict(set)
    for row, home in enumerate(register.complexes):
        names[plain_name(home.name)].add(row)
    for (road, plate), owners in register.doors.items():
        for suffix in ("号", "号院", "号院内"):
            names[f"{register.roads[road]}{plate}{suffix}"] |= owners
    longest = max(map(len, names))
    rows = []
    for text in texts:
        plain = normalise(text)
        plain = re.sub(
            r"[一二三四五六七八九十百〇零]+(?=[号栋幢座楼单门室户])",
            lambda run: numbers_to_digits(run[0]),
            plain,
        )
        tail = _TAIL.search(plain)
        front = plain[: tail.start()] if tail else plain
        owners = next(
            (names[front[-n:]] for n in range(min(longest, len(front)), 2, -1) if front[-n:] in names), set()
        )
        found = [
            register.complexes[owner].buildings.get(tail["building"] if tail else "") for owner in owners
        ]
        ids = [register.buildings[row].building_id for row in found if row is not None]
        rows.append(_said(ids, (tail["unit"] or "", tail["room"] or "") if tail else ("", "")))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def nearest_text(register: Gazetteer, texts: Sequence[str]) -> Answers:
    """The whole text against every complex with each of its buildings, the best WRatio above a cut."""
    keys = []
    for house in register.buildings:
        home = register.complexes[house.complex_row]
        keys.append(
            plain_name(f"{register.areas.district}{home.street}{home.community}{home.name}{house.name}")
        )
    rows = []
    for text in texts:
        plain = normalise(text)
        best = process.extractOne(plain, keys, scorer=fuzz.WRatio, score_cutoff=_CUT)
        tail = _TAIL.search(plain)
        ids = [] if best is None else [register.buildings[best[2]].building_id]
        rows.append(_said(ids, (tail["unit"] or "", tail["room"] or "") if tail else ("", "")))
    return pd.DataFrame(rows, columns=list(COLUMNS))


COLUMNS = ("status", "building_id", "unit", "room", "confidence", "candidates")


def _said(ids: list[str], door: tuple[str, str]) -> tuple[Any, ...]:
    if len(ids) == 1:
        return "matched", ids[0], *door, 1.0, ""
    return "ambiguous" if ids else "none", "", *door, 0.0, "|".join(ids)


def score(truth: pd.DataFrame, answers: Answers) -> dict[str, float]:
    """The figures of one way; `truth` has status, alt_status, building_id, unit, room, candidates."""
    got = answers.reset_index(drop=True)
    truth = truth.reset_index(drop=True)
    named, meant = got.status.eq("matched"), truth.status.eq("matched")
    right = named & meant & got.building_id.eq(truth.building_id)
    nobody, several = truth.status.eq("none"), truth.status.eq("ambiguous")
    few = several & truth.candidates.ne("") & (truth.candidates.str.count(r"\|") < 20)
    listed = [
        set(want.split("|")) <= set(found.split("|"))
        for want, found in zip(truth.candidates[few], got.candidates[few], strict=True)
    ]
    sure = got.confidence[named].astype(float)
    bins = pd.cut(sure, [-0.01, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0])
    gaps = (sure - right[named]).groupby(bins, observed=True).agg(["size", "mean"])
    as_meant = got.status.eq(truth.status) | got.status.eq(truth.alt_status)
    return {
        "precision": right.sum() / max(1, named.sum()),
        "recall": right.sum() / max(1, meant.sum()),
        "wrong": (named & ~right).mean(),
        "none: not matched": (~named)[nobody].mean(),
        "none: said none": got.status.eq("none")[nobody].mean(),
        "ambiguous: not matched": (~named)[several].mean(),
        "ambiguous: said so": as_meant[several].mean(),
        "all candidates": sum(listed) / max(1, len(listed)),
        "unit": _same(got.unit, truth.unit, right),
        "room": _same(got.room, truth.room, right),
        "ECE": float((gaps["size"] / max(1, named.sum()) * gaps["mean"].abs()).sum()),
    }


def _same(got: pd.Series, want: pd.Series, right: pd.Series) -> float:
    said = right & want.ne("")
    return float(got[said].eq(want[said]).mean())


def timed(call: Callable[[], Any], runs: int) -> tuple[Any, float]:
    """The result, and the median of seconds over some runs."""
    seconds = []
    result = None
    for _ in range(runs):
        began = time.perf_counter()
        result = call()
        seconds.append(time.perf_counter() - began)
    return result, statistics.median(seconds)


def percentile(call: Callable[[str], Any], texts: Sequence[str], share: float) -> float:
    """The time of one call in milliseconds that `share` of the calls stay below."""
    times = []
    for text in texts:
        began = time.perf_counter()
        call(text)
        times.append(time.perf_counter() - began)
    return sorted(times)[int(len(times) * share)] * 1_000


def compare(title: str, register: Gazetteer, texts: list[str], truth: pd.DataFrame, runs: int) -> None:
    """Print the table of the three ways, ours by kind, and speed."""
    answers, seconds = timed(lambda: Matcher(register).match_many(texts), runs)
    simple, simple_s = timed(lambda: exact_names(register, texts), 1)
    slow, slow_s = timed(lambda: nearest_text(register, texts[:_COMPARED]), 1)
    ways = {
        "wangge": (score(truth, answers), len(texts) / seconds),
        "regex + dictionary": (score(truth, simple), len(texts) / simple_s),
        f"rapidfuzz ({_COMPARED:,})": (score(truth.head(_COMPARED), slow), _COMPARED / slow_s),
    }
    print(f"\n## {title}: {len(texts):,} addresses, {len(register.buildings):,} buildings\n")
    print("| |", " | ".join(ways), "|")
    print("|---|" + "---|" * len(ways))
    for figure in ways["wangge"][0]:
        print(f"| {figure} |", " | ".join(f"{figures[figure]:.4%}" for figures, _ in ways.values()), "|")
    print("| addresses/s, one process |", " | ".join(f"{rate:,.0f}" for _, rate in ways.values()), "|")
    by_kind(truth, answers)


def by_kind(truth: pd.DataFrame, answers: Answers) -> None:
    """Print how well each kind of writing is understood, the worst first."""
    right = answers.building_id.eq(truth.building_id) & answers.status.eq(truth.status)
    right |= answers.status.eq(truth.alt_status) & truth.status.ne("matched")
    wrong = answers.status.eq("matched") & ~right
    table = pd.DataFrame({"kind": truth.kind, "as meant": right, "wrong": wrong}).groupby("kind")
    print("\n| kind of writing | n | as meant | wrong |\n|---|---|---|---|")
    figures = table.agg({"as meant": ["size", "mean"], "wrong": "mean"})
    figures.columns = ["n", "good", "wrong"]
    for kind, row in figures.sort_values(["good", "n"]).iterrows():
        print(f"| {kind} | {row.n:.0f} | {row.good:.2%} | {row.wrong:.2%} |")


def halves(folder: Path, texts: list[str], truth: pd.DataFrame, times: int) -> None:
    """Print what becomes of the addresses of complexes that are taken out of the register, half of them at a time."""
    frames = [
        pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)
        for name in ("complexes", "buildings", "roads")
    ]
    complexes, buildings, roads = frames
    areas = read_gazetteer(folder).areas
    name_of = dict(zip(complexes.complex_id, complexes.name, strict=True))
    home_of = dict(zip(buildings.building_id, buildings.complex_id, strict=True))
    gone = wrong = namesake = 0
    for seed in range(times):
        key = complexes.base if seed % 2 == 0 else complexes.complex_id
        kept = complexes[key.isin(key.drop_duplicates().sample(frac=0.5, random_state=seed))]
        houses = buildings[buildings.complex_id.isin(kept.complex_id)]
        register = Gazetteer.from_frames(kept, houses, roads=roads, areas=areas)
        answers = Matcher(register).match_many(texts)
        missing = truth.status.eq("matched") & ~truth.building_id.map(home_of).isin(kept.complex_id)
        named = missing & answers.status.eq("matched")
        meant, got = truth.complex_id[named].map(name_of), answers.complex_id[named].map(name_of)
        gone, wrong, namesake = gone + missing.sum(), wrong + named.sum(), namesake + meant.eq(got).sum()
    print(
        f"\nhalf of the complexes taken away, {times} times: of {gone:,} addresses of those that are gone, {namesake:,} "
        f"were given to a complex of the very same name elsewhere, {wrong - namesake:,} to one of another name"
    )


def speed(register: Gazetteer, texts: list[str], runs: int) -> None:
    """Print the time of single calls and of files."""
    matcher, suggester = Matcher(register), Suggester(register)
    print(
        f"\none look-up in process with its evidence, p99: {percentile(matcher.match, texts[:10_000], 0.99):.3f} ms"
    )
    typed = [text[:4] for text in texts[:2_000] if text]
    print(f"one suggestion, p99: {percentile(suggester.suggest, typed, 0.99):.3f} ms")
    for title, reader in (("nothing remembered", Matcher(register)), ("read before", matcher)):
        reader.rows(texts[:1])
        began = time.process_time()
        reader.rows(texts)
        print(
            f"processor time of one address, {title}: {(time.process_time() - began) / len(texts) * 1e6:.1f} µs"
        )
    many = (texts * (_MANY // len(texts) + 1))[:_MANY]
    many = [re.sub(r"[0-9](?=[^0-9]*$)", str(i % 10), text) for i, text in enumerate(many)]
    ids = [str(i) for i in range(len(many))]
    for workers in (1, 2):

        def run(workers: int = workers) -> None:
            with helpers(workers) as pool, tempfile.TemporaryFile("w", encoding="utf-8") as out:
                for lines in match_lines(register, ids, many, pool=pool, helping=workers - 1):
                    out.write(lines.text)

        _, seconds = timed(run, runs)
        print(f"{_MANY:,} addresses to CSV lines, {workers} process(es): {_MANY / seconds:,.0f}/s")


def main() -> None:
    """Run it."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("folder", nargs="?", type=Path)
    arguments.add_argument("--made-up", type=int, default=600)
    arguments.add_argument("--records", type=int, default=20_000)
    arguments.add_argument("--halves", type=int, default=6)
    arguments.add_argument("--runs", type=int, default=5)
    given = arguments.parse_args()
    if given.folder is not None:
        register = read_gazetteer(given.folder / "gazetteer_A")
        records = pd.read_parquet(given.folder / "records_A.parquet")
        truth = pd.read_parquet(given.folder / "truth_A.parquet").fillna("")
        texts = records.text.tolist()
        compare(
            "shared records", register, texts, truth.set_index("id").loc[records.id].reset_index(), given.runs
        )
        halves(
            given.folder / "gazetteer_A",
            texts,
            truth.set_index("id").loc[records.id].reset_index(),
            given.halves,
        )
        speed(register, texts, given.runs)
    made = make_register(complexes=given.made_up, seed=1)
    frame = Writer(made, seed=2).records(given.records).assign(alt_status="")
    compare("made-up register", made.gazetteer(), frame.text.tolist(), frame, given.runs)


if __name__ == "__main__":
    main()
