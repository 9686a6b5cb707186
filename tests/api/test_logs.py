"""What stands in the log of errors nobody foresaw: what they are and where, and no value they quote."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import ROOT

FAILING = """
import logging, sys
from api.logs import set_up_logs
from api.settings import Settings

set_up_logs(Settings(log_json=sys.argv[1] == "json", log_level=sys.argv[2]))

def read_room(text):
    try:
        return int(text)
    except ValueError as error:
        raise KeyError(text) from error

try:
    read_room(chr(0x6842) + "501")
except KeyError:
    logging.getLogger("api.http.doorway").exception("unexpected error")
"""


def logged(form: str, level: str) -> str:
    command = [sys.executable, "-c", FAILING, form, level]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stderr


@pytest.mark.parametrize("form", ["json", "lines"])
def test_an_error_is_told_without_the_value_it_quotes(form: str) -> None:
    said = logged(form, "info")
    assert "桂501" not in said
    assert "u6842" not in said
    for told in ("unexpected error", "builtins.KeyError", "builtins.ValueError", "read_room"):
        assert told in said


def test_whoever_looks_for_a_fault_may_ask_for_everything() -> None:
    assert "桂501" in logged("lines", "debug")
