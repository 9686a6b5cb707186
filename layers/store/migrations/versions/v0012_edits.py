"""Edits of drafts: a record of every step, what a grid is by itself (lock, chosen name), and where cells came from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SEALED = "a published plan cannot be changed; make a new one"
APPEND_ONLY = "the record of edits is append-only"
FIXED = (
    "id, community_code, version, cell_set_id, base_plan_id, origin, rules, score, notes, author, made_at, "
    "publication_id, valid_from, title, request, revision, step"
)


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.add_column("plans", sa.Column("step", sa.Integer(), nullable=False, server_default="0"))
    for name in ("locked", "chosen"):
        op.add_column("grids", sa.Column(name, sa.Boolean(), nullable=True))
    op.add_column("cells", sa.Column("parent", sa.Integer(), nullable=True))
    if sqlite:
        op.execute("ALTER TABLE cell_sets ADD COLUMN parent_set_id INTEGER REFERENCES cell_sets (id)")
    else:
        op.add_column("cell_sets", sa.Column("parent_set_id", BIG_ID, nullable=True))
        op.create_foreign_key(
            op.f("fk_cell_sets_parent_set_id_cell_sets"), "cell_sets", "cell_sets", ["parent_set_id"], ["id"]
        )
    op.create_table(
        "edits",
        sa.Column("plan_id", BIG_ID, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("after", sa.Integer(), nullable=False),
        sa.Column("operation", sa.String(length=20), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("change", sa.JSON(), nullable=False),
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.Column("from_set_id", BIG_ID, nullable=True),
        sa.Column("to_set_id", BIG_ID, nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.id"], name=op.f("fk_edits_plan_id_plans"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["from_set_id"], ["cell_sets.id"], name=op.f("fk_edits_from_set_id_cell_sets")
        ),
        sa.ForeignKeyConstraint(["to_set_id"], ["cell_sets.id"], name=op.f("fk_edits_to_set_id_cell_sets")),
        sa.PrimaryKeyConstraint("plan_id", "number", name=op.f("pk_edits")),
    )
    if sqlite:
        _seal_sqlite()
    else:
        _seal_postgresql()


def _seal_sqlite() -> None:
    was = "EXISTS (SELECT 1 FROM plans WHERE id = {row}.plan_id AND state IN ('published', 'retired'))"
    there = "EXISTS (SELECT 1 FROM edits WHERE plan_id = NEW.plan_id AND number = NEW.number)"
    _refuse("edits_sealed_insert", "INSERT ON edits", was.format(row="NEW"), SEALED)
    _refuse("edits_append_only", "INSERT ON edits", there, APPEND_ONLY)
    _refuse("edits_sealed_update", "UPDATE ON edits", "1", APPEND_ONLY)
    _refuse("edits_sealed_delete", "DELETE ON edits", was.format(row="OLD"), SEALED)
    op.execute("DROP TRIGGER plans_sealed_update")
    _refuse(
        "plans_sealed_update", f"UPDATE OF {FIXED} ON plans", "OLD.state IN ('published', 'retired')", SEALED
    )


def _refuse(name: str, event: str, when: str, words: str) -> None:
    op.execute(f"CREATE TRIGGER {name} BEFORE {event} WHEN {when} BEGIN SELECT RAISE(ABORT, '{words}'); END")


def _seal_postgresql() -> None:
    for event, rows in (("INSERT", "NEW TABLE AS fresh"), ("DELETE", "OLD TABLE AS gone")):
        name = f"edits_sealed_{event.lower()}"
        op.execute(
            f"CREATE TRIGGER {name} AFTER {event} ON edits REFERENCING {rows} FOR EACH STATEMENT "
            "EXECUTE FUNCTION wangge_plan_parts()"
        )
        op.execute(f"ALTER TABLE edits ENABLE ALWAYS TRIGGER {name}")
    for name, event, words in (
        ("edits_append_only", "BEFORE UPDATE ON edits FOR EACH ROW", APPEND_ONLY),
        ("edits_not_emptied", "BEFORE TRUNCATE ON edits FOR EACH STATEMENT", SEALED),
    ):
        op.execute(f"CREATE TRIGGER {name} {event} EXECUTE FUNCTION wangge_refuse('{words}')")
        op.execute(f"ALTER TABLE edits ENABLE ALWAYS TRIGGER {name}")
