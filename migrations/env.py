"""How does Alembic reach the database? By the engine our `upgrade` hands it, under a lock.

Two deployments may start at once: PostgreSQL's advisory lock lets one migrate and the other
wait; SQLite's writer lock does the same.
"""

from alembic import context
from sqlalchemy import Connection, text

from app.models import Base

_ADVISORY_LOCK = 55_2026


def _run(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = '4s'"))
        connection.execute(text("SET LOCAL statement_timeout = '60s'"))
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        user_module_prefix="base.",
        compare_type=True,
        transaction_per_migration=False,
    )
    context.run_migrations()


connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("Migrations run through `liasse migrate`.")
_run(connection)
