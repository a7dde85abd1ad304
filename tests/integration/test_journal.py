"""Can what happened be rewritten? Not by a statement, not unnoticed; and a name may still be erased."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.actions.journal import broken_link
from app.database import Database
from app.domain.events import EventKind
from migrations import journal_guard
from tests.stories import Department, Play

REFUSED = (
    "UPDATE journal SET kind = 'voted'",
    "UPDATE journal SET body = '{}'",
    "UPDATE journal SET at = '2020-01-01 00:00:00'",
    "UPDATE journal SET actor_id = NULL",
    "UPDATE journal SET hash = prev",
    "UPDATE journal SET seq = seq + 1000",
    'UPDATE journal SET personal = \'{"actor": "Somebody else"}\'',
    "DELETE FROM journal",
    "DELETE FROM journal WHERE seq = 1",
)
#: The columns of an entry, for statements that copy one.
COLUMNS = "dossier_id, {seq}, at, kind, step, task_id, actor_id, body, NULL, personal_hash, {prev}, hash"


@pytest.fixture
def play(department: Department) -> Play:
    """A dossier with a past."""
    return department.kept("ExamineRequest")


def attempt(database: Database, statement: str) -> None:
    with database.engine.begin() as connection:
        connection.execute(text(statement.replace(":", "\\:")))


@pytest.mark.parametrize("statement", REFUSED)
def test_no_statement_rewrites_the_past(play: Play, statement: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        attempt(play.house.database, statement)

    assert holds(play)


def test_the_journal_is_neither_replaced_nor_truncated(play: Play) -> None:
    database = play.house.database
    if database.is_sqlite:
        copied = COLUMNS.format(seq="seq", prev="prev")
        statement = f"INSERT OR REPLACE INTO journal SELECT {copied} FROM journal"
        with pytest.raises(DBAPIError, match=r"append-only|chain is broken"):
            attempt(database, statement)
    else:
        for statement in ("TRUNCATE journal", "TRUNCATE dossier CASCADE"):
            with pytest.raises(DBAPIError, match="append-only"):
                attempt(database, statement)

    assert holds(play)


def test_an_entry_is_not_slipped_in_twice(play: Play) -> None:
    copied = COLUMNS.format(seq="seq", prev="prev")

    with pytest.raises(DBAPIError):
        attempt(play.house.database, f"INSERT INTO journal SELECT {copied} FROM journal")

    assert holds(play)


FORGERIES = {
    "a body": 'UPDATE journal SET body = \'{{"vote":"granted"}}\'',
    "a kind": "UPDATE journal SET kind = 'voted'",
    "a date": "UPDATE journal SET at = '2020-01-01 00:00:00'",
    "an author": "UPDATE journal SET actor_id = NULL",
    "a name": 'UPDATE journal SET personal = \'{{"actor":"Nobody"}}\'',
    "a link": "UPDATE journal SET prev = hash",
    "an entry": "DELETE FROM journal",
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_whoever_gets_past_the_guard_is_seen_at_the_entry_touched(
    play: Play, forgery: str
) -> None:
    seq = play.told("completed", "ConsultServices")[0].seq

    unguarded(play, f"{FORGERIES[forgery].format()} WHERE seq = {seq}")

    assert broken_at(play) == seq


def test_the_last_entries_cannot_be_cut_off_unnoticed(play: Play) -> None:
    last = play.journal[-1].seq

    unguarded(play, f"DELETE FROM journal WHERE seq = {last}")

    assert broken_at(play) == last


def test_a_name_is_erased_without_breaking_the_chain(play: Play) -> None:
    attempt(play.house.database, "UPDATE journal SET personal = NULL")

    assert holds(play)
    assert all(entry.personal is None for entry in play.journal)
    play.usual("ExamineRequest")
    assert holds(play)


def test_names_stand_outside_the_hashed_body(play: Play) -> None:
    play.usual("ExamineRequest")

    entry = play.journal[-1]
    assert entry.personal is not None
    assert entry.personal["actor"] == play.house.people["agent"].name
    assert play.house.people["agent"].name not in str(entry.body)
    assert len(entry.personal["salt"]) == 32


def test_each_thing_done_is_one_entry_that_follows_the_one_before(play: Play) -> None:
    before = play.journal
    play.usual("ExamineRequest")
    play.usual("HeadVisa")

    entries = play.journal
    assert [entry.seq for entry in entries] == list(range(1, len(before) + 3))
    told = [(entry.kind, entry.step) for entry in entries[len(before) :]]
    assert told == [
        (EventKind.COMPLETED, "ExamineRequest"),
        (EventKind.COMPLETED, "HeadVisa"),
    ]
    assert [one.prev for one in entries[1:]] == [one.hash for one in entries[:-1]]
    assert play.process.last_hash == entries[-1].hash


def holds(play: Play) -> bool:
    return broken_at(play) is None


def broken_at(play: Play) -> int | None:
    return play.house.read(lambda session: broken_link(session, play.dossier_id))


def unguarded(play: Play, statement: str) -> None:
    """Somebody who owns the database takes the guard away first."""
    database = play.house.database
    name = play.dossier_id.hex if database.is_sqlite else str(play.dossier_id)
    with database.engine.begin() as connection:
        journal_guard.drop_guard(connection)
        forged = f"{statement} AND dossier_id = '{name}'"
        connection.execute(text(forged.replace(":", "\\:")))
