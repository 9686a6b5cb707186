"""Roads and rivers come cut in pieces by tiles and crossings: pieces of one key become one row."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

Numbers = NDArray[np.int64]


def merge_pieces(frame: gpd.GeoDataFrame, rows: Numbers, key: str) -> tuple[gpd.GeoDataFrame, Numbers, int]:
    """Rows of one key and the same values as one multi-part row: the pieces of a road or river cut by tiles.

    An empty value, or `other`, agrees with any. Gives the frame, the row numbers kept (of the first pieces)
    and how many rows went. Rows of one key that contradict each other stay, to be blamed as duplicates.
    """
    shape = frame.geometry.notna() & ~frame.geometry.is_empty
    twin = frame[key].notna() & frame.duplicated(key, keep=False) & shape
    if not twin.any():
        return frame, rows, 0
    values = frame.loc[twin].drop(columns=["geometry"]).astype(object)
    said = values.mask(values.isna() | (values == "other"))
    said[key] = values[key]
    group = said.groupby(key)
    agree = (group.transform("nunique") <= 1).all(axis=1)
    same = twin & agree.reindex(frame.index, fill_value=False)
    gone = same & frame[same].duplicated(key).reindex(frame.index, fill_value=False)
    first = same & ~gone
    if not gone.any():
        return frame, rows, 0
    keys = frame.loc[first, key]
    merged = (
        frame.geometry[same]
        .groupby(frame.loc[same, key])
        .agg(lambda some: shapely.union_all(some.to_numpy()))
    )
    out = frame.copy()
    for column in said.columns.drop(key):
        filled = keys.map(group[column].first())
        out.loc[first, column] = filled.where(filled.notna(), out.loc[first, column])
    out.loc[first, "geometry"] = gpd.GeoSeries(keys.map(merged), crs=frame.crs)
    kept = ~gone.to_numpy(dtype=bool)
    return out[kept], rows[kept], int(gone.sum())
