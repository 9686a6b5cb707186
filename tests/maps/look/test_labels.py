"""Names stand inside their polygon, where there is most room."""

from __future__ import annotations

import numpy as np
import shapely
from shapely import MultiPolygon, Point, Polygon, box

from geo.crs import LocalMetres
from maps.look.labels import TOLERANCE_M, visual_centres

LOCAL = LocalMetres.around(108.7, 34.33)


def test_the_centre_of_an_l_lies_in_the_elbow_and_not_in_the_void() -> None:
    ell = Polygon([(0, 0), (300, 0), (300, 100), (100, 100), (100, 300), (0, 300)])
    assert not ell.contains(ell.centroid)
    (degrees,) = LOCAL.to_degrees(ell)
    anchors = visual_centres([degrees])
    place = LOCAL.to_metres([Point(anchors.lon[0], anchors.lat[0])])[0]
    assert ell.contains(place)
    assert abs(anchors.radius_m[0] - (200 - 100 * np.sqrt(2))) < 2 * TOLERANCE_M


def test_the_name_of_a_split_polygon_stands_in_its_larger_part() -> None:
    parts = MultiPolygon([box(0, 0, 40, 40), box(100, 0, 220, 120)])
    anchors = visual_centres(LOCAL.to_degrees(parts))
    assert 55 < anchors.radius_m[0] <= 61
    place = LOCAL.to_metres([Point(anchors.lon[0], anchors.lat[0])])[0]
    assert shapely.distance(place, Point(160, 60)) < 6


def test_nothing_has_no_centre() -> None:
    assert len(visual_centres(np.array([], dtype=object)).radius_m) == 0
