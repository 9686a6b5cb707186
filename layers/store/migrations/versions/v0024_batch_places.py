"""Where batches touched something; those from before concern everybody, as they did."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "batch_places",
        sa.Column(
            "batch_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("place", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_batch_places_batch_id_batches")),
        sa.PrimaryKeyConstraint("batch_id", "place", name=op.f("pk_batch_places")),
    )
    op.execute("INSERT INTO batch_places (batch_id, place) SELECT id, '' FROM batches")
