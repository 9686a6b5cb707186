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
def test_every_command_helps_in_one_language_at_a_time(run: Any, command: list[str]) -> None:
    chinese, english = (run("--lang", lang, *command, "--help") for lang in ("zh", "en"))
    assert (chinese.code, english.code) == (0, 0)
    assert english.out.isascii()
    assert chinese.out.startswith("用法：wangge")
    for words in ("Options", "Show this", "[required]"):
        assert words not in chinese.out


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["locate", "--nonsense"], "没有选项 --nonsense"),
        (["import"], "缺少参数 layer"),
        (["locate", "--lon", "x", "--lat", "1"], "--lon 的值无效：应为数字"),
        (["locate", "--lon"], "选项 --lon 后须有值"),
        (["nonsense"], "没有命令 nonsense"),
    ],
)
def test_the_parser_complains_in_the_language_of_the_run(run: Any, args: list[str], said: str) -> None:
    done = run(*args)
    assert done.code == 2
    assert said in done.err
    assert run("--lang", "en", *args).err.isascii()


@pytest.mark.parametrize(
    ("system", "english"),
    [({"LANG": "en_US.UTF-8"}, True), ({"LANG": "zh_CN.GBK"}, False), ({"LANG": "C"}, False)],
)
def test_without_a_word_the_system_says_the_language(
    run: Any, monkeypatch: pytest.MonkeyPatch, system: dict[str, str], english: bool
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "WANGGE_LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in system.items():
        monkeypatch.setenv(name, value)
    assert run("locate", "--help").out.startswith("Usage") == english


@pytest.mark.parametrize("encoding", ["ascii", "gbk", "cp936", "utf-8"])
def test_every_terminal_is_printed_to(tmp_path: Path, encoding: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from api.cli.main import main; main(['doctor'])"],
        env={**os.environ, "PYTHONIOENCODING": encoding, "WANGGE_HOME": str(tmp_path)},
        capture_output=True,
        check=False,
        cwd=Path(__file__).parents[3],
    )
    assert b"UnicodeEncodeError" not in done.stderr
    assert b"Python: 3" in done.stdout


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


@pytest.mark.parametrize("home", ["file", "file/below"])
def test_a_file_where_the_folder_should_be_is_one_plain_line(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str
) -> None:
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("WANGGE_HOME", str(tmp_path / home))
    done = run("plans", "--lang", "zh")
    assert done.code == 1
    assert "应为文件夹的位置是一个文件" in done.err
    assert "意外错误" not in done.err
    assert len(done.err.splitlines()) == 1


def test_a_full_disk_under_the_output_is_told(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "api.cli", "rules", "--lang", "zh"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env={**os.environ, "WANGGE_HOME": str(tmp_path / "home")},
        )
    assert done.returncode == 1
    assert done.stderr == "wangge: 磁盘已满；请清理空间后重试\n"
