"""Today's drawn grids over a community of six square cells, 100 m each:

3 4 5
0 1 2
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.crs import KEPT_CRS
from geo.errors import EmptyLayerError
from geo.plans.adopt import Adopted, adopt

STEP = 0.001


def square(x: float, y: float, width: float = 1.0, height: float = 1.0) -> shapely.Polygon:
    return shapely.box(
        108.7 + x * STEP, 34.3 + y * STEP, 108.7 + (x + width) * STEP, 34.3 + (y + height) * STEP
    )


CELLS = gpd.GeoDataFrame(
    {"cell": range(6), "building_ref": pd.array(["a", "b", "c", None, None, None], dtype="str")},
    geometry=[square(0, 0), square(1, 0), square(2, 0), square(0, 1), square(1, 1), square(2, 1)],
    crs=KEPT_CRS,
)
EDGES = pd.DataFrame(
    [(0, 1), (1, 2), (3, 4), (4, 5), (0, 3), (1, 4), (2, 5)],
    columns=["a", "b"],
).assign(shared_m=[111.0] * 4 + [92.0] * 3)
BUILDINGS = gpd.GeoDataFrame(
    {"ref": ["a", "b", "c"]},
    geometry=[square(0.1, 0.1, 0.3, 0.3), square(1.1, 0.1, 0.3, 0.3), square(2.1, 0.1, 0.3, 0.3)],
    crs=KEPT_CRS,
)


def drawn(**shapes: shapely.Polygon) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "ref": list(shapes),
            "code": pd.array([None] * len(shapes), dtype="str"),
            "name": pd.array([f"{ref} 网格" for ref in shapes], dtype="str"),
            "kind": pd.array([None] * len(shapes), dtype="str"),
        },
        geometry=list(shapes.values()),
        crs=KEPT_CRS,
    )


def owners(adopted: Adopted) -> str:
    return "".join(adopted.grids.set_index("label")["ref"].loc[adopted.labels])


def rules(adopted: Adopted) -> list[str]:
    return adopted.notes["rule"].tolist()


def test_grids_drawn_on_the_cells_come_back_without_notes() -> None:
    adopted = adopt(CELLS, EDGES, drawn(Q=square(2, 0, 1, 2), P=square(0, 0, 2, 2)))
    assert owners(adopted) == "PPQPPQ"
    assert adopted.grids[["label", "ref", "name", "kind"]].to_numpy().tolist() == [
        [0, "P", "P 网格", "base"],
        [1, "Q", "Q 网格", "base"],
    ]
    assert adopted.notes.empty


def test_the_building_decides_before_the_cell() -> None:
    line = 1.45  # P ends inside the middle cells, beyond building b
    grids = drawn(P=square(0, 0, line, 2), Q=square(line, 0, 3 - line, 2))
    assert owners(adopt(CELLS, EDGES, grids)) == "PQQPQQ"
    assert owners(adopt(CELLS, EDGES, grids, buildings=BUILDINGS)) == "PPQPQQ"


def test_a_cut_building_goes_to_the_larger_part_and_is_reported() -> None:
    line = 1.2  # a third of building b in P
    grids = drawn(P=square(0, 0, line, 2), Q=square(line, 0, 3 - line, 2))
    adopted = adopt(CELLS, EDGES, grids, buildings=BUILDINGS)
    assert owners(adopted)[1] == "Q"
    note = adopted.notes.set_index("rule").loc["building-cut"]
    assert (note["ref"], note["value"]) == ("P|Q", 1.0)
    assert "b" in note["reason"].zh


def test_overlaps_are_measured_and_the_cell_settles_a_tie() -> None:
    grids = drawn(P=square(0, 0, 2, 2), Q=square(1, 0, 2, 2))
    adopted = adopt(CELLS, EDGES, grids, buildings=BUILDINGS)
    assert owners(adopted) == "PPQPPQ", "both hold cells 1 and 4 whole: the smaller ref"
    note = adopted.notes.set_index("rule").loc["drawn-overlap"]
    assert note["ref"] == "P|Q"
    assert note["value"] == pytest.approx(92.03 * 110.93 * 2, rel=1e-3)
    grids = drawn(P=square(0, 0, 1.45, 2), Q=square(1, 0, 2, 2))
    assert owners(adopt(CELLS, EDGES, grids, buildings=BUILDINGS)) == "PQQPQQ", "Q has more of the cell"


def test_a_gap_goes_to_the_longest_shared_edge_from_its_rim() -> None:
    adopted = adopt(CELLS, EDGES, drawn(P=square(0, 0, 1, 2), Q=square(2, 0, 1, 1)))
    assert owners(adopted) == "PPQPPQ", "1: a tie goes to the smaller ref; 5: only 2 is in a grid yet"
    notes = adopted.notes.set_index("rule")["value"]
    assert notes["cells-in-gap"] == 3
    longer = EDGES.assign(shared_m=EDGES["shared_m"].mask((EDGES["a"] == 1) & (EDGES["b"] == 2), 112.0))
    assert owners(adopt(CELLS, longer, drawn(P=square(0, 0, 1, 2), Q=square(2, 0, 1, 1)))) == "PQQPPQ"
    assert notes["drawn-gap"] == pytest.approx(92.03 * 110.93 * 3, rel=1e-3)


def test_cells_out_of_reach_go_to_the_nearest_grid() -> None:
    island = EDGES[~(EDGES["a"].isin([2, 5]) | EDGES["b"].isin([2, 5]))]
    adopted = adopt(CELLS, island, drawn(P=square(0, 0, 1, 2), Q=square(1, 0, 1, 2)))
    assert owners(adopted) == "PQQPQQ"
    assert adopted.notes.set_index("rule").loc["cells-by-distance", "value"] == 2


def test_strays_are_left_out_and_reported() -> None:
    grids = drawn(P=square(-1, 0, 4, 2), S=square(0.4, 0.4, 0.2, 0.2), T=square(9, 9))
    adopted = adopt(CELLS, EDGES, grids)
    assert set(owners(adopted)) == {"P"}
    empty = adopted.notes[adopted.notes["rule"] == "drawn-empty"]
    assert empty["ref"].tolist() == ["S", "T"]
    outside = adopted.notes[adopted.notes["rule"] == "drawn-outside"]
    assert outside["ref"].tolist() == ["P"]


def test_row_order_does_not_matter() -> None:
    grids = drawn(P=square(0, 0, 1.3, 1.2), Q=square(1, 0, 2, 1.1), R=square(0.2, 1, 2.8, 0.9))
    first = adopt(CELLS, EDGES, grids, buildings=BUILDINGS)
    again = adopt(CELLS, EDGES.iloc[::-1], grids.iloc[[2, 0, 1]], buildings=BUILDINGS.iloc[::-1])
    assert owners(first) == owners(again)
    assert rules(first) == rules(again)
    assert np.array_equal(first.labels, again.labels)


def test_no_drawn_grid_in_the_community_is_an_error() -> None:
    with pytest.raises(EmptyLayerError) as caught:
        adopt(CELLS, EDGES, drawn(T=square(9, 9)))
    assert "现状网格" in caught.value.words.zh
