"""Stretches of grids' outlines that were walked on site before a plan is approved."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from layers.store.types import ShapelyGeometry

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "walks",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("plan_id", BIG_ID, nullable=False),
        sa.Column("grid_code", sa.String(length=40), nullable=False),
        sa.Column("stretch", sa.Integer(), nullable=False),
        sa.Column("walked_by", sa.String(length=60), nullable=False),
        sa.Column("walked_on", sa.Date(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("geometry", ShapelyGeometry(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.id"], name=op.f("fk_walks_plan_id_plans"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_walks")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_walks_plan_id"), "walks", ["plan_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("ix_walks_geometry", "walks", ["geometry"], postgresql_using="gist")
