"""What do the automatic steps of a dossier do while somebody moves it? What they can; the rest is left.

A service that only needs the database is done at once, inside a savepoint: when it fails, what it
wrote is undone, the person's own step is kept, and the job stays as a row that a clock tries again.
A service that needs the world is a row from the start.
"""

import logging
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from app.actions.backoff import wait_after
from app.actions.causes import cause_of, code_of, detail_of, is_final
from app.actions.movement import JobEffect, Left, Move, NotYet, Variables
from app.database import is_retryable
from app.domain.errors import Refusal
from app.domain.status import JobStatus
from app.engine.run import OpenJob, Snapshot
from app.models.base import table_of
from app.models.job import Job
from app.models.process import Incident

_JOBS = table_of(Job)
_INCIDENTS = table_of(Incident)
_LOG = logging.getLogger("liasse.jobs")
_LIVE = (JobStatus.WAITING, JobStatus.RUNNING)


def run_jobs(move: Move, effects: Mapping[str, JobEffect]) -> Snapshot:
    """Do every new job whose effect is known here, and those it leads to."""
    snapshot = move.run.snapshot()
    while True:
        fresh = (one for one in snapshot.jobs if _is_to_do(move, one, effects))
        job = next(fresh, None)
        if job is None:
            return snapshot
        do_job(move, job, effects[job.topic])
        snapshot = move.run.snapshot()


def do_job(move: Move, job: OpenJob, effect: JobEffect) -> bool:
    """Do one job now; False when it is left for later, with the reason in `move.left`."""
    try:
        variables = _attempt(move, job, effect)
    except NotYet:
        move.left[job.token] = Left()
    except Refusal as refusal:
        if code_of(refusal) and move.run.fail(job.token, code_of(refusal)):
            return True
        move.left[job.token] = Left(
            cause_of(refusal), detail_of(refusal), is_final=is_final(refusal)
        )
    except Exception as error:
        if isinstance(error, DBAPIError) and (is_retryable(error) or _is_lost(error)):
            raise  # the transaction is lost with it: the whole action is tried again
        _LOG.exception("job %s of %s is left for the clock", job.step, move.dossier.id)
        move.left[job.token] = Left(cause_of(error), detail_of(error))
    else:
        move.reread()
        move.run.finish_job(job.token, variables)
        return True
    return False


def _is_lost(error: DBAPIError) -> bool:
    """The database itself does not answer: no savepoint helps."""
    return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)


def _attempt(move: Move, job: OpenJob, effect: JobEffect) -> Variables:
    """The effect inside a savepoint: what it wrote and noted is undone when it fails."""
    notes, place = dict(move.notes), (move.hold.next_seq, move.hold.last_hash)
    try:
        with move.session.begin_nested():
            variables = effect(move, job)
            move.session.flush()
            return variables
    except BaseException:
        move.notes = notes
        move.hold.next_seq, move.hold.last_hash = place
        raise


def _is_to_do(move: Move, job: OpenJob, effects: Mapping[str, JobEffect]) -> bool:
    is_known = job.token in move.before.jobs or job.token in move.left
    return job.topic in effects and not is_known


def plan_jobs(move: Move, snapshot: Snapshot) -> None:
    """A row for each job that waits now, none for those the dossier left behind."""
    live = {job.token for job in snapshot.jobs}
    gone = move.before.jobs - live
    if gone:
        _cancel(move, gone)
    fresh = [job for job in snapshot.jobs if job.token not in move.before.jobs]
    if fresh:
        rows = [_row(move, job) for job in fresh]
        move.session.execute(insert(_JOBS), rows)
        for row, job in zip(rows, fresh, strict=True):
            left = move.left.get(job.token)
            if left is not None and left.is_final:
                raise_job_incident(move, row["id"], job.step, left)


def raise_job_incident(move: Move, job_id: Any, step: str, left: Left) -> None:  # noqa: ANN401 - a key
    """Somebody must look at a job; the rest of the dossier goes on."""
    move.session.add(
        Incident(
            id=uuid4(),
            dossier_id=move.dossier.id,
            kind="job",
            cause=left.cause,
            detail=left.detail,
            step=step,
            job_id=job_id,
            raised_at=move.now,
        )
    )


def _row(move: Move, job: OpenJob) -> dict[str, Any]:
    left = move.left.get(job.token)
    failed = left is not None and bool(left.cause)
    return {
        "id": uuid4(),
        "dossier_id": move.dossier.id,
        "token": job.token,
        "step": job.step,
        "topic": job.topic,
        "key": f"{move.dossier.id.hex}:{job.token}:{move.hold.next_seq}",
        "payload": {},
        "status": JobStatus.WAITING,
        "run_at": _when(move, left),
        "attempts": int(failed),
        "fence": 0,
        "last_error": left.cause if left is not None else "",
        "created_at": move.now,
    }


def _when(move: Move, left: Left | None) -> Any:  # noqa: ANN401 - an instant or nothing
    """At once for what needs the world; later for what failed; never for what waits for others."""
    if left is None:
        return move.now
    if not left.cause or left.is_final:
        return None
    return move.now + wait_after(1)


def _cancel(move: Move, tokens: frozenset[int]) -> None:
    """Steps the dossier left another way: their jobs, and the incidents of these, are over."""
    over = (
        _JOBS.c.dossier_id == move.dossier.id,
        _JOBS.c.token.in_(tokens),
    )
    move.session.execute(
        update(_JOBS)
        .where(*over, _JOBS.c.status.in_(_LIVE))
        .values(status=JobStatus.CANCELLED, finished_at=move.now, run_at=None)
    )
    move.session.execute(
        update(_INCIDENTS)
        .where(
            _INCIDENTS.c.dossier_id == move.dossier.id,
            _INCIDENTS.c.resolved_at.is_(None),
            _INCIDENTS.c.job_id.in_(select(_JOBS.c.id).where(*over)),
        )
        .values(resolved_at=move.now, resolved_by=move.actor.name)
    )
