"""Geometry and values in the compact form a page carries: whole numbers, differences, and JSON that cannot
leave its script element."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

STEP_DEG = 1e-6
"""Coordinates in a page are multiples of this (about 0.1 m), counted from the page's origin."""

Origin = tuple[float, float]
Rings = list[list[int]]


def encode_shapes(geometries: Any, origin: Origin) -> list[Rings]:
    """Each polygon or line as rings `[x, y, dx, dy, ...]` in steps from `origin` (lon, lat in degrees).

    The parts and holes of a polygon are rings of one list, told apart by the even-odd rule; the closing
    point is left out. A ring that shrinks to nothing at this step is dropped.

    >>> encode_shapes([shapely.box(0, 0, 3e-6, 2e-6)], (0.0, 0.0))
    [[[3, 0, 0, 2, -3, 0, 0, -2]]]
    """
    array = np.atleast_1d(np.asarray(geometries, dtype=object))
    answer: list[Rings] = [[] for _ in array]
    parts, owner = shapely.get_parts(array, return_index=True)
    closed = shapely.get_dimensions(parts) == 2
    rings, ring_part = shapely.get_rings(parts[closed], return_index=True)
    lines = np.concatenate([rings, parts[~closed]])
    line_owner = np.concatenate([owner[closed][ring_part], owner[~closed]])
    is_ring = np.arange(len(lines)) < len(rings)
    coordinates, line_of = shapely.get_coordinates(lines, return_index=True)
    if len(coordinates) == 0:
        return answer
    steps = np.rint((coordinates - np.asarray(origin)) / STEP_DEG).astype(np.int64)
    moves = np.diff(steps, axis=0, prepend=steps[:1])
    first = np.append(True, line_of[1:] != line_of[:-1])
    last = np.append(first[1:], True)
    moves[first] = steps[first]
    wanted = (first | (moves != 0).any(axis=1)) & ~(last & is_ring[line_of] & ~first)
    counts = np.bincount(line_of[wanted], minlength=len(lines))
    pieces = np.split(moves[wanted], np.cumsum(counts)[:-1])
    least = np.where(is_ring, 3, 2)
    for piece, position, enough in zip(pieces, line_owner, counts >= least, strict=True):
        if enough:
            answer[position].append(piece.ravel().tolist())
    return answer


def encode_points(lon: NDArray[np.float64], lat: NDArray[np.float64], origin: Origin) -> list[list[int]]:
    """Points given in degrees as `[x, y]` in steps from `origin`."""
    steps = np.rint((np.column_stack([lon, lat]) - np.asarray(origin)) / STEP_DEG).astype(np.int64)
    return [[int(x), int(y)] for x, y in steps]


def texts(values: pd.Series) -> list[str]:
    """The text of each row as it is, missing as the empty text."""
    return ["" if pd.isna(value) else str(value) for value in values]


def numbers(values: Any) -> list[int | None]:
    """Whole numbers, missing as None."""
    return [None if pd.isna(value) else int(value) for value in values]


def flags(values: Any) -> list[int]:
    """Yes as 1, no and missing as 0."""
    return [0 if pd.isna(value) else int(bool(value)) for value in values]


def column(frame: pd.DataFrame, name: str) -> pd.Series:
    """A column of a frame, empty where the frame has none: optional columns may be left out by a caller."""
    return (
        frame[name]
        if name in frame.columns
        else pd.Series([None] * len(frame), index=frame.index, dtype=object)
    )


def script_json(value: Any) -> str:
    r"""JSON that is inert inside a script element, whatever names it holds.

    >>> script_json("</script>&")
    '"\\u003c/script\\u003e\\u0026"'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text
