"""What do all tests share? A database each, on SQLite and PostgreSQL, and the rule on skips."""

import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from app.database import Database, open_database
from tests import databases
from tests.databases import NoPostgres, PostgresServer

REQUIRE_ALL = "LIASSE_REQUIRE_ALL"
LONG = "LIASSE_LONG"


def pytest_configure(config: pytest.Config) -> None:
    """Name the run, once for all its processes."""
    os.environ.setdefault(databases.RUN, str(os.getpid()))


def pytest_unconfigure(config: pytest.Config) -> None:
    """The process that named the run sweeps its folder."""
    if os.environ.get(databases.RUN) == str(os.getpid()):
        shutil.rmtree(databases.run_folder(), ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long tests out unless `run.py test --long` asks for them."""
    if os.environ.get(LONG):
        return
    long = [item for item in items if item.get_closest_marker("long")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """On the build machine a test that cannot run is a failure."""
    report = yield
    if os.environ.get(REQUIRE_ALL) and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped although {REQUIRE_ALL} is set: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole file that skips itself."""
    report = yield
    if os.environ.get(REQUIRE_ALL) and report.outcome == "skipped":
        report.outcome = "failed"
        report.longrepr = f"skipped although {REQUIRE_ALL} is set: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty migrated SQLite database, to be copied."""
    return databases.sqlite_template(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server; the test is skipped, with the reason, when there is none."""
    try:
        with databases.postgres_server() as server:
            yield server
    except NoPostgres as reason:
        pytest.skip(f"no PostgreSQL: {reason}")


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of a migrated SQLite database of one's own."""
    return databases.copy_of(sqlite_template, tmp_path)


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """The URL of a migrated PostgreSQL database of one's own."""
    with postgres.fresh() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Which database: a test that asks for it, or for one of the next fixtures, runs on each."""
    name: str = request.param
    return name


@pytest.fixture
def database_url(kind: str, request: pytest.FixtureRequest) -> str:
    """The URL of a migrated database of one's own; the test runs once on each kind."""
    fixture = "sqlite_url" if kind == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(fixture)
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An open, migrated, empty database; the test runs once on each kind."""
    opened = open_database(database_url)
    yield opened
    opened.dispose()
