"""The map of a draft: ghosts of the grids before, the homes that change grid, and why grids miss their bounds."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from geo.plans.rules import profile
from maps.pages.changes import Changes
from maps.pages.grids import grids_page
from tests.maps import sample
from tests.maps.links import outward_links
from tests.maps.pages.test_grids import data_of, legend_of

WHY = "四周被第四网格（专属网格）包围"


def changes(**values: Any) -> Changes:
    """Two buildings of the first grid were in the second; nothing else moves."""
    moved = pd.DataFrame({"ref": ["b01", "b00"], "old": ["第二网格", "第二网格"]})
    came = {"610402001001001": "第二网格 210"}
    given: dict[str, Any] = {
        "before": sample.grids(),
        "moved": moved,
        "households": 210,
        "came": came,
        "went": {},
    }
    return Changes(**(given | values))


def page(of: Changes | None, lang: str = "zh", **options: Any) -> str:
    frames = sample.frames() | {"grids": sample.grids(reason=[None, WHY, *[None] * 6])}
    return grids_page(**frames, title="草案", lang=lang, rules=profile("national"), changes=of, **options)


def test_a_draft_shows_what_was_before_and_who_moves() -> None:
    document = page(changes(), said=["方案编号 12"])
    data = data_of(document)
    assert outward_links(document) == []
    assert data["changes"]["moved"] == [0, 1]
    assert data["changes"]["old"][:3] == ["第二网格", "第二网格", ""]
    assert data["changes"]["came"][:2] == ["第二网格 210", ""]
    assert len(data["changes"]["before"]) > 4
    assert legend_of(document)[:2] == ["原有网格界线 8", "调整到其他网格的楼栋 2"]
    assert "方案编号 12" in document
    assert ">210<" in document


def test_a_plan_without_anything_before_shows_no_changes() -> None:
    nothing = changes(
        before=sample.grids().iloc[:0], moved=pd.DataFrame({"ref": [], "old": []}), households=0, came={}
    )
    document = page(nothing, "en")
    assert "Grids before" not in document.replace('"Grids before"', "")
    assert data_of(document)["changes"]["before"] == []


def test_a_page_without_changes_carries_none_and_every_page_the_reasons() -> None:
    data = data_of(page(None, as_of=date(2026, 11, 22)))
    assert "changes" not in data
    assert data["grids"]["reason"][:3] == ["", WHY, ""]
