"""Accounts, grants, sessions and tokens; the counter that tells of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BigId = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    when = sa.DateTime(timezone=True)
    op.create_table(
        "users",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", when),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.Column("made_at", when, nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.UniqueConstraint("name", name=op.f("uq_users_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "grants",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("user_id", BigId, nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("area", sa.String(length=12), nullable=False),
        sa.Column("of_people", sa.String(length=20), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_grants_user_id_users"), ondelete="CASCADE"
        ),
        sa.UniqueConstraint(
            "user_id", "role", "area", "purpose", name=op.f("uq_grants_user_id_role_area_purpose")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_grants_user_id"), "grants", ["user_id"])
    op.create_table(
        "sessions",
        sa.Column("hash", sa.String(length=64), primary_key=True),
        sa.Column("user_id", BigId, nullable=False),
        sa.Column("made_at", when, nullable=False),
        sa.Column("seen_at", when, nullable=False),
        sa.Column("ends_at", when, nullable=False),
        sa.CheckConstraint("ends_at > made_at", name=op.f("ck_sessions_dates_in_order")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_sessions_user_id_users"), ondelete="CASCADE"
        ),
    )
    op.create_index(op.f("ix_sessions_user_id"), "sessions", ["user_id"])
    op.create_table(
        "tokens",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("rights", sa.JSON(), nullable=False),
        sa.Column("area", sa.JSON(), nullable=False),
        sa.Column("made_at", when, nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("ends_at", when, nullable=False),
        sa.Column("revoked_at", when),
        sa.UniqueConstraint("hash", name=op.f("uq_tokens_hash")),
        sqlite_autoincrement=True,
    )
    state = sa.table("state", sa.column("name"), sa.column("value"))
    op.bulk_insert(state, [{"name": "accounts", "value": 0}])
