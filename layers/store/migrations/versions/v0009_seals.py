"""Seals without a way round them, the states a plan goes through, its revision, and publications taken back.

What is published or was (`retired`) stays as it is: its row, its grids, its cells, its levels, its codes, its version.
Every way of changing a row is refused: INSERT, UPDATE and DELETE, also by REPLACE on SQLite and TRUNCATE on PostgreSQL.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

SEALED = "a published plan cannot be changed; make a new one"
APPEND_ONLY = "history is append-only"
CELLS_USED = "cells that a plan uses cannot be changed; cut new ones"
CODES_STAY = "a code once published names one grid for ever"
VERSIONS_STAY = "versions are never changed or removed"
COMMUNITY_STAYS = "a community with published plans cannot be removed"

OLD_STATES = "'draft', 'submitted', 'approved', 'published'"
STATES = "'draft', 'submitted', 'returned', 'approved', 'published', 'retired'"
PLAN_PARTS = ("grids", "assignments", "level_units", "level_cells")
CELL_PARTS = ("cells", "cell_edges")
FIXED = (
    "id, community_code, version, cell_set_id, base_plan_id, origin, rules, score, notes, author, made_at, "
    "publication_id, valid_from, title, request, revision"
)
"""Columns of a published plan that never change; `state`, `valid_to` and `withdrawal_id` tell how it ended."""


def upgrade() -> None:
    op.add_column("plans", sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
    op.add_column(
        "publications", sa.Column("action", sa.String(length=10), nullable=False, server_default="publish")
    )
    if op.get_bind().dialect.name == "postgresql":
        _postgresql()
    else:
        _sqlite()


def _postgresql() -> None:
    op.add_column("plans", sa.Column("withdrawal_id", BIG_ID, nullable=True))
    op.create_foreign_key(
        op.f("fk_plans_withdrawal_id_publications"), "plans", "publications", ["withdrawal_id"], ["id"]
    )
    op.drop_constraint(op.f("ck_plans_state"), "plans")
    op.create_check_constraint(op.f("ck_plans_state"), "plans", f"state IN ({STATES})")
    for table in ("grids", "assignments"):
        op.execute(f"DROP TRIGGER {table}_sealed ON {table}")
    op.execute("DROP TRIGGER plans_sealed ON plans")
    op.execute("DROP TRIGGER history_append_only ON history")
    op.execute("DROP FUNCTION wangge_sealed, wangge_plan_sealed, wangge_append_only")
    _function(
        "wangge_refuse",
        "BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END",
    )
    # FOR SHARE: a plan being published meanwhile is waited for, not overlooked
    look = (
        "FOR found IN SELECT state FROM plans WHERE id IN (SELECT plan_id FROM {rows}) FOR SHARE LOOP "
        "IF found.state IN ('published', 'retired') THEN "
        f"RAISE EXCEPTION '{SEALED}' USING ERRCODE = 'integrity_constraint_violation'; END IF; END LOOP; "
    )
    _function(
        "wangge_plan_parts",
        f"DECLARE found record; BEGIN IF TG_OP <> 'DELETE' THEN {look.format(rows='fresh')} END IF; "
        f"IF TG_OP <> 'INSERT' THEN {look.format(rows='gone')} END IF; RETURN NULL; END",
    )
    look = (
        "IF EXISTS (SELECT 1 FROM plans WHERE cell_set_id IN (SELECT cell_set_id FROM {rows})) THEN "
        f"RAISE EXCEPTION '{CELLS_USED}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
    )
    _function(
        "wangge_cell_parts",
        f"BEGIN IF TG_OP <> 'DELETE' THEN {look.format(rows='fresh')} END IF; "
        f"IF TG_OP <> 'INSERT' THEN {look.format(rows='gone')} END IF; RETURN NULL; END",
    )
    _function(
        "wangge_plan_row",
        "BEGIN IF OLD.state NOT IN ('published', 'retired') THEN "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; "
        "IF TG_OP = 'UPDATE' AND OLD.state = 'published' AND (NEW.state = 'published' AND NEW.withdrawal_id IS NULL "
        "OR NEW.state = 'retired' AND NEW.withdrawal_id IS NOT NULL) AND "
        "to_jsonb(NEW) - '{state,valid_to,withdrawal_id}'::text[] = "
        "to_jsonb(OLD) - '{state,valid_to,withdrawal_id}'::text[] THEN RETURN NEW; END IF; "
        f"RAISE EXCEPTION '{SEALED}' USING ERRCODE = 'integrity_constraint_violation'; END",
    )
    for function, tables in (("wangge_plan_parts", PLAN_PARTS), ("wangge_cell_parts", CELL_PARTS)):
        for table in tables:
            _watch(table, "INSERT", function)
            _watch(table, "UPDATE", function)
            _watch(table, "DELETE", function)
    _trigger("plans_sealed", "BEFORE UPDATE OR DELETE ON plans FOR EACH ROW", "wangge_plan_row()")
    _trigger(
        "cell_sets_sealed",
        "BEFORE UPDATE ON cell_sets FOR EACH ROW",
        f"wangge_refuse('{CELLS_USED}')",
    )
    _trigger(
        "register_sealed",
        "BEFORE UPDATE ON register FOR EACH ROW WHEN ((OLD.id, OLD.code, OLD.community_code) IS DISTINCT FROM "
        "(NEW.id, NEW.code, NEW.community_code) OR OLD.valid_from <> NEW.valid_from "
        "AND OLD.valid_from IS DISTINCT FROM OLD.valid_to)",
        f"wangge_refuse('{CODES_STAY}')",
    )
    _trigger("register_kept", "BEFORE DELETE ON register FOR EACH ROW", f"wangge_refuse('{CODES_STAY}')")
    for table, words in (("history", APPEND_ONLY), ("publications", VERSIONS_STAY)):
        _trigger(
            f"{table}_append_only",
            f"BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW",
            f"wangge_refuse('{words}')",
        )
    _function(
        "wangge_community_stays",
        "BEGIN IF EXISTS (SELECT 1 FROM plans WHERE community_code = OLD.code "
        "AND state IN ('published', 'retired')) AND (TG_OP = 'DELETE' OR NEW.code <> OLD.code) THEN "
        f"RAISE EXCEPTION '{COMMUNITY_STAYS}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END",
    )
    _trigger(
        "communities_kept",
        "BEFORE UPDATE OR DELETE ON communities FOR EACH ROW",
        "wangge_community_stays()",
    )
    emptied = {
        **dict.fromkeys(("plans", *PLAN_PARTS), SEALED),
        **dict.fromkeys(("cell_sets", *CELL_PARTS), CELLS_USED),
        "register": CODES_STAY,
        "publications": VERSIONS_STAY,
        "history": APPEND_ONLY,
    }
    for table, words in emptied.items():
        _trigger(
            f"{table}_not_emptied",
            f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT",
            f"wangge_refuse('{words}')",
        )


def _function(name: str, body: str) -> None:
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")


def _trigger(name: str, when: str, call: str) -> None:
    """A trigger that fires for replication roles too: session_replication_role is no way round it."""
    table = when.partition(" ON ")[2].partition(" ")[0]
    op.execute(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {call}")
    op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


def _watch(table: str, event: str, function: str) -> None:
    rows = {
        "INSERT": "NEW TABLE AS fresh",
        "UPDATE": "NEW TABLE AS fresh OLD TABLE AS gone",
        "DELETE": "OLD TABLE AS gone",
    }[event]
    when = f"AFTER {event} ON {table} REFERENCING {rows} FOR EACH STATEMENT"
    _trigger(f"{table}_sealed_{event.lower()}", when, f"{function}()")


def _sqlite() -> None:
    op.execute("ALTER TABLE plans ADD COLUMN withdrawal_id INTEGER REFERENCES publications (id)")
    _widen_states()
    for name in ("plans_sealed_delete", "plans_sealed_update"):
        op.execute(f"DROP TRIGGER {name}")
    for table in ("grids", "assignments"):
        for event in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_sealed_{event}")
    was = "SELECT 1 FROM plans WHERE id = {row}.plan_id AND state IN ('published', 'retired')"
    for table in PLAN_PARTS:
        _refuse(table, "INSERT", f"EXISTS ({was.format(row='NEW')})", SEALED)
        both = f"EXISTS ({was.format(row='OLD')}) OR EXISTS ({was.format(row='NEW')})"
        _refuse(table, "UPDATE", both, SEALED)
        _refuse(table, "DELETE", f"EXISTS ({was.format(row='OLD')})", SEALED)
    used = "SELECT 1 FROM plans WHERE cell_set_id = {row}"
    for table in CELL_PARTS:
        old, new = used.format(row="OLD.cell_set_id"), used.format(row="NEW.cell_set_id")
        _refuse(table, "INSERT", f"EXISTS ({new})", CELLS_USED)
        _refuse(table, "UPDATE", f"EXISTS ({old}) OR EXISTS ({new})", CELLS_USED)
        _refuse(table, "DELETE", f"EXISTS ({old})", CELLS_USED)
    _refuse("cell_sets", "INSERT", f"EXISTS ({used.format(row='NEW.id')})", CELLS_USED)
    _refuse("cell_sets", "UPDATE", "1", CELLS_USED)
    _refuse("cell_sets", "DELETE", f"EXISTS ({used.format(row='OLD.id')})", CELLS_USED)
    # REPLACE removes the row in the way without asking its triggers, unless the connection has recursive_triggers
    other = (
        "EXISTS (SELECT 1 FROM plans AS other WHERE other.state IN ('published', 'retired') {besides} AND "
        "(other.id = NEW.id OR other.community_code = NEW.community_code AND other.version = NEW.version))"
    )
    _refuse("plans", "INSERT", other.format(besides=""), SEALED)
    _refuse(
        "plans", "UPDATE", other.format(besides="AND other.id <> OLD.id"), SEALED, name="plans_sealed_over"
    )
    _refuse("plans", "DELETE", "OLD.state IN ('published', 'retired')", SEALED)
    _refuse("plans", f"UPDATE OF {FIXED}", "OLD.state IN ('published', 'retired')", SEALED)
    ends = (
        "OLD.state = 'retired' OR OLD.state = 'published' AND NOT (NEW.state = 'published' AND "
        "NEW.withdrawal_id IS NULL OR NEW.state = 'retired' AND NEW.withdrawal_id IS NOT NULL)"
    )
    _refuse("plans", "UPDATE OF state, valid_to, withdrawal_id", ends, SEALED, name="plans_sealed_end")
    there = "EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"
    for table, words in (("history", APPEND_ONLY), ("publications", VERSIONS_STAY)):
        _refuse(table, "INSERT", there.format(table=table), words)
        if table != "history":
            _refuse(table, "UPDATE", "1", words)
            _refuse(table, "DELETE", "1", words)
    _refuse(
        "register",
        "INSERT",
        "EXISTS (SELECT 1 FROM register WHERE id = NEW.id OR code = NEW.code)",
        CODES_STAY,
    )
    _refuse("register", "UPDATE OF id, code, community_code", "1", CODES_STAY)
    _refuse(
        "register",
        "UPDATE OF valid_from",
        "OLD.valid_from <> NEW.valid_from AND OLD.valid_from IS NOT OLD.valid_to",
        CODES_STAY,
        name="register_sealed_from",
    )
    _refuse("register", "DELETE", "1", CODES_STAY)
    planned = (
        "EXISTS (SELECT 1 FROM plans WHERE community_code = OLD.code AND state IN ('published', 'retired'))"
    )
    _refuse("communities", "DELETE", planned, COMMUNITY_STAYS)
    _refuse("communities", "UPDATE OF code", f"NEW.code <> OLD.code AND {planned}", COMMUNITY_STAYS)


def _refuse(table: str, event: str, when: str, words: str, *, name: str | None = None) -> None:
    name = name or f"{table}_sealed_{event.split()[0].lower()}"
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {when} BEGIN SELECT RAISE(ABORT, '{words}'); END"
    )


def _widen_states() -> None:
    """The states a plan may have. SQLite cannot alter a CHECK, and a new table in place of this one would take grids
    and assignments with it; its manual has this way for changes that leave the rows alone."""
    bind = op.get_bind()
    version = int(bind.exec_driver_sql("PRAGMA schema_version").scalar_one())
    op.execute("PRAGMA writable_schema = ON")
    bind.execute(
        sa.text(
            "UPDATE sqlite_master SET sql = replace(sql, :old, :new) WHERE type = 'table' AND name = 'plans'"
        ),
        {"old": f"state IN ({OLD_STATES})", "new": f"state IN ({STATES})"},
    )
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = OFF")
