"""From labels to the grids people see: outline, households, code, name, kind and colour of each."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.crs import KEPT_CRS
from geo.plans.codes import assign_codes, overlap_table
from geo.plans.colouring import colour_grids
from geo.plans.edits import Draft
from geo.plans.labels import as_labels
from geo.plans.outline import drawn_outline
from geo.plans.reasons import plain_reasons
from geo.plans.rules import Rules

COLUMNS = (
    "label",
    "code",
    "name",
    "kind",
    "community_code",
    "households",
    "households_estimated",
    "people",
    "cells",
    "colour",
    "geometry",
)


def make_grids(
    cells: gpd.GeoDataFrame,
    labels: ArrayLike,
    *,
    community_code: str,
    rules: Rules,
    previous: gpd.GeoDataFrame | None = None,
    taken: Collection[str] = (),
    drawn: pd.DataFrame | None = None,
    stays: Mapping[int, str] | None = None,
) -> gpd.GeoDataFrame:
    """The grids of one community, one row per label, ascending; columns `COLUMNS`, EPSG:4490.

    `previous` are the grids in force (code, name, kind, colour, geometry): what mostly stays keeps its code,
    name, kind and colour. `taken` are all codes ever used here. `drawn` (label, code, name, kind) are somebody's
    choices: names and kinds win, and so does a code that follows the template and names nothing else. `stays` are
    the labels that are grids of `previous` by decision, with their codes, however much they share.
    people is empty where it is unknown for some cell with households; households_estimated marks grids in which
    any household is an estimate. Raises as `geo.plans.outline.drawn_outline` and `geo.plans.codes.assign_codes` do.

    >>> from shapely import box
    >>> from geo.plans.rules import profile
    >>> cells = gpd.GeoDataFrame(
    ...     {"households": [200, 150, 400], "households_estimated": False, "people": pd.NA, "area_m2": 1e4},
    ...     geometry=[box(108.7 + i / 1000, 34, 108.701 + i / 1000, 34.001) for i in range(3)], crs=KEPT_CRS)
    >>> grids = make_grids(cells, [0, 0, 1], community_code="999901001001", rules=profile("national"))
    >>> grids[["code", "name", "households"]].to_numpy().tolist()
    [['999901001001001', '第一网格', 350], ['999901001001002', '第二网格', 400]]
    """
    labels = as_labels(labels, len(cells))
    grids = drawn_outline(cells, labels)
    chosen = grids if drawn is None else grids.merge(drawn, on="label", how="left")
    in_force = None if previous is None or previous.empty else previous
    overlap = None
    if in_force is not None:
        owners = owner_codes(cells, in_force)
        overlap = overlap_table(labels, owners, households=cells["households"], area_m2=cells["area_m2"])
    coded = assign_codes(
        gpd.GeoDataFrame(chosen, geometry="geometry", crs=KEPT_CRS),
        community_code=community_code,
        rules=rules,
        previous=in_force,
        overlap=overlap,
        taken=taken,
        stays=stays,
    )
    grids = grids.merge(coded[["label", "code", "name", "kind"]], on="label")
    grids = grids.merge(_sums(cells, labels), on="label").assign(community_code=community_code)
    colours = {} if in_force is None else dict(zip(in_force["code"], in_force["colour"], strict=True))
    grids = grids.assign(colour=colour_grids(grids, keep=colours))
    return gpd.GeoDataFrame(grids[list(COLUMNS)], geometry="geometry", crs=KEPT_CRS)


def derive_grids(cells: gpd.GeoDataFrame, draft: Draft, *, community_code: str) -> gpd.GeoDataFrame:
    """The grids of a draft under their own codes, names, kinds and colours: as `make_grids`, with locked, chosen and reasons.

    One row a grid, in EPSG:4490. Grids without a colour yet (-1) get one, and where two neighbours have the same, one of
    them another.
    Raises as `geo.plans.outline.drawn_outline` does.
    """
    grids = drawn_outline(cells, draft.labels).merge(_sums(cells, draft.labels), on="label")
    own = [draft.grids[int(label)] for label in grids["label"]]
    grids = grids.assign(
        code=[one.code for one in own],
        name=[one.name for one in own],
        kind=[one.kind for one in own],
        locked=[one.locked for one in own],
        chosen=[one.chosen for one in own],
        reasons=pd.Series([plain_reasons(one.reasons) for one in own], grids.index, dtype=object),
        community_code=community_code,
    )
    grids = grids.assign(colour=colour_grids(grids, keep={one.code: one.colour for one in own}))
    return gpd.GeoDataFrame(
        grids[[*COLUMNS, "locked", "chosen", "reasons"]], geometry="geometry", crs=KEPT_CRS
    )


def owner_codes(cells: gpd.GeoDataFrame, previous: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """(n_cells,) the code of the previous grid each cell's inner point lies in; None where there is none."""
    shapes = np.asarray(previous.geometry.array, dtype=object)
    points = shapely.point_on_surface(np.asarray(cells.geometry.array, dtype=object))
    point, grid = shapely.STRtree(shapes).query(points, predicate="intersects")
    owners = np.full(len(cells), None, dtype=object)
    codes = previous["code"].to_numpy(dtype=object)
    order = np.argsort(codes[grid].astype(str), kind="stable")[::-1]  # the smallest code is written last
    owners[point[order]] = codes[grid[order]]
    return owners


def _sums(cells: gpd.GeoDataFrame, labels: NDArray[np.int64]) -> pd.DataFrame:
    households = cells["households"].to_numpy(dtype=np.int64)
    people = cells["people"].to_numpy(dtype=np.float64, na_value=np.nan)
    frame = pd.DataFrame(
        {
            "label": labels,
            "households": households,
            "households_estimated": cells["households_estimated"].to_numpy(dtype=bool) & (households > 0),
            "people": np.nan_to_num(people),
            "unknown": np.isnan(people) & (households > 0),
            "cells": 1,
        }
    )
    frame = (
        frame[frame["label"] >= 0]
        .groupby("label", as_index=False)
        .agg(
            {
                "households": "sum",
                "households_estimated": "any",
                "people": "sum",
                "unknown": "any",
                "cells": "sum",
            }
        )
    )
    known = frame["people"].astype("Int64").mask(frame["unknown"])
    return frame.assign(people=known).drop(columns="unknown")
