"""When one dossier cannot move, do the others go on, and does it go on once it is mended?"""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text

from app.actions import incidents
from app.actions.journal import broken_link
from app.domain.errors import DossierSuspended, NotAllowed
from app.jobs import Clock, sweep
from app.models.process import Incident, ProcessStatus
from notifications.post import Post
from tests.stories import Department, Play

POST = Post(
    smtp_url="smtp://127.0.0.1:1",
    mail_from="Département de la Meuse <ne-pas-repondre@meuse.example>",
    base_url="https://aides.meuse.example",
    authority_name="Département de la Meuse",
)


def waits_for_pieces(department: Department) -> Play:
    play = department.dossier()
    play.do(
        "CheckCompleteness",
        completeness="missing",
        missing_pieces=[{"piece": "quotes", "reason": "Illisible."}],
    )
    return play


def break_state(play: Play) -> bytes:
    """The saved state cannot be read any more; what it was."""
    kept = play.process.state
    write_state(play, b"[")
    return kept


def write_state(play: Play, state: bytes) -> None:
    database = play.house.database
    name = play.dossier_id.hex if database.is_sqlite else str(play.dossier_id)
    with database.engine.begin() as connection:
        connection.execute(
            text("UPDATE dossier_process SET state = :state WHERE dossier_id = :name"),
            {"state": state, "name": name},
        )


def tick(department: Department) -> int:
    clock = Clock(department.database, department.console, POST, None)
    return sweep(clock, "timers", now=department.now)


def open_incidents(department: Department) -> list[Incident]:
    query = select(Incident).where(Incident.resolved_at.is_(None))
    return department.read(lambda session: list(session.scalars(query)))


def resume(department: Department, incident: UUID, login: str = "admin") -> None:
    department.run(
        lambda session: incidents.resume(
            session, department.actor(login), incident, now=department.now
        )
    )


def test_a_dossier_that_cannot_move_is_set_aside_and_the_others_go_on(
    department: Department,
) -> None:
    broken, sound = waits_for_pieces(department), waits_for_pieces(department)
    break_state(broken)
    department.now += timedelta(days=46)

    assert tick(department) == 1

    assert sound.open == ["DecideNextStep"]
    [incident] = open_incidents(department)
    assert (incident.dossier_id, incident.kind) == (broken.dossier_id, "timer")
    assert incident.cause == "L’état enregistré n’est pas lisible."
    assert incident.detail.startswith("ForeignState")
    assert broken.process.status is ProcessStatus.INCIDENT
    assert broken.told("incident")
    assert tick(department) == 0
    assert len(open_incidents(department)) == 1


def test_nobody_completes_a_task_of_a_dossier_set_aside(department: Department) -> None:
    play = department.kept("ExamineRequest")
    task = play.task("ExamineRequest")
    form = play.submission("ExamineRequest", **play.answers("ExamineRequest"))
    department.run(
        lambda session: incidents.raise_incident(
            session, play.dossier_id, kind="engine", cause="Essai", now=department.now
        )
    )

    with pytest.raises(DossierSuspended):
        play.send(task.id, "agent", form, "0" * 32)

    assert play.open == ["ExamineRequest"]


def test_a_mended_dossier_goes_on_from_where_it_stood(department: Department) -> None:
    play = waits_for_pieces(department)
    state = break_state(play)
    department.now += timedelta(days=46)
    tick(department)
    [incident] = open_incidents(department)

    with pytest.raises(NotAllowed):
        resume(department, incident.id, "agent")
    write_state(play, state)
    resume(department, incident.id)

    assert play.process.status is ProcessStatus.RUNNING
    assert tick(department) == 1
    assert play.open == ["DecideNextStep"]
    assert [entry.kind for entry in play.journal[-3:]] == ["incident", "resumed", "moved"]
    assert department.read(lambda session: broken_link(session, play.dossier_id)) is None


def test_an_incident_that_comes_back_is_a_new_one(department: Department) -> None:
    play = waits_for_pieces(department)
    break_state(play)
    department.now += timedelta(days=46)
    tick(department)
    [first] = open_incidents(department)

    resume(department, first.id)
    tick(department)

    [second] = open_incidents(department)
    assert second.id != first.id
    assert play.process.status is ProcessStatus.INCIDENT


def test_settling_a_mail_does_not_free_a_dossier_that_cannot_move(
    department: Department,
) -> None:
    play = waits_for_pieces(department)
    break_state(play)
    department.now += timedelta(days=46)
    tick(department)
    mail = Incident(
        dossier_id=play.dossier_id,
        kind="dispatch",
        cause="Un courriel n’a pas pu être préparé.",
        raised_at=department.now,
    )
    department.run(lambda session: session.add(mail))
    incident = next(one for one in open_incidents(department) if one.kind == "dispatch")

    resume(department, incident.id)

    assert play.process.status is ProcessStatus.INCIDENT
    assert [one.kind for one in open_incidents(department)] == ["timer"]
