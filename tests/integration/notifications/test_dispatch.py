"""Is each person told once of what happened, whoever tells it and however often?"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, select, update

from app.actions.incidents import resume
from app.domain.actor import Actor
from app.domain.permissions import Role
from app.jobs import sweep
from app.models.dossier import Dossier
from app.models.journal import JournalEntry, PendingDispatch
from app.models.people import MemberRole, Person
from app.models.process import Incident, ProcessDefinition
from notifications import dispatch
from tests.integration.notifications.conftest import Town


def recipients(town: Town, template: str) -> set[UUID | str | None]:
    return {mail.person_id or mail.address for mail in town.mails(template)}


def waiting(town: Town) -> int:
    with town.service.database.reading() as session:
        return session.scalar(select(func.count()).select_from(PendingDispatch)) or 0


def close_account(town: Town, actor: Actor) -> None:
    town.service.run(
        lambda session: session.execute(
            update(Person).where(Person.id == actor.person_id).values(is_active=False)
        )
    )


def test_a_filing_gives_one_receipt_to_each_person_who_files_for_the_commune(
    town: Town,
) -> None:
    town.service.person("adjoint@commercy.example", Role.APPLICANT, of=town.commune)
    reader = town.service.person(
        "lecteur@commercy.example", Role.APPLICANT, of=town.commune, member=MemberRole.READER
    )

    assert town.sweep("dispatch") == 2

    assert len(recipients(town, "receipt")) == 2
    assert reader.person_id not in recipients(town, "receipt")
    assert waiting(town) == 0


def test_dispatching_twice_plans_nothing_more(town: Town) -> None:
    town.sweep("dispatch")
    with town.service.database.reading() as session:
        rows = session.execute(
            select(JournalEntry.dossier_id, JournalEntry.seq, JournalEntry.at)
        )
        again = [dict(row._mapping) for row in rows]
    town.service.run(lambda session: session.add_all(PendingDispatch(**row) for row in again))

    assert town.sweep("dispatch") == 0

    assert len(town.mails("receipt")) == 1
    assert waiting(town) == 0


def test_four_clocks_at_once_plan_each_mail_once(town: Town) -> None:
    for _ in range(3):
        town.service.filed(town.secretary, town.commune)
    clocks = [town.clock() for _ in range(4)]

    with ThreadPoolExecutor(4) as threads:
        planned = sum(
            threads.map(lambda clock: sweep(clock, "dispatch", now=town.service.now), clocks)
        )

    assert planned == len(town.mails("receipt")) == 4
    assert waiting(town) == 0


def test_a_commune_nobody_has_an_account_for_is_written_to_at_its_own_address(
    town: Town,
) -> None:
    close_account(town, town.secretary)

    town.sweep("dispatch")

    assert recipients(town, "receipt") == {"mairie@commercy.example"}


def test_the_missing_pieces_are_told_as_they_were_asked_with_the_date(town: Town) -> None:
    town.service.complete(
        town.officer,
        town.dossier_id,
        "CheckCompleteness",
        completeness="missing",
        **missing("deliberation", "La page 2 est illisible."),
    )

    town.sweep("dispatch")

    (mail,) = town.mails("missing_pieces")
    task = town.service.task(town.dossier_id, "ProvidePieces")
    assert [piece["reason"] for piece in mail.context["pieces"]] == ["La page 2 est illisible."]
    assert mail.context["due_on"] == str(task.due_on)


def missing(kind: str, reason: str) -> dict[str, str]:
    return {"missing_pieces": kind, f"missing_pieces-{kind}-reason": reason}


def test_each_service_consulted_is_asked_for_its_own_opinion(town: Town) -> None:
    experts = [
        town.service.person(f"{name}@drac.example", Role.EXPERT)
        for name in ("ana", "bao", "cyr")
    ]
    asked = experts[:2]
    town.declare_complete()
    town.service.complete(
        town.officer,
        town.dossier_id,
        "ConsultServices",
        experts="|".join(str(one.person_id) for one in asked),
        opinions_due=(town.service.now + timedelta(days=21)).date().isoformat(),
    )

    town.sweep("dispatch")

    assert recipients(town, "opinion_request") == {one.person_id for one in asked}
    tasks = {mail.person_id: mail.task_id for mail in town.mails("opinion_request")}
    assert len(set(tasks.values())) == 2


def test_an_entry_that_cannot_be_told_is_set_aside_and_the_others_go_on(town: Town) -> None:
    other = town.service.filed(town.secretary, town.commune)
    admin = town.service.person("admin@meuse.example", Role.ADMIN)
    right = _definition(town, town.dossier_id)
    _move_to(town, town.dossier_id, _broken_type(town))

    town.sweep("dispatch")
    town.sweep("dispatch")

    assert {mail.dossier_id for mail in town.mails()} == {other}
    incident = _only_incident(town)
    assert (incident.dossier_id, incident.kind) == (town.dossier_id, dispatch.INCIDENT)

    _move_to(town, town.dossier_id, right)
    town.service.run(lambda session: resume(session, admin, incident.id, now=town.service.now))
    town.sweep("dispatch")
    assert {mail.dossier_id for mail in town.mails("receipt")} == {other, town.dossier_id}


def _definition(town: Town, dossier_id: UUID) -> UUID:
    return town.service.dossier(dossier_id).definition_id


def _broken_type(town: Town) -> UUID:
    """A published type whose archive was damaged."""
    row = ProcessDefinition(
        id=uuid4(),
        key="broken",
        version=1,
        digest="0" * 64,
        title="Broken",
        archive=b"not a zip",
        published_at=town.service.now,
        published_by="test",
    )
    town.service.run(lambda session: session.add(row))
    return row.id


def _move_to(town: Town, dossier_id: UUID, definition_id: UUID) -> None:
    town.service.run(
        lambda session: session.execute(
            update(Dossier).where(Dossier.id == dossier_id).values(definition_id=definition_id)
        )
    )


def _only_incident(town: Town) -> Incident:
    with town.service.database.reading() as session:
        return session.scalars(select(Incident)).one()
