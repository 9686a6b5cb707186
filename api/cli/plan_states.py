"""The states a plan goes through, as the commands say them."""

from __future__ import annotations

from datetime import date
from typing import Literal

from api.cli.shell import Shell
from layers.plans.states import STATES

PlanState = Literal["draft", "submitted", "returned", "approved", "published", "retired"]


def state_text(run: Shell, state: str, valid_from: date | None, valid_to: date | None) -> str:
    """The state with the days of what is or was in force."""
    word = STATES[state].text(run.lang)
    if state != "published" or valid_from is None:
        return word
    if valid_to == valid_from:
        return run.text(f"replaced on its first day {valid_from}", f"{word} {valid_from} 当日被取代")
    return f"{word} {valid_from} – {'' if valid_to is None else valid_to}".rstrip()
