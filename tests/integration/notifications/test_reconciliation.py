"""Does the check of the night find what was never sent, and nothing when all was?"""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from app.domain.civil import civil_day
from app.domain.working_days import at_hour
from app.jobs import sweep, tick
from app.jobs.sweeps import sweep_reconciliation
from app.models.digest import Digest
from app.models.outbox import Mail, ReminderRecord
from app.models.process import Incident
from app.models.reconciliation import Reconciliation
from app.models.task import Task
from tests.integration.notifications.conftest import Town

#: The dossier of the town was filed on Monday 2 March 2026 at noon in Paris.
MONDAY = date(2026, 3, 2)


def night_after(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 3, tzinfo=UTC) + timedelta(days=1)


def live(town: Town, until: datetime) -> None:
    """Clocks tick in the night, when the office opens and in the afternoon."""
    clock, day = town.clock(), civil_day(town.service.now)
    while day <= civil_day(until):
        for hour in (4, 8, 15):
            at = at_hour(day, hour) + timedelta(minutes=1)
            if town.service.now <= at <= until:
                tick(clock, now=at)
        day += timedelta(days=1)


def checked(town: Town, day: date) -> Reconciliation:
    with town.service.database.reading() as session:
        return session.get_one(Reconciliation, day)


def check_again(town: Town, day: date) -> Reconciliation:
    """The same night lived again, after something was spoilt."""
    town.service.run(lambda session: session.execute(delete(Reconciliation)))
    assert sweep_reconciliation(town.clock(), night_after(day)) == 1
    return checked(town, day)


def test_a_day_when_all_was_sent_shows_no_difference(town: Town) -> None:
    tuesday = MONDAY + timedelta(days=1)
    live(town, night_after(tuesday) + timedelta(hours=1))

    assert (checked(town, MONDAY).expected, checked(town, MONDAY).missing) == (
        1,
        0,
    )  # the receipt
    # Digests of the officer and of the head, and the head's of the week was Monday's.
    assert (checked(town, tuesday).expected, checked(town, tuesday).missing) == (2, 0)


def test_it_is_made_once_whatever_the_number_of_clocks(town: Town) -> None:
    live(town, night_after(MONDAY))
    at = night_after(MONDAY) + timedelta(minutes=1)
    assert sum(sweep(town.clock(), "reconciliation", now=at) for _ in range(3)) <= 1


@pytest.mark.parametrize("spoilt", ["mail", "rung", "digest"])
def test_what_was_never_sent_is_found_and_becomes_an_incident(town: Town, spoilt: str) -> None:
    task = town.service.task(town.dossier_id, "CheckCompleteness")
    assert task.due_on is not None
    day = task.due_on
    live(town, night_after(day))
    assert check_again(town, day).missing == 0
    statements = {
        "mail": delete(Mail).where(Mail.template == "receipt"),
        "rung": delete(ReminderRecord).where(ReminderRecord.rung == "J0"),
        "digest": delete(Digest).where(Digest.person_id == town.officer.person_id),
    }

    town.service.run(lambda session: session.execute(statements[spoilt]))

    where = MONDAY if spoilt == "mail" else day
    found = check_again(town, where)
    assert found.missing == 1
    with town.service.database.reading() as session:
        [incident] = session.scalars(
            select(Incident).where(Incident.kind == "reconciliation")
        ).all()
    assert "1 envoi" in incident.cause


def test_a_deadline_that_moved_owes_no_reminder_of_before(town: Town) -> None:
    task = town.service.task(town.dossier_id, "CheckCompleteness")
    assert task.due_on is not None
    live(town, night_after(task.due_on - timedelta(days=10)))
    moved = datetime.combine(task.due_on, datetime.min.time(), UTC) + timedelta(hours=14)
    town.service.run(
        lambda session: session.execute(
            update(Task)
            .where(Task.id == task.id)
            .values(due_since=moved, next_reminder_at=None, next_rung=None)
        )
    )

    assert check_again(town, task.due_on).missing == 0


def test_after_an_outage_the_days_gone_are_checked_once_all_is_caught_up(town: Town) -> None:
    live(town, night_after(MONDAY) + timedelta(hours=1))
    after = night_after(MONDAY) + timedelta(days=30, hours=5)
    while tick(town.clock(), now=after)["reconciliation"]:
        pass

    with town.service.database.reading() as session:
        rows = session.scalars(select(Reconciliation).order_by(Reconciliation.day)).all()
    days = [row.day for row in rows]
    assert days == [days[0] + timedelta(days=n) for n in range(len(days))]
    assert len(days) > 25
    assert sum(row.missing for row in rows) == 0
