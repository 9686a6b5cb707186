"""What a draft is called and what it was made from; existing nets of departments; levels of a plan."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from layers.store.types import ShapelyGeometry

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("plans", sa.Column("title", sa.JSON(), nullable=True))
    op.add_column("plans", sa.Column("request", sa.String(length=64), nullable=True))
    op.create_table(
        "net_areas",
        sa.Column("net", sa.String(length=40), nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("geometry", ShapelyGeometry(), nullable=False),
        sa.PrimaryKeyConstraint("net", "ref", name=op.f("pk_net_areas")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("ix_net_areas_geometry", "net_areas", ["geometry"], postgresql_using="gist")
    op.create_table(
        "net_cells",
        sa.Column("net", sa.String(length=40), nullable=False),
        sa.Column("cell_set_id", BIG_ID, nullable=False),
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["cell_set_id"],
            ["cell_sets.id"],
            name=op.f("fk_net_cells_cell_set_id_cell_sets"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["net", "ref"],
            ["net_areas.net", "net_areas.ref"],
            name=op.f("fk_net_cells_net_ref_net_areas"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("net", "cell_set_id", "cell", name=op.f("pk_net_cells")),
    )
    op.create_table(
        "level_units",
        sa.Column("plan_id", BIG_ID, nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("label", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("grid_label", sa.Integer(), nullable=True),
        sa.Column("rules", sa.String(length=40), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("cells", sa.Integer(), nullable=False),
        sa.Column("grids", sa.Integer(), nullable=False),
        sa.Column("geometry", ShapelyGeometry(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.id"], name=op.f("fk_level_units_plan_id_plans"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("plan_id", "level", "label", name=op.f("pk_level_units")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("ix_level_units_geometry", "level_units", ["geometry"], postgresql_using="gist")
    op.create_table(
        "level_cells",
        sa.Column("plan_id", BIG_ID, nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("label", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id", "level", "label"],
            ["level_units.plan_id", "level_units.level", "level_units.label"],
            name=op.f("fk_level_cells_plan_id_level_label_level_units"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("plan_id", "level", "cell", name=op.f("pk_level_cells")),
    )
