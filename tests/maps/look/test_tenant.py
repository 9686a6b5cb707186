"""A tenant changes how maps look in one file; a slip in it is told, and nothing is drawn by half."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from geo.errors import InputError, Words
from maps.look import tenant

LOOK = """
[style]
accent = "#8A1F1F"
water = { fill = "#cfe8f7" }
roads = { primary = { metres = 14 } }
sheet_mm = { title = 7.0 }
[words.sheet]
producer = { zh = "制图单位：{name}" }
[words.station_letters]
clinic = { zh = "卫" }
"""
PRINT = """
from maps.look.style import ACCENT, ROADS, WATER, css_variables
from maps.look.words import STATION_LETTERS
from maps.sheets.panel import TITLE
from maps.sheets.words import sheet_text
print(ACCENT, WATER["fill"], WATER["line"], ROADS["primary"]["metres"], ROADS["trunk"]["metres"], TITLE)
print(sheet_text("producer", "zh", name="甲"), sheet_text("producer", "en", name="A"), STATION_LETTERS["clinic"].text("zh"))
print("--accent:#8a1f1f" in css_variables())
"""


def test_one_file_changes_pages_and_sheets(tmp_path: Path) -> None:
    (tmp_path / "look.toml").write_text(LOOK, "utf-8")
    told = subprocess.run(
        [sys.executable, "-c", PRINT],
        env={**os.environ, tenant.VARIABLE: str(tmp_path / "look.toml"), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        check=True,
        text=True,
        encoding="utf-8",
    ).stdout.splitlines()
    assert told == [
        "#8a1f1f #cfe8f7 #86b8d3 14 12 7.0",
        "制图单位：甲 Made by A 卫",
        "True",
    ]


@pytest.mark.parametrize(
    ("value", "default", "said"),
    [
        ("red", "#112233", "something like #112233"),
        ("#12345", "#112233", "something like #112233"),
        (["#112233"], ("#112233", "#445566"), "2 × #112233"),
        ({"fil": "#112233"}, {"fill": "#112233"}, "style.x"),
        (-1, 2.0, "something like 2.0"),
        (True, 2.0, "something like 2.0"),
        (float("nan"), 2.0, "something like 2.0"),
        ("#112233", 14, "something like 14"),
    ],
)
def test_a_value_of_another_kind_is_refused(
    value: object, default: object, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tenant, "look", lambda: {"style": {"x": value}})
    with pytest.raises(InputError, match=r"style\.x") as told:
        tenant.told("x", default)
    assert said in str(told.value)


@pytest.mark.parametrize(
    "texts",
    [
        {"zh": "没有占位"},
        {"zh": "{name} {other}"},
        {"zh": "{name"},
        {"zh": ""},
        {"fr": "{name}"},
        "{name}",
        {"zh": 3},
    ],
)
def test_a_text_keeps_the_values_that_are_set_in(texts: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tenant, "look", lambda: {"words": {"sheet": {"producer": texts}}})
    with pytest.raises(InputError, match=r"words\.sheet\.producer"):
        tenant.worded("sheet", {"producer": Words("Made by {name}", "编制：{name}")})


def test_what_is_no_look_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for content, said in (("[colour]\n", "colour"), ("[style]\nacent = '#112233'\n", "style.acent")):
        (tmp_path / "l.toml").write_text(content, "utf-8")
        read = tenant.read_look(tmp_path / "l.toml")
        monkeypatch.setattr(tenant, "look", lambda read=read: read)
        with pytest.raises(InputError, match=said):
            tenant.refuse_unknown({"accent": 1}, {"sheet": 1})
    for name, content in (
        ("none.toml", None),
        ("bad.toml", b"[style"),
        ("large.toml", b"#" * 70_000),
        ("b.toml", b"\xff"),
    ):
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match=name):
            tenant.read_look(tmp_path / name)
