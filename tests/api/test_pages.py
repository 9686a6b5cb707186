"""The pages and their files: served from here, under a policy that lets nothing else in."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Any

import pytest

FILES = (
    "ask.js",
    "lookup.js",
    "map.js",
    "review.js",
    "shell.js",
    "signin.js",
    "account.js",
    "forms.js",
    "forms.css",
    "words.js",
    "admin.js",
    "admin_accounts.js",
    "admin_settings.js",
    "admin_tokens.js",
    "audit.js",
    "keeping_words.js",
    "keeping.css",
    "reach.js",
    "reach_figures.js",
    "reach_layers.js",
    "reach_map.js",
    "reach_print.js",
    "reach_try.js",
    "reach.css",
    "placing.js",
    "plans.js",
    "editor.js",
    "strokes.js",
    "plan_compare.js",
    "plan_findings.js",
    "plan_growth.js",
    "plan_notes.js",
    "plan_new.js",
    "plan_preview.js",
    "plan_walk.js",
    "plan_way.js",
    "plan_words.js",
    "plans.css",
    "shapes.js",
    "scene.js",
    "labels.js",
    "page.css",
    "look.css",
    "leaflet.js",
    "leaflet.css",
)


@pytest.mark.parametrize("page", ["/lookup", "/review", "/map", "/reach", "/signin", "/plans"])
def test_a_page_names_only_files_that_are_here(desk: Any, page: str) -> None:
    answer = desk.get(page)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
    assert "unsafe" not in policy
    named = set(re.findall(r'(?:src|href)="(/web/[^"]+)"', answer.text))
    assert len(named) >= 3
    assert all(desk.get(path).status_code == 200 for path in named)
    assert not re.search(r"https?://", answer.text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", answer.text), "no script of its own"
    assert "苑" not in answer.text


@pytest.mark.parametrize("name", FILES)
def test_files_come_with_their_type_and_are_asked_for_once(desk: Any, name: str) -> None:
    answer = desk.get(f"/web/{name}")
    assert answer.headers["content-type"].startswith(
        "text/javascript" if name.endswith(".js") else "text/css"
    )
    again = desk.get(f"/web/{name}", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert not re.search(r"(?:import|from|url\()\s*['\"]?https?:", answer.text)


@pytest.mark.parametrize("name", ["lookup.html", "nothing.js", "..%2Fsettings.py", "%2e%2e/app.py", "x" * 41])
def test_other_files_are_not_served(desk: Any, name: str) -> None:
    assert desk.get(f"/web/{name}").status_code in (404, 422)


def test_every_text_of_the_pages_is_in_both_languages(desk: Any) -> None:
    texts = ("words", "keeping_words", "plan_words")
    words = "".join(desk.get(f"/web/{name}.js").text for name in texts)
    known = set(re.findall(r"\b(\w+): \[", words))
    used = set()
    for name in (
        *(name for name in FILES if name.endswith(".js") and name != "leaflet.js"),
        "grids.js",
        "noright.js",
    ):
        used |= set(re.findall(r"say\(\"(\w+)\"", desk.get(f"/web/{name}").text))
    for page in (
        "lookup",
        "review",
        "grids",
        "reach",
        "plans",
        "signin",
        "account",
        "noright",
        "audit",
        "admin",
    ):
        used |= set(
            re.findall(r'data-t="(\w+)"', files("api").joinpath("web", f"{page}.html").read_text("utf-8"))
        )
    assert used <= known
    assert len(known) > 50
    for pair in re.findall(r"\b\w+: \[((?:[^\"\]]|\"(?:[^\"\\]|\\.)*\")*)\]", words):
        chinese, english = re.findall(r'"((?:[^"\\]|\\.)*)"', pair)
        assert not re.search("[一-鿿]", english)
        assert not chinese.isascii()
