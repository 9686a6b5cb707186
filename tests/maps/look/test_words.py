"""Every text exists in both languages and takes the same values."""

from __future__ import annotations

import re

import pytest

from geo.errors import InputError, Words
from geo.frames import GRID_KINDS, STATION_KINDS, USES
from maps.look import words

TABLES = (
    "LAYERS",
    "GRID_KINDS",
    "USES",
    "STATION_KINDS",
    "STATION_LETTERS",
    "PAGE",
    "FIGURES",
    "LEGEND",
    "CARD",
)
TEXTS = [(table, key, text) for table in TABLES for key, text in getattr(words, table).items()]


@pytest.mark.parametrize(("table", "key", "text"), TEXTS)
def test_both_languages_are_there_and_take_the_same_values(table: str, key: str, text: Words) -> None:
    assert text.en.strip()
    assert text.zh.strip()
    assert sorted(re.findall(r"{\w+}", text.en)) == sorted(re.findall(r"{\w+}", text.zh))
    if (table, key) != ("PAGE", "notice"):
        assert not re.search(r"[\u4e00-\u9fff]", text.en)


def test_every_kind_of_the_contracts_has_a_name() -> None:
    assert set(words.GRID_KINDS) == set(GRID_KINDS)
    assert set(words.USES) == set(USES)
    assert set(words.STATION_KINDS) == set(words.STATION_LETTERS) == set(STATION_KINDS)


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_station_letters_are_single_and_distinct(lang: str) -> None:
    letters = [letter.text(lang) for letter in words.STATION_LETTERS.values()]
    assert all(len(letter) == 1 for letter in letters)
    assert len(set(letters)) == len(letters)


def test_an_unknown_language_is_named() -> None:
    with pytest.raises(InputError, match="'fr'"):
        words.require_language("fr")
