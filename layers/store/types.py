"""The one geometry column type: PostGIS `geometry` on PostgreSQL, WKB bytes elsewhere, shapely for us."""

from __future__ import annotations

from typing import Any

import shapely
from geoalchemy2 import Geometry
from geoalchemy2.elements import WKBElement, WKTElement
from sqlalchemy import LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

SRID = 4490


class ShapelyGeometry(TypeDecorator[Any]):
    """Shapely geometry in EPSG:4490. GiST indexes are made by the migrations, not by the type."""

    impl = Geometry
    cache_ok = True

    def __init__(self) -> None:
        super().__init__(geometry_type="GEOMETRY", srid=SRID, spatial_index=False)

    def load_dialect_impl(self, dialect: Dialect | None) -> TypeEngine[Any]:
        """Geometry on PostgreSQL (and when no dialect is known yet), plain bytes elsewhere."""
        if dialect is None or dialect.name == "postgresql":
            return Geometry(geometry_type="GEOMETRY", srid=SRID, spatial_index=False)
        return LargeBinary()

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Shapely to what the database takes."""
        if value is None:
            return None
        if dialect.name == "postgresql":
            return WKTElement(shapely.to_wkt(value, rounding_precision=-1), srid=SRID)
        return shapely.to_wkb(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        """What the database gives to WKB bytes; `rows.read_frame` turns whole columns into shapely."""
        if isinstance(value, WKBElement):
            data = value.data
            return bytes.fromhex(data) if isinstance(data, str) else bytes(data)
        return value
