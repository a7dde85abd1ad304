"""What do the stories share? A department of its own for each test, copied from one already filled."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.database import open_database
from tests import databases
from tests.settled import a_department, keep
from tests.stories import Department


@pytest.fixture(scope="session")
def kept_sqlite(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with a department and some dossiers at work; to be copied."""
    folder = tmp_path_factory.mktemp("kept")
    keep(databases.copy_of(sqlite_template, folder), folder)
    return folder / "liasse.db"


@pytest.fixture(scope="session")
def kept_postgres(
    postgres: databases.PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The same on PostgreSQL."""
    with postgres.fresh() as url:
        keep(url, tmp_path_factory.mktemp("kept"))
        yield url


@pytest.fixture
def department(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Department]:
    """A department at work, on each kind of database in turn."""
    with ExitStack() as stack:
        if kind == "sqlite":
            url = databases.copy_of(request.getfixturevalue("kept_sqlite"), tmp_path)
        else:
            server = request.getfixturevalue("postgres")
            like = request.getfixturevalue("kept_postgres")
            url = stack.enter_context(server.fresh(like=like))
        database = open_database(url)
        stack.callback(database.engine.dispose)
        yield a_department(database, tmp_path)
