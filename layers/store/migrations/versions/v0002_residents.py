"""Residents, where they were found, other names of places, and what was matched against."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "residents",
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.Column("household", sa.String(length=64), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("population", sa.String(length=12), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("members", sa.String(length=40), nullable=True),
        sa.Column("centre", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_residents")),
    )
    op.create_index(op.f("ix_residents_household"), "residents", ["household"], unique=False)
    op.create_table(
        "matches",
        sa.Column("resident_ref", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("level", sa.String(length=12), nullable=True),
        sa.Column("complex_ref", sa.String(length=64), nullable=True),
        sa.Column("building_ref", sa.String(length=64), nullable=True),
        sa.Column("community_code", sa.String(length=12), nullable=True),
        sa.Column("unit", sa.String(length=40), nullable=True),
        sa.Column("floor", sa.String(length=40), nullable=True),
        sa.Column("room", sa.String(length=40), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("reason_zh", sa.Text(), nullable=True),
        sa.Column("candidates", sa.Text(), nullable=True),
        sa.Column("gazetteer", sa.String(length=16), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('matched', 'ambiguous', 'none')", name=op.f("ck_matches_status")),
        sa.CheckConstraint(
            "decision IN ('confirmed', 'corrected', 'set_aside')", name=op.f("ck_matches_decision")
        ),
        sa.ForeignKeyConstraint(
            ["resident_ref"],
            ["residents.ref"],
            name=op.f("fk_matches_resident_ref_residents"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("resident_ref", name=op.f("pk_matches")),
    )
    op.create_index(op.f("ix_matches_building_ref"), "matches", ["building_ref"], unique=False)
    op.create_index(op.f("ix_matches_community_code"), "matches", ["community_code"], unique=False)
    op.create_table(
        "aliases",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("target", sa.String(length=64), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.CheckConstraint("kind IN ('name', 'address', 'road')", name=op.f("ck_aliases_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aliases")),
        sa.UniqueConstraint("kind", "target", "text", name=op.f("uq_aliases_kind_target_text")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "gazetteers",
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_gazetteers")),
    )
