"""Archives with a manifest, and templates looked through before anything parses them."""

from __future__ import annotations

import hashlib
import zipfile
from datetime import date
from pathlib import Path

import pytest

from geo.errors import EmptyLayerError, FileError
from layers.files.archives import MANIFEST, Packed, write_archive
from layers.files.templates import read_template

DAY = date(2026, 11, 29)
FILES = [Packed('甲社区/登记表 "一".xlsx', b"one"), Packed("图.svg", "<svg>网格</svg>".encode() * 50)]


def test_an_archive_tells_the_sum_of_every_file(tmp_path: Path) -> None:
    out = tmp_path / "new" / "p.zip"
    assert write_archive(iter(FILES), out, day=DAY) == [file.name for file in FILES]
    with zipfile.ZipFile(out) as archive:
        assert archive.namelist() == [*(file.name for file in FILES), MANIFEST]
        assert all(member.date_time[:3] == (2026, 11, 29) for member in archive.infolist())
        said = archive.read(MANIFEST).decode("utf-8-sig")
        for file in FILES:
            assert archive.read(file.name) == file.content
            assert hashlib.sha256(file.content).hexdigest() in said
    assert out.stat().st_mode & 0o777 == 0o600


def test_the_same_files_give_the_same_archive(tmp_path: Path) -> None:
    for name in ("a.zip", "b.zip"):
        write_archive(FILES, tmp_path / name, day=DAY)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_what_fails_leaves_what_was_there(tmp_path: Path) -> None:
    out = tmp_path / "p.zip"
    out.write_bytes(b"before")
    with pytest.raises(EmptyLayerError):
        write_archive([], out, day=DAY)
    with pytest.raises(ValueError, match="already"):
        write_archive([FILES[0], FILES[0]], out, day=DAY)
    assert out.read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir()] == ["p.zip"]


def zipped(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return path


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("xl/workbook.xml",), "no Word document"),
        (("word/document.xml", "word/vbaProject.bin"), "macros"),
        (("word/document.xml", "../../x"), "elsewhere"),
    ],
)
def test_templates_that_are_none(tmp_path: Path, names: tuple[str, ...], said: str) -> None:
    with pytest.raises(FileError, match=said):
        read_template(zipped(tmp_path / "t.docx", *names))


def test_a_template_is_read_as_it_is(tmp_path: Path) -> None:
    path = zipped(tmp_path / "t.docx", "word/document.xml")
    assert read_template(path) == path.read_bytes()


def test_a_bomb_is_not_opened(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "t.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"\0" * (101 << 20))
    with pytest.raises(FileError, match="bomb"):
        read_template(tmp_path / "t.docx")
