"""What stands in the way of a grid, kept with it: the seals of grids hold for it too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("grids", sa.Column("reasons", sa.JSON(), nullable=True))
