"""Imports, ends and undos as numbered batches that keep what they replaced, and a place for rows that have ended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APPEND_ONLY = "history is append-only"


def upgrade() -> None:
    op.create_table(
        "batches",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=10), nullable=False),
        sa.Column("layer", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("undoes", BIG_ID, nullable=True),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=False),
        sa.CheckConstraint("action IN ('import', 'end', 'undo')", name=op.f("ck_batches_action")),
        sa.CheckConstraint(
            "(action = 'undo') = (undoes IS NOT NULL)", name=op.f("ck_batches_undo_of_something")
        ),
        sa.ForeignKeyConstraint(["undoes"], ["batches.id"], name=op.f("fk_batches_undoes_batches")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_batches_layer"), "batches", ["layer"])
    op.create_index(op.f("ix_batches_undoes"), "batches", ["undoes"])
    op.create_table(
        "batch_rows",
        sa.Column("batch_id", BIG_ID, nullable=False),
        sa.Column("layer", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.String(length=24), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_batch_rows_batch_id_batches")),
        sa.PrimaryKeyConstraint("batch_id", "layer", "key", name=op.f("pk_batch_rows")),
    )
    op.create_index("ix_batch_rows_layer_key", "batch_rows", ["layer", "key"])
    op.create_table(
        "ended",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("layer", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("community_code", sa.String(length=12), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("row", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ended")),
    )
    op.create_index(op.f("ix_ended_community_code"), "ended", ["community_code"])
    op.create_index("ix_ended_layer_ended_on", "ended", ["layer", "ended_on"])
    op.add_column("residents", sa.Column("batch_id", BIG_ID, nullable=True))
    op.create_index(op.f("ix_residents_batch_id"), "residents", ["batch_id"])
    for table, keys in (("batches", ("id",)), ("batch_rows", ("batch_id", "layer", "key"))):
        if op.get_bind().dialect.name == "postgresql":
            _refuse_on_postgresql(table)
        else:
            # REPLACE removes the row in the way without asking its triggers (v0009), so what is there is looked for
            there = (
                f"EXISTS (SELECT 1 FROM {table} WHERE {' AND '.join(f'{key} = NEW.{key}' for key in keys)})"
            )
            for event, when in (("INSERT", there), ("UPDATE", "1"), ("DELETE", "1")):
                op.execute(
                    f"CREATE TRIGGER {table}_append_only_{event.lower()} BEFORE {event} ON {table} WHEN {when} "
                    f"BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END"
                )


def _refuse_on_postgresql(table: str) -> None:
    """As the other seals do (v0009), for replication roles too."""
    for name, when in (
        (f"{table}_append_only", "UPDATE OR DELETE ON {} FOR EACH ROW"),
        (f"{table}_not_emptied", "TRUNCATE ON {} FOR EACH STATEMENT"),
    ):
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {when.format(table)} EXECUTE FUNCTION wangge_refuse('{APPEND_ONLY}')"
        )
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")
