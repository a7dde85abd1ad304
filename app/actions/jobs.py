"""How does a job live? Claimed under a lease, done once, tried again with patience, passed by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, case, or_, select, update
from sqlalchemy.orm import Session

from app.actions.backoff import GIVE_UP_AFTER, INCIDENT_AFTER, wait_after
from app.actions.committee import cast
from app.actions.console import Console
from app.actions.effects.registry import JOBS
from app.actions.journal import Entry
from app.actions.kin import CHILD_MOVED
from app.actions.listening import DELIVER, VOTE
from app.actions.move import begin, finish
from app.actions.movement import Left, Move, NotYet, Variables
from app.domain.actor import SYSTEM
from app.domain.errors import Refusal
from app.domain.events import EventKind
from app.domain.status import JobStatus
from app.engine.run import OpenJob
from app.engine.values import admit
from app.models.base import table_of
from app.models.committee import AgendaItem
from app.models.job import Job
from app.models.process import Incident

_JOBS = table_of(Job)
_INCIDENTS = table_of(Incident)
_LIVE = (JobStatus.WAITING, JobStatus.RUNNING)
#: Longer than any call to another service may last.
LEASE = timedelta(seconds=120)
#: How long the jobs of a dossier stopped by an incident wait before they are looked at again.
_SUSPENDED = timedelta(minutes=5)


class JobOver(Refusal):
    """The job was done, or is no longer to be done."""

    sentence = "Cette étape automatique n’attend plus : le dossier a avancé entre-temps."


@dataclass(frozen=True)
class Held:
    """A job one clock holds."""

    id: UUID
    dossier_id: UUID
    token: int | None
    step: str
    topic: str
    key: str
    payload: dict[str, Any]
    attempts: int
    fence: int
    #: Since when it was to be done.
    due: datetime


def claim(session: Session, owner: str, *, now: datetime) -> Held | None:
    """Take the next job due, the longest waiting first; None when there is none."""
    columns = _JOBS.c
    chosen = (
        select(columns.id)
        .where(_is_due(now))
        .order_by(columns.run_at, columns.created_at, columns.token, columns.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .cte("chosen")
    )
    row = session.execute(
        update(_JOBS)
        .where(columns.id == chosen.c.id)
        .values(
            status=JobStatus.RUNNING,
            lease_owner=owner,
            lease_until=now + LEASE,
            fence=columns.fence + 1,
            # Whoever had it under an old lease died at it: that is a failure too.
            attempts=columns.attempts + case((columns.status == JobStatus.RUNNING, 1), else_=0),
        )
        .returning(
            columns.id,
            columns.dossier_id,
            columns.token,
            columns.step,
            columns.topic,
            columns.key,
            columns.payload,
            columns.attempts,
            columns.fence,
            columns.run_at.label("due"),
        )
    ).one_or_none()
    return Held(**row._asdict()) if row else None


def _is_due(now: datetime) -> ColumnElement[bool]:
    columns = _JOBS.c
    return and_(
        columns.status.in_(_LIVE),
        columns.run_at.is_not(None),
        columns.run_at <= now,
        or_(columns.lease_until.is_(None), columns.lease_until < now),
    )


Settle = Callable[[Move, OpenJob], Variables]


def settle(
    session: Session,
    console: Console,
    held: Held,
    result: Settle,
    *,
    now: datetime,
    kind: EventKind = EventKind.MOVED,
) -> bool:
    """Write what a service answered and let the dossier go on; False when it is not ours any more.

    The dossier is held first, then the job: done once, whoever else had claimed it meanwhile.
    """
    move = begin(session, console, SYSTEM, held.dossier_id, now=now)
    if not _close(session, held, JobStatus.DONE, now=now):
        return False
    job = open_job(move, held.token)
    variables = result(move, job)
    move.reread()
    move.run.finish_job(job.token, variables)
    resolve(session, held.id, by=SYSTEM.name, now=now)
    body = {"cause": "job", "topic": held.topic, "node": held.step}
    finish(move, Entry(kind, step=held.step, body=body), JOBS)
    return True


def throw(session: Session, console: Console, held: Held, code: str, *, now: datetime) -> bool:
    """Let an event of the diagram catch what went wrong; False when none does."""
    move = begin(session, console, SYSTEM, held.dossier_id, now=now)
    if not _is_ours(session, held):
        return True
    if not move.run.fail(open_job(move, held.token).token, code):
        return False
    _close(session, held, JobStatus.DONE, now=now)
    resolve(session, held.id, by=SYSTEM.name, now=now)
    body = {"cause": "error", "error": code, "topic": held.topic, "node": held.step}
    finish(move, Entry(EventKind.MOVED, step=held.step, body=body), JOBS)
    return True


def receive(session: Session, console: Console, held: Held, *, now: datetime) -> bool:
    """Give a dossier the message of a row, or let it look at its children; once.

    A message nobody in the dossier waits for stays until somebody does.
    """
    move = begin(session, console, SYSTEM, held.dossier_id, now=now)
    if not _is_ours(session, held):
        return False
    if held.topic == CHILD_MOVED:
        done = _look_at_children(move)
        _close(session, held, JobStatus.DONE, now=now)
        if done:
            finish(
                move, Entry(EventKind.MOVED, body={"cause": "child", "child": held.step}), JOBS
            )
        return done
    if held.topic == VOTE:
        entry = cast(move, session.get_one(AgendaItem, UUID(str(held.payload["item"]))))
        _close(session, held, JobStatus.DONE, now=now)
        resolve(session, held.id, by=SYSTEM.name, now=now)
        finish(move, entry, JOBS)
        return True
    values = {name: admit(value) for name, value in held.payload.items()}
    if not move.run.receive(held.step, values):
        _park(session, held, is_over=move.run.snapshot().completed, now=now)
        return False
    _close(session, held, JobStatus.DONE, now=now)
    resolve(session, held.id, by=SYSTEM.name, now=now)
    body = {"cause": "message", "message": held.step}
    finish(move, Entry(EventKind.MOVED, body=body), JOBS)
    return True


def _look_at_children(move: Move) -> bool:
    """Try again every wait for children of the dossier; was one of them over?"""
    waits = [one for one in move.run.snapshot().jobs if one.topic == "wait_for_children"]
    is_over = False
    for job in waits:
        try:
            variables = JOBS[job.topic](move, job)
        except NotYet:
            continue
        close_token(move.session, move.dossier.id, job.token, now=move.now)
        move.run.finish_job(job.token, variables)
        is_over = True
    return is_over


def failed(session: Session, held: Held, left: Left, *, now: datetime) -> None:
    """Note why an attempt failed and when the next one is; call a person when it keeps failing."""
    failures = held.attempts + 1
    over = left.is_final or failures >= GIVE_UP_AFTER
    if not left.cause:
        _park(session, held, is_over=False, now=now)
        return
    changed = _give_back(
        session,
        held,
        attempts=failures,
        run_at=None if over else now + wait_after(failures),
        last_error=left.cause,
    )
    if changed and (over or failures >= INCIDENT_AFTER):
        _raise(session, held, left, now=now)


def postpone(session: Session, held: Held, *, now: datetime) -> None:
    """The dossier is stopped by an incident: its jobs wait."""
    _give_back(session, held, run_at=now + _SUSPENDED)


def _raise(session: Session, held: Held, left: Left, *, now: datetime) -> None:
    """One open incident a job: what it says is the last failure."""
    changed = session.connection().execute(
        update(_INCIDENTS)
        .where(_INCIDENTS.c.job_id == held.id, _INCIDENTS.c.resolved_at.is_(None))
        .values(cause=left.cause, detail=left.detail)
    )
    if changed.rowcount == 0:
        session.add(
            Incident(
                id=uuid4(),
                dossier_id=held.dossier_id,
                kind="job",
                cause=left.cause,
                detail=left.detail,
                step=held.step,
                job_id=held.id,
                raised_at=now,
            )
        )


def try_again(session: Session, job_id: UUID, *, now: datetime) -> bool:
    """Do a job at the next tick; one more failure opens its incident again. False when it is over."""
    changed = session.connection().execute(
        update(_JOBS)
        .where(_JOBS.c.id == job_id, _JOBS.c.status == JobStatus.WAITING)
        .values(run_at=now, attempts=INCIDENT_AFTER - 1)
    )
    return changed.rowcount == 1


def open_job(move: Move, token: int | None) -> OpenJob:
    """The job of that token, still open. Refuses JobOver."""
    for job in move.run.snapshot().jobs:
        if job.token == token:
            return job
    raise JobOver


def resolve(session: Session, job_id: UUID, *, by: str, now: datetime) -> None:
    """The incidents of a job are over with it."""
    session.execute(
        update(_INCIDENTS)
        .where(_INCIDENTS.c.job_id == job_id, _INCIDENTS.c.resolved_at.is_(None))
        .values(resolved_at=now, resolved_by=by)
    )


def _is_ours(session: Session, held: Held) -> bool:
    fence = session.scalar(
        select(_JOBS.c.fence)
        .where(_JOBS.c.id == held.id, _JOBS.c.status == JobStatus.RUNNING)
        .with_for_update()
    )
    return fence == held.fence


def _close(session: Session, held: Held, status: JobStatus, *, now: datetime) -> bool:
    return _give_back(session, held, status=status, run_at=None, finished_at=now, last_error="")


def close_token(session: Session, dossier_id: UUID, token: int, *, now: datetime) -> bool:
    """The job of a step is over, whoever holds it; False when it already was."""
    changed = session.connection().execute(
        update(_JOBS)
        .where(
            _JOBS.c.dossier_id == dossier_id,
            _JOBS.c.token == token,
            _JOBS.c.status.in_(_LIVE),
        )
        .values(
            status=JobStatus.DONE,
            run_at=None,
            finished_at=now,
            lease_owner=None,
            lease_until=None,
            last_error="",
        )
    )
    return changed.rowcount == 1


def _park(session: Session, held: Held, *, is_over: bool, now: datetime) -> None:
    if is_over:
        _close(session, held, JobStatus.CANCELLED, now=now)
    else:
        _give_back(session, held, run_at=None)


def _give_back(session: Session, held: Held, **values: Any) -> bool:  # noqa: ANN401 - columns
    """Write the outcome if the job is still ours; False when another clock took it."""
    given = {"status": JobStatus.WAITING, **values}
    changed = session.connection().execute(
        update(_JOBS)
        .where(
            _JOBS.c.id == held.id,
            _JOBS.c.status == JobStatus.RUNNING,
            _JOBS.c.fence == held.fence,
        )
        .values(lease_owner=None, lease_until=None, **given)
    )
    return changed.rowcount == 1


def is_message(held: Held) -> bool:
    """Something another dossier, or the world, sends to this one."""
    return held.topic in {DELIVER, CHILD_MOVED, VOTE}
