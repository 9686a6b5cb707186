"""Letters of a redraw go as far as the right of who asks for them, on both stores (`tests.layers.households`)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from api.answers.papers import MadePapers, Terms, make_papers, papers_jobs
from geo.errors import Words
from geo.plans.rules import profile
from layers.history import read_history
from layers.plans.adopting import adopt_grids
from layers.rights.viewer import OPERATOR, OfPeople, Purpose, Role, Viewer
from layers.store.database import Store
from tests.layers import households, town

docx = pytest.importorskip("docx", reason="python-docx comes with docxtpl")
openpyxl = pytest.importorskip("openpyxl")
pytest.importorskip("xlsxwriter")

DOOR = "桂苑3号楼2单元501室"
PLANNER = Viewer(Role.PLANNER, (town.WEST,), Purpose.DISPLAY)
STEWARD = Viewer(Role.STEWARD, (town.WEST,), Purpose.MAINTENANCE, OfPeople.FULL)
EXPORT = replace(OPERATOR, purpose=Purpose.EXPORT)


@pytest.fixture
def redrawn(store: Store) -> tuple[Store, int]:
    """A draft in which the second column of houses comes to another grid, and one household of it on the lists."""
    households.settle(store)
    households.move_in(store, DOOR, "桂苑 7栋")
    households.match(store)
    frame = town.drawn_grids((0, 1), (1, 3))
    made = adopt_grids(store, OPERATOR, frame, rules=profile("national"), source="t", actor="t", now=town.NOW)
    return store, made.plan_ids[0]


def made(store: Store, plan: int, viewer: Viewer, **terms: Any) -> MadePapers:
    failed: list[tuple[str, Words]] = []
    asked = Terms(date(2026, 11, 22), drawings=(), **terms)
    (job,) = papers_jobs(store, viewer, [plan], asked, failed=failed, actor="me", now=town.NOW)
    assert failed == []
    return make_papers(job)


def words_of(files: Sequence[Any], part: str) -> str:
    (file,) = [file for file in files if part in file.name]
    if file.name.endswith(".docx"):
        return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(file.content)).paragraphs)
    book = openpyxl.load_workbook(io.BytesIO(file.content))
    return "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)


def all_words(files: Sequence[Any]) -> str:
    return "\n".join(words_of([file], "") for file in files)


@pytest.mark.parametrize("viewer", [EXPORT, STEWARD], ids=["operator", "steward"])
def test_whoever_may_gets_a_letter_for_every_household(redrawn: tuple[Store, int], viewer: Viewer) -> None:
    store, plan = redrawn
    files = made(store, plan, viewer, households=True).files
    assert f"{DOOR}住户：" in words_of(files, "到户")
    assert "7号楼" not in words_of(files, "到户")
    assert DOOR in words_of(files, "住户一览")
    with store.reading(OPERATOR) as unit:
        assert "read residents" in set(read_history(unit)["action"])


def test_nobody_gets_households_without_asking(redrawn: tuple[Store, int]) -> None:
    store, plan = redrawn
    files = made(store, plan, EXPORT).files
    assert not any("到户" in file.name or "住户一览" in file.name for file in files)
    assert "501" not in all_words(files)
    letters = words_of(files, "告知书")
    assert "桂苑3号楼各住户、单位：" in letters
    assert f"由“第一网格”（编码 {town.WEST}001）改属“第二网格”（编码 {town.WEST}002）" in letters
    assert "自新方案施行之日起" in letters


def test_without_the_right_there_are_counts_only(redrawn: tuple[Store, int]) -> None:
    store, plan = redrawn
    papers = made(store, plan, PLANNER, households=True)
    assert not any("到户" in file.name or "住户一览" in file.name for file in papers.files)
    assert "501" not in all_words(papers.files)
    assert any("houses" in note.en for note in papers.notes)


def test_letters_in_english_sign_with_the_producer(redrawn: tuple[Store, int]) -> None:
    store, plan = redrawn
    words = words_of(made(store, plan, EXPORT, lang="en", producer='<Office "A" & B>').files, "Letters")
    assert "To everybody in 桂苑3号楼:" in words
    assert '<Office "A" & B>' in words
