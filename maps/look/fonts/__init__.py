"""The fonts that sheets are set in, and where their files are."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

FAMILY = "Noto Sans CJK SC"
"""The family of both weights; its subset holds the characters of GB 2312 and Latin ones. SIL Open Font License 1.1."""


def font_folder() -> Path:
    """The folder with the two font files, for programs that take folders."""
    return Path(str(files(__name__)))
