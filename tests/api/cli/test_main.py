"""Exit codes, one-line reasons, both languages, and `--lang` anywhere."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

COMMANDS = [
    ["demo"],
    ["import"],
    ["export"],
    ["rules"],
    ["cells"],
    ["partition"],
    ["check"],
    ["publish"],
    ["history"],
    ["locate"],
    ["map"],
    ["map", "grids"],
    ["serve"],
    ["migrate"],
    ["doctor"],
]


def one_line(text: str) -> bool:
    return text.count("\n") == 1 and text.endswith("\n")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_helps_in_both_languages(run: Any, command: list[str]) -> None:
    done = run(*command, "--help")
    assert done.code == 0
    text = done.out.split("Options:")[0]
    assert not text.isascii()
    assert any(word.isascii() and word.isalpha() and len(word) > 2 for word in text.split("\n", 1)[1].split())


def test_alone_it_lists_every_command(run: Any) -> None:
    done = run()
    assert done.code == 0
    for command in COMMANDS:
        assert f"\n  {command[0]} " in done.out
    assert run("--version").out.startswith("wangge ")


@pytest.mark.parametrize(
    "args",
    [
        ["nonsense"],
        ["locate", "--nonsense"],
        ["locate", "--lon", "x", "--lat", "1"],
        ["locate", "--lon", "1"],
        ["locate", "--file", "x.csv"],
        ["locate", "--lon", "1", "--lat", "2", "--as-of", "never"],
        ["locate", "--lon", "1", "--lat", "95"],
        ["locate", "--file", "missing.csv", "--out", "o.csv"],
        ["import", "gardens", "x.geojson"],
        ["import", "communities", "missing.geojson"],
        ["import", "osm", "missing.pbf", "--crs", "gcj02"],
        ["import", "buildings", "x.csv", "--community-from", "admin"],
        ["cells"],
        ["partition", "--rules", "mine"],
        ["partition", "--instance", "x.json"],
        ["partition", "--instance", "missing.json", "--out", "l.json"],
        ["publish", "--from", "01.02.2026"],
        ["publish"],
        ["check"],
        ["check", "--plan", "7"],
        ["map", "grids", "--out", "x.png"],
        ["map"],
        ["map", "reach", "--out", "x.html"],
        ["map", "grids", "--out", "empty.html"],
        ["export", "grids", "--out", "x.csv"],
        ["export", "gardens", "--out", "x.csv"],
        ["serve", "--port", "99999"],
        ["demo", "--size", "huge"],
        ["demo", "--seed", "-1"],
        ["locate", "--lang", "fr", "--lon", "1", "--lat", "2"],
        ["locate", "--lon", "1", "--lat", "2", "--lang"],
    ],
    ids=" ".join,
)
def test_bad_input_is_exit_code_2_and_one_line(run: Any, args: list[str]) -> None:
    for lang in ("zh", "en"):
        given = args if "--lang" in args else ["--lang", lang, *args]
        done = run(*given)
        assert done.code == 2, done
        assert one_line(done.err), done.err
        assert done.err.startswith("wangge: ")
        assert "Traceback" not in done.err
        assert done.out == ""
        if "--lang" not in args:
            assert done.err.isascii() == (lang == "en"), done.err


def test_the_language_may_stand_anywhere(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    reason = "choose one of"
    assert reason in run("--lang", "en", "partition", "--rules", "mine").err
    assert reason in run("partition", "--rules", "mine", "--lang", "en").err
    assert reason in run("partition", "--lang=en", "--rules", "mine").err
    assert "可选" in run("partition", "--rules", "mine").err
    monkeypatch.setenv("WANGGE_LANG", "en")
    assert reason in run("partition", "--rules", "mine").err
    assert "可选" in run("partition", "--rules", "mine", "--lang", "zh").err


def test_a_setting_that_cannot_be_used_is_named(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANGGE_PORT", "many")
    done = run("rules", "--lang", "en")
    assert done.code == 2
    assert "WANGGE_PORT" in done.err
    assert one_line(done.err)


def test_a_store_out_of_reach_is_exit_code_1_without_its_password(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANGGE_DATABASE_URL", "postgresql://someone:secret-word@127.0.0.1:1/none")
    done = run("history", "--lang", "en")
    assert done.code == 1
    assert one_line(done.err)
    assert "cannot reach" in done.err
    assert "secret-word" not in done.err


def test_a_server_store_must_be_migrated_first(
    run: Any, monkeypatch: pytest.MonkeyPatch, empty_postgis_url: str
) -> None:
    monkeypatch.setenv("WANGGE_DATABASE_URL", empty_postgis_url)
    refused = run("history", "--lang", "en")
    assert refused.code == 1
    assert "wangge migrate" in refused.err
    assert run("migrate").code == 0
    assert "already" in run("migrate", "--lang", "en").out
    assert run("history").code == 0


def test_debug_shows_where(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANGGE_DEBUG", "1")
    done = run("partition", "--rules", "mine")
    assert done.code == 2
    assert "Traceback" in done.err


def test_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    line = f"{sys.executable} -c 'from api.cli.main import main; main()' rules | head -n 1"
    root = Path(__file__).parents[3]
    done = subprocess.run(
        ["/bin/sh", "-c", line],
        check=False,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1
