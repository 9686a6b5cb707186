"""The papers of a redraw opened as an office would: workbook and document, with names that harm careless programs."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import pytest

from geo.errors import FileError
from maps.papers.document import context_of, fill_template, shipped_template
from maps.papers.make_templates import FOLDER
from maps.papers.redraw import BuildingLine, CodeLine, GridLine, Redraw
from maps.papers.tables import tables
from maps.papers.workbook import workbook

openpyxl = pytest.importorskip("openpyxl")
docx = pytest.importorskip("docx", reason="python-docx comes with docxtpl")
pytest.importorskip("xlsxwriter")

NAMES = [
    "第一网格",
    "<b>\"甲\"&'乙'</b>网格",
    '=HYPERLINK("x")',
    "长" * 40,
    "𠮷㐂𪚥䶮网格",
    "{{ 7*7 }}{% raw %}",
]


def grid(number: int, name: str) -> GridLine:
    return GridLine(
        f"99990100100100{number}", name, "基础网格", "东至桂花路", "芙蓉小区1-3号楼", 300, 800, False
    )


def redraw(**more: Any) -> Redraw:
    made: dict[str, Any] = {
        "community": "鹭坊社区",
        "community_code": "999901001001",
        "lang": "zh",
        "version": 2,
        "valid_from": None,
        "made": date(2026, 11, 29),
        "producer": None,
        "grids": tuple(grid(number, name) for number, name in enumerate(NAMES)),
        "codes": tuple(CodeLine("1", name, "2", name, "<5", None, 0.5, "部分划入") for name in NAMES),
        "buildings": tuple(BuildingLine(name, name, 12, "1", name, "2", name) for name in NAMES),
        "households": 1800,
        "moved": 72,
        "first": False,
        "least": 1,
    }
    return Redraw(**(made | more))


def texts(document: Any) -> str:
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def as_document(content: bytes) -> Any:
    return docx.Document(io.BytesIO(content))


def own(words: str) -> bytes:
    document = docx.Document()
    document.add_paragraph(words)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def test_a_workbook_holds_names_as_they_are_and_computes_nothing() -> None:
    content = workbook(tables(redraw()), made=date(2026, 11, 29), footer="a & b")
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["网格登记表", "新旧编码对照", "更换网格楼栋"]
    rows = list(book["网格登记表"].iter_rows(min_row=5, values_only=True))
    assert [row[2] for row in rows[:-1]] == NAMES
    assert rows[-1][1] == "合计"
    assert rows[-1][6] == 1800
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    assert book["网格登记表"]["C7"].quotePrefix
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")


def test_codes_stay_texts_and_shares_are_numbers() -> None:
    content = workbook(tables(redraw()), made=date(2026, 11, 29), footer="")
    row = next(
        openpyxl.load_workbook(io.BytesIO(content))["新旧编码对照"].iter_rows(min_row=5, values_only=True)
    )
    assert row == ("1", "第一网格", "2", "第一网格", "部分划入", "<5", None, 0.5)


def test_the_same_tables_give_the_same_workbook() -> None:
    first, again = (workbook(tables(redraw()), made=date(2026, 11, 29), footer="") for _ in range(2))
    assert first == again


def test_the_document_holds_all_names_and_no_marks() -> None:
    words = texts(as_document(fill_template(shipped_template(), context_of(redraw()))))
    for name in NAMES:
        assert words.count(name) >= 4
    assert "鹭坊社区网格登记表" in words
    assert "49" not in words, "a name is not a template"
    assert "{%tr" not in words


def test_the_document_in_english_says_why_a_list_is_empty() -> None:
    first = redraw(lang="en", first=True, codes=(), buildings=())
    words = texts(as_document(fill_template(shipped_template(), context_of(first))))
    assert "First plan of the community" in words
    assert "Grid registration table of 鹭坊社区" in words
    assert "网格编码" not in words


def test_the_shipped_template_is_what_the_program_makes() -> None:
    assert (FOLDER / "register.docx").read_bytes() == shipped_template()
    assert (FOLDER / "LICENSE").is_file()


def test_a_template_of_ones_own() -> None:
    content = fill_template(
        own("{{ community }}：{% for grid in grids %}{{ grid.name }}；{% endfor %}"), context_of(redraw())
    )
    words = texts(as_document(content))
    assert words.startswith("鹭坊社区：第一网格；")
    assert all(name in words for name in NAMES)


@pytest.mark.parametrize(
    "words",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ grids.__init__.__globals__ }}",
        "{{ grids.append(1) }}",
        "{{ lipsum.__globals__ }}",
        "{% include 'x' %}",
        "{% for grid in grids %}",
        "{{ househoulds }}",
        "{{ 1/0 }}",
        "{{ cycler() }}",
        "{{ title.format_map({}).x.y }}",
    ],
)
def test_a_template_that_misbehaves_is_told(words: str) -> None:
    with pytest.raises(FileError, match=r"own\.docx cannot be filled"):
        fill_template(own(words), context_of(redraw()), "own.docx")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"{\\rtf1}"])
def test_what_is_no_document_is_told(content: bytes) -> None:
    with pytest.raises(FileError):
        fill_template(content, context_of(redraw()))
