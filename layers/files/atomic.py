"""A file that appears whole or not at all, readable by its owner alone."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from geo.errors import FileError
from layers.files.system_faults import refused_by_system

_MODE = 0o600
_SERIAL = count(1)


@contextmanager
def drafted(out: Path, *, make_folder: bool = False) -> Iterator[Path]:
    """A place to write to, of the same name in a hidden folder beside `out`; what was written there takes the
    place of `out` when all went well, with mode 0600. `make_folder` makes the folder of `out` when missing. Drafts
    that killed processes left behind go.

    Raises `FileError` for what the file system refuses; then `out` is as it was.
    """
    folder = out.with_name(f".{out.name}.{os.getpid()}-{next(_SERIAL)}.part")
    try:
        if make_folder:
            out.parent.mkdir(parents=True, exist_ok=True)
        _sweep(out)
        folder.mkdir(mode=0o700)
        draft = folder / out.name
        yield draft
        draft.chmod(_MODE)
        draft.replace(out)
    except OSError as error:
        why = refused_by_system(error, named=False)
        raise FileError(f"cannot write {out}: {why.en}", f"无法写入 {out}：{why.zh}") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(out: Path) -> None:
    """Take away drafts of `out` whose process is gone."""
    drafts = re.compile(rf"\.{re.escape(out.name)}\.(\d+)-\d+\.part")
    for entry in os.scandir(out.parent):
        match = drafts.fullmatch(entry.name)
        if match and not alive(int(match[1])):
            shutil.rmtree(entry.path, ignore_errors=True)


def alive(pid: int) -> bool:
    """Whether a process of this number runs on this machine."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
