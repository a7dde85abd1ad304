"""How does Alembic reach the database? By the engine our `upgrade` hands it, under a lock.

Two deployments may start at once: PostgreSQL's advisory lock lets one migrate and the other
wait; SQLite's writer lock does the same.
"""

import warnings
from typing import Literal

from alembic import context
from sqlalchemy import Connection, Enum, text
from sqlalchemy.exc import SAWarning

from app.models import Base
from app.models.base import Cents, UtcDateTime

_ADVISORY_LOCK = 55_2026


def _plain_type(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Migrations name plain types only: they must not change when our own types do."""
    if kind != "type":
        return False
    if isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, Cents):
        return "sa.BigInteger()"
    if isinstance(item, Enum):
        return f"sa.String(length={item.length})"
    return False


def _run(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = '4s'"))
        connection.execute(text("SET LOCAL statement_timeout = '60s'"))
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=_plain_type,
        compare_type=False,
        transaction_per_migration=False,
    )
    with warnings.catch_warnings():
        # Recreating a table of SQLite reads its neighbours, whose indexes of expressions it leaves alone.
        warnings.filterwarnings(
            "ignore", "Skipped unsupported reflection of expression", SAWarning
        )
        context.run_migrations()


connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("Migrations run through `liasse migrate`.")
_run(connection)
