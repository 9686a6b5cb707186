"""A file that appears whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from geo.errors import FileError


@contextmanager
def drafted(out: Path) -> Iterator[Path]:
    """A place beside `out` to write to; what was written there takes the place of `out` when all went well.

    Raises `FileError` for what the file system refuses.
    """
    draft = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        yield draft
        draft.replace(out)
    except OSError as error:
        why = error.strerror or error
        raise FileError(f"cannot write {out}: {why}", f"无法写入 {out}：{why}") from error
    finally:
        draft.unlink(missing_ok=True)
