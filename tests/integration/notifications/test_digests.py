"""Does each person find one digest in the morning, with what they must know, and never two?"""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from app.domain.actor import Actor
from app.domain.mailing import Choice, DigestKind, DigestOutcome
from app.domain.permissions import Role
from app.domain.status import MailStatus
from app.jobs import sweep, tick
from app.models.digest import Digest
from app.models.mailing import Absence, MailPreference
from app.models.outbox import Mail
from app.models.people import PersonRole
from tests.integration.notifications.conftest import Town

#: The dossier of the town was filed on Monday 2 March 2026.
TUESDAY = datetime(2026, 3, 3, 7, 30, tzinfo=UTC)
DAILY, WEEKLY = DigestKind.DAILY, DigestKind.WEEKLY


def digests(town: Town, who: Actor, kind: DigestKind = DAILY) -> dict[date, DigestOutcome]:
    """What became of each digest of one person."""
    with town.service.database.reading() as session:
        rows = session.scalars(
            select(Digest).where(Digest.person_id == who.person_id, Digest.kind == kind)
        )
        return {row.day: row.outcome for row in rows}


def sent_to(town: Town, who: Actor, template: str = "digest_daily") -> list[Mail]:
    return [mail for mail in town.mails(template) if mail.person_id == who.person_id]


def text_of(town: Town, mail: Mail) -> str:
    [message] = [one for one in town.server.taken if one["Message-ID"] == mail.message_id]
    return str(message.get_body(("plain",)).get_content())  # type: ignore[union-attr]  # it has one


def test_an_officer_reads_in_the_morning_what_came_the_day_before(town: Town) -> None:
    tick(town.clock(), now=TUESDAY)

    [mail] = sent_to(town, town.officer)
    task = town.service.task(town.dossier_id, "CheckCompleteness")
    text = text_of(town, mail)
    assert mail.subject is not None
    assert "1\u00a0nouvelle" in mail.subject
    assert task.name in text
    assert "Commercy" in text
    assert text.count("https://aides.meuse.example/a-traiter") == 1
    assert digests(town, town.officer) == {date(2026, 3, 3): DigestOutcome.PLANNED}


def test_it_says_first_what_is_late(town: Town) -> None:
    task = town.service.task(town.dossier_id, "CheckCompleteness")
    assert task.due_on is not None
    late = datetime(task.due_on.year, task.due_on.month, task.due_on.day, 9, tzinfo=UTC)

    tick(town.clock(), now=late + timedelta(days=1))

    [mail] = sent_to(town, town.officer)
    assert mail.subject is not None
    assert "1 en retard" in mail.subject


def test_before_the_office_opens_and_on_sundays_nobody_is_written_to(town: Town) -> None:
    for at in (
        datetime(2026, 3, 3, 6, 59, tzinfo=UTC),  # 7 h 59 in Paris
        datetime(2026, 3, 8, 8, tzinfo=UTC),  # a Sunday
        datetime(2026, 5, 1, 8, tzinfo=UTC),  # a holiday
        datetime(2026, 3, 3, 17, 1, tzinfo=UTC),  # after 18 h
    ):
        assert sweep(town.clock(), "digests", now=at) == 0


def test_clocks_that_meet_make_one_digest_a_person_and_a_day(town: Town) -> None:
    clocks = [town.clock() for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda one: sweep(one, "digests", now=TUESDAY), clocks))
    for hours in range(9):
        tick(town.clock(), now=TUESDAY + timedelta(hours=hours))

    assert len(sent_to(town, town.officer)) == 1
    assert len(sent_to(town, town.head, "digest_weekly")) == 1


def test_after_three_days_without_a_clock_one_digest_tells_all(town: Town) -> None:
    tick(town.clock(), now=TUESDAY)
    tick(town.clock(), now=TUESDAY + timedelta(days=6))

    assert digests(town, town.officer) == {
        date(2026, 3, 3): DigestOutcome.PLANNED,
        date(2026, 3, 4): DigestOutcome.SUPERSEDED,
        date(2026, 3, 5): DigestOutcome.SUPERSEDED,
        date(2026, 3, 6): DigestOutcome.SUPERSEDED,
        date(2026, 3, 9): DigestOutcome.EMPTY,
    }


def test_who_has_nothing_to_do_is_not_disturbed(town: Town) -> None:
    finance = town.service.person("finances@meuse.example", Role.FINANCE)

    tick(town.clock(), now=TUESDAY)

    assert digests(town, finance) == {date(2026, 3, 3): DigestOutcome.EMPTY}
    assert sent_to(town, finance) == []


def test_who_wants_none_gets_none_and_who_is_away_is_told_to_their_substitute(
    town: Town,
) -> None:
    other = town.service.person("agent2@meuse.example", Role.OFFICER)
    away = town.service.person("agent3@meuse.example", Role.OFFICER)
    assert other.person_id
    assert away.person_id
    task = town.service.task(town.dossier_id, "CheckCompleteness")
    rows = [
        MailPreference(
            person_id=town.officer.person_id, kind="digest_daily", choice=Choice.NEVER
        ),
        Absence(
            person_id=away.person_id,
            substitute_id=other.person_id,
            first_on=TUESDAY.date(),
            last_on=TUESDAY.date(),
            created_at=TUESDAY,
        ),
    ]

    def take(session) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        session.add_all(rows)
        session.merge(task).assignee_id = away.person_id

    town.service.run(take)

    tick(town.clock(), now=TUESDAY)

    assert digests(town, town.officer) == {TUESDAY.date(): DigestOutcome.DECLINED}
    assert digests(town, away) == {TUESDAY.date(): DigestOutcome.ABSENT}
    [mail] = sent_to(town, other)
    assert task.name in text_of(town, mail)


def test_mails_that_wait_for_the_digest_are_told_in_it(town: Town) -> None:
    tick(town.clock(), now=town.service.now)
    [receipt] = town.mails("receipt")

    def hold(session) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        mail = session.get(Mail, receipt.id)
        mail.person_id, mail.status = town.officer.person_id, MailStatus.HELD

    town.service.run(hold)

    tick(town.clock(), now=TUESDAY)

    *_, digest = sent_to(town, town.officer)
    [told] = town.mails("receipt")
    assert (told.status, told.told_by_id) == (MailStatus.DIGESTED, digest.id)
    assert "AUTRES MESSAGES" in text_of(town, digest)


def test_a_digest_whose_tasks_were_done_meanwhile_is_not_sent(town: Town) -> None:
    sweep(town.clock(), "digests", now=TUESDAY)
    town.service.now = TUESDAY
    town.service.accept_pieces(town.officer, town.dossier_id)
    town.service.complete(
        town.officer, town.dossier_id, "CheckCompleteness", completeness="complete"
    )
    admin = town.service.person("admin@meuse.example", Role.ADMIN)
    assert admin.person_id
    for step in town.service.open_steps(town.dossier_id):
        task = town.service.task(town.dossier_id, step)
        town.service.run(
            lambda session, task=task: setattr(  # type: ignore[misc]
                session.merge(task), "assignee_id", admin.person_id
            )
        )

    tick(town.clock(), now=TUESDAY + timedelta(minutes=5))

    [mail] = sent_to(town, town.officer)
    assert (mail.status, mail.last_error) == (MailStatus.CANCELLED, "il n’y a plus rien à dire")


def test_a_supervisor_finds_the_week_of_the_service(town: Town) -> None:
    tick(town.clock(), now=TUESDAY)

    [mail] = sent_to(town, town.head, "digest_weekly")
    assert (
        mail.subject
        == "La semaine du service\u00a0: 1\u00a0dossier en cours, 1\u00a0nouveau, 0\u00a0tâche en retard"
    )
    text = text_of(town, mail)
    assert "1\u00a0dossier sans instructeur" in text
    assert digests(town, town.head, WEEKLY) == {date(2026, 3, 2): DigestOutcome.PLANNED}


def test_who_supervises_and_has_tasks_finds_both_in_one_mail(town: Town) -> None:
    deputy = town.service.person("adjointe@meuse.example", Role.HEAD, Role.OFFICER)
    clocks = [town.clock() for _ in range(4)]

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda one: sweep(one, "digests", now=TUESDAY), clocks))
    tick(town.clock(), now=TUESDAY)

    [mail] = [*sent_to(town, deputy), *sent_to(town, deputy, "digest_weekly")]
    assert mail.subject is not None
    assert mail.subject.startswith("La semaine du service\u00a0: 1\u00a0dossier en cours")
    assert mail.subject.endswith("\u00a0; pour vous\u00a0: 1\u00a0nouvelle")
    text = text_of(town, mail)
    assert text.index("NOUVEAU") < text.index("À RÉGLER")
    assert digests(town, deputy) == {TUESDAY.date(): DigestOutcome.JOINED}
    assert digests(town, deputy, WEEKLY) == {date(2026, 3, 2): DigestOutcome.PLANNED}


def test_who_had_their_morning_reads_the_week_the_next_day(town: Town) -> None:
    tick(town.clock(), now=TUESDAY)
    town.service.run(
        lambda session: session.add(
            PersonRole(person_id=town.officer.person_id, role=Role.HEAD)
        )
    )
    tick(town.clock(), now=TUESDAY + timedelta(hours=1))

    assert len(sent_to(town, town.officer)) == 1
    assert sent_to(town, town.officer, "digest_weekly") == []

    tick(town.clock(), now=TUESDAY + timedelta(days=1))

    assert len(sent_to(town, town.officer)) == 1
    assert len(sent_to(town, town.officer, "digest_weekly")) == 1


def test_who_had_their_week_gets_no_second_digest_that_day(town: Town) -> None:
    tick(town.clock(), now=TUESDAY)
    pilot = town.service.person("pilote@meuse.example", Role.SUPERVISOR)
    tick(town.clock(), now=TUESDAY + timedelta(hours=1))
    town.service.run(
        lambda session: session.add(PersonRole(person_id=pilot.person_id, role=Role.OFFICER))
    )
    tick(town.clock(), now=TUESDAY + timedelta(hours=2))

    assert len(sent_to(town, pilot, "digest_weekly")) == 1
    assert sent_to(town, pilot) == []
    assert digests(town, pilot) == {TUESDAY.date(): DigestOutcome.SUPERSEDED}


def test_who_declined_the_week_keeps_their_morning(town: Town) -> None:
    deputy = town.service.person("adjointe@meuse.example", Role.HEAD, Role.OFFICER)
    town.service.run(
        lambda session: session.add(
            MailPreference(
                person_id=deputy.person_id, kind="digest_weekly", choice=Choice.NEVER
            )
        )
    )

    tick(town.clock(), now=TUESDAY)

    assert len(sent_to(town, deputy)) == 1
    assert sent_to(town, deputy, "digest_weekly") == []
    assert digests(town, deputy, WEEKLY) == {date(2026, 3, 2): DigestOutcome.DECLINED}
