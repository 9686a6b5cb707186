"""Where layers are kept: one SQLAlchemy code path over PostGIS and SQLite."""
