"""How sure it is that people live in a building of unknown use, households by unit (单元) of a building, and the
micro-grids inside a building, sealed with their plan."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SEALED = "a published plan cannot be changed; make a new one"


def upgrade() -> None:
    op.add_column("buildings", sa.Column("home_sure", sa.Float(), nullable=True))
    op.add_column("buildings", sa.Column("unit_households", sa.Text(), nullable=True))
    op.create_table(
        "level_parts",
        sa.Column("plan_id", BIG_ID, nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("label", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("building_ref", sa.String(length=64), nullable=False),
        sa.Column("units", sa.JSON(), nullable=False),
        sa.Column("floor_low", sa.Integer(), nullable=True),
        sa.Column("floor_high", sa.Integer(), nullable=True),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("basis", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id", "level", "label"],
            ["level_units.plan_id", "level_units.level", "level_units.label"],
            name=op.f("fk_level_parts_plan_id_level_label_level_units"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("plan_id", "level", "label", "part", name=op.f("pk_level_parts")),
    )
    if op.get_bind().dialect.name == "postgresql":
        _seal_postgresql()
    else:
        _seal_sqlite()


def _seal_postgresql() -> None:
    rows = {
        "INSERT": "NEW TABLE AS fresh",
        "UPDATE": "NEW TABLE AS fresh OLD TABLE AS gone",
        "DELETE": "OLD TABLE AS gone",
    }
    whens = {
        f"level_parts_sealed_{event.lower()}": f"AFTER {event} ON level_parts REFERENCING {tables} FOR EACH STATEMENT "
        "EXECUTE FUNCTION wangge_plan_parts()"
        for event, tables in rows.items()
    }
    whens["level_parts_not_emptied"] = (
        f"BEFORE TRUNCATE ON level_parts FOR EACH STATEMENT EXECUTE FUNCTION wangge_refuse('{SEALED}')"
    )
    for name, when in whens.items():
        op.execute(f"CREATE TRIGGER {name} {when}")
        op.execute(f"ALTER TABLE level_parts ENABLE ALWAYS TRIGGER {name}")


def _seal_sqlite() -> None:
    was = "EXISTS (SELECT 1 FROM plans WHERE id = {row}.plan_id AND state IN ('published', 'retired'))"
    old, new = was.format(row="OLD"), was.format(row="NEW")
    for event, when in (("INSERT", new), ("UPDATE", f"{old} OR {new}"), ("DELETE", old)):
        op.execute(
            f"CREATE TRIGGER level_parts_sealed_{event.lower()} BEFORE {event} ON level_parts WHEN {when} "
            f"BEGIN SELECT RAISE(ABORT, '{SEALED}'); END"
        )
