"""How is a database opened, read and written? One engine, two kinds of transactions.

Reads run in read-only transactions (a GET cannot write). Writes run through `Database.run_tx`,
which opens one transaction, hands it with the time to an action, commits, and runs the action
again when the database asks for it (busy, serialisation failure, deadlock). On SQLite a write
waits behind a file lock, then says BEGIN IMMEDIATE: the driver's own habit of beginning late
loses concurrent updates without a word.
"""

import fcntl
import os
import random
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import (
    Connection,
    Engine,
    Insert,
    Table,
    create_engine,
    event,
    make_url,
    select,
)
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, DisconnectionError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection
from sqlalchemy.sql import func

from app.jsontext import column_text
from app.prepared import Line, Prepared

T = TypeVar("T")
READ_ONLY = "liasse_read_only"
_TRIES = 5
_SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=10000",
    "recursive_triggers=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "journal_size_limit=67108864",
)
#: Time-outs of every PostgreSQL session, in milliseconds.
_POSTGRES_OPTIONS = "-c statement_timeout=10000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=30000"
#: How long the clock of the database is counted on before it is read again, in seconds.
_COUNTED_ON = 1.0
_CLOCK = Prepared(select(func.clock_timestamp()))
#: A connection that rested longer than this, in seconds, is tried before it is used.
_RESTED = 1.0
_RETRIED_STATES = {"40001", "40P01", "55P03"}


class ReadingSession(Session):
    """A session that only reads, and ends by COMMIT.

    On the surface this looks wrong: there is nothing to commit. But on a ROLLBACK the driver of
    PostgreSQL forgets every statement it had prepared on that connection, for whoever comes next.
    """

    def close(self) -> None:
        """Let go of everything that was read, then of the transaction."""
        self.expunge_all()
        if self.is_active and self.in_transaction():
            with suppress(DBAPIError):  # a connection that died while it read is no concern now
                self.commit()
        super().close()


class CountedClock:
    """The time of the database, read once a second at most, and counted on meanwhile.

    Never ahead of it, behind by a journey to it at most, whatever the host's clock says: what
    counts on is monotonic. Who comes less often than once a second reads it each time.
    """

    def __init__(self) -> None:
        #: An instant of the database, and the host's tick when it arrived.
        self._read: tuple[datetime, float] | None = None

    def now(self, session: Session) -> datetime:
        """The time, in UTC."""
        if self._read is not None:
            instant, arrived = self._read
            since = time.monotonic() - arrived
            if since < _COUNTED_ON:
                return instant + timedelta(seconds=since)
        instant = clock(session)
        self._read = instant, time.monotonic()
        return instant


@dataclass(frozen=True)
class Database:
    """An open database: `engine` writes, `reader` opens read-only transactions.

    On SQLite they have connections of their own: whether one may write is a setting, and with each
    change of it SQLite forgets every statement that the connection had prepared.
    """

    engine: Engine
    reader: Engine
    _clock: CountedClock = field(default_factory=CountedClock, repr=False, compare=False)

    @property
    def is_sqlite(self) -> bool:
        """True on the embedded database."""
        return self.engine.dialect.name == "sqlite"

    def dispose(self) -> None:
        """Close every connection; the next one that is asked for is new."""
        self.engine.dispose()
        self.reader.dispose()

    def reading(self) -> Session:
        """A session whose transactions cannot write."""
        return ReadingSession(self.reader, expire_on_commit=False)

    def run_tx(
        self, action: Callable[[Session, datetime], T], *, now: datetime | None = None
    ) -> T:
        """Run the action in one transaction and commit; its answer is acknowledged after COMMIT.

        `now` is the database's clock on PostgreSQL (`CountedClock`) and the host's on SQLite,
        unless given (demo data, simulations). The action may be run again: it must not commit, nor touch
        anything but the session.
        """
        for attempt in range(1, _TRIES + 1):
            try:
                with self.engine.begin() as connection, _within(connection) as session:
                    answer = action(session, now or self._now(session))
                    session.flush()
                return answer
            except (OperationalError, DBAPIError) as error:
                if attempt == _TRIES or not is_retryable(error):
                    raise
                time.sleep(random.uniform(0.005, 0.05) * attempt)  # noqa: S311 - jitter, not a secret
        raise AssertionError("unreachable")

    def _now(self, session: Session) -> datetime:
        return clock(session) if self.is_sqlite else self._clock.now(session)


def _within(connection: Connection) -> Session:
    """A session inside a transaction that is not its own: it flushes, and never commits.

    A session that opens its own costs as much again as the transaction.
    """
    return Session(connection, expire_on_commit=False, join_transaction_mode="rollback_only")


def clock(session: Session) -> datetime:
    """The time of the database (PostgreSQL) or of the host (SQLite), in UTC."""
    if session.get_bind().dialect.name == "sqlite":
        return datetime.now(UTC)  # noqa: TID251 - the one place below the doors that reads it
    instant: datetime = Line(session).scalar(_CLOCK, {})
    return instant.astimezone(UTC)


def insert_once(session: Session, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert this row unless a unique key already holds it; True when it is new."""
    statement = _insert_once(session.get_bind().dialect.name, table)
    return session.connection().execute(statement, values).rowcount == 1


@cache
def _insert_once(dialect: str, table: Table) -> Insert:
    insert = sqlite_insert if dialect == "sqlite" else postgres_insert
    statement = insert(table).on_conflict_do_nothing()
    # Without the option SQLAlchemy forgets an INSERT's row count: on PostgreSQL it would say -1.
    return statement.execution_options(preserve_rowcount=True)


def is_retryable(error: DBAPIError) -> bool:
    """Did the database only ask to try again (busy, serialisation failure, deadlock)?"""
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return state in _RETRIED_STATES
    return isinstance(error.orig, sqlite3.OperationalError) and "locked" in str(error.orig)


def open_database(url: str) -> Database:
    """Open the database at this URL (`sqlite:///…` or `postgresql+psycopg://…`)."""
    engine = make_engine(url)
    only = {READ_ONLY: True, "postgresql_readonly": True}
    is_sqlite = engine.dialect.name == "sqlite"
    reads = make_engine(url, is_read_only=True) if is_sqlite else engine
    return Database(engine=engine, reader=reads.execution_options(**only))


def make_engine(url: str, *, is_read_only: bool = False) -> Engine:
    """An engine with our transaction rules; see the module's docstring."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise ValueError("a SQLite database needs a file")
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(
            parsed, json_serializer=column_text, connect_args={"check_same_thread": False}
        )
        _harden_sqlite(engine, parsed.database, is_read_only=is_read_only)
    else:
        engine = create_engine(
            parsed,
            json_serializer=column_text,
            pool_size=10,
            max_overflow=10,
            pool_timeout=5,
            connect_args={"options": _POSTGRES_OPTIONS},
        )
        _try_what_rested(engine)
    return engine


def _try_what_rested(engine: Engine) -> None:
    """The server may have been restarted meanwhile. Trying at each use would be a journey a step."""

    def rest(_dbapi: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        record.info["rests_since"] = time.monotonic()

    def wake(
        dbapi: DBAPIConnection, record: ConnectionPoolEntry, _proxy: PoolProxiedConnection
    ) -> None:
        rested = time.monotonic() - record.info.get("rests_since", time.monotonic())
        if rested > _RESTED:
            try:
                engine.dialect.do_ping(dbapi)
            except engine.dialect.loaded_dbapi.Error as error:
                raise DisconnectionError from error  # the pool opens another one

    event.listen(engine, "checkin", rest)
    event.listen(engine, "checkout", wake)


def _harden_sqlite(engine: Engine, path: str, *, is_read_only: bool) -> None:
    def connect(dbapi: Any, record: ConnectionPoolEntry) -> None:  # noqa: ANN401 - sqlite3 or a wrapper
        dbapi.isolation_level = None  # the driver must never decide when a transaction begins
        for pragma in _SQLITE_PRAGMAS:
            dbapi.execute(f"PRAGMA {pragma}")
        if is_read_only:
            dbapi.execute("PRAGMA query_only=ON")
            return
        # One open file description per connection: it excludes threads as well as processes.
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        record.info["writer"] = os.open(f"{path}.writer", flags, 0o600)

    event.listen(engine, "connect", connect)
    event.listen(engine, "close", _close_lock)
    event.listen(engine, "begin", _begin_sqlite)
    event.listen(engine, "checkin", _release)
    event.listen(engine, "invalidate", _invalidate)


def _begin_sqlite(connection: Connection) -> None:
    driver: Any = connection.connection.driver_connection
    if connection.get_execution_options().get(READ_ONLY):
        driver.execute("BEGIN")
        return
    info = connection.connection.info
    fcntl.flock(info["writer"], fcntl.LOCK_EX)
    info["locked"] = True
    try:
        driver.execute("BEGIN IMMEDIATE")
    except BaseException as error:
        _unlock(info)
        if isinstance(error, sqlite3.OperationalError):
            raise OperationalError("BEGIN IMMEDIATE", None, error) from error
        raise


def _close_lock(_dbapi: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    descriptor = record.info.pop("writer", None)
    if descriptor is not None:
        os.close(descriptor)


def _release(_dbapi: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
    _unlock(record.info)


def _invalidate(
    _dbapi: DBAPIConnection, record: ConnectionPoolEntry, _error: BaseException | None
) -> None:
    _unlock(record.info)


def _unlock(info: dict[Any, Any]) -> None:
    if info.pop("locked", False):
        fcntl.flock(info["writer"], fcntl.LOCK_UN)
