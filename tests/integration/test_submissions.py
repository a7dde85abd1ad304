"""Is a form accepted once, however often it is sent? The same key gives the same answer."""

import threading
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from app.actions.submissions import once
from app.database import Database
from app.domain.actor import SYSTEM, Actor
from app.domain.errors import DossierChanged, KeyReused, NotAllowed
from app.models.base import Json
from app.models.people import Person

KEY = "k" * 32


@pytest.fixture
def actor(database: Database) -> Actor:
    """Somebody who sends forms."""
    return a_person(database, "agent@exemple.fr")


def a_person(database: Database, email: str) -> Actor:
    person_id: UUID = uuid4()

    def add(session: Session, now: datetime) -> None:
        session.add(Person(id=person_id, email=email, name="Agent", created_at=now))

    database.run_tx(add)
    return Actor(person_id=person_id, name="Agent")


def send(
    database: Database,
    actor: Actor,
    times: Iterator[int],
    *,
    key: str = KEY,
    content: str = "a",
) -> Json:
    """Send the form; the answer counts how often it was really done."""
    return database.run_tx(
        lambda session, now: once(
            session,
            actor,
            key=key,
            content_hash=content * 64,
            now=now,
            do=lambda: {"done": next(times)},
        )
    )


def test_the_same_form_is_done_once_and_answered_alike(
    database: Database, actor: Actor
) -> None:
    times = count(1)
    assert send(database, actor, times) == {"done": 1}
    assert send(database, actor, times) == {"done": 1}
    assert next(times) == 2


def test_the_same_key_with_other_content_is_refused(database: Database, actor: Actor) -> None:
    times = count(1)
    send(database, actor, times)
    with pytest.raises(KeyReused):
        send(database, actor, times, content="b")


def test_nobody_reads_the_answer_given_to_somebody_else(
    database: Database, actor: Actor
) -> None:
    send(database, actor, count(1))
    with pytest.raises(KeyReused):
        send(database, a_person(database, "autre@exemple.fr"), count(1))


def test_a_form_that_was_refused_may_be_sent_again(database: Database, actor: Actor) -> None:
    def refuse() -> Json:
        raise DossierChanged

    with pytest.raises(DossierChanged):
        database.run_tx(
            lambda session, now: once(
                session, actor, key=KEY, content_hash="a" * 64, now=now, do=refuse
            )
        )
    assert send(database, actor, count(1)) == {"done": 1}


@pytest.mark.parametrize("key", ["", "court", "x" * 65])
def test_a_key_that_is_none_is_refused(database: Database, actor: Actor, key: str) -> None:
    with pytest.raises(KeyReused):
        send(database, actor, count(1), key=key)


def test_the_house_itself_sends_no_forms(database: Database) -> None:
    with pytest.raises(NotAllowed):
        send(database, SYSTEM, count(1))


def test_six_impatient_clicks_at_once_do_it_once(database: Database, actor: Actor) -> None:
    times, answers = count(1), []
    gate = threading.Barrier(6)

    def click() -> None:
        gate.wait()
        answers.append(send(database, actor, times))

    clicks = [threading.Thread(target=click) for _ in range(6)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert len(answers) == 6
    assert len({answer["done"] for answer in answers}) == 1
