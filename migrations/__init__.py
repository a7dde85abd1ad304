"""Alembic migrations, numbered and named."""
