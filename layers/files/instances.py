"""The neutral instance format on disk: problems in, labels out (a JSON list in node order)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.errors import FileError
from geo.partition.problem.problem import Problem
from geo.plans.goals import Goal
from layers.files.atomic import drafted

MAX_BYTES = 512 * 2**20
"""An instance file larger than this is refused: two million cells fit into less."""


def read_instance(path: str | Path, *, goal: Goal | None = None) -> Problem:
    """The problem in a JSON file; without `goal`, the one whose figure it publishes, else the planner's.

    Raises `FileError` when the file cannot be read as JSON, `InputError` that lists what is wrong with the instance.
    """
    return Problem.from_instance(_read_json(Path(path)), goal=goal)


def _read_json(path: Path) -> Any:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise FileError(
                f"{path.name} has {size} bytes; an instance may have {MAX_BYTES}",
                f"{path.name} 有 {size} 字节，超过实例文件上限 {MAX_BYTES} 字节",
            )
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise FileError(
            f"cannot read {path}: {error.strerror or error}", f"无法读取 {path}：{error.strerror or error}"
        ) from error
    except (ValueError, RecursionError) as error:  # not UTF-8, not JSON, or nested without end
        raise FileError(
            f"{path.name} is not JSON in UTF-8 ({error})", f"{path.name} 不是 UTF-8 编码的 JSON（{error}）"
        ) from error


def write_labels(path: str | Path, labels: NDArray[np.integer]) -> None:
    """Write labels as a JSON list of whole numbers, whole or not at all. Raises `FileError`."""
    path = Path(path)
    with drafted(path) as draft:
        draft.write_text(json.dumps([int(label) for label in labels]) + "\n", encoding="utf-8")
