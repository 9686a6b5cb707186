"""Coordinate reference systems: CGCS2000, the map vendors' datums, and local metres.

Geometry travels and is kept in EPSG:4490 (CGCS2000 geographic, longitude first). Lengths and areas are
taken in a local metric frame: an affine scaling of longitude and latitude at the centre of the layer.
Being affine it keeps straight lines straight and areas proportional, so whatever is cut in metres is
cut exactly in degrees too; a map projection would bend long edges and leave slivers (about 1 cm on
1 km). Its limit: lengths are off by up to tan(latitude) x distance-from-centre / earth radius,
0.02 % at 2 km and 0.2 % at 20 km from the centre of a layer in China.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.datums import datum_of
from geo.errors import InputError, MissingCrsError
from geo.zones import from_beijing, is_beijing, require_known_shift, require_zone

KEPT_CRS = "EPSG:4490"
COORDINATE_STEP_DEG = 1e-9
"""Kept coordinates are multiples of this (0.1 mm), so that shared corners are equal to the last bit."""

_SEMI_MAJOR_M = 6_378_137.0
_ECCENTRICITY_SQ = 0.006694380022900787  # CGCS2000 ellipsoid, f = 1/298.257222101

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LocalMetres:
    """An affine frame in metres around (`lon0`, `lat0`): x to the east, y to the north.

    >>> local = LocalMetres.around(108.7, 34.33)
    >>> round(local.metres_per_degree_lon), round(local.metres_per_degree_lat)
    (92026, 110928)
    """

    lon0: float
    lat0: float
    metres_per_degree_lon: float
    metres_per_degree_lat: float

    @classmethod
    def around(cls, lon0: float, lat0: float) -> LocalMetres:
        """The frame centred on a point given in degrees."""
        phi = math.radians(lat0)
        w = math.sqrt(1.0 - _ECCENTRICITY_SQ * math.sin(phi) ** 2)
        meridian_m = _SEMI_MAJOR_M * (1.0 - _ECCENTRICITY_SQ) / w**3
        parallel_m = _SEMI_MAJOR_M / w * math.cos(phi)
        return cls(lon0, lat0, math.radians(1.0) * parallel_m, math.radians(1.0) * meridian_m)

    @classmethod
    def of(cls, geometries: Any) -> LocalMetres:
        """The frame centred on the bounds of an array, GeoSeries or GeoDataFrame in degrees.

        Raises `InputError` when nothing in it has coordinates.
        """
        bounds = shapely.total_bounds(_array(geometries))
        if np.isnan(bounds).any():
            raise InputError("no coordinates to centre a metric frame on", "没有坐标，无法建立米制坐标")
        return cls.around(float(bounds[0] + bounds[2]) / 2, float(bounds[1] + bounds[3]) / 2)

    def to_metres(self, geometries: Any) -> NDArray[Any]:
        """Geometries in degrees (EPSG:4490 or 4326) as an array of geometries in metres."""
        scale = np.array([self.metres_per_degree_lon, self.metres_per_degree_lat])
        origin = np.array([self.lon0, self.lat0])
        return np.asarray(shapely.transform(_array(geometries), lambda xy: (xy - origin) * scale))

    def to_degrees(self, geometries: Any) -> NDArray[Any]:
        """The way back: local metres to degrees of longitude and latitude (EPSG:4490), rounded to `COORDINATE_STEP_DEG`."""
        scale = np.array([self.metres_per_degree_lon, self.metres_per_degree_lat])
        origin = np.array([self.lon0, self.lat0])
        return np.asarray(shapely.transform(_array(geometries), lambda xy: np.round(xy / scale + origin, 9)))


def _array(geometries: Any) -> NDArray[Any]:
    if isinstance(geometries, gpd.GeoDataFrame):
        geometries = geometries.geometry
    if isinstance(geometries, gpd.GeoSeries):
        geometries = geometries.array
    return np.atleast_1d(np.asarray(geometries, dtype=object))


def areas_m2(geometries: Any) -> Array:
    """Area of each polygon in square metres; each is measured around its own centre.

    Shape (n,). Input in degrees. Error against the ellipsoid below 1e-4 for communities of a few km.
    """
    array = _array(geometries)
    box = shapely.bounds(array)
    lat = np.where(np.isnan(box[:, 1]), 0.0, (box[:, 1] + box[:, 3]) / 2)
    w = np.sqrt(1.0 - _ECCENTRICITY_SQ * np.sin(np.radians(lat)) ** 2)
    scale = np.radians(1.0) ** 2 * (_SEMI_MAJOR_M**2) * (1.0 - _ECCENTRICITY_SQ) / w**4
    return np.asarray(shapely.area(array) * scale * np.cos(np.radians(lat)), dtype=np.float64)


def round_coordinates(geometries: Any) -> NDArray[Any]:
    """Coordinates in degrees rounded to `COORDINATE_STEP_DEG`: the form in which geometry is kept."""
    return np.asarray(shapely.transform(_array(geometries), lambda xy: np.round(xy, 9)))


def require_kept_crs(frame: gpd.GeoDataFrame, what: str) -> None:
    """Raise `MissingCrsError` or `InputError` unless `frame` is in EPSG:4490."""
    if frame.crs is None:
        raise MissingCrsError(
            f"{what} have no CRS; declare one with crs=", f"{what} 没有坐标系；请用 crs= 声明"
        )
    if frame.crs != KEPT_CRS:
        raise InputError(
            f"{what} are in {frame.crs.to_string()}; convert them to {KEPT_CRS} first",
            f"{what} 的坐标系是 {frame.crs.to_string()}；请先转换为 {KEPT_CRS}",
        )


# ---------------------------------------------------------------- the map vendors' datums

_GCJ_A = 6_378_245.0  # Krasovsky 1940, as the obfuscation was published
_GCJ_E2 = 0.00669342162296594323
_BD_TURN = math.pi * 3000.0 / 180.0


def _gcj_offset(lon: Array, lat: Array) -> tuple[Array, Array]:
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    wave_x = 20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)
    d_lat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    d_lat += (wave_x + 20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    d_lat += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    d_lon = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    d_lon += (wave_x + 20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    d_lon += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    phi = np.radians(lat)
    magic = 1.0 - _GCJ_E2 * np.sin(phi) ** 2
    d_lat = np.degrees(d_lat * magic * np.sqrt(magic) / (_GCJ_A * (1.0 - _GCJ_E2)))
    d_lon = np.degrees(d_lon * np.sqrt(magic) / (_GCJ_A * np.cos(phi)))
    return d_lon, d_lat


def _in_china(lon: Array, lat: Array) -> NDArray[np.bool_]:
    """The box in which the vendors shift coordinates; outside it GCJ-02 equals WGS-84."""
    return (lon >= 72.004) & (lon <= 137.8347) & (lat >= 0.8293) & (lat <= 55.8271)


def wgs84_to_gcj02(lon: Array, lat: Array) -> tuple[Array, Array]:
    """WGS-84 (or CGCS2000) degrees to GCJ-02 as used by Amap and Tencent. Arrays of equal shape.

    >>> lon, lat = wgs84_to_gcj02(np.array([108.7]), np.array([34.33]))
    >>> round(float(lon[0]), 6), round(float(lat[0]), 6)
    (108.704653, 34.328544)
    """
    lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    d_lon, d_lat = _gcj_offset(lon, lat)
    inside = _in_china(lon, lat)
    return np.where(inside, lon + d_lon, lon), np.where(inside, lat + d_lat, lat)


def gcj02_to_wgs84(lon: Array, lat: Array) -> tuple[Array, Array]:
    """GCJ-02 degrees back to WGS-84 by fixed-point iteration, to below 1e-7 m inside China."""
    return _inverse(wgs84_to_gcj02, lon, lat)


def _inverse(
    forward: Callable[[Array, Array], tuple[Array, Array]], lon: Array, lat: Array
) -> tuple[Array, Array]:
    """Where `forward` gives `lon`, `lat`: the shift changes slowly, so the error shrinks a thousandfold a round."""
    lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    back_lon, back_lat = lon.copy(), lat.copy()
    for _ in range(8):
        there_lon, there_lat = forward(back_lon, back_lat)
        step_lon, step_lat = lon - there_lon, lat - there_lat
        back_lon, back_lat = back_lon + step_lon, back_lat + step_lat
        if max(np.abs(step_lon).max(initial=0), np.abs(step_lat).max(initial=0)) < 1e-13:
            break
    return back_lon, back_lat


def gcj02_to_bd09(lon: Array, lat: Array) -> tuple[Array, Array]:
    """GCJ-02 degrees to Baidu's BD-09."""
    lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    radius = np.hypot(lon, lat) + 2e-5 * np.sin(lat * _BD_TURN)
    angle = np.arctan2(lat, lon) + 3e-6 * np.cos(lon * _BD_TURN)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def bd09_to_gcj02(lon: Array, lat: Array) -> tuple[Array, Array]:
    """BD-09 degrees back to GCJ-02 by fixed-point iteration."""
    return _inverse(gcj02_to_bd09, lon, lat)


def bd09_to_wgs84(lon: Array, lat: Array) -> tuple[Array, Array]:
    """BD-09 degrees back to WGS-84."""
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


_DATUMS = {"gcj02": gcj02_to_wgs84, "bd09": bd09_to_wgs84}
VENDOR_DATUMS = tuple(_DATUMS)
"""Datums that have no EPSG code and are declared by these names."""


def crs_of(frame: gpd.GeoDataFrame, declared: str | None = None) -> CRS | None:
    """The CRS in which the numbers of `frame` are read: the `declared` one, else its own; None for the map vendors'
    datums, which have no code, and where nobody says any. Raises `InputError` for an unknown code."""
    if declared is None:
        own: CRS | None = frame.crs
        return own
    named = datum_of(declared) or declared
    if named in _DATUMS:
        return None
    try:
        return CRS.from_user_input(f"EPSG:{named}" if named.isdigit() else named)
    except CRSError as error:
        raise InputError(
            f"unknown CRS {declared!r}; use an EPSG code such as EPSG:4490, or gcj02, bd09",
            f"未知坐标系 {declared!r}；请使用 EPSG:4490 等代码，或 gcj02、bd09",
        ) from error


def to_kept_crs(frame: gpd.GeoDataFrame, *, declared: str | None = None) -> gpd.GeoDataFrame:
    """`frame` in EPSG:4490, coordinates rounded for keeping.

    `declared` is an EPSG code such as `"EPSG:4326"` or `"EPSG:4526"`, or `"gcj02"` / `"bd09"`; it wins over
    what the file says of itself, because files lie about their CRS more often than their owners do.
    WGS-84 and CGCS2000 are taken as equal: they differ by centimetres, less than any community's survey.
    Beijing 1954 is shifted by public parameters (`geo.zones.BEIJING_ACCURACY_M`). Raises `MissingCrsError` when neither
    says anything, `InputError` for an unknown code, for Xian 1980 and for eastings that do not fit the zone.
    """
    if declared is None and frame.crs is None:
        raise MissingCrsError(
            "the file does not say its CRS; declare one with --crs (EPSG:4490, EPSG:4326, gcj02, bd09 ...)",
            "文件没有注明坐标系；请用 --crs 声明（EPSG:4490、EPSG:4326、gcj02、bd09 等）",
        )
    name = None if declared is None else datum_of(declared)
    if name in _DATUMS:
        back = _DATUMS[name]
        shifted = shapely.transform(_array(frame), lambda xy: np.column_stack(back(xy[:, 0], xy[:, 1])))
        return frame.set_geometry(gpd.GeoSeries(round_coordinates(shifted), frame.index, crs=KEPT_CRS))
    frame = frame.set_crs(crs_of(frame, declared), allow_override=True)
    require_known_shift(frame.crs)
    require_zone(_array(frame), frame.crs)
    if is_beijing(frame.crs):
        degrees = from_beijing(_array(frame.to_crs(frame.crs.geodetic_crs)))
    elif frame.crs.to_epsg() in (4326, 4490) or frame.crs.equals("OGC:CRS84"):
        degrees = _array(frame)
    elif frame.crs.is_geographic:
        degrees = _array(frame.to_crs("EPSG:4326"))
    else:
        degrees = _array(frame.to_crs(KEPT_CRS))
    return frame.set_geometry(gpd.GeoSeries(round_coordinates(degrees), frame.index, crs=KEPT_CRS))
