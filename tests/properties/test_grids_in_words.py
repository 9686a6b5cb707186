"""Any plan of a small town, told in words and read again, is the same plan."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo.words.claims import place
from geo.words.filling import fill
from geo.words.telling import tell
from tests.geo.words.town import buildings, cells, register

HOUSES = buildings()
CELLS, EDGES = cells(HOUSES)
TOWN = register()
LABELS = st.integers(1, 4).flatmap(
    lambda most: st.lists(st.integers(0, most - 1), min_size=len(CELLS), max_size=len(CELLS))
)


def read(texts: list[str]) -> NDArray[np.int64]:
    """The labels that texts give."""
    placed = place(texts, TOWN)
    owner = dict(zip(TOWN.buildings["ref"], placed.owner.tolist(), strict=True))
    return fill(CELLS, EDGES, owner, placed.cells)


@given(LABELS)
@settings(deadline=None, max_examples=60)
def test_words_of_a_plan_give_the_plan_again(drawn: list[int]) -> None:
    _, labels = np.unique(drawn, return_inverse=True)
    told = tell(labels.astype(np.int64), CELLS, EDGES, TOWN)
    built = CELLS["building_ref"].notna().to_numpy()
    by_words = read([one.words for one in told])
    assert (by_words[built] == labels[built]).all()
    again = tell(by_words, CELLS, EDGES, TOWN)
    assert (read([one.words for one in again]) == by_words).all()
    whole = read(["；".join(part for part in (one.words, one.cells) if part) for one in told])
    assert (whole == labels).all()


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ({"F": 0, "G": 1, "G2": 1, "桂花路": 1, "永乐村": 1, "锦川": 1}, "芙蓉小区"),
        ({"F": 0, "G": 0, "G2": 1, "桂花路": 1, "永乐村": 1, "锦川": 1}, "芙蓉小区、桂苑"),
        ({"F": 1, "G": 1, "G2": 1, "桂花路": 0, "永乐村": 1, "锦川": 0}, "桂花路全部；锦川第一小学"),
    ],
)
def test_the_shortest_words_are_found(names: dict[str, int], words: str) -> None:
    called = [
        next(text for text in (home, address, name) if isinstance(text, str))
        for home, address, name in zip(
            HOUSES["complex_ref"], HOUSES["road_addresses"], HOUSES["name"], strict=True
        )
    ]
    of = {
        ref: max((len(name), grid) for name, grid in names.items() if text.startswith(name))[1]
        for ref, text in zip(HOUSES["ref"], called, strict=True)
    }
    owner = [of.get(ref, 1) for ref in CELLS["building_ref"]]
    told = tell(np.array(owner, np.int64), CELLS, EDGES, TOWN)
    assert told[0].words == words
