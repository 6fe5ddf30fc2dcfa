"""Alembic migrations, one file per part, and the triggers that keep rows from changing."""
