"""The one geometry column type: PostGIS `geometry` on PostgreSQL, WKB bytes elsewhere, shapely for us."""

from __future__ import annotations

from typing import Any

import shapely
from sqlalchemy import LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

SRID = 4490


class ShapelyGeometry(TypeDecorator[Any]):
    """Shapely geometry in EPSG:4490. GiST indexes are made by the migrations, not by the type."""

    impl = LargeBinary
    cache_ok = True
    spatial_index = False
    """Asked by GeoAlchemy, which would make one beside ours."""

    def load_dialect_impl(self, dialect: Dialect | None) -> TypeEngine[Any]:
        """Geometry on PostgreSQL (and where GeoAlchemy asks without a dialect), plain bytes elsewhere."""
        if dialect is not None and dialect.name != "postgresql":
            return LargeBinary()
        # loaded here: it brings the dialects of every database it knows, and an embedded store needs none
        from geoalchemy2 import Geometry

        return Geometry(geometry_type="GEOMETRY", srid=SRID, spatial_index=False)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Shapely to what the database takes."""
        if value is None:
            return None
        if dialect.name != "postgresql":
            return shapely.to_wkb(value)
        from geoalchemy2.elements import WKTElement

        return WKTElement(shapely.to_wkt(value, rounding_precision=-1), srid=SRID)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """What the database gives to WKB bytes; `rows.read_frame` turns whole columns into shapely."""
        if value is None or dialect.name != "postgresql":
            return value
        data = value.data
        return bytes.fromhex(data) if isinstance(data, str) else bytes(data)
