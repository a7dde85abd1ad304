"""Do models and migrations agree, up and down, on both databases?

A database made by the migrations and one made from the models must have the same portrait:
columns, keys, checks, and every index with its expressions and conditions.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Column, Engine, Index, Integer, MetaData, Table, func, inspect, text

from app.database import Database, open_database
from app.models import Base
from migrations import upgrade as schema
from tests.databases import PostgresServer

# SQLAlchemy cannot read these indexes of SQLite back; the portrait reads their SQL instead.
pytestmark = pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression")
_INDEXES = {
    "sqlite": "SELECT tbl_name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
    "postgresql": "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'",
}


def portrait(engine: Engine) -> set[str]:
    """One line for each column, constraint and index of the database."""
    lines = set()
    inspector = inspect(engine)
    for table in set(inspector.get_table_names()) - {"alembic_version"}:
        lines.add(f"{table}: primary key {inspector.get_pk_constraint(table)}")
        for column in inspector.get_columns(table):
            rule = "" if column["nullable"] else " not null"
            default = f" default {column['default']}" if column["default"] else ""
            lines.add(f"{table}.{column['name']} {column['type']!r}{rule}{default}")
        lines |= {f"{table}: {_sorted(key)}" for key in inspector.get_foreign_keys(table)}
        lines |= {f"{table}: {_sorted(key)}" for key in inspector.get_unique_constraints(table)}
        lines |= {f"{table}: {_sorted(key)}" for key in inspector.get_check_constraints(table)}
    with engine.connect() as connection:
        for table, sql in connection.execute(text(_INDEXES[engine.dialect.name])):
            if table != "alembic_version":
                lines.add(re.sub(r'[\s"]+', " ", f"{table}: {sql}"))
    return lines


def _sorted(key: object) -> str:
    return str(sorted((str(k), str(v)) for k, v in dict(key).items()))  # type: ignore[call-overload]  # a TypedDict


Empty = Callable[[], AbstractContextManager[Database]]


@pytest.fixture
def empty(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Empty:
    """Opens empty databases, without any table; the test runs once on each kind."""

    @contextmanager
    def on_sqlite() -> Iterator[Database]:
        count = len(list(tmp_path.glob("*.db")))
        yield from _opened(f"sqlite:///{tmp_path / f'{count}.db'}")

    @contextmanager
    def on_postgres() -> Iterator[Database]:
        server: PostgresServer = request.getfixturevalue("postgres")
        with server.fresh(migrated=False) as url:
            yield from _opened(url)

    return on_sqlite if kind == "sqlite" else on_postgres


def _opened(url: str) -> Iterator[Database]:
    database = open_database(url)
    try:
        yield database
    finally:
        database.dispose()


def test_migrations_make_what_the_models_say(database: Database, empty: Empty) -> None:
    with empty() as drawn:
        Base.metadata.create_all(drawn.engine)
        made, wanted = portrait(database.engine), portrait(drawn.engine)
    assert sorted(made - wanted) == [], "only in the migrations"
    assert sorted(wanted - made) == [], "only in the models"


def test_the_portrait_sees_a_changed_column_check_and_index(empty: Empty) -> None:
    def drawn(*, forgetful: bool) -> set[str]:
        metadata = MetaData()
        table = Table("grant", metadata, Column("cents", Integer, nullable=forgetful))
        if not forgetful:
            Index("ix_grant_half", func.abs(table.c.cents), unique=True)
        with empty() as database:
            metadata.create_all(database.engine)
            return portrait(database.engine)

    assert len(drawn(forgetful=False) - drawn(forgetful=True)) == 2


def test_the_schema_goes_down_to_nothing_and_up_again(database: Database) -> None:
    before = portrait(database.engine)

    schema.downgrade(database, "base")

    assert portrait(database.engine) == set()
    assert schema.current_revision(database) is None

    schema.upgrade(database)

    assert schema.current_revision(database) == schema.head_revision()
    assert portrait(database.engine) == before


def test_upgrading_twice_changes_nothing(database: Database) -> None:
    before = portrait(database.engine)
    schema.upgrade(database)
    assert portrait(database.engine) == before


def test_an_empty_database_is_migrated_from_the_first_line(empty: Empty) -> None:
    with empty() as database:
        assert schema.current_revision(database) is None
        schema.upgrade(database)
        assert schema.current_revision(database) == schema.head_revision()


def test_migrations_are_numbered_and_named() -> None:
    versions = Path(schema.__file__).parent / "versions"
    names = sorted(path.stem for path in versions.glob("[0-9]*.py"))
    assert names, "no migration at all"
    for number, name in enumerate(names, start=1):
        assert re.fullmatch(rf"{number:04d}_[a-z_]{{4,}}", name), name
