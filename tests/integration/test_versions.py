"""Does a version stay as it was published, and is its life written down for good?"""

from dataclasses import replace
from datetime import UTC, datetime
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.actions import versions
from app.actions.versions import VersionOvertaken, VersionStateUnchanged
from app.catalogue.pack import Pack, load_pack
from app.catalogue.published import PublishedTypes, TypeUnknown
from app.database import Database
from app.domain.actor import Actor
from app.domain.errors import NotAllowed
from app.domain.permissions import Role
from app.domain.versions import TypeEventKind
from app.models.process import ProcessDefinition
from app.models.versions import TypeEvent
from tests.builders import grant_pack

NOW = datetime(2026, 3, 2, 11, tzinfo=UTC)
ADMIN = Actor(person_id=None, name="Ada Martin", roles=frozenset({Role.ADMIN}))
REFUSED = (
    "UPDATE process_definition SET archive = NULL",
    "UPDATE process_definition SET note = 'autre chose'",
    "UPDATE process_definition SET digest = 'x'",
    "UPDATE process_definition SET version = 12",
    "UPDATE process_definition SET published_by = 'personne'",
    "UPDATE process_definition SET published_at = '2020-01-01 00:00:00'",
    "DELETE FROM process_definition",
    "UPDATE type_event SET note = 'autre chose'",
    "DELETE FROM type_event",
)


def other_content(pack: Pack, remark: str) -> Pack:
    """The same type, with another fingerprint."""
    return load_pack({**pack.files, "README.md": remark.encode()})


def published(database: Database, pack: Pack, note: str = "") -> ProcessDefinition:
    return database.run_tx(
        lambda tx, _at: versions.publish(tx, pack, by="Ada Martin", now=NOW, note=note)
    )


def events(database: Database) -> list[tuple[TypeEventKind, int | None, str, str]]:
    with database.reading() as session:
        found = session.scalars(select(TypeEvent)).all()
        return [(one.kind, one.version, one.by, one.note) for one in found]


@pytest.mark.parametrize("statement", REFUSED)
def test_no_statement_changes_a_published_version(database: Database, statement: str) -> None:
    made = published(database, grant_pack(), "Première version.")

    with (
        pytest.raises(DBAPIError, match=r"never changes|append-only"),
        database.engine.begin() as connection,
    ):
        connection.execute(text(statement))

    with database.reading() as session:
        kept = session.get_one(ProcessDefinition, made.id)
        assert (kept.version, kept.digest, kept.note) == (
            1,
            grant_pack().digest,
            "Première version.",
        )
        assert kept.archive == grant_pack().archive


def test_a_version_may_be_retired_and_restored_and_the_journal_tells_it(
    database: Database,
) -> None:
    types = PublishedTypes()
    first = published(database, grant_pack(), "Première version.")
    second = published(database, other_content(grant_pack(), "2"), "Le taux change.")

    def latest() -> int:
        with database.reading() as session:
            return types.latest(session, first.key).version

    assert latest() == 2
    database.run_tx(
        lambda tx, _at: versions.retire(tx, ADMIN, second.id, note="Erreur.", now=NOW)
    )
    assert latest() == 1
    with pytest.raises(VersionStateUnchanged):
        database.run_tx(lambda tx, _at: versions.retire(tx, ADMIN, second.id, note="", now=NOW))
    database.run_tx(lambda tx, _at: versions.restore(tx, ADMIN, second.id, note="", now=NOW))
    assert latest() == 2
    assert sorted(events(database)) == sorted(
        [
            (TypeEventKind.PUBLISHED, 1, "Ada Martin", "Première version."),
            (TypeEventKind.PUBLISHED, 2, "Ada Martin", "Le taux change."),
            (TypeEventKind.RETIRED, 2, "Ada Martin", "Erreur."),
            (TypeEventKind.RESTORED, 2, "Ada Martin", ""),
        ]
    )


def test_a_type_whose_versions_are_all_retired_takes_no_new_dossier(database: Database) -> None:
    only = published(database, grant_pack())
    database.run_tx(lambda tx, _at: versions.retire(tx, ADMIN, only.id, note="", now=NOW))
    with database.reading() as session, pytest.raises(TypeUnknown):
        PublishedTypes().latest(session, only.key)


def test_nobody_else_retires_a_version(database: Database) -> None:
    only = published(database, grant_pack())
    officer = replace(ADMIN, roles=frozenset({Role.OFFICER}))
    with pytest.raises(NotAllowed):
        database.run_tx(lambda tx, _at: versions.retire(tx, officer, only.id, note="", now=NOW))


def test_the_same_content_is_stored_once(database: Database) -> None:
    assert published(database, grant_pack()).id == published(database, grant_pack()).id
    assert len(events(database)) == 1


def test_two_publications_at_once_make_two_versions_or_one_refusal(database: Database) -> None:
    start, outcome = Barrier(4), list[str]()

    def go() -> None:
        pack = other_content(grant_pack(), str(uuid4()))
        start.wait()
        try:
            outcome.append(f"version {published(database, pack).version}")
        except VersionOvertaken:
            outcome.append("overtaken")

    threads = [Thread(target=go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    made = sorted(one for one in outcome if one != "overtaken")
    assert len(outcome) == 4
    assert made == [f"version {number}" for number in range(1, len(made) + 1)]
    assert len(events(database)) == len(made)
