"""How does the clock do the jobs of dossiers? One at a time: the world first, then one transaction.

What a service does outside is done under the key of its job, so that doing it again does it once;
what came of it is written with the dossier held. A clock that dies in between leaves a lease that
runs out, and the next one starts again.
"""

import logging
from datetime import datetime
from typing import Any

from sqlalchemy.exc import InterfaceError, OperationalError

from app.actions import jobs
from app.actions.causes import cause_of, code_of, detail_of, is_final
from app.actions.effects.apart import Brief, Tools, brief_of
from app.actions.effects.registry import APART, JOBS
from app.actions.jobs import Held, JobOver
from app.actions.move import look
from app.actions.movement import Left, NotYet
from app.domain.errors import DossierSuspended, Refusal
from app.jobs.clock import Clock

_LOG = logging.getLogger("liasse.clock")
#: Jobs of one sweep of one clock: its heartbeat is never far.
JOBS_A_SWEEP = 200


def sweep_jobs(clock: Clock, now: datetime | None) -> int:
    """Do the jobs that are due; how many were done."""
    done = 0
    for _ in range(JOBS_A_SWEEP):
        held = clock.database.run_tx(
            lambda session, at: jobs.claim(session, clock.owner, now=at), now=now
        )
        if held is None:
            break
        if do(clock, held, now or clock.now()):
            done += 1
            clock.delays["jobs"].saw("jobs", held.due, now or clock.now())
    return done


def do(clock: Clock, held: Held, now: datetime) -> bool:
    """Do one job; True when the dossier moved. What fails is tried again later, and said."""
    run = clock.database.run_tx
    try:
        return _do(clock, held, now)
    except (OperationalError, InterfaceError):
        raise
    except NotYet:
        run(lambda session, _: jobs.failed(session, held, Left(), now=now))
    except DossierSuspended:
        run(lambda session, _: jobs.postpone(session, held, now=now))
    except JobOver:
        _LOG.info("job %s was over", held.id)
    except Refusal as refusal:
        return _refused(clock, held, refusal, now)
    except Exception as error:  # noqa: BLE001 - one job must not stop the others
        _LOG.exception("job %s failed", held.id)
        _failed(clock, held, error, now)
    return False


def _do(clock: Clock, held: Held, now: datetime) -> bool:
    run, console = clock.database.run_tx, clock.console
    if jobs.is_message(held):
        return run(lambda session, _: jobs.receive(session, console, held, now=now))
    apart = APART.get(held.topic)
    if apart is None:
        effect = JOBS[held.topic]
        return run(lambda session, _: jobs.settle(session, console, held, effect, now=now))
    tools = tools_of(clock)
    result: Any = apart.act(tools, brief_for(clock, held, now))
    return run(
        lambda session, _: jobs.settle(
            session,
            console,
            held,
            lambda move, job: apart.settle(move, job, result),
            now=now,
            kind=apart.kind,
        )
    )


def brief_for(clock: Clock, held: Held, now: datetime) -> Brief:
    """What the service of a job works from now. Refuses JobOver, BadInput."""
    with clock.database.reading() as session:
        move = look(session, clock.console, held.dossier_id, now=now)
        return brief_of(move, jobs.open_job(move, held.token), held.key)


def tools_of(clock: Clock) -> Tools:
    """What a clock hands to the services that need the world."""
    if clock.files is None:
        raise RuntimeError("this clock was made without files")
    return Tools(
        clock.database, clock.console, clock.client, clock.files, clock.authority, JOBS
    )


def _refused(clock: Clock, held: Held, refusal: Refusal, now: datetime) -> bool:
    """A refusal the diagram foresaw is an event of it; another one is a failure."""
    code = code_of(refusal)
    if code and held.token is not None:
        thrown = clock.database.run_tx(
            lambda session, _: jobs.throw(session, clock.console, held, code, now=now)
        )
        if thrown:
            return True
    _failed(clock, held, refusal, now)
    return False


def _failed(clock: Clock, held: Held, error: Exception, now: datetime) -> None:
    left = Left(cause_of(error), detail_of(error), is_final=is_final(error))
    clock.database.run_tx(lambda session, _: jobs.failed(session, held, left, now=now))
