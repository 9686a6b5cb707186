"""Editing a draft from the command line: steps are told, undone, and gone to; a table leads out and in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from tests.api.cli.conftest import Ran, Run


@pytest.fixture
def drawn(run: Run, files: dict[str, Path]) -> Run:
    for layer, path in files.items():
        assert run("import", layer, str(path), "--crs", "EPSG:4490").code == 0
    assert run("cells").code == 0
    assert run("partition", "--time-limit", "0.2").code == 0
    return run


def edit(run: Run, *words: str) -> Ran:
    return run("--lang", "en", "edit", *words)


def test_a_draft_is_changed_step_by_step_and_back(drawn: Run, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    assert edit(drawn, "table", "1", "--out", str(table)).code == 0
    rows = pd.read_csv(table, dtype=str)
    assert list(rows.columns) == ["building_ref", "grid_code", "grid_name", "cell", "households"]
    first, code = rows.loc[0, ["building_ref", "grid_code"]]

    made = edit(drawn, "create", "1", "--building", first, "--name", "东片")
    assert (made.code, "东片" in made.out, "step 1, revision 2" in made.out) == (0, True, True)
    locked = edit(drawn, "lock", "1", "东片")
    assert locked.code == 0
    held = edit(drawn, "assign", "1", code, "--building", first)
    assert (held.code, "locked" in held.err) == (2, True)
    assert edit(drawn, "unlock", "1", "东片").code == 0
    assert edit(drawn, "kind", "1", "东片", "micro").code == 0
    merged = edit(drawn, "merge", "1", code, "东片")
    assert "no more" in merged.out
    lines = edit(drawn, "log", "1").out
    assert [word in lines for word in ("new grid", "locked", "other kind", "merged", "5 steps")] == [True] * 5

    assert "step 4" in edit(drawn, "undo", "1").out
    assert "step 5" in edit(drawn, "redo", "1").out
    assert "step 0" in edit(drawn, "go", "1", "0").out
    again = edit(drawn, "table", "1", str(table))
    assert (again.code, "nothing changed" in again.out) == (0, True)
    copied = edit(drawn, "copy", "1", "1")
    assert (copied.code, "is draft 3" in copied.out) == (0, True)
    assert "东片" in drawn("plan", "show", "3").out


def test_a_grid_is_cut_along_a_line(drawn: Run, tmp_path: Path) -> None:
    assert edit(drawn, "redraw", "1", "--grids", "1").code == 0
    edit(drawn, "table", "1", "--out", str(tmp_path / "table.csv"))
    code = pd.read_csv(tmp_path / "table.csv", dtype=str).loc[0, "grid_code"]
    done = edit(drawn, "cut", "1", code, "108.7025,34.29", "108.7025,34.32")
    assert (done.code, code in done.out) == (0, True), done.err
    assert "cut along a line" in edit(drawn, "log", "1").out
    wrong = edit(drawn, "cut", "1", code, "108,7;34.33", "108.7,34.33")
    assert (wrong.code, "no point" in wrong.err) == (2, True)
    outside = edit(drawn, "cut", "1", code, "108.6,34.29", "108.6,34.32")
    assert (outside.code, "outside the community" in outside.err) == (2, True)


def test_an_exclusive_grid_is_made_and_dissolved(drawn: Run, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    edit(drawn, "table", "1", "--out", str(table))
    ref = pd.read_csv(table, dtype=str).loc[0, "building_ref"]
    made = edit(drawn, "create", "1", "--building", ref, "--name", "第二小学", "--kind", "exclusive")
    assert (made.code, "exclusive" in made.out) == (0, True)
    gone = edit(drawn, "dissolve", "1", "第二小学")
    assert (gone.code, "no more" in gone.out) == (0, True)
    assert "dissolved" in edit(drawn, "log", "1").out


def test_a_table_is_one_step_and_taken_strictly(drawn: Run, tmp_path: Path) -> None:
    whole = tmp_path / "whole.xlsx"
    edit(drawn, "table", "1", "--out", str(whole))
    rows = pd.read_excel(whole, dtype=str, engine="openpyxl")
    code = rows.iloc[0]["grid_code"]
    rows.assign(grid_code=code).to_excel(whole, index=False)
    done = edit(drawn, "table", "1", str(whole))
    assert (done.code, "step 1" in done.out) == (0, True), done.err

    twice = tmp_path / "twice.csv"
    ref = rows.iloc[0]["building_ref"]
    twice.write_text(f"楼栋编号,网格编码\n{ref},{code}\n{ref},第九网格\n", "utf-8")
    for path, words in (
        (twice, f"building {ref} is given to"),
        (_csv(tmp_path, f"楼栋编号,网格编码\n{ref},1\n"), "no grid 1"),
        (_csv(tmp_path, f"楼栋编号,网格编码\nnone,{code}\n"), "no building none"),
        (_csv(tmp_path, "楼栋编号,户数\nb,1\n"), "two columns are needed"),
    ):
        refused = edit(drawn, "table", "1", str(path))
        assert (refused.code, words in refused.err) == (2, True), refused.err
    assert edit(drawn, "table", "1").code == 2


def test_splitting_and_drawing_again_keep_every_household(drawn: Run) -> None:
    def households() -> int:
        shown = drawn("--lang", "en", "plan", "show", "1").out.splitlines()
        return sum(int(line.split()[3]) for line in shown if line.startswith("999901001001"))

    before = households()
    grid = drawn("plan", "show", "1").out.split("999901001001")[-1].split()[1]
    assert edit(drawn, "split", "1", grid).code == 0
    assert edit(drawn, "redraw", "1", "--seed", "3").code == 0
    assert households() == before


def test_a_plan_shows_its_sizes_in_years_to_come(drawn: Run, tmp_path: Path) -> None:
    def shown(lang: str = "en") -> str:
        return drawn("--lang", lang, "plan", "show", "1").out

    assert "in 1 y" not in shown()
    soon = (datetime.now(UTC) + timedelta(days=200)).strftime("%Y年%m月%d日")
    table = _csv(tmp_path, f"楼栋编号,预计入住,规划户数\nb1,{soon},200\nb2,2199/1/1,500\n")
    assert drawn("import", "buildings", str(table)).code == 0
    assert "households of today leave them out" in shown()
    rows = [line.split() for line in shown().splitlines() if line.startswith("999901001001")]
    today, *later = ([int(row[column]) for row in rows] for column in (3, -3, -2, -1))
    assert (sum(today), [sum(one) - sum(today) for one in later]) == (720, [20, 20, 20])
    assert "规划楼栋 2 栋，将新增 340 户" in shown("zh")


def _csv(folder: Path, text: str) -> Path:
    path = folder / f"{len(list(folder.iterdir()))}.csv"
    path.write_text(text, "utf-8")
    return path


def test_a_draft_is_submitted_sent_back_and_approved(drawn: Run) -> None:
    def plan(*words: str) -> Ran:
        return drawn("--lang", "en", "plan", *words)

    assert "is submitted now" in plan("submit", "1", "--remark", "请审").out
    frozen = edit(drawn, "undo", "1")
    assert (frozen.code, "submitted" in frozen.err) == (2, True)
    assert plan("return", "1").code == 2
    assert "is returned now" in plan("return", "1", "--remark", "太大").out
    assert plan("submit", "1").code == 0
    assert plan("approve", "1").code == 0
    way = plan("way", "1").out
    assert [word in way for word in ("submitted", "sent back", "太大", "approved")] == [True] * 4


def test_grids_are_decided_about_and_findings_excepted_from_the_command_line(
    drawn: Run, tmp_path: Path
) -> None:
    def plan(*words: str) -> Ran:
        return drawn("--lang", "en", "plan", *words)

    table = tmp_path / "table.csv"
    edit(drawn, "table", "1", "--out", str(table))
    code, *others = sorted(set(pd.read_csv(table, dtype=str)["grid_code"]))
    unmended = edit(drawn, "mend", "1", "not-connected", code)
    assert (unmended.code, "nothing mends" in unmended.err) == (2, True)
    firm = plan("except", "1", "gap", "--reason", "x", "--approver", "y")
    assert (firm.code, "no plan does without" in firm.err) == (2, True)
    none = plan("except-no-more", "1", "holes", "--grid", code)
    assert (none.code, "no exception" in none.err) == (2, True)
    assert plan("exceptions", "1").code == 0
    plan("submit", "1")
    some = plan("approve", "1", "--grid", code)
    assert ("undecided" in some.out) == bool(others)
    for other in others:
        assert plan("approve", "1", "--grid", other).code == 0
    assert code in plan("way", "1").out
    assert plan("new", code[:12]).code == 2  # nothing is in force yet
    assert (plan("new", code[:12], "--from", "x").code, plan("new", code[:12], "--from", "net").code) == (
        2,
        2,
    )
    assert "draft" in plan("new", code[:12], "--from", "empty").out
    assert "approved" in plan("show", "1").out
