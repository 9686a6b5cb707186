"""`wangge partition`, `compare` and `merge-nets` on a small store: what they print, refuse and write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

FIRST, SECOND = "999901001001", "999901001002"
QUICK = ("--time-limit", "0.2", "--lang", "en")
WEST_HALF = "POLYGON((108.70 34.30,108.705 34.30,108.705 34.31,108.70 34.31,108.70 34.30))"


@pytest.fixture
def small(run: Any, planned: Any) -> Any:
    """`run` on the planned store, with rules of its own: 180 to 360 households, four buildings of 180."""
    Path("wangge-data/rules.yaml").write_text(
        "profiles:\n  pairs: {min: 180, max: 360, title: 两栋一格}\n  wide: {min: 180, max: 540}\nfamilies:\n  ours: {other: pairs}\n",
        encoding="utf-8",
    )
    return planned


def partition(run: Any, *args: str) -> Any:
    return run("partition", "--rules", "ours", *QUICK, *args)


def codes(run: Any, read_csv: Any, *args: str) -> list[str]:
    Path("g.csv").unlink(missing_ok=True)
    assert run("export", "grids", "--out", "g.csv", *args).code == 0
    return [row["code"] for row in read_csv(Path("g.csv"))]


def test_rules_lists_profiles_families_and_own_ones(small: Any) -> None:
    done = small("rules", "--lang", "en")
    assert done.code == 0
    for word in ("county-rural", "1500", "zhejiang", "pairs", "family", "auto"):
        assert word in done.out


def test_the_wanted_number_of_grids_is_for_one_community(small: Any) -> None:
    done = partition(small, "--grids", "3", "--community", FIRST)
    assert done.code == 0, done.err
    assert "3 grids in 1 draft plans under ours" in done.out
    refused = partition(small, "--grids", "3")
    assert (refused.code, "--community" in refused.err) == (2, True)
    impossible = partition(small, "--grids", "99", "--community", SECOND)
    assert (impossible.code, "can be 1 to" in impossible.err) == (1, True)


def test_why_a_grid_misses_its_bounds_is_told_wherever_people_look(small: Any, read_csv: Any) -> None:
    Path("wangge-data/rules.yaml").write_text("profiles:\n  tight: {min: 100, max: 150}\n", encoding="utf-8")
    assert small("partition", "--rules", "tight", "--community", FIRST, *QUICK).code == 0
    why = "1号楼一处就有 180 户，超过上限 150 户；按单元拆分该楼栋，或上限升至 180 户即可"
    plan = "3"
    assert why in small("plan", "show", plan).out.replace("\n", "")
    assert small("check", "--plan", plan, "--out", "found.csv").code == 0
    assert why in Path("found.csv").read_text("utf-8-sig")
    assert small("export", "grids", "--plan", plan, "--out", "grids.csv").code == 0
    assert why in read_csv(Path("grids.csv"))[0]["reason"]
    assert small("export", "grids", "--plan", plan, "--out", "en.csv", "--lang", "en").code == 0
    assert "alone has 180 households" in read_csv(Path("en.csv"))[0]["reason"]
    assert small("map", "grids", "--plan", plan, "--out", "draft.html").code == 0
    assert why in Path("draft.html").read_text(encoding="utf-8")


def test_drafts_are_shown_beside_the_grids_before(small: Any) -> None:
    assert partition(small, "--community", FIRST, "--grids", "3").code == 0
    done = small("map", "grids", "--plan", "draft", "--out", "draft.html")
    assert done.code == 0, done.err
    page = Path("draft.html").read_text(encoding="utf-8")
    assert "甲社区网格方案图（草案）" in page
    assert "原有网格界线" in page
    assert small("map", "grids", "--plan", "1", "--plan", "2", "--out", "both.html").code == 0
    assert "此前没有网格" in Path("both.html").read_text(encoding="utf-8")
    for words, why in (
        (("--plan", "newest"), "give a plan's number"),
        (("--plan", "99"), "no plan 99"),
        (("--plan", "1", "--plan", "3"), "plans 1, 3 are of one community"),
        (("--plan", "draft", "--community", SECOND), "no draft to show"),
        (("--plan", "draft", "--as-of", "2026-11-22"), "--as-of does not go with --plan"),
    ):
        refused = small("map", "grids", *words, "--out", "no.html", "--lang", "en")
        assert (refused.code, why in refused.err) == (2, True), refused.err
    sheet = small("map", "grids", "--plan", "draft", "--out", "no.pdf", "--lang", "en")
    assert (sheet.code, "wangge papers" in sheet.err) == (2, True)


def test_locked_grids_stay_until_they_are_unlocked(small: Any, read_csv: Any) -> None:
    lock = codes(small, read_csv, "--community", FIRST)[0]
    done = partition(small, "--lock", lock, "--community", FIRST)
    assert (done.code, "kept as they are 1" in done.out) == (0, True)
    assert small("publish", "--from", "2026-07-01").code == 0
    assert "kept as they are 1" in partition(small, "--community", FIRST).out
    assert "kept as they are 0" in partition(small, "--community", FIRST, "--unlock", lock).out
    unknown = partition(small, "--lock", "42")
    assert (unknown.code, "42" in unknown.err) == (2, True)


def test_from_current_says_how_many_move_and_resume_how_many_were_left(small: Any) -> None:
    done = partition(small, "--from-current")
    assert (done.code, "households moved" in done.out) == (0, True)
    again = partition(small, "--from-current", "--resume")
    assert "2 drawn before and left alone" in again.out
    assert "left alone" not in partition(small, "--from-current", "--resume", "--seed", "5").out


def test_alternatives_are_listed_with_their_figures(small: Any) -> None:
    first = "POLYGON((108.70 34.30,108.7025 34.30,108.7025 34.31,108.70 34.31,108.70 34.30))"
    others = "POLYGON((108.7025 34.30,108.71 34.30,108.71 34.31,108.7025 34.31,108.7025 34.30))"
    Path("today.csv").write_text(f'ref,name,wkt\na,一,"{first}"\nb,二,"{others}"\n', encoding="utf-8")
    assert small("import", "grids", "today.csv", "--crs", "EPSG:4490").code == 0
    assert small("publish", "--from", "2026-07-01").code == 0
    done = small("partition", "--rules", "wide", "--alternatives", "3", "--community", FIRST, *QUICK)
    assert done.code == 0
    assert "all goals" in done.out
    assert "fewest households moved" in done.out
    assert "wangge publish --plan N" in done.out


def test_compare_puts_plans_side_by_side_and_in_their_place(small: Any, read_csv: Any) -> None:
    partition(small, "--community", FIRST, "--grids", "3")
    done = small("compare", "1", "3", "--sample", "20", "--out", "codes.csv", "--lang", "en")
    assert done.code == 0, done.err
    assert "from plan 1 to plan 3" in done.out
    assert "of 20 random plans" in done.out
    assert {row["old_code"][:12] for row in read_csv(Path("codes.csv"))} == {FIRST}
    assert small("compare", "1", "2", "--lang", "en").code == 2
    assert small("compare", "1", "--out", "x.csv").code == 2
    assert small("compare", "99").code == 2


def test_levels_are_drawn_exported_and_nested(small: Any, read_csv: Any) -> None:
    sealed = small("partition", "--level", "micro", "--rules", "pairs", *QUICK, "--lang", "en")
    assert (sealed.code, "wangge plan copy 1" in sealed.err) == (1, True)
    for plan in ("1", "2"):
        assert small("plan", "copy", plan).code == 0
    done = small("partition", "--level", "micro", "--rules", "pairs", *QUICK)
    assert (done.code, "nested" in done.out) == (0, True), done.err
    copies = ("--plan", "3", "--plan", "4")
    assert "wangge plan copy" in small("export", "grids", "--level", "micro", "--out", "m.csv").err
    done = small("export", "grids", "--level", "micro", *copies, "--out", "m.csv")
    assert done.code == 0, done.err
    rows = read_csv(Path("m.csv"))
    assert sum(int(row["households"]) for row in rows) == 6 * 180
    assert all(row["code"].startswith(row["grid_code"]) for row in rows)
    assert small("partition", "--level", "branch", *QUICK).code == 0
    none = small("export", "grids", "--level", "group", "--out", "n.csv", "--lang", "en")
    assert (none.code, "--level group" in none.err) == (2, True)
    assert small("partition", "--level", "micro", "--grids", "3").code == 2
    assert small("partition", "--plan", "1").code == 2


def test_nets_are_imported_and_merged(small: Any) -> None:
    Path("police.csv").write_text(f'ref,name,wkt\nP1,西所,"{WEST_HALF}"\n', encoding="utf-8")
    done = small("import", "grids", "police.csv", "--crs", "EPSG:4490", "--net", "police", "--lang", "en")
    assert (done.code, "areas of the net police" in done.err) == (0, True)
    done = small(
        "merge-nets",
        "--net",
        "police=2",
        "--rules",
        "ours",
        "--community",
        FIRST,
        "--out",
        "nets.xlsx",
        *QUICK,
    )
    assert done.code == 0, done.err
    assert "police" in done.out
    assert openpyxl.load_workbook("nets.xlsx").sheetnames == ["summary", "overlap", "police"]
    assert small("merge-nets", *QUICK).code == 2
    assert "there are: police" in small("merge-nets", "--net", "fire", *QUICK).err
    assert small("merge-nets", "--net", "police=x", *QUICK).code == 2
    assert small("import", "roads", "police.csv", "--net", "police").code == 2


@pytest.mark.parametrize(
    "args",
    [
        ("--workers", "1", "--scheduler", "tcp://127.0.0.1:9"),
        ("--rules", "unheard-of"),
        ("--rules-file", "none.yaml"),
        ("--barriers", "never"),
    ],
)
def test_what_cannot_be_asked_is_refused(small: Any, args: tuple[str, ...]) -> None:
    done = small("partition", *args, "--lang", "en")
    assert done.code == 2
    assert done.err.count("\n") == 1
