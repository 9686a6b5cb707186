"""The chain of organisations: community → branch → building group → centre household, and the posts in it.

organisations      branches (支部), building groups (楼栋党小组), centre households (党员中心户)
links              what belongs to what, many to many: branch and station to grids, group to branch, centre to building
loads              how much there was to do where, by month
posts              who holds which duty (网格长, 网格员 …) of a grid or any other place

Every row is a fact with its days, the last exclusive; a change ends one row and begins another. Grids are named by their
codes, which are final when published and never given again; a level's unit by its grid's code and number.
"""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, Date, Index, Integer, String, Table, Text

from layers.store.tables import metadata

organisations = Table(
    "organisations",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("ref", String(64), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("households", Integer),
    Column("members", Integer),
    Column("community_code", String(12), nullable=False, index=True),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("source", String(200), nullable=False),
    CheckConstraint("kind IN ('branch', 'group', 'centre')", name="kind"),
    CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="dates_in_order"),
)
links = Table(
    "links",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("ref", String(64), nullable=False),
    Column("to_kind", String(10), nullable=False),
    Column("to_ref", String(64), nullable=False),
    Column("community_code", String(12), nullable=False, index=True),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("source", String(200), nullable=False),
    CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="dates_in_order"),
)
Index("ix_links_kind_ref", links.c.kind, links.c.ref)
posts = Table(
    "posts",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("title", String(40), nullable=False),
    Column("place_kind", String(10), nullable=False),
    Column("place", String(64), nullable=False, index=True),
    Column("holder", Text, nullable=False),
    Column("phone", Text),
    Column("public", Boolean, nullable=False),
    Column("community_code", String(12), nullable=False, index=True),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("source", String(200), nullable=False),
    CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="dates_in_order"),
)
"""public: holder and phone are posted for everybody (公示); else they are sealed (`layers.store.sealing`), and only who may
call people in their duty is told them."""
loads = Table(
    "loads",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("month", Date, primary_key=True),
    Column("spot", String(16), primary_key=True),
    Column("building_ref", String(64), primary_key=True),
    Column("community_code", String(12), nullable=False, index=True),
    Column("count", Integer, nullable=False),
    CheckConstraint('"count" > 0', name="some"),
)
"""What is to be done where: appeals, repairs, visits by month (its first day) and spot (H3, resolution 11), and building where
known, else an empty text. Counts only: addresses and texts are not kept."""
CHAIN_TABLES = {table.name: table for table in (organisations, links, posts)}
