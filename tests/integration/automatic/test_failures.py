"""When an automatic step fails, is the person's own step kept, and is the failure seen and mended?"""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions import by_hand, incident_desk
from app.actions.backoff import INCIDENT_AFTER, WAITS
from app.actions.by_hand import MoneyNotByHand, ReasonNeeded
from app.actions.effects.registry import JOBS
from app.actions.journal import Entry
from app.actions.move import begin, finish
from app.actions.movement import Move, Variables
from app.domain.errors import NotAllowed
from app.domain.events import EventKind
from app.domain.money import Money
from app.domain.status import DossierStatus, JobStatus
from app.engine.run import OpenJob
from app.models.budget import Commitment, Envelope
from app.models.dossier import Dossier
from app.models.process import Incident
from tests.festivals import ENVELOPE, Fair, Festival


def retry(fair: Fair, incident: Incident, login: str = "admin") -> bool:
    house = fair.house
    return house.run(
        lambda session: incident_desk.retry(
            session, house.actor(login), incident.id, now=house.now
        )
    )


def by_admin(fair: Fair, festival: Festival, **said: object) -> None:
    house = fair.house
    [job] = fair.jobs(dossier_id=festival.id, status=JobStatus.WAITING)
    house.run(
        lambda session: by_hand.pass_by_hand(
            session,
            house.console,
            house.actor(str(said.get("login", "admin"))),
            job.id,
            reason=str(said.get("reason", "Vérifié par téléphone.")),
            variables={"register_status": "actif", "intruder": 1},
            now=house.now,
        )
    )


def test_a_server_that_is_down_is_asked_again_later_and_the_third_failure_is_an_incident(
    fair: Fair,
) -> None:
    fair.server.fails()
    festival = fair.file()

    fair.tick()
    assert fair.incidents() == []
    assert fair.tick() == 0
    assert len(fair.server.seen) == 1
    for wait in WAITS[: INCIDENT_AFTER - 1]:
        fair.tick(later=wait)

    [incident] = fair.incidents()
    assert incident.cause == "Le serveur 127.0.0.1 est en panne ou surchargé (réponse 503)."
    assert (incident.kind, incident.step) == ("job", "AskRegister")
    assert "Traceback" not in incident.cause
    assert "ServerFails" in incident.detail
    assert festival.row.status == "filed"

    fair.server.works()
    fair.tick(later=WAITS[INCIDENT_AFTER - 1])

    assert festival.open == ["Examine"]
    assert fair.incidents() == []
    assert len(set(fair.server.keys)) == 1


def test_the_same_failure_is_one_incident_a_dossier_and_the_dossiers_wait_together(
    fair: Fair,
) -> None:
    fair.server.fails()
    for _ in range(3):
        fair.file()
    for wait in (timedelta(), *WAITS[:4]):
        fair.tick(later=wait)

    incidents = fair.incidents()

    assert len(incidents) == 3
    assert len({one.cause for one in incidents}) == 1


def test_an_incident_is_tried_again_by_an_administrator_only(fair: Fair) -> None:
    fair.server.fails()
    festival = fair.file()
    for wait in (timedelta(), *WAITS[:2]):
        fair.tick(later=wait)
    [incident] = fair.incidents()

    with pytest.raises(NotAllowed):
        retry(fair, incident, "agent")
    assert retry(fair, incident)
    assert not retry(fair, incident)
    assert fair.incidents() == []
    fair.tick()
    [again] = fair.incidents()
    assert again.id != incident.id

    fair.server.works()
    assert retry(fair, again)
    fair.tick()
    assert festival.open == ["Examine"]
    assert [one.kind for one in festival.journal].count(EventKind.RESUMED) == 2


def test_a_step_passed_by_hand_gives_what_it_would_have_and_says_why(fair: Fair) -> None:
    fair.server.fails()
    festival = fair.file()
    fair.tick()

    with pytest.raises(NotAllowed):
        by_admin(fair, festival, login="agent")
    with pytest.raises(ReasonNeeded):
        by_admin(fair, festival, reason="  ")
    by_admin(fair, festival)

    assert festival.open == ["Examine"]
    entry = festival.journal[-1]
    assert (entry.kind, entry.step) == (EventKind.SKIPPED, "AskRegister")
    assert entry.personal is not None
    assert entry.personal["reason"] == "Vérifié par téléphone."
    assert entry.body["variables"] == ["register_status"]
    fair.server.works()
    fair.tick(later=WAITS[0])
    assert len(fair.server.seen) == 1


def test_money_is_not_said_to_be_engaged_by_hand(fair: Fair) -> None:
    festival = fair.file(envelope="NULLE-PART")
    fair.tick()
    festival.examine()

    [incident] = fair.incidents()
    assert incident.cause.replace("\u00a0", " ") == (
        "Aucune enveloppe n’a le code « NULLE-PART »."
    )
    with pytest.raises(MoneyNotByHand):
        by_admin(fair, festival)
    assert festival.row.status is DossierStatus.UNDER_REVIEW
    assert festival.open == []

    def mend(session: Session) -> None:
        row = session.get_one(Dossier, festival.id)
        row.facts = {**row.facts, "envelope": ENVELOPE}

    fair.house.run(mend)
    assert retry(fair, incident)
    fair.tick()

    assert committed(fair, festival) == [Money.euros(3000)]


def test_what_a_failing_effect_wrote_is_undone_and_the_rest_of_the_step_is_kept(
    fair: Fair,
) -> None:
    festival = fair.file()
    fair.tick()
    [task] = festival.tasks
    house = fair.house

    def explode(move: Move, _job: OpenJob) -> Variables:
        move.dossier.facts = {**move.dossier.facts, "spoilt": True}
        move.notes["spoilt"] = True
        move.session.add(_commitment(move))
        raise ZeroDivisionError

    def complete(session: Session) -> None:
        move = begin(session, house.console, house.actor("agent"), festival.id, now=house.now)
        move.dossier.facts = {**move.dossier.facts, "amount": "3000"}
        move.reread()
        move.run.complete(task.token, {"places": ["nord"]})
        effects = {**JOBS, "set_fact": explode}
        finish(move, Entry(EventKind.COMPLETED, step="Examine"), effects)

    house.run(complete)

    [job] = fair.jobs(dossier_id=festival.id, status=JobStatus.WAITING)
    assert (job.topic, job.attempts) == ("set_fact", 1)
    assert job.last_error == "Erreur imprévue de Liasse (ZeroDivisionError)."
    assert festival.row.facts["amount"] == "3000"
    assert "spoilt" not in festival.row.facts
    assert "spoilt" not in festival.journal[-1].body
    assert committed(fair, festival) == [Money.euros(3000)]

    fair.tick(later=WAITS[0])

    assert festival.row.facts["decided_on"] == fair.house.now.date().isoformat()
    assert committed(fair, festival) == [Money.euros(3000)]
    assert len(festival.places) == 1


def committed(fair: Fair, festival: Festival) -> list[Money]:
    query = select(Commitment.amount).where(Commitment.dossier_id == festival.id)
    return fair.house.read(lambda session: list(session.scalars(query)))


def _commitment(move: Move) -> Commitment:
    envelope = move.session.scalars(select(Envelope.id).limit(1)).one()
    return Commitment(
        envelope_id=envelope,
        dossier_id=move.dossier.id,
        number="E-1",
        amount=Money.euros(1),
        on=move.today,
        by_id=None,
        at=move.now,
    )


def test_a_job_whose_step_is_left_another_way_is_over_and_so_is_its_incident(
    fair: Fair,
) -> None:
    fair.server.fails()
    festival = fair.file()
    for wait in (timedelta(), *WAITS[:2]):
        fair.tick(later=wait)
    assert len(fair.incidents()) == 1

    festival.send("give_up", "mairie.commercy", reason=["Le chapiteau est pris."])

    assert festival.row.status is DossierStatus.WITHDRAWN
    assert [job.status for job in fair.jobs()] == [JobStatus.CANCELLED]
    assert fair.incidents() == []
