"""A secret of the store; references of records and made keys of households made with it; revisions of decisions."""

from __future__ import annotations

import hashlib
import secrets

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_BLANKS = str.maketrans("", "", " \t\u3000")
_ROWS = 5_000


def upgrade() -> None:
    keys = op.create_table(
        "keys",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_keys")),
    )
    key = secrets.token_bytes(32)
    op.bulk_insert(keys, [{"name": "records", "value": key.hex()}])
    op.add_column("matches", sa.Column("revision", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.add_column("matches", sa.Column("before", sa.JSON(), nullable=True))
    _rename(key)


def _rename(key: bytes) -> None:
    """Give every record the reference that its household, kind of list and address make with the key."""
    conn = op.get_bind()
    table = sa.table("residents", *map(sa.column, ("ref", "household", "population", "address")))
    renamed = op.create_table(
        "renamed",
        sa.Column("old", sa.String(length=32), primary_key=True),
        sa.Column("new", sa.String(length=32), nullable=False),
        sa.Column("household", sa.String(length=64), nullable=False),
    )
    found = conn.execute(sa.select(table)).all()
    rows = []
    for ref, household, population, address in found:
        made = "h" + _digest(address.translate(_BLANKS), b"")[:15]
        own = "h" + _digest(address.translate(_BLANKS), key)[:15] if household == made else household
        rows.append(
            {"old": ref, "new": _digest(f"{own}\x1f{population}\x1f{address}", key), "household": own}
        )
    for start in range(0, len(rows), _ROWS):
        conn.execute(renamed.insert(), rows[start : start + _ROWS])
    rest = "address, population, people, members, centre, source"
    for statement in (
        f"INSERT INTO residents (ref, household, {rest}) SELECT n.new, n.household, {rest} "
        "FROM residents r JOIN renamed n ON n.old = r.ref",
        "UPDATE matches SET resident_ref = (SELECT new FROM renamed WHERE old = resident_ref) "
        "WHERE resident_ref IN (SELECT old FROM renamed)",
        "DELETE FROM residents WHERE ref IN (SELECT old FROM renamed)",
    ):
        conn.execute(sa.text(statement))
    op.drop_table("renamed")


def _digest(text: str, key: bytes) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=12, key=key).hexdigest()
