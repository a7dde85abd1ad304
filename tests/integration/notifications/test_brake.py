"""A storm of mails is stopped, told, and let go by a person; nothing is lost on the way."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.errors import NotAllowed
from app.domain.permissions import Role
from app.domain.status import MailStatus
from app.models.mailing import MailPause
from app.models.process import Incident
from notifications import brake
from notifications.emails import Planned, Recipient, plan
from notifications.post import Limits
from tests.integration.notifications.conftest import Town

MINUTE = timedelta(minutes=1)


def fill(town: Town, count: int, *, to: str = "") -> None:
    def put(session: Session) -> None:
        for number in range(count):
            recipient = Recipient(address=to or f"mairie{number}@commune.example")
            planned = Planned(
                f"event:{to}:{number}:receipt:x", "receipt", recipient, town.dossier_id
            )
            plan(session, planned, domain="meuse.example", now=town.service.now)

    town.service.run(put)


def limited(town: Town, *, minute: int = 1000, hour: int = 1000, each: int = 1000) -> None:
    town.post = replace(town.post, limits=Limits(minute, hour, each))


def incidents(town: Town) -> list[str]:
    with town.service.database.reading() as session:
        return list(
            session.scalars(select(Incident.kind).where(Incident.resolved_at.is_(None)))
        )


def admin(town: Town) -> Actor:
    return town.service.person("admin@meuse.example", Role.ADMIN)


def let_go(town: Town, who: Actor) -> None:
    with town.service.database.reading() as session:
        pauses = brake.open_pauses(session)
    for one in pauses:
        town.service.run(
            lambda session, one=one: brake.let_go(  # type: ignore[misc]
                session, who, one.id, now=town.service.now
            )
        )


def sent(town: Town) -> int:
    return sum(mail.status is MailStatus.SENT for mail in town.mails())


def test_no_more_leave_in_a_minute_than_the_setting_says_and_the_others_follow(
    town: Town,
) -> None:
    limited(town, minute=4)
    fill(town, 10)

    assert town.sweep("mail") == 4
    assert town.sweep("mail") == 0
    town.service.now += MINUTE
    assert town.sweep("mail") == 4
    assert incidents(town) == [], "a slow pace is no incident"


def test_too_many_in_an_hour_stop_every_sending_with_one_incident(town: Town) -> None:
    limited(town, hour=5)
    fill(town, 12)

    town.sweep("mail")
    town.service.now += MINUTE
    assert town.sweep("mail") == 0
    assert incidents(town) == ["brake"]
    stopped = sent(town)
    assert stopped < 13

    let_go(town, admin(town))
    assert incidents(town) == []
    for _ in range(4):
        town.service.now += timedelta(hours=2)
        town.sweep("mail")
        let_go(town, admin_again(town))
    assert sent(town) == 12, "nothing was lost"


def admin_again(town: Town) -> Actor:
    return Actor(None, "Admin", frozenset({Role.ADMIN}))


def test_too_many_to_one_address_hold_its_mails_only(town: Town) -> None:
    limited(town, each=3)
    fill(town, 8, to="mairie@bombardee.example")
    fill(town, 4)

    town.sweep("mail")

    assert town.server.recipients.count("mairie@bombardee.example") == 3
    assert sent(town) == 7
    assert incidents(town) == ["brake"]
    held = [mail for mail in town.mails() if mail.status is MailStatus.PENDING]
    assert {mail.attempts for mail in held} == {0}, "nothing was tried"

    let_go(town, admin(town))
    town.service.now += timedelta(seconds=1)
    town.sweep("mail")
    assert town.server.recipients.count("mairie@bombardee.example") == 6, "the count is anew"


def test_a_person_stops_and_resumes_every_sending(town: Town) -> None:
    who = admin(town)
    fill(town, 2)
    town.service.run(lambda session: brake.stop(session, who, now=town.service.now))

    assert town.sweep("mail") == 0
    assert incidents(town) == [], "a decision is no incident"

    let_go(town, who)
    assert town.sweep("mail") == 2


def test_only_an_administrator_has_a_hand_on_the_brake(town: Town) -> None:
    with pytest.raises(NotAllowed):
        town.service.run(
            lambda session: brake.stop(session, town.officer, now=town.service.now)
        )
    with town.service.database.reading() as session:
        assert session.scalars(select(MailPause)).all() == []
