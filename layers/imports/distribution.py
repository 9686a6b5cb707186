"""A table of which building belongs to which grid, as planners fill it in a spreadsheet."""

from __future__ import annotations

from pathlib import Path

from geo.errors import FrameError, InputError
from layers.files.limits import DEFAULT, Limits
from layers.files.readers import read_rows

BUILDING = ("building_ref", "楼栋编号", "building", "楼栋", "ref")
GRID = ("grid_code", "网格编码", "grid", "网格", "网格名称", "grid_name", "code")
"""Headers of the two columns, the surest first."""


def read_distribution(path: Path, *, limits: Limits = DEFAULT) -> dict[str, str]:
    """The grid of each building: ref to code or name. Other columns are left alone; rows without a building or a grid
    are no part of it.

    Raises `InputError` without one of the two columns, and for a building with two grids; `FrameError`
    for cells that cannot be read, `FileError` as `layers.files.readers.read_rows` does.
    """
    names = {name: name for name in (*BUILDING, *GRID)}
    source = read_rows(path, layer="buildings", names=names, limits=limits)
    if source.faults:
        raise FrameError("grids", source.faults)
    frame = source.frame.drop(columns="geometry")
    columns = [next((name for name in wanted if name in frame.columns), None) for wanted in (BUILDING, GRID)]
    if columns[0] is None or columns[1] is None:
        raise InputError(
            f"{path.name}: two columns are needed, {BUILDING[0]} and {GRID[0]}; there are {', '.join(frame.columns)}",
            f"{path.name}：应有“{BUILDING[1]}”和“{GRID[1]}”两列；现有 {'、'.join(frame.columns)}",
        )
    found: dict[str, str] = {}
    for building, grid in zip(frame[columns[0]], frame[columns[1]], strict=True):
        ref, code = (str(value).strip() if isinstance(value, str) else "" for value in (building, grid))
        if not ref or not code:
            continue
        if found.setdefault(ref, code) != code:
            raise InputError(
                f"{path.name}: building {ref} is given to {found[ref]} and to {code}; keep one row",
                f"{path.name}：楼栋 {ref} 同时分给 {found[ref]} 和 {code}；请只保留一行",
            )
    return found
