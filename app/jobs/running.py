"""How does the clock run? Each sweep in a thread of its own: a slow mail relay delays no timer."""

import logging
import signal
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from types import FrameType
from typing import cast
from zoneinfo import ZoneInfo

from sqlalchemy import Table, update
from sqlalchemy.orm import Session

from app.database import insert_once
from app.jobs import habits, migrations, post, sweeps, work
from app.jobs.clock import Clock
from app.models.outbox import Heartbeat
from app.scheduler import Scheduler, Tick
from app.settings import Settings

_BEATS = cast(Table, Heartbeat.__table__)
_LOG = logging.getLogger("liasse.clock")
#: How far apart heartbeats are written; a clock is stalled after some minutes.
_BEAT = timedelta(seconds=20)
Sweep = Callable[[Clock, datetime | None], int]

#: Every sweep, in the order that lets one tick carry an event from a timer to its mail.
SWEEPS: dict[str, Sweep] = {
    "timers": sweeps.sweep_timers,
    "jobs": work.sweep_jobs,
    "migrations": migrations.sweep_migrations,
    "dispatch": sweeps.sweep_dispatch,
    "reminders": sweeps.sweep_reminders,
    "digests": sweeps.sweep_digests,
    "mail": post.sweep_mail,
    "returns": post.sweep_returns,
    "files": sweeps.sweep_files,
    "reconciliation": sweeps.sweep_reconciliation,
    "usual_delays": habits.sweep_usual_delays,
}
EVERY = {
    "timers": timedelta(seconds=1),
    "jobs": timedelta(seconds=1),
    "migrations": timedelta(seconds=2),
    "dispatch": timedelta(seconds=1),
    "reminders": timedelta(seconds=1),
    "digests": timedelta(seconds=60),
    "mail": timedelta(seconds=1),
    "returns": timedelta(seconds=60),
    "files": timedelta(seconds=60),
    "reconciliation": timedelta(seconds=60),
    "usual_delays": timedelta(seconds=60),
}


def tick(clock: Clock, *, now: datetime | None = None) -> dict[str, int]:
    """Run every sweep once, in order; how many things each one did."""
    return {name: sweep(clock, name, now=now) for name in SWEEPS}


def sweep(clock: Clock, name: str, *, now: datetime | None = None) -> int:
    """Run one sweep and leave its heartbeat."""
    done = SWEEPS[name](clock, now)
    clock.delays[name].write(clock.database, now=now or clock.now())
    _beat(clock, name, f"{done}", now or clock.now())
    return done


class RunningClock:
    """The clock of a process, ticking in threads of its own until it is stopped."""

    def __init__(self, clock: Clock, zone: ZoneInfo) -> None:
        ticks = [Tick(name, every, _guarded(clock, name)) for name, every in EVERY.items()]
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


def _guarded(clock: Clock, name: str) -> Callable[[], None]:
    def run() -> None:
        try:
            sweep(clock, name)
        except Exception:  # noqa: BLE001 - the clock goes on
            _LOG.exception("the sweep %s failed; the next tick tries again", name)

    return run


def _beat(clock: Clock, name: str, detail: str, now: datetime) -> None:
    """Leave a sign of life, now and then."""
    last = clock.beaten.get(name)
    if last is not None and timedelta(0) <= now - last < _BEAT:
        return
    row = {"name": name, "at": now, "detail": detail}

    def write(session: Session, _at: datetime) -> None:
        if not insert_once(session, _BEATS, row):
            session.execute(update(_BEATS).where(_BEATS.c.name == name).values(**row))

    clock.database.run_tx(write)
    clock.beaten[name] = now
