"""The first schema: layers, cells, plans, register, publications, history."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from layers.store.types import ShapelyGeometry

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
GEOMETRY_TABLES = (
    "districts",
    "streets",
    "communities",
    "complexes",
    "buildings",
    "roads",
    "water",
    "stations",
    "cells",
    "grids",
)
SEALED = "a published plan cannot be changed; make a new one"
APPEND_ONLY = "history is append-only"
ONE_PLAN_A_DAY = "another plan of this community is published for some of these days"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    _tables()
    if op.get_bind().dialect.name == "postgresql":
        _postgresql_rules()
    else:
        _sqlite_rules()


def _postgresql_rules() -> None:
    for table in GEOMETRY_TABLES:
        op.create_index(f"ix_{table}_geometry", table, ["geometry"], postgresql_using="gist")
    op.execute(
        "ALTER TABLE plans ADD CONSTRAINT one_published_plan_a_day EXCLUDE USING gist "
        "(community_code WITH =, daterange(valid_from, valid_to, '[)') WITH &&) WHERE (state = 'published')"
    )
    op.execute(
        f"CREATE FUNCTION wangge_sealed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF EXISTS (SELECT 1 FROM plans WHERE id = OLD.plan_id AND state = 'published') THEN "
        f"RAISE EXCEPTION '{SEALED}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        f"IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
    )
    for table in ("grids", "assignments"):
        op.execute(
            f"CREATE TRIGGER {table}_sealed BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION wangge_sealed()"
        )
    op.execute(
        f"CREATE FUNCTION wangge_plan_sealed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF OLD.state = 'published' AND (TG_OP = 'DELETE' OR "
        f"ROW(NEW.state, NEW.community_code, NEW.cell_set_id, NEW.valid_from) IS DISTINCT FROM "
        f"ROW(OLD.state, OLD.community_code, OLD.cell_set_id, OLD.valid_from)) THEN "
        f"RAISE EXCEPTION '{SEALED}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        f"IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER plans_sealed BEFORE UPDATE OR DELETE ON plans "
        "FOR EACH ROW EXECUTE FUNCTION wangge_plan_sealed()"
    )
    op.execute(
        f"CREATE FUNCTION wangge_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{APPEND_ONLY}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(
        "CREATE TRIGGER history_append_only BEFORE UPDATE OR DELETE ON history "
        "FOR EACH ROW EXECUTE FUNCTION wangge_append_only()"
    )


def _sqlite_rules() -> None:
    for when in ("INSERT", "UPDATE OF community_code, state, valid_from, valid_to"):
        op.execute(
            f"CREATE TRIGGER plans_one_a_day_{when.split()[0].lower()} AFTER {when} ON plans "
            f"WHEN NEW.state = 'published' BEGIN "
            f"SELECT RAISE(ABORT, '{ONE_PLAN_A_DAY}') WHERE EXISTS (SELECT 1 FROM plans AS other "
            f"WHERE other.id <> NEW.id AND other.state = 'published' "
            f"AND other.community_code = NEW.community_code "
            f"AND other.valid_from < coalesce(NEW.valid_to, '9999-12-31') "
            f"AND NEW.valid_from < coalesce(other.valid_to, '9999-12-31') "
            f"AND other.valid_from IS NOT other.valid_to AND NEW.valid_from IS NOT NEW.valid_to); END"
        )
    for when in ("DELETE", "UPDATE OF state, community_code, cell_set_id, valid_from"):
        op.execute(
            f"CREATE TRIGGER plans_sealed_{when.split()[0].lower()} BEFORE {when} ON plans "
            f"WHEN OLD.state = 'published' BEGIN SELECT RAISE(ABORT, '{SEALED}'); END"
        )
    for table in ("grids", "assignments"):
        for when in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_sealed_{when.lower()} BEFORE {when} ON {table} "
                f"WHEN EXISTS (SELECT 1 FROM plans WHERE id = OLD.plan_id AND state = 'published') "
                f"BEGIN SELECT RAISE(ABORT, '{SEALED}'); END"
            )
    for when in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER history_append_only_{when.lower()} BEFORE {when} ON history "
            f"BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END"
        )


def _tables() -> None:
    op.create_table(
        "buildings",
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("use", sa.String(length=20), nullable=True),
        sa.Column("levels", sa.Integer(), nullable=True),
        sa.Column("height_m", sa.Float(), nullable=True),
        sa.Column("units", sa.Integer(), nullable=True),
        sa.Column("households", sa.Integer(), nullable=True),
        sa.Column("households_estimated", sa.Boolean(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("complex_ref", sa.String(length=64), nullable=True),
        sa.Column("community_code", sa.String(length=12), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("geometry", ShapelyGeometry(), nullable=False),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_buildings")),
    )
    op.create_index(op.f("ix_buildings_community_code"), "buildings", ["community_code"], unique=False)
    op.create_index(op.f("ix_buildings_complex_ref"), "buildings", ["complex_ref"], unique=False)
    op.create_table(
        "communities",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=True),
        sa.Column("households", sa.Integer(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("geometry", ShapelyGeometry(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_communities")),
    )
    op.create_table(
        "complexes",
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("aliases", sa.JSON(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("community_code", sa.String(length=12), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("geometry", ShapelyGeometry(), nullable=False),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_complexes")),
    )
    op.create_index(op.f("ix_complexes_community_code"), "complexes", ["community_code"], unique=False)
    op.create_table(
        "districts",
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("geometry", ShapelyGeometry(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_districts")),
    )
    op.create_table(
        "history",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("community_code", sa.String(length=12), nullable=True),
        sa.Column("plan_id", BIG_ID, nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_history_community_code_at", "history", ["community_code", "at"], unique=False)
    op.create_table(
        "publications",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "register",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("community_code", sa.String(length=12), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register")),
        sa.UniqueConstraint("code", name=op.f("uq_register_code")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_register_community_code"), "register", ["community_code"], unique=False)
    op.create_table(
        "roads",
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("road_class", sa.String(length=20), nullable=False),
        sa.Column("bridge", sa.Boolean(), nullable=True),
        sa.Column("tunnel", sa.Boolean(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("geometry", ShapelyGeometry(), nullable=False),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_roads")),
    )
    op.create_table(
        "stations",
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=True),
        sa.Column("floor_area_m2", sa.Float(), nullable=True),
        sa.Column("opening_hours", sa.Text(), nullable=True),
        sa.Column("community_code", sa.String(length=12), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("geometry", ShapelyGeometry(), nullable=False),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_stations")),
    )
    op.create_index(op.f("ix_stations_community_code"), "stations", ["community_code"], unique=False)
    op.create_table(
        "streets",
        sa.Column("code", sa.String(length=9), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("geometry", ShapelyGeometry(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_streets")),
    )
    op.create_table(
        "water",
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("geometry", ShapelyGeometry(), nullable=False),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_water")),
    )
    op.create_table(
        "cell_sets",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("community_code", sa.String(length=12), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_code"], ["communities.code"], name=op.f("fk_cell_sets_community_code_communities")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cell_sets")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_cell_sets_community_code"), "cell_sets", ["community_code"], unique=False)
    op.create_table(
        "cells",
        sa.Column("cell_set_id", BIG_ID, nullable=False),
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("block", sa.Integer(), nullable=False),
        sa.Column("building_ref", sa.String(length=64), nullable=True),
        sa.Column("complex_ref", sa.String(length=64), nullable=True),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("households_estimated", sa.Boolean(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("area_m2", sa.Float(), nullable=False),
        sa.Column("geometry", ShapelyGeometry(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cell_set_id"], ["cell_sets.id"], name=op.f("fk_cells_cell_set_id_cell_sets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("cell_set_id", "cell", name=op.f("pk_cells")),
    )
    op.create_table(
        "plans",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("community_code", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("cell_set_id", BIG_ID, nullable=False),
        sa.Column("base_plan_id", BIG_ID, nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("score", sa.JSON(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("publication_id", BIG_ID, nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "state <> 'published' OR valid_from IS NOT NULL", name=op.f("ck_plans_published_has_a_date")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'approved', 'published')", name=op.f("ck_plans_state")
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_plans_dates_in_order")
        ),
        sa.ForeignKeyConstraint(["base_plan_id"], ["plans.id"], name=op.f("fk_plans_base_plan_id_plans")),
        sa.ForeignKeyConstraint(
            ["cell_set_id"], ["cell_sets.id"], name=op.f("fk_plans_cell_set_id_cell_sets")
        ),
        sa.ForeignKeyConstraint(
            ["community_code"], ["communities.code"], name=op.f("fk_plans_community_code_communities")
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name=op.f("fk_plans_publication_id_publications")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
        sa.UniqueConstraint("community_code", "version", name=op.f("uq_plans_community_code_version")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_plans_cell_set_id"), "plans", ["cell_set_id"], unique=False)
    op.create_table(
        "assignments",
        sa.Column("plan_id", BIG_ID, nullable=False),
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("label", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.id"], name=op.f("fk_assignments_plan_id_plans"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("plan_id", "cell", name=op.f("pk_assignments")),
    )
    op.create_table(
        "cell_edges",
        sa.Column("cell_set_id", BIG_ID, nullable=False),
        sa.Column("a", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("b", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("shared_m", sa.Float(), nullable=False),
        sa.Column("barrier", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cell_set_id", "a"],
            ["cells.cell_set_id", "cells.cell"],
            name=op.f("fk_cell_edges_cell_set_id_a_cells"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["cell_set_id", "b"],
            ["cells.cell_set_id", "cells.cell"],
            name=op.f("fk_cell_edges_cell_set_id_b_cells"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("cell_set_id", "a", "b", name=op.f("pk_cell_edges")),
    )
    op.create_table(
        "grids",
        sa.Column("plan_id", BIG_ID, nullable=False),
        sa.Column("label", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("register_id", BIG_ID, nullable=True),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("households_estimated", sa.Boolean(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("cells", sa.Integer(), nullable=False),
        sa.Column("colour", sa.Integer(), nullable=False),
        sa.Column("geometry", ShapelyGeometry(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.id"], name=op.f("fk_grids_plan_id_plans"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["register_id"], ["register.id"], name=op.f("fk_grids_register_id_register")),
        sa.PrimaryKeyConstraint("plan_id", "label", name=op.f("pk_grids")),
        sa.UniqueConstraint("plan_id", "code", name=op.f("uq_grids_plan_id_code")),
    )
