"""What the cells of a community were made from, so that a plan can tell when that changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cell_sets", sa.Column("ground", sa.JSON(), nullable=True))
