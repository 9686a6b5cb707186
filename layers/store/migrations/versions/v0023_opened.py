"""The first day a station is there, as text YYYY-MM-DD."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stations", sa.Column("opened_on", sa.String(length=10), nullable=True))
