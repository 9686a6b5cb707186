"""A tenant's own template of a document: looked through before anything parses it."""

from __future__ import annotations

from pathlib import Path

from geo.errors import FileError
from layers.files.limits import Limits, open_file, open_zip

_LIMITS = Limits(file_bytes=20 << 20, unpacked_bytes=100 << 20, members=500)
_MAIN_PART = "word/document.xml"
_MACROS = "vbaProject.bin"


def read_template(path: Path) -> bytes:
    """The bytes of a .docx. Raises `FileError` for what is no such file, is too large, tricky, or holds macros."""
    resolved = open_file(path, _LIMITS)
    with open_zip(resolved, _LIMITS) as archive:
        names = archive.namelist()
    if _MAIN_PART not in names:
        raise FileError(
            f"{path.name} is no Word document (.docx); save it as one",
            f"{path.name} 不是 Word 文档（.docx）；请另存为 .docx",
        )
    if any(name.endswith(_MACROS) for name in names):
        raise FileError(
            f"{path.name} holds macros; save it as .docx without them",
            f"{path.name} 含宏；请另存为不含宏的 .docx",
        )
    return resolved.read_bytes()
