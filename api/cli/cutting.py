"""The command that cuts a grid along a line."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.editing import Grid, PlanNumber, do_step
from geo.errors import InputError


def cut(
    ctx: typer.Context,
    plan: PlanNumber,
    grid: Grid,
    line: Annotated[
        list[str],
        typer.Argument(metavar="经度,纬度...", help="线上各点，至少两个  Points of the line, two or more"),
    ],
) -> None:
    """A grid is cut along a line, cells without a building on it too; the largest part keeps its code. WGS 84 or CGCS2000."""
    from layers.plans.cutting import Cut

    do_step(ctx, plan, Cut(grid, tuple(_point(text) for text in line)))


def _point(text: str) -> tuple[float, float]:
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError:
        raise InputError(
            f"{text!r} is no point; give longitude and latitude with a comma between, as 108.7021,34.3312",
            f"“{text}”不是坐标点；请写作“经度,纬度”，如 108.7021,34.3312",
        ) from None
    return lon, lat
