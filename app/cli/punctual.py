"""Are clocks on time? A million deadlines wait; some come due, spread over a while, then all at once.

The clocks are processes of their own, as in an installation; each notes how late it did each thing.
"""

import json
import multiprocessing
import signal
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from statistics import quantiles
from types import FrameType
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.bench.places import Place
from app.bench.script import pack
from app.bench.town import settle
from app.bench.waiting import FILED_BEFORE, copy_waiting
from app.database import Database, clock, open_database
from app.jobs import Clock, RunningClock
from app.jobs.lateness import Delays
from app.models.base import table_of
from app.models.process import DossierProcess
from app.web.console import build_console
from migrations.upgrade import upgrade
from notifications.post import Post

_PROCESSES = table_of(DossierProcess)
_NO_POST = Post(smtp_url="", mail_from="banc@exemple.fr", base_url="http://localhost")
_LONGEST = 300.0
#: Writing a thousand deadlines takes a while; the first one is not due before it is done.
_SOON = timedelta(seconds=4)
#: What is asked of the clocks, in seconds: the lateness of ninety-nine in a hundred.
LATE_AT_MOST = 2.0


@dataclass(frozen=True)
class Load:
    """How much waits, how much comes due, over how long, for how many clocks."""

    waiting: int = 1_000_000
    due: int = 1_000
    seconds: float = 30.0
    clocks: int = 3


@dataclass(frozen=True)
class Punctuality:
    """How late things were done, in seconds, and how many a second when all are due at once."""

    place: str
    load: Load
    done: int
    p50: float
    p99: float
    worst: float
    per_second: float


@dataclass
class _Noted(Delays):
    """Delays that also keep each lateness."""

    seconds: list[float] = field(default_factory=list)

    def saw(self, kind: str, due: datetime, done: datetime) -> None:
        super().saw(kind, due, done)
        self.seconds.append((done - due).total_seconds())


def on_time(place: Place, folder: Path, load: Load) -> Punctuality:
    """Fill a database, let deadlines come, look at what the clocks did."""
    url = place.create("clock")
    database = open_database(url)
    try:
        upgrade(database)
        town = settle(database, build_console(), pack())
        with database.reading() as session:
            now = clock(session)
        spread = town.file(load.due, now=now - FILED_BEFORE)
        burst = town.file(load.due, now=now - FILED_BEFORE)
        _put_off(database, [*spread, *burst])
        copy_waiting(town, load.waiting - 2 * load.due)
        late = _live(database, url, folder, load, spread)
        seconds = _clear(database, url, folder, load, burst)
    finally:
        database.dispose()
    cuts = quantiles(late, n=100)
    return Punctuality(
        place.name, load, len(late), cuts[49], cuts[98], max(late), load.due / seconds
    )


def _put_off(database: Database, dossiers: list[UUID]) -> None:
    """Nothing is due yet."""
    later = timedelta(days=1)
    _due_at(database, [(one, later) for one in dossiers])


def _due_at(database: Database, dossiers: list[tuple[UUID, timedelta]]) -> None:
    """Each of these dossiers is due that long after now."""

    def write(session: Session, now: datetime) -> None:
        for one, after in dossiers:
            session.execute(
                update(_PROCESSES)
                .where(_PROCESSES.c.dossier_id == one)
                .values(due_at=now + after)
            )

    database.run_tx(write)


def _live(
    database: Database, url: str, folder: Path, load: Load, dossiers: list[UUID]
) -> list[float]:
    """Deadlines come one after the other; how late each was met."""
    step = timedelta(seconds=load.seconds / load.due)
    clocks = _start(url, folder, load.clocks)
    _due_at(database, [(one, _SOON + rank * step) for rank, one in enumerate(dossiers)])
    _await_none(database, dossiers, load.seconds + _LONGEST)
    return _stop(clocks, folder)


def _clear(
    database: Database, url: str, folder: Path, load: Load, dossiers: list[UUID]
) -> float:
    """All are due at once; how long the clocks take to meet them."""
    clocks = _start(url, folder, load.clocks)
    _due_at(database, [(one, timedelta(0)) for one in dossiers])
    began = time.perf_counter()
    _await_none(database, dossiers, _LONGEST)
    seconds = time.perf_counter() - began
    _stop(clocks, folder)
    return seconds


def _await_none(database: Database, dossiers: list[UUID], longest: float) -> None:
    """Wait until none of these dossiers has a deadline any more within the day."""
    over = time.monotonic() + longest
    soon = timedelta(hours=12)
    while time.monotonic() < over:
        with database.reading() as session:
            waiting = select(func.count()).where(_PROCESSES.c.due_at <= clock(session) + soon)
            left = session.scalar(waiting.select_from(_PROCESSES)) or 0
        if not left:
            return
        time.sleep(0.1)
    raise AssertionError(f"{left} of {len(dossiers)} deadlines were not met")


def _start(url: str, folder: Path, count: int) -> list[BaseProcess]:
    spawning = multiprocessing.get_context("spawn")
    clocks: list[BaseProcess] = [
        spawning.Process(target=tick_until_told, args=(url, str(folder / f"clock-{number}")))
        for number in range(count)
    ]
    for number, one in enumerate(clocks):
        (folder / f"clock-{number}").unlink(missing_ok=True)
        one.start()
    over = time.monotonic() + _LONGEST
    while not all((folder / f"clock-{number}").exists() for number in range(count)):
        if time.monotonic() > over:
            raise AssertionError("the clocks do not start")
        time.sleep(0.1)
    return clocks


def _stop(clocks: list[BaseProcess], folder: Path) -> list[float]:
    late: list[float] = []
    for number, one in enumerate(clocks):
        one.terminate()
        one.join()
        late += json.loads((folder / f"clock-{number}").read_text())
    return late


def tick_until_told(url: str, target: str) -> None:
    """One clock in a process of its own; at its end it writes how late it was."""
    noted = _Noted()
    ours = Clock(open_database(url), build_console(), _NO_POST, None)
    ours.delays["timers"] = noted
    running = RunningClock(ours, ZoneInfo("Europe/Paris"))

    def stop(_signal: int, _frame: FrameType | None) -> None:
        running.stop()
        Path(target).write_text(json.dumps(noted.seconds))
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    with ours.database.reading() as session:  # parsed before anything is due
        ours.console.types.open_types(session)
    running.start()
    Path(target).write_text("[]")
    while True:
        signal.pause()
