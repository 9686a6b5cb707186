"""The page of security names, for each rule, code and tests that are there."""

from __future__ import annotations

import re

from tests.conftest import ROOT

ROW = re.compile(r"^\| (.+) \| (.+) \| (.+) \|$", re.MULTILINE)
PATH = re.compile(r"`((?:api|layers|geo|maps|tests|docs|deploy)/[^`]+)`")


def test_each_rule_names_code_and_tests_that_are_there() -> None:
    table = (ROOT / "SECURITY.md").read_text("utf-8").partition("| rule | code | test or page |\n")[2]
    rules = [row for row in ROW.findall(table) if row[0] != "---"]
    assert len(rules) >= 20
    for rule, code, test in rules:
        assert PATH.findall(code), rule
        assert any(path.startswith("tests/") for path in PATH.findall(test)), rule
    gone = [path for path in PATH.findall(table) if not (ROOT / path).exists()]
    assert gone == []
