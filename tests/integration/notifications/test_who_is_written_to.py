"""Substitutes, several recipients, choices: is the right person written to, and told the true reason?"""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.actions import absences
from app.actions.absences import AbsencesOverlap, NotASubstitute
from app.domain.actor import Actor
from app.domain.audience import Because
from app.domain.civil import PARIS
from app.domain.errors import NotAllowed, TaskHeldByOther
from app.domain.legal_clock.rule import Basis
from app.domain.mailing import Choice
from app.domain.permissions import Role
from app.domain.status import MailStatus
from app.models.clock import DossierClock
from app.models.dossier import Dossier
from app.models.outbox import Mail, ReminderRecord
from app.models.people import Person, PersonRole
from app.models.task import Task
from app.queries.absences import stands_in_for, substitutes
from app.queries.legal_clocks import clocks_of
from app.queries.people import actor_of
from notifications import preferences
from notifications.audience import audience
from notifications.emails import REFUSED, Planned, Recipient, plan
from notifications.upcoming import upcoming
from tests.integration.notifications.conftest import Town
from tests.integration.notifications.test_delivery import plain

DAY = date(2026, 3, 20)  # J-3 of the check of completeness
DEADLINE = date(2026, 3, 23)


def at(day: date = DAY, hour: int = 8) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=PARIS)


def check(town: Town) -> Task:
    return town.service.task(town.dossier_id, "CheckCompleteness")


def give_to(town: Town, person_id: UUID | None) -> None:
    town.service.run(
        lambda session: session.execute(
            update(Task).where(Task.id == check(town).id).values(assignee_id=person_id)
        )
    )


def away(town: Town, who: object, other: UUID, *, first: date = DAY, last: date = DAY) -> UUID:
    return town.service.run(
        lambda session: absences.declare(
            session,
            who,  # type: ignore[arg-type]
            other,
            first_on=first,
            last_on=last,
            now=town.service.now,
            today=date(2026, 3, 2),
        )
    )


def reminders(town: Town) -> list[Mail]:
    return [mail for mail in town.mails() if mail.key.startswith("reminder:")]


@pytest.fixture
def colleague(town: Town) -> UUID:
    person = town.service.person("collegue@meuse.example", Role.OFFICER)
    assert person.person_id is not None
    return person.person_id


def test_who_is_away_is_written_to_through_their_substitute_who_is_told_so(
    town: Town, colleague: UUID
) -> None:
    give_to(town, town.officer.person_id)
    away(town, town.officer, colleague)

    town.sweep("reminders", at=at())
    town.sweep("mail", at=at() + timedelta(minutes=1))

    (mail,) = reminders(town)
    assert (mail.person_id, mail.status) == (colleague, MailStatus.SENT)
    body = plain(town.server.taken[-1])
    assert "vous remplacez Agent" in body
    assert "3\u00a0jours avant l’échéance" in body


def acting(town: Town, person_id: UUID, on: date) -> Actor:
    """Somebody as a door knows them that day."""
    with town.service.database.reading() as session:
        person = session.get_one(Person, person_id)
        return actor_of(person, stands_in_for(session, person_id, on=on))


def test_the_substitute_may_do_the_task_and_the_officer_stays_the_officer(
    town: Town, colleague: UUID
) -> None:
    today = date(2026, 3, 2)
    officer_id = town.officer.person_id
    give_to(town, officer_id)
    town.service.run(
        lambda session: session.execute(update(Dossier).values(officer_id=officer_id))
    )
    missing = {
        "completeness": "missing",
        "missing_pieces": "deliberation",
        "missing_pieces-deliberation-reason": "Illisible.",
    }
    with pytest.raises(TaskHeldByOther):
        town.service.complete(
            acting(town, colleague, today), town.dossier_id, "CheckCompleteness", **missing
        )

    away(town, town.officer, colleague, first=today, last=today)
    substitute = acting(town, colleague, today)
    town.service.complete(substitute, town.dossier_id, "CheckCompleteness", **missing)

    assert town.service.open_steps(town.dossier_id) == ["ProvidePieces"]
    with town.service.database.reading() as session:
        assert session.get_one(Dossier, town.dossier_id).officer_id == officer_id
        done = session.scalars(select(Task).where(Task.step == "CheckCompleteness")).one()
        assert done.done_by_id == colleague, "the record says who did it"
    assert acting(town, colleague, today + timedelta(days=1)).stands_in_for == frozenset()


def test_a_chain_of_substitutes_is_followed_and_a_circle_is_not(
    town: Town, colleague: UUID
) -> None:
    third = town.service.person("tiers@meuse.example", Role.OFFICER)
    second = acting(town, colleague, DAY)
    away(town, town.officer, colleague)
    away(town, second, third.person_id)  # type: ignore[arg-type]
    with town.service.database.reading() as session:
        assert substitutes(session, on=DAY)[town.officer.person_id] == third.person_id  # type: ignore[index]

    away(town, third, town.officer.person_id)  # type: ignore[arg-type]

    with town.service.database.reading() as session:
        assert substitutes(session, on=DAY) == {}


def test_a_substitute_shares_a_role_and_one_day_has_one_substitute(
    town: Town, colleague: UUID
) -> None:
    with pytest.raises(NotASubstitute):
        away(town, town.officer, town.head.person_id)  # type: ignore[arg-type]
    away(town, town.officer, colleague)
    with pytest.raises(AbsencesOverlap):
        away(town, town.officer, colleague, first=date(2026, 3, 10), last=date(2026, 3, 25))


def test_a_task_given_to_somebody_else_meanwhile_reminds_the_first_no_more(
    town: Town, colleague: UUID
) -> None:
    give_to(town, town.officer.person_id)
    town.sweep("reminders", at=at())
    give_to(town, colleague)

    town.sweep("mail", at=at() + timedelta(minutes=1))

    (mail,) = reminders(town)
    assert mail.status is MailStatus.CANCELLED
    assert mail.last_error == "la tâche est passée à quelqu’un d’autre"


def test_a_deadline_moved_meanwhile_cancels_what_had_not_left(town: Town) -> None:
    town.sweep("reminders", at=at())
    town.service.run(
        lambda session: session.execute(
            update(Task).where(Task.id == check(town).id).values(due_on=date(2026, 4, 22))
        )
    )

    town.sweep("mail", at=at() + timedelta(minutes=1))

    (mail,) = reminders(town)
    assert (mail.status, mail.last_error) == (MailStatus.CANCELLED, "l’échéance a changé")


def test_what_an_outage_made_late_waits_for_the_office_to_open(town: Town) -> None:
    sunday, night = datetime(2026, 3, 29, 11, tzinfo=PARIS), at(date(2026, 3, 30), 3)

    assert town.sweep("reminders", at=sunday) == 0
    assert town.sweep("reminders", at=night) == 0
    assert town.sweep("reminders", at=at(date(2026, 3, 30))) == 1


def test_a_rung_nobody_can_receive_is_on_record_with_its_reason(town: Town) -> None:
    town.service.run(
        lambda session: session.execute(
            update(Person)
            .where(Person.id.in_(select(PersonRole.person_id)))
            .values(is_active=False)
        )
    )

    assert town.sweep("reminders", at=at()) == 0

    with town.service.database.reading() as session:
        record = session.scalars(select(ReminderRecord)).one()
    assert (record.outcome, record.rung) == ("cancelled", "J-3")
    assert record.why is not None
    assert "aucun compte actif" in record.why


def test_the_last_rung_goes_to_the_next_level_too(town: Town) -> None:
    direction = town.service.person("direction@meuse.example", Role.DIRECTION)

    town.sweep("reminders", at=at(date(2026, 4, 8)))

    assert {mail.person_id for mail in reminders(town)} == {
        town.head.person_id,
        direction.person_id,
    }


def test_audiences_name_the_level_above_the_address_and_the_substitute(
    town: Town, colleague: UUID
) -> None:
    give_to(town, town.officer.person_id)
    away(town, town.officer, colleague)
    with town.service.database.reading() as session:
        task = session.get_one(Task, check(town).id)

        def who(name: str) -> list[tuple[UUID | None, str | None, Because]]:
            found = audience(session, name, task.dossier, [task], on=DAY)
            return [(one.person_id, one.address, one.because) for one in found]

        assert who("superior") == [(town.head.person_id, None, Because.SUPERIOR)]
        assert who("organisation") == [(None, "mairie@commercy.example", Because.ADDRESS)]
        assert who("substitute") == [(colleague, None, Because.SUBSTITUTE)]


def choose(town: Town, kind: str, choice: Choice) -> None:
    person_id = town.officer.person_id
    assert person_id is not None
    town.service.run(lambda session: preferences.choose(session, person_id, {kind: choice}))


def test_who_wants_a_digest_is_not_written_to_at_once_nor_forgotten(town: Town) -> None:
    choose(town, "task_reminders", Choice.DIGEST)

    town.sweep("reminders", at=at())
    assert town.sweep("mail", at=at() + timedelta(minutes=1)) == 0
    (mail,) = reminders(town)
    assert mail.status is MailStatus.HELD

    # No digest was made: it leaves alone, at noon of the next working day.
    assert town.sweep("mail", at=at(date(2026, 3, 23), 11)) == 0
    assert town.sweep("mail", at=at(date(2026, 3, 23), 12)) == 1


def test_the_digest_of_the_morning_tells_what_waited_and_it_does_not_leave_alone(
    town: Town,
) -> None:
    choose(town, "task_reminders", Choice.DIGEST)
    town.sweep("reminders", at=at())

    town.sweep("digests", at=at(date(2026, 3, 23)))

    (mail,) = reminders(town)
    assert mail.status is MailStatus.DIGESTED
    assert mail.told_by_id is not None
    town.sweep("mail", at=at(date(2026, 3, 24), 13))
    assert reminders(town)[0].sent_at is None


def test_what_a_reader_does_not_want_is_on_record_and_never_leaves(town: Town) -> None:
    choose(town, "arrivals", Choice.NEVER)
    arrived = Planned(
        "event:x:1:pieces_received:y",
        "pieces_received",
        Recipient(town.officer.person_id),
        dossier_id=town.dossier_id,
    )

    town.service.run(
        lambda session: plan(session, arrived, domain="meuse.example", now=town.service.now)
    )
    town.sweep("mail")

    (mail,) = town.mails("pieces_received")
    assert (mail.status, mail.last_error) == (MailStatus.CANCELLED, REFUSED)


def test_what_must_reach_its_reader_cannot_be_turned_off(town: Town) -> None:
    with pytest.raises(NotAllowed):
        choose(town, "task_reminders", Choice.NEVER)


def test_a_decision_cannot_be_refused_by_its_reader(town: Town) -> None:
    secretary = town.secretary.person_id
    assert secretary is not None
    with pytest.raises(NotAllowed):
        town.service.run(
            lambda session: preferences.choose(session, secretary, {"decisions": Choice.NEVER})
        )


def test_the_task_says_its_next_reminder_and_who_gets_it(town: Town) -> None:
    with town.service.database.reading() as session:
        task = session.get_one(Task, check(town).id)
        pack = town.clock().pack_of(session, task.dossier.definition_id)
        found = upcoming(session, town.service.console, pack, task, now=town.service.now)

    assert found is not None
    assert found.following is not None
    assert (found.following.rung.key, found.following.at) == ("J-3", at())
    assert list(found.to) == ["Agent"]
    assert [one.outcome for one in found.steps] == ["planned"] * 4


def test_a_reminder_an_outage_made_late_is_in_the_list_where_it_is_announced(
    town: Town,
) -> None:
    night = at() + timedelta(days=1, hours=14)
    with town.service.database.reading() as session:
        task = session.get_one(Task, check(town).id)
        pack = town.clock().pack_of(session, task.dossier.definition_id)
        found = upcoming(session, town.service.console, pack, task, now=night)

    assert found is not None
    assert found.following is not None
    assert found.following.at > night
    assert found.following.rung.key == "J-3"
    assert found.following in found.steps
    assert found.following.outcome == "planned"
    assert [one.rung.key for one in found.steps].count("J-3") == 1


def test_while_the_delay_of_the_service_is_stopped_the_service_is_not_chased(
    town: Town,
) -> None:
    town.service.run(
        lambda session: session.add(
            DossierClock(
                dossier_id=town.dossier_id,
                clock=administration_clock(town),
                title="Délai",
                basis=Basis.LEGAL,
                started_on=date(2026, 3, 2),
                paused_from=date(2026, 3, 10),
                stopped_days=0,
                explanation={},
                updated_at=town.service.now,
            )
        )
    )

    assert town.sweep("reminders", at=at()) == 0

    with town.service.database.reading() as session:
        record = session.scalars(select(ReminderRecord)).one()
    assert record.outcome == "cancelled"
    assert record.why is not None
    assert "est suspendu" in record.why
    assert check(town).next_rung == "J0", "the next one is still planned"


def administration_clock(town: Town) -> str:
    """A delay of the service, declared by the type."""
    with town.service.database.reading() as session:
        dossier = session.get_one(Dossier, town.dossier_id)
        pack = town.clock().pack_of(session, dossier.definition_id)
        taken = {one.clock for one in clocks_of(session, town.dossier_id)}
    return next(
        one.key for one in pack.clocks if one.whose == "administration" and one.key not in taken
    )
