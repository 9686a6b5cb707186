"""Alembic migrations that run on PostGIS and SQLite."""
