"""Branches, building groups, centre households, what belongs to what, posts; what a station can hold and its own sign."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_DAYS = "valid_to IS NULL OR valid_to > valid_from"


def _where_and_when() -> list[sa.Column[object]]:
    return [
        sa.Column("community_code", sa.String(length=12), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
    ]


def upgrade() -> None:
    op.add_column("stations", sa.Column("capacity", sa.Integer(), nullable=True))
    op.add_column("stations", sa.Column("letter", sa.String(length=20), nullable=True))
    op.create_table(
        "organisations",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("households", sa.Integer(), nullable=True),
        sa.Column("members", sa.Integer(), nullable=True),
        *_where_and_when(),
        sa.CheckConstraint("kind IN ('branch', 'group', 'centre')", name=op.f("ck_organisations_kind")),
        sa.CheckConstraint(_DAYS, name=op.f("ck_organisations_dates_in_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
    )
    op.create_index(op.f("ix_organisations_ref"), "organisations", ["ref"])
    op.create_table(
        "links",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("to_kind", sa.String(length=10), nullable=False),
        sa.Column("to_ref", sa.String(length=64), nullable=False),
        *_where_and_when(),
        sa.CheckConstraint(_DAYS, name=op.f("ck_links_dates_in_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
    )
    op.create_index("ix_links_kind_ref", "links", ["kind", "ref"])
    op.create_table(
        "posts",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=40), nullable=False),
        sa.Column("place_kind", sa.String(length=10), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("public", sa.Boolean(), nullable=False),
        *_where_and_when(),
        sa.CheckConstraint(_DAYS, name=op.f("ck_posts_dates_in_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
    )
    op.create_index(op.f("ix_posts_place"), "posts", ["place"])
    op.create_table(
        "loads",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("spot", sa.String(length=16), nullable=False),
        sa.Column("building_ref", sa.String(length=64), nullable=False),
        sa.Column("community_code", sa.String(length=12), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint('"count" > 0', name=op.f("ck_loads_some")),
        sa.PrimaryKeyConstraint("name", "month", "spot", "building_ref", name=op.f("pk_loads")),
    )
    for table in ("organisations", "links", "posts", "loads"):
        op.create_index(op.f(f"ix_{table}_community_code"), table, ["community_code"])
    state = sa.table("state", sa.column("name", sa.String), sa.column("value", sa.BigInteger))
    op.bulk_insert(state, [{"name": "chain", "value": 0}])
