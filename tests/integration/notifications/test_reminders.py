"""Is everybody reminded when they should be, and never twice, never for nothing?"""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update

from app.actions.incidents import raise_incident
from app.actions.journal import broken_link
from app.domain.civil import PARIS
from app.domain.permissions import Role
from app.domain.status import MailStatus
from app.jobs import sweep
from app.models.journal import JournalEntry
from app.models.outbox import Mail, ReminderRecord
from app.models.task import Task
from tests.integration.notifications.conftest import Town

#: Filed on Monday 2 March 2026; fifteen working days lead to Monday 23 March.
DEADLINE = date(2026, 3, 23)


def paris(day: date, hour: int = 8, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=PARIS)


def check(town: Town) -> Task:
    return town.service.task(town.dossier_id, "CheckCompleteness")


def reminders(town: Town) -> list[tuple[str, UUID | None]]:
    found = [mail for mail in town.mails() if mail.key.startswith("reminder:")]
    return [(mail.key.split(":")[2], mail.person_id) for mail in found]


def outcomes(town: Town) -> dict[str, str]:
    with town.service.database.reading() as session:
        rows = session.scalars(select(ReminderRecord))
        return {row.rung: row.outcome for row in rows}


def test_a_task_is_born_with_its_first_reminder_planned_at_eight_on_a_working_day(
    town: Town,
) -> None:
    task = check(town)
    assert task.due_on == DEADLINE
    assert (task.next_rung, task.next_reminder_at) == ("J-3", paris(date(2026, 3, 20)))


def test_each_rung_leaves_at_its_hour_once_and_the_next_is_planned(town: Town) -> None:
    assert town.sweep("reminders", at=paris(date(2026, 3, 20), 7, 59)) == 0
    assert town.sweep("reminders", at=paris(date(2026, 3, 20))) == 1
    assert town.sweep("reminders", at=paris(date(2026, 3, 20), 8, 1)) == 0

    assert reminders(town) == [("J-3", town.officer.person_id)]
    assert check(town).next_rung == "J0"


def test_the_head_of_service_hears_of_a_late_task_after_five_days(town: Town) -> None:
    for day in (date(2026, 3, 20), DEADLINE, date(2026, 3, 30)):
        town.sweep("reminders", at=paris(day, 9))

    assert [rung for rung, _ in reminders(town)] == ["J-3", "J0", "J+5"]
    assert town.mails("escalation")[0].person_id == town.head.person_id


def test_after_a_long_outage_one_reminder_leaves_and_the_others_are_on_record(
    town: Town,
) -> None:
    assert town.sweep("reminders", at=paris(date(2026, 4, 30))) == 1

    assert [rung for rung, _ in reminders(town)] == ["J+15"]
    assert outcomes(town) == {
        "J-3": "superseded",
        "J0": "superseded",
        "J+5": "superseded",
        "J+15": "sent",
    }
    assert (check(town).next_rung, check(town).next_reminder_at) == (None, None)


def test_four_clocks_at_once_remind_once(town: Town) -> None:
    clocks = [town.clock() for _ in range(4)]

    with ThreadPoolExecutor(4) as threads:
        at = paris(date(2026, 3, 20))
        planned = sum(threads.map(lambda one: sweep(one, "reminders", now=at), clocks))

    assert planned == len(reminders(town)) == 1


def test_a_reminder_is_on_the_timeline_and_the_journal_holds(town: Town) -> None:
    town.sweep("reminders", at=paris(date(2026, 3, 20)))

    with town.service.database.reading() as session:
        entry = session.scalars(
            select(JournalEntry).where(JournalEntry.kind == "reminded")
        ).one()
        assert entry.body["rung"] == "J-3"
        assert broken_link(session, town.dossier_id) is None


def test_a_task_done_is_never_chased(town: Town) -> None:
    done = check(town).id
    town.declare_complete()

    for day in (20, 23, 30):
        town.sweep("reminders", at=paris(date(2026, 3, day)))

    chased = {mail.task_id for mail in town.mails() if mail.key.startswith("reminder:")}
    assert chased == {town.service.task(town.dossier_id, "ConsultServices").id}
    assert done not in chased


def test_a_reminder_whose_task_is_done_before_it_leaves_is_cancelled(town: Town) -> None:
    town.sweep("reminders", at=paris(date(2026, 3, 20)))
    town.declare_complete()

    town.sweep("mail", at=paris(date(2026, 3, 20), 9))

    (mail,) = town.mails("reminder_task")
    assert (mail.status, mail.last_error) == (MailStatus.CANCELLED, "la tâche est faite")
    assert town.server.taken == []


def test_a_task_somebody_took_reminds_that_person_only(town: Town) -> None:
    second = town.service.person("agent2@meuse.example", Role.OFFICER)
    at = paris(date(2026, 3, 20))
    town.service.run(
        lambda session: session.execute(
            update(Task).where(Task.id == check(town).id).values(assignee_id=second.person_id)
        )
    )

    town.sweep("reminders", at=at)

    assert reminders(town) == [("J-3", second.person_id)]


def test_a_task_of_a_group_reminds_the_group(town: Town) -> None:
    second = town.service.person("agent2@meuse.example", Role.OFFICER)

    town.sweep("reminders", at=paris(date(2026, 3, 20)))

    assert {person for _, person in reminders(town)} == {
        town.officer.person_id,
        second.person_id,
    }


def test_a_dossier_stopped_by_an_incident_waits_and_is_caught_up_after(town: Town) -> None:
    town.service.run(
        lambda session: raise_incident(
            session, town.dossier_id, kind="timer", cause="test", now=town.service.now
        )
    )
    assert town.sweep("reminders", at=paris(date(2026, 3, 20))) == 0
    assert reminders(town) == []


def test_a_deadline_moved_later_silences_the_rung_that_was_planned(town: Town) -> None:
    town.service.run(
        lambda session: session.execute(
            update(Task).where(Task.id == check(town).id).values(due_on=date(2026, 4, 22))
        )
    )

    assert town.sweep("reminders", at=paris(date(2026, 3, 20))) == 0

    assert reminders(town) == []
    assert check(town).next_reminder_at == paris(date(2026, 4, 17))


def test_the_commune_is_reminded_of_the_pieces_still_awaited_on_the_day_it_leaves(
    town: Town,
) -> None:
    town.service.complete(
        town.officer,
        town.dossier_id,
        "CheckCompleteness",
        **{
            "completeness": "missing",
            "missing_pieces": "deliberation",
            "missing_pieces-deliberation-reason": "La page 2 est illisible.",
        },
    )
    task = town.service.task(town.dossier_id, "ProvidePieces")
    assert task.next_reminder_at is not None
    at = task.next_reminder_at

    town.sweep("reminders", at=at)
    town.sweep("mail", at=at + timedelta(seconds=1))

    (mail,) = town.mails("reminder_applicant_pieces")
    assert mail.status is MailStatus.SENT
    assert mail.person_id == town.secretary.person_id
    body = town.server.taken[-1].get_body(preferencelist=("plain",))
    assert body is not None
    assert "La page 2 est illisible." in body.get_content()


def test_a_reminder_sent_twice_has_the_same_key(town: Town) -> None:
    at = paris(date(2026, 3, 20))
    town.sweep("reminders", at=at)
    town.service.run(  # as if the row had been planned again by mistake
        lambda session: session.execute(
            update(Task).where(Task.id == check(town).id).values(next_reminder_at=at)
        )
    )

    assert town.sweep("reminders", at=at) == 0

    with town.service.database.reading() as session:
        keys = list(session.scalars(select(Mail.key).where(Mail.key.startswith("reminder:"))))
    assert keys == [f"reminder:{check(town).id}:J-3:2026-03-23:{town.officer.person_id}"]
