"""When an automatic step cannot be done, who may say what it would have given? An administrator, with a reason."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.actions.console import Console
from app.actions.effects.registry import JOBS
from app.actions.jobs import JobOver, close_token, open_job, resolve
from app.actions.journal import Entry
from app.actions.move import begin, finish
from app.actions.movement import Variables
from app.catalogue.service_tasks import SERVICES
from app.domain.actor import Actor
from app.domain.errors import NotAllowed, NotFound, Refusal
from app.domain.events import EventKind
from app.domain.permissions import Permission
from app.engine.run import OpenJob
from app.models.job import Job


class ReasonNeeded(Refusal):
    """An automatic step is passed by hand with a reason only."""

    sentence = "Dites pourquoi cette étape automatique est passée à la main."


class MoneyNotByHand(Refusal):
    """What engages money is never said to be done by hand."""

    sentence = (
        "Cette étape engage de l’argent : elle ne se passe pas à la main. Levez la cause, "
        "puis réessayez."
    )


def pass_by_hand(
    session: Session,
    console: Console,
    actor: Actor,
    job_id: UUID,
    *,
    reason: str,
    variables: Variables,
    now: datetime,
) -> None:
    """An administrator says what an automatic step would have given, and why; journalled.

    Refuses JobOver, ReasonNeeded, MoneyNotByHand, NotAllowed. The variables are those the
    service writes; the others are ignored.
    """
    if not actor.may(Permission.ADMINISTER):
        raise NotAllowed
    job = session.get(Job, job_id)
    if job is None or job.token is None:
        raise NotFound
    if not reason.strip():
        raise ReasonNeeded
    move = begin(session, console, actor, job.dossier_id, now=now)
    if not close_token(session, job.dossier_id, job.token, now=now):
        raise JobOver
    found = open_job(move, job.token)
    if touches_money(found):
        raise MoneyNotByHand
    known = written_by(found)
    move.run.finish_job(
        found.token, {name: value for name, value in variables.items() if name in known}
    )
    resolve(session, job_id, by=actor.name, now=now)
    entry = Entry(
        EventKind.SKIPPED,
        step=job.step,
        body={"topic": job.topic, "variables": sorted(known & set(variables))},
        personal={"actor": actor.name, "reason": reason.strip()},
    )
    finish(move, entry, JOBS)


def written_by(job: OpenJob) -> frozenset[str]:
    """The variables the service of a job writes."""
    service = SERVICES.get(job.topic)
    return service.written(job.inputs) if service else frozenset()


def touches_money(job: OpenJob) -> bool:
    """Does the service of a job engage or free money?"""
    service = SERVICES.get(job.topic)
    return service is not None and service.touches_money
