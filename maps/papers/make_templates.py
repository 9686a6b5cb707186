"""Writes the templates that ship anew: `python -m maps.papers.make_templates`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "templates"
_LATIN, _CHINESE = "Times New Roman", "宋体"
_TABLES: dict[str, tuple[tuple[str, float], ...]] = {
    "grids": (
        ("number", 1.0),
        ("code", 3.5),
        ("name", 2.4),
        ("kind", 1.8),
        ("extent", 6.2),
        ("places", 6.2),
        ("households", 1.6),
        ("people", 1.6),
        ("remark", 1.9),
    ),
    "codes": (
        ("old_code", 3.7),
        ("old_name", 3.2),
        ("new_code", 3.7),
        ("new_name", 3.2),
        ("change", 3.6),
        ("households", 2.2),
        ("share_of_old", 2.4),
        ("share_of_new", 2.4),
    ),
    "buildings": (
        ("complex", 5.0),
        ("building", 3.2),
        ("households", 2.0),
        ("old_code", 3.7),
        ("old_name", 3.2),
        ("new_code", 3.7),
        ("new_name", 3.2),
    ),
}
"""Columns of each table with their width in cm."""


def make_register() -> Path:
    """The registration table with code list, buildings that move, and room for signatures, on lying A4."""
    document = _document()
    _line(document, "{{ title }}", size=18, bold=True, middle=True)
    _line(document, "{{ said }}", size=9, middle=True)
    _line(document, "{{ notes|join(' · ') }}", size=9, middle=True)
    _rows(document, "grids")
    _signatures(document)
    for name in ("codes", "buildings"):
        document.add_page_break()
        _line(document, f"{{{{ {name}_title }}}}", size=16, bold=True, middle=True)
        _line(document, f"{{{{ empty_{name} }}}}", size=10.5)
        _rows(document, name)
    return _save(document, "register.docx")


def make_letter() -> Path:
    """A page for every letter, on standing A4."""
    document = _document(lying=False)
    _line(document, "{%p for letter in letters %}", size=9)
    title = _line(document, "{{ title }}", size=20, bold=True, middle=True)
    title.paragraph_format.page_break_before = True
    _line(document, "", size=12)
    _line(document, "{{ letter.to }}", size=14, bold=True)
    _line(document, "{{ letter.body }}", size=14, indent=28)
    _line(document, "", size=12)
    _line(document, "{{ signed }}", size=14, right=True)
    _line(document, "{{ made }}", size=14, right=True)
    _line(document, "{%p endfor %}", size=9)
    return _save(document, "letter.docx")


def _document(*, lying: bool = True) -> Any:
    from docx import Document
    from docx.enum.section import WD_ORIENT
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE if lying else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (Cm(29.7), Cm(21.0)) if lying else (Cm(21.0), Cm(29.7))
    section.left_margin = section.right_margin = Cm(1.7 if lying else 2.8)
    section.top_margin = section.bottom_margin = Cm(1.6)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = _LATIN, Pt(9)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), _CHINESE)
    normal.paragraph_format.space_after = Pt(2)
    _page_number(section.footer.paragraphs[0])
    return document


def _page_number(paragraph: Any) -> None:
    """`1 / 3`, as fields that Word counts."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for field in ("PAGE", "NUMPAGES"):
        if field == "NUMPAGES":
            paragraph.add_run(" / ")
        run = paragraph.add_run()
        for kind in ("begin", "text", "end"):
            if kind == "text":
                element = OxmlElement("w:instrText")
                element.text = field
            else:
                element = OxmlElement("w:fldChar")
                element.set(qn("w:fldCharType"), kind)
            run._r.append(element)


def _line(
    place: Any,
    words: str,
    *,
    size: float,
    bold: bool = False,
    middle: bool = False,
    right: bool = False,
    indent: float = 0.0,
) -> Any:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph = place.add_paragraph()
    if middle or right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if middle else WD_ALIGN_PARAGRAPH.RIGHT
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(indent)
        paragraph.paragraph_format.line_spacing = 1.5
    run = paragraph.add_run(words)
    run.bold, run.font.size = bold, Pt(size)
    return paragraph


def _rows(document: Any, name: str) -> None:
    """A table whose second row is written once for each row of `name`, its head on every page."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Cm

    columns = _TABLES[name]
    table = document.add_table(rows=4, cols=len(columns))
    table.style, table.autofit = "Table Grid", False
    for place, (key, width) in enumerate(columns):
        for row in table.rows:
            row.cells[place].width = Cm(width)
        head = table.rows[0].cells[place].paragraphs[0].add_run(f"{{{{ words.{key} }}}}")
        head.bold = True
        table.rows[2].cells[place].paragraphs[0].add_run(f"{{{{ row.{key} }}}}")
    table.rows[1].cells[0].paragraphs[0].add_run(f"{{%tr for row in {name} %}}")
    table.rows[3].cells[0].paragraphs[0].add_run("{%tr endfor %}")
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)
    for row in table.rows:
        whole = OxmlElement("w:cantSplit")
        row._tr.get_or_add_trPr().append(whole)


def _signatures(document: Any) -> None:
    words = "        ".join(
        f"{{{{ words.{key} }}}}：____________  {{{{ words.date }}}}：____________"
        for key in ("drawn_up", "checked", "approved")
    )
    _line(document, "", size=9)
    _line(document, words, size=10.5)


def _save(document: Any, name: str) -> Path:
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / name
    document.core_properties.author = "Wangge"
    document.core_properties.title = ""
    document.save(path)
    return path


if __name__ == "__main__":
    make_register()
    make_letter()
