"""The registration table as a Word document, set into a template that a tenant may replace.

A template is a .docx with Jinja marks in it (`{{ title }}`, `{%tr for grid in grids %}` ...). It is somebody's file: it is
filled in Jinja's sandbox with plain texts and numbers only, reaches no file and no code, and whoever calls runs it within
bounds of memory and time (`layers.files.confined`), since a sandbox does not stop a loop.
"""

from __future__ import annotations

import io
import zipfile
from importlib.resources import files
from typing import Any

from geo.errors import FileError
from maps.papers.redraw import Redraw
from maps.papers.tables import Cell, Column, buildings_table, codes_table, register_table
from maps.papers.words import PAPERS, paper_text

TEMPLATE = "register.docx"
_UNDATED = (1980, 1, 1, 0, 0, 0)


def shipped_template(name: str = TEMPLATE) -> bytes:
    """A template that ships with the program."""
    return (files(__package__) / "templates" / name).read_bytes()


def context_of(redraw: Redraw) -> dict[str, Any]:
    """What a template is given: texts, numbers, and lists of rows of them.

    `title`, `said`, `notes`, `community`, `community_code`, `version`, `valid_from`, `made`, `producer`, `households`, `moved`;
    `words` with every heading in the language asked for; `grids`, `codes` and `buildings`, whose rows hold the columns of
    the tables by their keys, as texts. `empty_codes` and `empty_buildings` say why a list is empty.
    """
    register, codes, buildings = (make(redraw) for make in (register_table, codes_table, buildings_table))
    return {
        "title": register.title,
        "said": register.said,
        "notes": list(register.notes),
        "community": redraw.community,
        "community_code": redraw.community_code,
        "version": redraw.version,
        "valid_from": "" if redraw.valid_from is None else redraw.valid_from.isoformat(),
        "made": redraw.made.isoformat(),
        "producer": redraw.producer or "",
        "households": cell_text(redraw.households),
        "moved": cell_text(redraw.moved),
        "words": {key: paper_text(key, redraw.lang) for key, words in PAPERS.items() if "{" not in words.zh},
        "codes_title": codes.title,
        "buildings_title": buildings.title,
        "grids": _rows(register.columns, register.rows),
        "codes": _rows(codes.columns, codes.rows),
        "buildings": _rows(buildings.columns, buildings.rows),
        "empty_codes": codes.empty,
        "empty_buildings": buildings.empty,
    }


def cell_text(cell: Cell, *, share: bool = False) -> str:
    """A cell as it is read in a document.

    >>> cell_text(1200), cell_text(0.5, share=True), cell_text(None), cell_text("<5")
    ('1,200', '50.0%', '', '<5')
    """
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    return f"{cell:.1%}" if share else f"{cell:,}"


def _rows(columns: tuple[Column, ...], rows: tuple[tuple[Cell, ...], ...]) -> list[dict[str, str]]:
    return [
        {
            column.key: cell_text(cell, share=column.form == "share")
            for column, cell in zip(columns, row, strict=True)
        }
        for row in rows
    ]


def fill_template(template: bytes, context: dict[str, Any], name: str = TEMPLATE) -> bytes:
    """The template with `context` in it, as DOCX; the same gives the same bytes. `name` is the template's, for the words.

    Raises `FileError` for a file that is no DOCX, and for marks that name what there is not, break Jinja's rules, or reach
    for what the sandbox does not give.
    """
    from docx.opc.exceptions import OpcError
    from docxtpl import DocxTemplate
    from jinja2 import StrictUndefined, TemplateError
    from jinja2.sandbox import ImmutableSandboxedEnvironment
    from lxml.etree import LxmlError

    rules = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    rules.globals.clear()
    target = io.BytesIO()
    try:
        document = DocxTemplate(io.BytesIO(template))
        document.render(context, jinja_env=rules, autoescape=True)
        document.save(target)
    except (TemplateError, LxmlError, OpcError, zipfile.BadZipFile, LookupError, TypeError, ValueError,
            ArithmeticError, AttributeError, RecursionError) as error:  # fmt: skip
        why = " ".join(str(error).split())[:200] or type(error).__name__
        raise FileError(
            f"the template {name} cannot be filled: {why}", f"模板 {name} 无法套用：{why}"
        ) from error
    return _undated(target)


def _undated(document: io.BytesIO) -> bytes:
    """The document with the same days on all its parts, so that the same papers give the same bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(document) as made, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as fixed:
        for part in made.infolist():
            member = zipfile.ZipInfo(part.filename, _UNDATED)
            member.compress_type = zipfile.ZIP_DEFLATED
            fixed.writestr(member, made.read(part))
    return target.getvalue()
