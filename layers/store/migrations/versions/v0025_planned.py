"""Buildings that are planned: the day on which people are to move in, and how many households then."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("buildings", sa.Column("planned_for", sa.String(length=10), nullable=True))
    op.add_column("buildings", sa.Column("planned_households", sa.Integer(), nullable=True))
