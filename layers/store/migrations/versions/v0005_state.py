"""Counters of what a reader can see, raised with each change of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

COUNTERS = ("published", "ground", "names", "people")


def upgrade() -> None:
    state = op.create_table(
        "state",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_state")),
    )
    op.bulk_insert(state, [{"name": name, "value": 0} for name in COUNTERS])
