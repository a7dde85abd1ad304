"""What does the clock run? Sweeps over what is due: timers, mails to plan, reminders, mails to send.

Every due thing is a row that one clock claims, so any number of clocks may run side by side. One
poisoned item is set aside as an incident and the others go on; a database that does not answer
ends the sweep, and the next tick tries again.
"""

import logging
import os
import signal
import socket
import threading
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import FrameType
from typing import TypeVar, cast
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import Table, update
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from app.actions import timers
from app.actions.console import Console
from app.actions.incidents import raise_incident
from app.catalogue.pack import Pack
from app.database import Database, clock, insert_once, open_database
from app.domain.errors import DossierSuspended
from app.models.outbox import Heartbeat
from app.models.process import Incident
from app.models.task import Task
from app.scheduler import Scheduler, Tick
from app.settings import Settings
from app.web.console import build_console
from notifications import deliver, dispatch, reminders
from notifications.dispatch import Waiting
from notifications.post import Post
from notifications.relay import Answer, Relay, relay_of

Item = TypeVar("Item")
_BEATS = cast(Table, Heartbeat.__table__)
_LOG = logging.getLogger("liasse.clock")
#: How far apart heartbeats are written; a clock is stalled after two minutes.
_BEAT = timedelta(seconds=20)
#: Mails of one sweep of one clock: a storm leaves time to be noticed.
MAILS_A_SWEEP = 100
_CAUSE_LONGEST = 2000


@dataclass
class Clock:
    """Everything the sweeps need; one per process."""

    database: Database
    console: Console
    post: Post
    relay: Relay | None
    #: Names this process in the leases it takes.
    owner: str = field(default_factory=lambda: f"{socket.gethostname()[:40]}:{os.getpid()}")
    _beaten: dict[str, datetime] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        settings: Settings,
        *,
        database: Database | None = None,
        console: Console | None = None,
    ) -> "Clock":
        """The clock of this installation."""
        post = Post.of(settings)
        return cls(
            database=database or open_database(settings.database_url),
            console=console or build_console(),
            post=post,
            relay=relay_of(post),
        )

    def pack_of(self, session: Session, definition_id: UUID) -> Pack:
        """The dossier type of a published version."""
        return self.console.types.get(session, definition_id).pack

    def now(self) -> datetime:
        """The time of the database."""
        with self.database.reading() as session:
            return clock(session)


def tick(clock_: Clock, *, now: datetime | None = None) -> dict[str, int]:
    """Run every sweep once, in order; how many things each one did."""
    return {name: sweep(clock_, name, now=now) for name in SWEEPS}


def sweep(clock_: Clock, name: str, *, now: datetime | None = None) -> int:
    """Run one sweep and leave its heartbeat."""
    done = SWEEPS[name](clock_, now)
    _beat(clock_, name, f"{done}", now or clock_.now())
    return done


def sweep_timers(clock_: Clock, now: datetime | None) -> int:
    """Fire the timers that are due; a dossier that cannot move becomes an incident."""
    at = now or clock_.now()
    run = clock_.database.run_tx

    def fire(dossier_id: UUID) -> int:
        return run(
            lambda session, _: int(timers.fire(session, clock_.console, dossier_id, now=at))
        )

    def stop(dossier_id: UUID, cause: str) -> None:
        run(
            lambda session, _: raise_incident(
                session, dossier_id, kind="timer", cause=cause, now=at
            )
        )

    with clock_.database.reading() as session:
        due = timers.due_dossiers(session, now=at)
    return _each(due, fire, stop)


def sweep_dispatch(clock_: Clock, now: datetime | None) -> int:
    """Plan the mails of what happened."""
    at = now or clock_.now()
    stopped: set[UUID] = set()

    def plan(waiting: Waiting) -> int:
        if waiting.dossier_id in stopped:
            return 0
        return clock_.database.run_tx(
            lambda session, _: dispatch.dispatch(
                session, clock_.pack_of, waiting, domain=clock_.post.domain, now=at
            )
        )

    def stop(waiting: Waiting, cause: str) -> None:
        stopped.add(waiting.dossier_id)
        _note(clock_, waiting.dossier_id, dispatch.INCIDENT, cause, at)

    with clock_.database.reading() as session:
        waiting = dispatch.waiting_entries(session)
    return _each(waiting, plan, stop)


def sweep_reminders(clock_: Clock, now: datetime | None) -> int:
    """Plan the reminders that are due."""
    at = now or clock_.now()
    rules = reminders.Rules(
        ladders=clock_.console.ladders,
        pack_of=clock_.pack_of,
        domain=clock_.post.domain,
        calendar=clock_.console.calendar,
    )

    def remind(task_id: UUID) -> int:
        return clock_.database.run_tx(
            lambda session, _: reminders.remind(session, rules, task_id, now=at)
        )

    def stop(task_id: UUID, cause: str) -> None:
        with clock_.database.reading() as session:
            dossier_id = session.get_one(Task, task_id).dossier_id
        _note(clock_, dossier_id, reminders.INCIDENT, cause, at)

    with clock_.database.reading() as session:
        due = reminders.due_tasks(session, now=at)
    return _each(due, remind, stop)


def sweep_mail(clock_: Clock, now: datetime | None) -> int:
    """Send the mails that are due, one at a time; a relay that does not answer ends the sweep."""
    if clock_.relay is None:
        return 0
    desk = deliver.Desk(clock_.database, clock_.post, clock_.relay, clock_.pack_of)
    sent = 0
    for _ in range(MAILS_A_SWEEP):
        held = deliver.claim(desk, clock_.owner, now=now)
        if held is None:
            break
        try:
            answer = deliver.send(desk, held, now=now)
        except SQLAlchemyError:
            raise
        except Exception as error:  # noqa: BLE001 - one mail must not stop the others
            _LOG.exception("mail %s set aside", held.id)
            deliver.set_aside(desk, held, _cause_of(error), now=now)
            continue
        sent += answer is Answer.ACCEPTED
        if answer is Answer.UNREACHABLE:
            break
    return sent


#: Every sweep by name, in the order that lets one tick carry an event from a timer to its mail.
SWEEPS: dict[str, Callable[[Clock, datetime | None], int]] = {
    "timers": sweep_timers,
    "dispatch": sweep_dispatch,
    "reminders": sweep_reminders,
    "mail": sweep_mail,
}
_EVERY = {
    "timers": timedelta(seconds=5),
    "dispatch": timedelta(seconds=2),
    "reminders": timedelta(seconds=15),
    "mail": timedelta(seconds=2),
}


class RunningClock:
    """The clock of a process, ticking in threads of its own until it is stopped."""

    def __init__(self, clock_: Clock, zone: ZoneInfo) -> None:
        ticks = [Tick(name, every, _guarded(clock_, name)) for name, every in _EVERY.items()]
        self._scheduler = Scheduler(ticks, zone)

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()

    def stop(self) -> None:
        """End; the sweeps that run finish first."""
        self._scheduler.stop()


def run_clock(settings: Settings) -> None:
    """Run the clock until the process is told to stop (SIGTERM, Ctrl-C)."""
    over = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        over.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    running = RunningClock(Clock.of(settings), ZoneInfo(settings.timezone))
    running.start()
    over.wait()
    running.stop()


def _guarded(clock_: Clock, name: str) -> Callable[[], None]:
    def run() -> None:
        try:
            sweep(clock_, name)
        except Exception:  # noqa: BLE001 - the clock goes on
            _LOG.exception("the sweep %s failed; the next tick tries again", name)

    return run


def _each(
    items: Iterable[Item],
    do: Callable[[Item], int],
    stop: Callable[[Item, str], None],
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
            stop(item, _cause_of(error))
    return done


def _cause_of(error: Exception) -> str:
    """What an administrator reads of an error: its name first, then where it came from."""
    where = "".join(traceback.format_tb(error.__traceback__)[-4:])
    return f"{type(error).__name__}: {error}\n{where}"[:_CAUSE_LONGEST]


def _note(clock_: Clock, dossier_id: UUID, kind: str, cause: str, now: datetime) -> None:
    """Raise an incident that does not stop the dossier."""
    incident = {"id": uuid4(), "dossier_id": dossier_id, "kind": kind, "cause": cause}
    clock_.database.run_tx(lambda session, _: session.add(Incident(**incident, raised_at=now)))


def _beat(clock_: Clock, name: str, detail: str, now: datetime) -> None:
    """Leave a sign of life, now and then."""
    last = clock_._beaten.get(name)
    if last is not None and timedelta(0) <= now - last < _BEAT:
        return
    row = {"name": name, "at": now, "detail": detail}

    def write(session: Session, _at: datetime) -> None:
        if not insert_once(session, _BEATS, row):
            session.execute(update(_BEATS).where(_BEATS.c.name == name).values(**row))

    clock_.database.run_tx(write)
    clock_._beaten[name] = now
