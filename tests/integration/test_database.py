"""Do reading and writing keep to their own, and does one not spoil the other?"""

import time
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.database import CountedClock, Database, clock, open_database
from app.models.base import table_of
from app.models.people import Organisation, OrganisationKind

_NAMES = select(table_of(Organisation).c.name)


@pytest.fixture
def postgres_database(postgres_url: str) -> Database:
    """A migrated PostgreSQL database of one's own."""
    return open_database(postgres_url)


def test_a_reading_transaction_cannot_write(database: Database) -> None:
    with database.reading() as session, pytest.raises(DBAPIError):
        session.execute(text("DELETE FROM organisation"))


def test_what_a_reader_leaves_changed_in_memory_is_never_written(database: Database) -> None:
    commune = Organisation(kind=OrganisationKind.COMMUNE, name="Commercy")
    database.run_tx(lambda session, _now: session.add(commune))

    with database.reading() as session:
        session.scalars(select(Organisation)).one().name = "Autre nom"

    with database.reading() as session:
        assert session.scalars(_NAMES).all() == ["Commercy"]


def test_reading_leaves_the_statements_prepared_for_whoever_comes_next(
    postgres_database: Database,
) -> None:
    """A reader that ended by ROLLBACK made the driver forget them: each write was parsed anew."""
    for _ in range(7):  # the driver prepares what it has met five times
        with postgres_database.reading() as session:
            session.execute(_NAMES).all()

    with postgres_database.reading() as session:
        prepared = session.scalars(text("SELECT statement FROM pg_prepared_statements")).all()
    postgres_database.dispose()

    assert any("FROM organisation" in statement for statement in prepared)


def test_the_clock_of_the_database_is_counted_on_and_never_ahead_of_it(
    postgres_database: Database,
) -> None:
    asked: list[str] = []
    event.listen(
        postgres_database.engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_: asked.append(statement),
    )
    counted = CountedClock()
    with postgres_database.engine.connect() as connection:
        server = text("SELECT clock_timestamp()")
        behind = []
        for _ in range(20):
            with postgres_database.reading() as session:
                mine = counted.now(session)
            behind.append(connection.scalar(server) - mine)
            time.sleep(0.02)
        reads = sum("clock_timestamp" in one for one in asked) - len(behind)
    postgres_database.dispose()

    assert reads == 1
    assert all(timedelta(0) <= one < timedelta(seconds=1) for one in behind)


def test_the_clock_of_the_database_is_read_again_after_a_second(
    postgres_database: Database,
) -> None:
    counted = CountedClock()
    with postgres_database.reading() as session:
        counted.now(session)
        time.sleep(1.05)
        before = clock(session)
        again = counted.now(session)
    postgres_database.dispose()

    assert again >= before


def test_a_session_of_a_transaction_writes_what_it_holds_and_undoes_what_fails(
    database: Database,
) -> None:
    def fails(name: str) -> None:
        def action(session: Session, _now: datetime) -> None:
            session.add(Organisation(kind=OrganisationKind.COMMUNE, name=name))
            session.flush()
            raise LookupError

        with pytest.raises(LookupError):
            database.run_tx(action)

    def changes(session: Session, _now: datetime) -> None:
        session.scalars(select(Organisation)).one().name = "Commercy"

    fails("Verdun")
    database.run_tx(
        lambda session, _now: session.add(
            Organisation(kind=OrganisationKind.COMMUNE, name="Toul")
        )
    )
    database.run_tx(changes)

    with database.reading() as session:
        assert session.scalars(_NAMES).all() == ["Commercy"]
