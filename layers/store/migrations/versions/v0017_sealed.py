"""Columns of households hold sealed texts (`layers.store.sealing`), which are longer than what they seal. The store seals what
is there right after this step (`Store.migrate`)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_LONGER = {
    "residents": ("members",),
    "matches": ("unit", "floor", "room", "before"),
}


def upgrade() -> None:
    on_server = op.get_bind().dialect.name == "postgresql"
    for table, names in _LONGER.items():
        for name in names:
            if on_server:
                op.alter_column(table, name, type_=sa.Text(), postgresql_using=f'"{name}"::text')
            else:  # not by a table made anew: the rows that point at it would go with the old one
                op.add_column(table, sa.Column(f"{name}_now", sa.Text()))
                op.execute(f'UPDATE {table} SET "{name}_now" = "{name}"')
                op.drop_column(table, name)
                op.execute(f'ALTER TABLE {table} RENAME COLUMN "{name}_now" TO "{name}"')
