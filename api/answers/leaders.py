"""What an office adds to sheets from files of its own: who leads the grids, the pledge, facts of complexes. None of it is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from api.answers.sheet_terms import Leader
from geo.errors import FileError, InputError
from layers.files.limits import DEFAULT, open_file
from layers.files.readers import read_rows

_HEADS: Mapping[str, tuple[str, ...]] = {
    "place": ("网格编码", "网格编号", "网格代码", "网格名称", "网格", "grid"),
    "community": ("社区编码", "社区名称", "社区", "community"),
    "level": ("级别", "层级", "网格长级别", "level"),
    "name": ("姓名", "网格长", "网格长姓名", "name"),
    "phone": ("电话", "联系电话", "手机", "phone"),
}
_COMPLEX = ("小区编号", "小区名称", "小区", "complex", "ref", "name")
_MOST_FACTS = 30
_MOST_PLEDGE = 4_000


def read_leaders(path: Path) -> tuple[Leader, ...]:
    """The list of grid leaders in a CSV or workbook: grid (code or name), name, and where known community, level, telephone.

    A row without a grid leads its community. Raises `FileError` for a file that cannot be read, `InputError` when the
    columns of grid and name are not there, or a row names neither grid nor community.
    """
    frame, rows = _table(path, [head for heads in _HEADS.values() for head in heads])
    found = {key: next((head for head in heads if head in frame), None) for key, heads in _HEADS.items()}
    for key in ("place", "name"):
        if found[key] is None:
            listed = "、".join(_HEADS[key])
            raise InputError(
                f"{path.name}: no column of the {'grid' if key == 'place' else 'name'}; call it one of {listed}",
                f"{path.name}：缺少{'网格' if key == 'place' else '姓名'}一列；列名可为：{listed}",
            )
    return tuple(_leaders(path, frame, rows, found))


def _leaders(
    path: Path, frame: pd.DataFrame, rows: list[int], found: Mapping[str, str | None]
) -> Iterator[Leader]:
    for number, row in zip(rows, frame.to_dict("records"), strict=True):
        said = {key: "" if head is None else _text(row[head]) for key, head in found.items()}
        if not said["name"]:
            continue
        if not said["place"] and not said["community"]:
            raise InputError(
                f"{path.name}, row {number}: {said['name']} leads neither a grid nor a community; fill one in",
                f"{path.name} 第 {number} 行：“{said['name']}”既无网格也无社区；请填写其一",
            )
        yield Leader(**said)


def read_facts(path: Path) -> dict[str, tuple[tuple[str, str], ...]]:
    """What an office knows of complexes, from a CSV or workbook: by name or ref of the complex (its first such column) the
    other columns as they are headed, where they are filled.

    Raises `FileError` for a file that cannot be read, `InputError` without a column of the complex or with more than
    30 others.
    """
    frame, _ = _table(path, _COMPLEX)
    key = next((head for head in _COMPLEX if head in frame), None)
    if key is None:
        listed = "、".join(_COMPLEX)
        raise InputError(
            f"{path.name}: no column of the complex; call it one of {listed}",
            f"{path.name}：缺少小区一列；列名可为：{listed}",
        )
    others = [str(head) for head in frame if head != key]
    if len(others) > _MOST_FACTS:
        raise InputError(
            f"{path.name}: {len(others)} columns of facts; a dossier holds {_MOST_FACTS}",
            f"{path.name}：有 {len(others)} 列，档案最多容纳 {_MOST_FACTS} 列",
        )
    facts = {}
    for row in frame.to_dict("records"):
        told = tuple((head, _text(row[head])) for head in others if _text(row[head]))
        if _text(row[key]):
            facts[_text(row[key])] = told
    return facts


def read_pledge(path: Path) -> tuple[str, ...]:
    """The paragraphs of a text file in UTF-8. Raises `FileError` for one that is not, is empty, or longer than 4,000
    characters."""
    try:
        words = open_file(path, DEFAULT).read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise FileError(
            f"{path.name} is not a text in UTF-8", f"{path.name} 不是 UTF-8 编码的文本文件"
        ) from None
    found = paragraphs(words)
    if not found or len(words) > _MOST_PLEDGE:
        raise FileError(
            f"{path.name}: a pledge has 1 to {_MOST_PLEDGE} characters, not {len(words)}",
            f"{path.name}：承诺内容应为 1–{_MOST_PLEDGE} 个字符，现为 {len(words)} 个",
        )
    return found


def paragraphs(words: str) -> tuple[str, ...]:
    """The lines of a text that are not empty.

    >>> paragraphs("一\\n\\n 二 ")
    ('一', '二')
    """
    return tuple(line.strip() for line in words.splitlines() if line.strip())


def _table(path: Path, heads: list[str] | tuple[str, ...]) -> tuple[pd.DataFrame, list[int]]:
    source = read_rows(path, layer="grids", names={head: head for head in heads})
    frame = pd.DataFrame(source.frame.drop(columns="geometry"))
    frame.columns = [str(head).strip() for head in frame.columns]
    return frame, [int(number) for number in source.rows]


def _text(value: object) -> str:
    return "" if value is None or pd.isna(value) else str(value).strip()
