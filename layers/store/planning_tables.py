"""The tables beside a plan: existing nets of departments (多网合一) and the levels above and below its grids.

net_areas -< net_cells        the areas of a net as drawn, and the cells of a community in each
level_units -< level_cells    micro-grids, building groups and branches of a plan; cells tell the nesting
level_units -< level_parts    a unit that is one building above the bound: the micro-grids inside it, a list without shapes
walks                         stretches of grids' outlines that were walked on site, by whom and when
edits                         what was done to a draft, step by step: a tree, since undo goes back and another way on
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Column,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    String,
    Table,
    Text,
)

from layers.store.tables import BigId, metadata
from layers.store.types import ShapelyGeometry

net_areas = Table(
    "net_areas",
    metadata,
    Column("net", String(40), primary_key=True),
    Column("ref", String(64), primary_key=True),
    Column("code", String(40)),
    Column("name", Text),
    Column("source", String(200), nullable=False),
    Column("geometry", ShapelyGeometry(), nullable=False),
)
net_cells = Table(
    "net_cells",
    metadata,
    Column("net", String(40), primary_key=True),
    Column("cell_set_id", BigId, ForeignKey("cell_sets.id", ondelete="CASCADE"), primary_key=True),
    Column("cell", Integer, primary_key=True, autoincrement=False),
    Column("ref", String(64), nullable=False),
    ForeignKeyConstraint(["net", "ref"], ["net_areas.net", "net_areas.ref"], ondelete="CASCADE"),
)
level_units = Table(
    "level_units",
    metadata,
    Column("plan_id", BigId, ForeignKey("plans.id", ondelete="CASCADE"), primary_key=True),
    Column("level", String(10), primary_key=True),
    Column("label", Integer, primary_key=True, autoincrement=False),
    Column("sequence", Integer, nullable=False),
    Column("grid_label", Integer),
    Column("rules", String(40), nullable=False),
    Column("households", Integer, nullable=False),
    Column("people", Integer),
    Column("cells", Integer, nullable=False),
    Column("grids", Integer, nullable=False),
    Column("geometry", ShapelyGeometry(), nullable=False),
)
level_cells = Table(
    "level_cells",
    metadata,
    Column("plan_id", BigId, primary_key=True),
    Column("level", String(10), primary_key=True),
    Column("cell", Integer, primary_key=True, autoincrement=False),
    Column("label", Integer, nullable=False),
    ForeignKeyConstraint(
        ["plan_id", "level", "label"],
        ["level_units.plan_id", "level_units.level", "level_units.label"],
        ondelete="CASCADE",
    ),
)
level_parts = Table(
    "level_parts",
    metadata,
    Column("plan_id", BigId, primary_key=True),
    Column("level", String(10), primary_key=True),
    Column("label", Integer, primary_key=True, autoincrement=False),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("building_ref", String(64), nullable=False),
    Column("units", JSON, nullable=False),
    Column("floor_low", Integer),
    Column("floor_high", Integer),
    Column("households", Integer, nullable=False),
    Column("people", Integer),
    Column("basis", String(10), nullable=False),
    ForeignKeyConstraint(
        ["plan_id", "level", "label"],
        ["level_units.plan_id", "level_units.level", "level_units.label"],
        ondelete="CASCADE",
    ),
)

edits = Table(
    "edits",
    metadata,
    Column("plan_id", BigId, ForeignKey("plans.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("after", Integer, nullable=False),
    Column("operation", String(20), nullable=False),
    Column("said", JSON, nullable=False),
    Column("change", JSON, nullable=False),
    Column("codes", JSON, nullable=False),
    Column("from_set_id", BigId, ForeignKey("cell_sets.id")),
    Column("to_set_id", BigId, ForeignKey("cell_sets.id")),
    Column("actor", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)
walks = Table(
    "walks",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("plan_id", BigId, ForeignKey("plans.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("grid_code", String(40), nullable=False),
    Column("stretch", Integer, nullable=False),
    Column("walked_by", String(60), nullable=False),
    Column("walked_on", Date, nullable=False),
    Column("remark", Text),
    Column("actor", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("geometry", ShapelyGeometry(), nullable=False),
    sqlite_autoincrement=True,
)
"""The line is kept with each: numbers are those of the sheet, and say nothing once the outline was changed."""
