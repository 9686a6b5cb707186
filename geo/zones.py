"""The zones and older datums of Chinese surveys: which code fits an easting, and how Beijing 1954 is brought over.

A Gauss-Krüger zone is 3° or 6° wide; eastings either begin at 500 km or carry the number of the zone in front
(38 529 526). Numbers of one kind read under a code of the other would lie thousands of kilometres away.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from geo.errors import InputError, Words

BEIJING_ACCURACY_M = 20
"""Metres that a place may be off after the shift from Beijing 1954: so far apart lie the published shifts."""
_KRASSOWSKY_M, _IAG75_M = 6_378_245.0, 6_378_140.0
_MILLION = 1e6
_HALF = 500_000.0
_NORTHINGS = (1.9e6, 6.0e6)
"""Northings of China in metres."""
_CODES = {  # width of the zone in degrees, with its number in front of the easting -> code of the first zone
    (3, True): (4513, 25),
    (3, False): (4534, 25),
    (6, True): (4491, 13),
    (6, False): (4502, 13),
}
_ZONES = {3: range(25, 46), 6: range(13, 24)}
_BEIJING = (
    "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=push +v_3 "
    "+step +proj=cart +ellps=krass +step +proj=helmert +x=12.646 +y=-155.176 +z=-80.863 "
    "+step +inv +proj=cart +ellps=GRS80 +step +proj=pop +v_3 +step +proj=unitconvert +xy_in=rad +xy_out=deg"
)
"""EPSG:15918 (Ordos basin), the best of those published on land."""


def is_beijing(crs: CRS) -> bool:
    """Whether `crs` is on Beijing 1954: by its ellipsoid, because a .prj names the datum in many ways. The adjusted
    network of 1982 (新北京54) has the ellipsoid, but not the place."""
    return _semi_major(crs) == _KRASSOWSKY_M and not _is_new_beijing(crs)


def is_xian(crs: CRS) -> bool:
    """Whether `crs` is on Xian 1980, or on the New Beijing that goes with it."""
    return _semi_major(crs) == _IAG75_M or _is_new_beijing(crs)


def _is_new_beijing(crs: CRS) -> bool:
    return "new beijing" in crs.name.lower().replace("_", " ")


def _semi_major(crs: CRS) -> float | None:
    return None if crs.ellipsoid is None else float(crs.ellipsoid.semi_major_metre)


def from_beijing(degrees: NDArray[Any]) -> NDArray[Any]:
    """Shapes in degrees of Beijing 1954 in degrees of CGCS2000, to `BEIJING_ACCURACY_M`.

    >>> point = from_beijing(np.array([shapely.Point(108.7, 34.33)], dtype=object))[0]
    >>> round(point.x, 4), round(point.y, 4)
    (108.7004, 34.3302)
    """
    shift = Transformer.from_pipeline(_BEIJING)
    return np.asarray(
        shapely.transform(degrees, lambda xy: np.column_stack(shift.transform(xy[:, 0], xy[:, 1])))
    )


def shift_words(crs: CRS) -> Words | None:
    """What is to be said of data that came from an older datum and was shifted."""
    if not is_beijing(crs):
        return None
    return Words(
        f"Beijing 1954 was shifted to CGCS2000 by public parameters: places may be off by {BEIJING_ACCURACY_M} m; have "
        "the survey office convert the file if that is too much",
        f"北京 54 坐标已按公开参数转换为 CGCS2000，位置误差可达 {BEIJING_ACCURACY_M} 米；如需更高精度，请由测绘部门转换后再导入",
    )


def require_known_shift(crs: CRS) -> None:
    """Raise `InputError` for Xian 1980, which nobody may publish a way from."""
    if not is_xian(crs):
        return
    twin = _twin(crs)
    raise InputError(
        f"{crs.name} has no public transformation to CGCS2000, and without one places would be off by up to 120 m; have "
        f"the survey office convert the file. Only if its numbers are CGCS2000 already, declare --crs {twin}",
        f"{crs.name}（西安 80）到 CGCS2000 没有公开的转换参数，直接使用误差可达 120 米；请由测绘部门转换后再导入。"
        f"若坐标实际已是 CGCS2000，请用 --crs {twin} 声明",
    )


def _twin(crs: CRS) -> str:
    """The code of CGCS2000 with the same numbers."""
    gauss = _gauss(crs)
    if gauss is None:
        return "EPSG:4490"
    meridian, easting = gauss
    wide = 6 if "3-degree" not in crs.name and "3_degree" not in crs.name.lower() and meridian % 6 == 3 else 3
    return _code(wide, _zone(wide, meridian), numbered=easting > _MILLION)


def require_zone(shapes: NDArray[Any], crs: CRS) -> None:
    """Raise `InputError`, with the right code where there is one, for eastings that do not fit the zone of a
    Gauss-Krüger `crs`, and for northings where eastings belong."""
    gauss = _gauss(crs)
    bounds = shapely.total_bounds(shapes)
    if gauss is None or np.isnan(bounds).any():
        return
    meridian, easting = gauss
    x, y = float(bounds[0] + bounds[2]) / 2, float(bounds[1] + bounds[3]) / 2
    zones = {wide: int(x // _MILLION) in _ZONES[wide] for wide in (3, 6)}
    if _NORTHINGS[0] < x < _NORTHINGS[1] and not _NORTHINGS[0] < y < _NORTHINGS[1]:
        raise InputError(
            f"northings and eastings are swapped ({x:,.0f}, {y:,.0f}): the easting comes first; swap the two columns",
            f"纵横坐标颠倒（{x:,.0f}，{y:,.0f}）：应先东坐标（横）、后北坐标（纵）；请对调两列",
        )
    own = int(easting // _MILLION)
    if own == int(x // _MILLION):
        return
    if any(zones.values()):
        wide = 3 if zones[3] else 6
        right = _code(wide, int(x // _MILLION), numbered=True)
    elif 0 < x < _MILLION and own:
        wide = 6 if own in _ZONES[6] else 3
        right = _code(wide, _zone(wide, meridian), numbered=False)
    else:
        return
    raise InputError(
        f"eastings such as {x:,.0f} do not fit {crs.name}; declare --crs {right}",
        f"东坐标（如 {x:,.0f}）与 {crs.name} 的带号不符；请用 --crs {right} 声明",
    )


def other_zones(crs: CRS) -> list[str]:
    """Codes of the 3° zones of CGCS2000 in which the numbers of a file in `crs` might lie as well; none when the
    eastings carry their zone."""
    gauss = _gauss(crs)
    if gauss is None or gauss[1] > _MILLION:
        return []
    return [_code(3, zone, numbered=False) for zone in _ZONES[3] if zone * 3 != gauss[0]]


def _gauss(crs: CRS) -> tuple[float, float] | None:
    """Central meridian and false easting of a Gauss-Krüger CRS as used in China."""
    operation = crs.coordinate_operation if crs.is_projected else None
    if operation is None or operation.method_name not in (
        "Transverse Mercator",
        "Gauss-Kruger",
        "Gauss_Kruger",
    ):
        return None
    values = {param.name.lower().replace("_", " "): float(param.value) for param in operation.params}
    meridian = next(
        (value for name, value in values.items() if name.startswith(("longitude of", "central"))), None
    )
    easting = values.get("false easting")
    scale = next((value for name, value in values.items() if name.startswith("scale")), 1.0)
    if meridian is None or easting is None or scale != 1.0 or easting % _MILLION != _HALF:
        return None
    return meridian, easting


def _zone(wide: int, meridian: float) -> int:
    return round(meridian / 3) if wide == 3 else round((meridian + 3) / 6)


def _code(wide: int, zone: int, *, numbered: bool) -> str:
    first, least = _CODES[wide, numbered]
    return f"EPSG:{first + zone - least}"
