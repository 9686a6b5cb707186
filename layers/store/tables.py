"""The tables, as SQLAlchemy Core sees them. The migrations make them; a test keeps both in step.

districts  streets  communities  complexes  buildings  roads  water  stations      what is there
cell_sets -< cells, cell_edges                                                     a community cut into cells
plans -< grids, assignments                                                        cells grouped into grids
register  publications  history  state                                             codes, versions, deeds, counters
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from layers.store.types import ShapelyGeometry

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

BigId = BigInteger().with_variant(Integer, "sqlite")


def _geometry() -> Column[object]:
    return Column("geometry", ShapelyGeometry(), nullable=False)


def _source() -> Column[str]:
    """Where a row came from: the name of the file or generator."""
    return Column("source", String(200), nullable=False)


def _community_code() -> Column[str]:
    return Column("community_code", String(12), index=True)


districts = Table(
    "districts",
    metadata,
    Column("code", String(6), primary_key=True),
    Column("name", Text),
    _source(),
    _geometry(),
)
streets = Table(
    "streets",
    metadata,
    Column("code", String(9), primary_key=True),
    Column("name", Text),
    _source(),
    _geometry(),
)
communities = Table(
    "communities",
    metadata,
    Column("code", String(12), primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", String(20)),
    Column("households", Integer),
    Column("people", Integer),
    _source(),
    _geometry(),
)
complexes = Table(
    "complexes",
    metadata,
    Column("ref", String(64), primary_key=True),
    Column("name", Text),
    Column("aliases", JSON, nullable=False),
    Column("phase", Text),
    Column("kind", Text),
    _community_code(),
    _source(),
    _geometry(),
)
buildings = Table(
    "buildings",
    metadata,
    Column("ref", String(64), primary_key=True),
    Column("name", Text),
    Column("use", String(20)),
    Column("levels", Integer),
    Column("height_m", Float),
    Column("units", Integer),
    Column("unit_households", Text),
    Column("households", Integer),
    Column("households_estimated", Boolean, nullable=False),
    Column("home_sure", Float),
    Column("people", Integer),
    Column("planned_for", String(10)),
    Column("planned_households", Integer),
    Column("road_addresses", Text),
    Column("complex_ref", String(64), index=True),
    _community_code(),
    _source(),
    _geometry(),
)
roads = Table(
    "roads",
    metadata,
    Column("ref", String(64), primary_key=True),
    Column("name", Text),
    Column("road_class", String(20), nullable=False),
    Column("bridge", Boolean),
    Column("tunnel", Boolean),
    _source(),
    _geometry(),
)
water = Table(
    "water",
    metadata,
    Column("ref", String(64), primary_key=True),
    Column("name", Text),
    Column("kind", String(20)),
    _source(),
    _geometry(),
)
stations = Table(
    "stations",
    metadata,
    Column("ref", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", String(20)),
    Column("floor_area_m2", Float),
    Column("opening_hours", Text),
    Column("capacity", Integer),
    Column("letter", String(20)),
    Column("opened_on", String(10)),
    _community_code(),
    _source(),
    _geometry(),
)

cell_sets = Table(
    "cell_sets",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("community_code", String(12), ForeignKey("communities.code"), nullable=False, index=True),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("actor", Text, nullable=False),
    Column("options", JSON, nullable=False),
    Column("notes", JSON, nullable=False),
    Column("ground", JSON(none_as_null=True)),
    Column("parent_set_id", BigId, ForeignKey("cell_sets.id")),
    sqlite_autoincrement=True,
)
cells = Table(
    "cells",
    metadata,
    Column("cell_set_id", BigId, ForeignKey("cell_sets.id", ondelete="CASCADE"), primary_key=True),
    Column("cell", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(10), nullable=False),
    Column("block", Integer, nullable=False),
    Column("building_ref", String(64)),
    Column("complex_ref", String(64)),
    Column("households", Integer, nullable=False),
    Column("households_estimated", Boolean, nullable=False),
    Column("people", Integer),
    Column("area_m2", Float, nullable=False),
    Column("parent", Integer),
    _geometry(),
)
cell_edges = Table(
    "cell_edges",
    metadata,
    Column("cell_set_id", BigId, primary_key=True),
    Column("a", Integer, primary_key=True, autoincrement=False),
    Column("b", Integer, primary_key=True, autoincrement=False),
    Column("shared_m", Float, nullable=False),
    Column("barrier", Boolean, nullable=False),
    ForeignKeyConstraint(["cell_set_id", "a"], ["cells.cell_set_id", "cells.cell"], ondelete="CASCADE"),
    ForeignKeyConstraint(["cell_set_id", "b"], ["cells.cell_set_id", "cells.cell"], ondelete="CASCADE"),
)

plans = Table(
    "plans",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("community_code", String(12), ForeignKey("communities.code"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("cell_set_id", BigId, ForeignKey("cell_sets.id"), nullable=False, index=True),
    Column("base_plan_id", BigId, ForeignKey("plans.id")),
    Column("state", String(10), nullable=False),
    Column("origin", String(20), nullable=False),
    Column("rules", JSON, nullable=False),
    Column("score", JSON, nullable=False),
    Column("notes", JSON, nullable=False),
    Column("author", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("publication_id", BigId, ForeignKey("publications.id")),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("title", JSON),
    Column("request", String(64)),
    Column("revision", Integer, nullable=False, server_default="1"),
    Column("withdrawal_id", BigId, ForeignKey("publications.id")),
    Column("step", Integer, nullable=False, server_default="0"),
    UniqueConstraint("community_code", "version"),
    CheckConstraint(
        "state IN ('draft', 'submitted', 'returned', 'approved', 'published', 'retired')", name="state"
    ),
    CheckConstraint("state <> 'published' OR valid_from IS NOT NULL", name="published_has_a_date"),
    CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates_in_order"),
    sqlite_autoincrement=True,
)
grids = Table(
    "grids",
    metadata,
    Column("plan_id", BigId, ForeignKey("plans.id", ondelete="CASCADE"), primary_key=True),
    Column("label", Integer, primary_key=True, autoincrement=False),
    Column("register_id", BigId, ForeignKey("register.id")),
    Column("code", String(40), nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("households", Integer, nullable=False),
    Column("households_estimated", Boolean, nullable=False),
    Column("people", Integer),
    Column("cells", Integer, nullable=False),
    Column("colour", Integer, nullable=False),
    Column("locked", Boolean),
    Column("chosen", Boolean),
    Column("reasons", JSON(none_as_null=True)),
    _geometry(),
    UniqueConstraint("plan_id", "code"),
)
assignments = Table(
    "assignments",
    metadata,
    Column("plan_id", BigId, ForeignKey("plans.id", ondelete="CASCADE"), primary_key=True),
    Column("cell", Integer, primary_key=True, autoincrement=False),
    Column("label", Integer, nullable=False),
)

register = Table(
    "register",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("code", String(40), nullable=False, unique=True),
    Column("community_code", String(12), nullable=False, index=True),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    sqlite_autoincrement=True,
)
publications = Table(
    "publications",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("action", String(10), nullable=False, server_default="publish"),
    sqlite_autoincrement=True,
)
history = Table(
    "history",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", String(40), nullable=False),
    Column("community_code", String(12)),
    Column("plan_id", BigId),
    Column("detail", JSON, nullable=False),
    sqlite_autoincrement=True,
)
state = Table(
    "state",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("value", BigInteger, nullable=False),
)
Index("ix_history_community_code_at", history.c.community_code, history.c.at)

LAYER_TABLES = {
    table.name: table
    for table in (districts, streets, communities, complexes, buildings, roads, water, stations)
}
"""The tables that hold an imported layer, by layer name."""
