"""Vendored files are what they claim to be and ask nobody for anything."""

from __future__ import annotations

from importlib.resources import files

import pytest

from maps.look.assets import manifest, read_static, vendored
from maps.pages.page import SCRIPTS
from tests.maps.links import outward_links


def test_every_vendored_file_is_in_the_manifest_with_a_licence() -> None:
    ours = {*SCRIPTS, "page.css", "manifest.json"}
    licences = {asset.licence_file for asset in manifest()}
    others = {entry.name for entry in files("maps.look").joinpath("static").iterdir()} - ours - licences
    assert others == {asset.file for asset in manifest()}
    assert all("Copyright" in read_static(name) for name in licences)


@pytest.mark.parametrize("name", [asset.file for asset in manifest()])
def test_vendored_files_carry_their_licence_and_no_link(name: str) -> None:
    text = vendored(name)
    assert "Redistribution and use in source and binary forms" in text
    assert "sourceMappingURL" not in text
    assert "url(" not in text


@pytest.mark.parametrize("name", ["leaflet.js", *SCRIPTS])
def test_scripts_cannot_close_their_own_element(name: str) -> None:
    text = vendored(name) if name == "leaflet.js" else read_static(name)
    assert "</script" not in text.lower()
    assert "<!--" not in text


@pytest.mark.parametrize("name", SCRIPTS)
def test_our_scripts_set_text_and_never_markup(name: str) -> None:
    text = read_static(name)
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "fetch(",
    ):
        assert word not in text


def test_our_styles_load_nothing() -> None:
    assert outward_links(read_static("page.css")) == []
    assert "@import" not in read_static("page.css")
