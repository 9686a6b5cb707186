"""The datums in which callers may give a point, and the way from each to EPSG:4490."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from geo.datums import Datum

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Degrees: TypeAlias = "NDArray[np.float64]"


def to_kept(lon: Degrees, lat: Degrees, datum: Datum) -> tuple[Degrees, Degrees]:
    """Longitudes and latitudes given in `datum`, in EPSG:4490. Shape (n,); missing values stay missing.

    >>> import numpy as np
    >>> lon, lat = to_kept(np.array([108.704653]), np.array([34.328544]), "gcj02")
    >>> round(float(lon[0]), 5), round(float(lat[0]), 5)
    (108.7, 34.33)
    """
    if datum not in ("gcj02", "bd09"):
        return lon, lat
    # loaded here: commands name the datums in their help, and most points need no way back
    import numpy as np

    from geo.crs import bd09_to_wgs84, gcj02_to_wgs84

    if datum == "gcj02":
        return gcj02_to_wgs84(lon, lat)
    lon, lat = bd09_to_wgs84(lon, lat)
    return np.clip(lon, -180.0, 180.0), np.clip(lat, -90.0, 90.0)  # the shift may step over the date line
