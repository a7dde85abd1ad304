"""Do reading and writing keep to their own, and does one not spoil the other?"""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.database import Database, open_database
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
