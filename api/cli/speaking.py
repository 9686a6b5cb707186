"""The language of the command line: help in one language, complaints of the parser in Chinese, output any terminal prints."""

from __future__ import annotations

import codecs
import os
import re
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from api.settings import PREFIX, Lang

if TYPE_CHECKING:
    from typer._click import Command

_BETWEEN = re.compile(r"\s{2,}")
"""Between the Chinese and the English of a text in both."""
_CHINESE = re.compile("[\u2e80-\u9fff\uff00-\uffef\u3000-\u303f]")
_HELP = (
    (re.compile(r"^Usage: ", re.MULTILINE), "用法："),
    (re.compile(r"^Options:$", re.MULTILINE), "选项："),
    (re.compile(r"^Arguments:$", re.MULTILINE), "参数："),
    (re.compile(r"Show this message and exit\."), "显示本帮助"),
    (re.compile(r"\[required\]"), "[必填]"),
    (re.compile(r"\[default:\s+"), "[默认：  "),
    (re.compile(r"\[OPTIONS\]"), "[选项]"),
    (re.compile(r"COMMAND \[ARGS\]\.\.\."), "命令 [参数]..."),
)
_COMPLAINTS = (
    (
        r"No such option: ?(\S+?)\.?(?: \((?:Possible options|Did you mean):? (.*?)\)| Did you mean (.*?)\?)?",
        "没有选项 {0}{1}",
    ),
    (
        r"No such command ['\"]?(.+?)['\"]?\.?(?: \(?Did you mean.*)?",
        "没有命令 {0}；用 wangge --help 查看全部命令",
    ),
    (r"Missing argument ['\"]?(.+?)['\"]?\.", "缺少参数 {0}"),
    (r"Missing option ['\"]?(.+?)['\"]?\.", "缺少选项 {0}"),
    (r"Missing command\.", "缺少命令"),
    (r"Got unexpected extra arguments? \((.+)\)", "多出的参数：{0}"),
    (r"Option ['\"]?(.+?)['\"]? requires (?:an argument|\d+ arguments?)\.?", "选项 {0} 后须有值"),
    (r"Option ['\"]?(.+?)['\"]? does not take a value\.?", "选项 {0} 不带值"),
    (r"Invalid value for ['\"]?(.+?)['\"]?: (.+)", "{0} 的值无效：{1}"),
)
_VALUES = (
    (r"['\"]?(.+?)['\"]? is not a valid (?:integer|int)\.?", "“{0}”不是整数"),
    (r"['\"]?(.+?)['\"]? is not a valid float\.?", "“{0}”不是数字"),
    (r"['\"]?(.+?)['\"]? is not one of (.+?)\.?", "“{0}”不在可选值之内：{1}"),
    (r"(.+?) is not in the range (.+?)\.?", "{0} 超出范围 {1}"),
    (r"['\"]?(.+?)['\"]? is not a valid (.+?)\.?", "“{0}”无效"),
    (r"Input should be a valid integer.*", "应为整数"),
    (r"Input should be a valid number.*", "应为数字"),
    (r"Input should be a valid boolean.*", "应为是或否"),
    (r"Input should be greater than or equal to (.+)", "应不小于 {0}"),
    (r"Input should be less than or equal to (.+)", "应不大于 {0}"),
    (r"Input should be greater than (.+)", "应大于 {0}"),
    (r"Input should be less than (.+)", "应小于 {0}"),
    (r"Input should be (?!a |an )(.+)", "应为 {0}"),
)
_SIGNS = {"✓": "v", "✗": "x", "✔": "v", "✘": "x", "→": "->", "≈": "~", "★": "*", "●": "*", "▲": "^", "–": "-", "—": "-", "…": "...",
          "≥": ">=", "≤": "<=", "²": "2", "³": "3", "×": "x", "·": "."}  # fmt: skip


def system_lang() -> Lang:
    """The language of a run that names none: as `WANGGE_LANG` says, else English where the system speaks it, else Chinese."""
    said = os.environ.get(f"{PREFIX}LANG")
    if said is None:
        said = next(
            (value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), ""
        )
        said = "en" if said.lower().startswith("en") else "zh"
    return "en" if said == "en" else "zh"


def one_language(text: str, lang: Lang) -> str:
    """The Chinese or the English of a text that has both, two blanks between them; another text as it is.

    >>> one_language("方案编号  A plan", "en"), one_language("CSV、XLSX  A file", "zh"), one_language(".csv .xlsx", "en")
    ('A plan', 'CSV、XLSX', '.csv .xlsx')
    """
    parts = _BETWEEN.split(text.strip(), maxsplit=1)
    if len(parts) != 2 or not _CHINESE.search(parts[0]):
        return text
    return parts[1] if lang == "en" else parts[0]


def speak(command: Command, lang: Lang) -> None:
    """Make the help of a command speak one language."""
    for parameter in command.params:
        told: Any = parameter
        for name in ("help", "metavar"):
            said = getattr(told, name, None)
            if isinstance(said, str):
                setattr(told, name, one_language(said, lang))


def in_chinese(text: str) -> str:
    """A help page with its headings in Chinese."""
    for pattern, to in _HELP:
        text = pattern.sub(to.rstrip(" "), text)
    return text


def complaint(message: str) -> str:
    """What the parser complains of, in Chinese; with the parser's own words where it says something new.

    >>> complaint("No such option: --nope"), complaint("Missing argument 'layer'.")
    ('没有选项 --nope', '缺少参数 layer')
    >>> complaint("Invalid value for '--lon': 'x' is not a valid float.")
    '--lon 的值无效：“x”不是数字'
    """
    for pattern, to in _COMPLAINTS:
        found = re.fullmatch(pattern, message)
        if found is not None:
            said = [part or "" for part in found.groups()]
            if pattern.startswith("No such option"):
                near = said[1] or said[2]
                said = [said[0], f"；相近的有 {near}" if near else ""]
            if pattern.startswith("Invalid value"):
                said[1] = _value(said[1])
            return to.format(*said)
    return message


def _value(message: str) -> str:
    for pattern, to in _VALUES:
        found = re.fullmatch(pattern, message)
        if found is not None:
            return to.format(*found.groups())
    return message


def printable(environment: Mapping[str, str] = os.environ) -> None:
    """Let output print on any terminal: one of plain ASCII gets UTF-8 unless the user asked for ASCII; what an encoding
    such as GBK has no character for is spelled with plain signs."""
    codecs.register_error("wangge", _spelled)
    for stream in (sys.stdout, sys.stderr):
        change = getattr(stream, "reconfigure", None)
        if change is None:
            continue
        name = codecs.lookup(stream.encoding or "utf-8").name
        if name in ("ascii", "iso8859-1") and "PYTHONIOENCODING" not in environment:
            change(encoding="utf-8", errors="wangge")
        else:
            change(errors="wangge")


def _spelled(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(_SIGNS.get(char, "?") for char in error.object[error.start : error.end]), error.end
