"""Rules by kind of community, and profiles of one's own."""

from __future__ import annotations

from typing import Any

import pytest

from geo.errors import RulesError
from geo.plans.families import BOOK, read_book
from geo.plans.goals import Weights
from geo.plans.rules import PROFILES, Crossing, Rules, Workload


@pytest.mark.parametrize(
    ("rules", "kind", "households", "chosen"),
    [
        ("auto", "mixed", 3001, "zhejiang-mixed"),
        ("auto", "mixed", 3000, "national"),
        ("auto", "village", 9000, "county-rural"),
        ("auto", None, 9000, "national"),
        ("zhejiang", "mixed", 3001, "zhejiang-mixed"),
        ("zhejiang", "village", 3001, "zhejiang-plain"),
        ("county", "village", 10, "county-rural"),
        ("county", "urban", 10, "county-urban"),
        ("micro", "village", 10, "micro"),
    ],
)
def test_a_family_chooses_by_kind_and_size(
    rules: str, kind: str | None, households: int, chosen: str
) -> None:
    assert BOOK.find(rules).choose(kind, households).name == chosen


def test_an_unknown_name_lists_those_there_are() -> None:
    with pytest.raises(RulesError, match="county, national"):
        BOOK.find("nope")


def test_own_profiles_and_families_are_added() -> None:
    book = read_book(
        {
            "profiles": {
                "ours": {
                    "based_on": "county-urban",
                    "title": {"en": "Ours", "zh": "本区"},
                    "min": 100,
                    "workload": {"household": 1, "person": 0.25},
                    "barriers": "forbidden",
                    "weights": {"moved": 3},
                }
            },
            "families": {"all": {"other": "ours", "mixed": "micro", "mixed_over": 10}},
        }
    )
    chosen = book.find("all").choose("urban", 5000)
    assert (chosen.name, chosen.title.zh, chosen.min_households, chosen.max_people) == (
        "ours",
        "本区",
        100,
        1000,
    )
    assert chosen.workload == Workload(1.0, 0.25)
    assert chosen.barriers is Crossing.FORBIDDEN
    assert chosen.weights == Weights(moved=3.0)
    assert chosen.prices().barriers == 0
    assert book.find("all").choose("mixed", 11).name == "micro"
    assert Rules.from_dict(chosen.to_dict()) == chosen


def test_workload_counts_only_what_is_named() -> None:
    book = read_book({"profiles": {"heads": {"min": 500, "max": 1500, "workload": {"person": 1}}}})
    assert book.profiles["heads"].workload == Workload(0.0, 1.0, 0.0)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"max": "many"}, "whole number"),
        ({"max": True}, "whole number"),
        ({"maximum": 3}, "unknown entry 'maximum'"),
        ({"based_on": "x"}, "national"),
        ({"barriers": "never"}, "forbidden"),
        ({"order": ["beauty"]}, "beauty"),
        ({"weights": {"moved": -1}}, "0 or more"),
        ({"weights": 3}, "table"),
        ({"workload": {"person": 0}}, "above 0"),
        ({"min": 600}, "contradict"),
    ],
)
def test_faults_say_which_value_and_what_to_do(values: dict[str, Any], said: str) -> None:
    with pytest.raises(RulesError, match=said):
        read_book({"profiles": {"ours": values}})


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(RulesError) as caught:
        read_book({"profiles": {"a": {"max": "x"}, "b": {"min": "y"}}, "family": {}})
    assert str(caught.value).count(" | ") == 2


def test_old_plans_stay_readable() -> None:
    old = {
        "name": "o",
        "title": ["o", "o"],
        "min_households": 1,
        "max_households": 2,
        "avoid_barriers": False,
    }
    assert Rules.from_dict(old).barriers is Crossing.FREE
    assert Rules.from_dict(old).weights == Weights()
    assert all(Rules.from_dict(rules.to_dict()) == rules for rules in PROFILES.values())
