"""What is due, and how is each thing done? Timers, mails to plan, reminders, files.

Every due thing is a row that one clock claims, so any number of clocks may run side by side. One
poisoned item is set aside as an incident and the others go on; a database that does not answer
ends the sweep, and the next tick tries again.
"""

import logging
import random
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID, uuid4

from sqlalchemy.exc import InterfaceError, OperationalError

from app.actions import file_sweeps, timers
from app.actions.causes import cause_of, detail_of
from app.actions.forgetting import forget_the_expired
from app.actions.incidents import raise_incident
from app.domain.errors import DossierSuspended
from app.domain.ladder import OPENING_HOUR
from app.domain.working_days import at_hour
from app.jobs.clock import Clock
from app.models.process import Incident
from app.models.task import Task
from notifications import digests, dispatch, reconcile, reminders
from notifications.digest_context import Editor
from notifications.dispatch import Waiting

Item = TypeVar("Item")
_LOG = logging.getLogger("liasse.clock")
#: How far apart the files nobody names are looked for.
_ORPHANS_EVERY = timedelta(hours=6)


def sweep_timers(clock: Clock, now: datetime | None) -> int:
    """Fire the timers that are due; a dossier that cannot move becomes an incident."""
    at = now or clock.now()
    run = clock.database.run_tx

    def fire(dossier_id: UUID) -> int:
        due = run(lambda session, _: timers.fire(session, clock.console, dossier_id, now=at))
        return _late(clock, "timers", int(due is not None), due, now)

    def stop(dossier_id: UUID, error: Exception) -> None:
        run(
            lambda session, _: raise_incident(
                session,
                dossier_id,
                kind="timer",
                cause=cause_of(error),
                detail=detail_of(error),
                now=at,
            )
        )

    with clock.database.reading() as session:
        due = timers.due_dossiers(session, now=at)
    return _each(_turned(due), fire, stop)


def sweep_dispatch(clock: Clock, now: datetime | None) -> int:
    """Plan the mails of what happened; how many."""
    at = now or clock.now()
    stopped: set[UUID] = set()

    def plan(waiting: Waiting) -> int:
        if waiting.dossier_id in stopped:
            return 0
        mails = clock.database.run_tx(
            lambda session, _: dispatch.dispatch(
                session, clock.pack_of, waiting, domain=clock.post.domain, now=at
            )
        )
        return _late(clock, "dispatch", mails, waiting.at, now)

    def stop(waiting: Waiting, error: Exception) -> None:
        stopped.add(waiting.dossier_id)
        _note(clock, waiting.dossier_id, dispatch.INCIDENT, error, at)

    with clock.database.reading() as session:
        waiting = dispatch.waiting_entries(session)
    return _each(waiting, plan, stop)


def sweep_reminders(clock: Clock, now: datetime | None) -> int:
    """Plan the reminders that are due; how many mails."""
    at = now or clock.now()
    rules = reminders.Rules(
        ladders=clock.console.ladders,
        pack_of=clock.pack_of,
        domain=clock.post.domain,
        calendar=clock.console.calendar,
    )

    def remind(due: reminders.Due) -> int:
        mails = clock.database.run_tx(
            lambda session, _: reminders.remind(session, rules, due.task_id, now=at)
        )
        return _late(clock, "reminders", mails, due.at, now)

    def stop(due: reminders.Due, error: Exception) -> None:
        with clock.database.reading() as session:
            dossier_id = session.get_one(Task, due.task_id).dossier_id
        _note(clock, dossier_id, reminders.INCIDENT, error, at)

    with clock.database.reading() as session:
        due = reminders.due_tasks(session, now=at, calendar=clock.console.calendar)
    return _each(_turned(due), remind, stop)


def sweep_digests(clock: Clock, now: datetime | None) -> int:
    """Plan the digests of the morning; how many mails."""
    at = now or clock.now()
    editor = Editor(clock.post, clock.pack_of, clock.console.calendar)

    def make(due: digests.Due) -> int:
        mails = clock.database.run_tx(
            lambda session, _: int(digests.make(session, editor, due, now=at))
        )
        return _late(clock, "digests", mails, at_hour(due.since, OPENING_HOUR), now)

    def stop(_due: digests.Due, error: Exception) -> None:
        with clock.database.reading() as session:
            is_known = digests.has_incident(session)
        if not is_known:  # tried again every minute: one incident says it
            _note(clock, None, digests.INCIDENT, error, at)

    with clock.database.reading() as session:
        due = digests.due_digests(session, clock.console.calendar, now=at)
    return _each(due, make, stop)


def sweep_reconciliation(clock: Clock, now: datetime | None) -> int:
    """Check, once a night, that all that had to leave the day before is on record."""
    at = now or clock.now()
    books = reconcile.Books(clock.pack_of, clock.console.ladders, clock.console.calendar)
    with clock.database.reading() as session:
        day = reconcile.due_day(session, now=at)
        if day is None:
            return 0
        found = reconcile.check(session, books, day)
    is_first = clock.database.run_tx(lambda session, _: reconcile.keep(session, found, now=at))
    if is_first and found.missing:
        _note(clock, None, reconcile.INCIDENT, reconcile.cause_of(found), at)
    return int(is_first)


def sweep_files(clock: Clock, now: datetime | None) -> int:
    """Have new files scanned; now and then, remove those nobody names and what has expired."""
    at = now or clock.now()
    done = 0
    if clock.files is not None and clock.files.scanner is not None:
        done += file_sweeps.sweep_scans(clock.database, clock.files.store, clock.files.scanner)
    last = clock.beaten.get("rare")
    if last is not None and at - last < _ORPHANS_EVERY:
        return done
    clock.beaten["rare"] = at
    if clock.files is not None:
        done += file_sweeps.sweep_orphans(clock.database, clock.files.store)
    return done + clock.database.run_tx(lambda session, _: forget_the_expired(session, now=at))


def _late(
    clock: Clock, kind: str, done: int, due: datetime | None, now: datetime | None
) -> int:
    """How many things this clock did; when it did any, how late they were is noted."""
    if done and due is not None:
        clock.delays[kind].saw(kind, due, now or clock.now())
    return done


def _turned(items: list[Item]) -> list[Item]:
    """The same items begun at a random place: clocks side by side do not queue for the same one."""
    place = random.randrange(len(items) or 1)  # noqa: S311 - no secret
    return items[place:] + items[:place]


def _each(
    items: Iterable[Item],
    do: Callable[[Item], int],
    stop: Callable[[Item, Exception], None],
) -> int:
    """Do each item in turn; one that fails is set aside, a suspended dossier waits."""
    done = 0
    for item in items:
        try:
            done += do(item)
        except (OperationalError, InterfaceError):
            raise
        except DossierSuspended:
            continue
        except Exception as error:  # noqa: BLE001 - one item must not stop the others
            _LOG.exception("%s set aside", item)
            stop(item, error)
    return done


def _note(
    clock: Clock, dossier_id: UUID | None, kind: str, why: Exception | str, now: datetime
) -> None:
    """Raise an incident that stops no dossier."""
    incident = {
        "id": uuid4(),
        "dossier_id": dossier_id,
        "kind": kind,
        "cause": why if isinstance(why, str) else cause_of(why),
        "detail": "" if isinstance(why, str) else detail_of(why),
    }
    clock.database.run_tx(lambda session, _: session.add(Incident(**incident, raised_at=now)))
