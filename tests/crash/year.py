"""How is a year of dossiers lived through? Mornings of the real clock, afternoons of people at work.

Every worked morning of a virtual year the sweeps run, but for some weeks of outage; each afternoon
officers and town halls do some of their tasks, through the action that pages use. What is on
record at the end is counted by `tests.crash.year_count`.

`python -m tests.crash.year URL FOLDER '{"dossiers": 300, …}'` prints the verdict as JSON.
"""

import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, func, or_, select
from sqlalchemy.orm import Session

from app.actions import completion
from app.actions.completion import Sent
from app.catalogue.forms import Submission
from app.database import Database, open_database
from app.domain.status import TaskStatus
from app.domain.working_days import FRANCE, at_hour
from app.jobs import Clock, sweeps
from app.models.outbox import Mail
from app.models.task import Task
from notifications.post import Post
from tests.crash.broken_years import BROKEN, Sweeps
from tests.crash.clock_town import START, Town, build
from tests.crash.year_count import Verdict, count
from tests.crash.year_people import PIECE, People, send_piece, settle

_POST = Post(smtp_url="", mail_from="a@meuse.example", base_url="https://aides.meuse.example")
#: Days without any clock.
OUTAGES = frozenset(date(2026, 6, day) for day in range(1, 20)) | {date(2026, 9, 15)}
#: Of the tasks that are near or late, the share that is done each afternoon; when each is near.
_DILIGENCE = 0.15
_NEAR = {"CheckCompleteness": timedelta(days=4), "ProvidePieces": timedelta(days=15)}
_ANSWERS = {
    "CheckCompleteness": Submission(
        answers={
            "completeness": "missing",
            "missing_pieces": [{"piece": PIECE, "reason": ""}],
        },
        variables={"completeness": "missing"},
        facts={},
    ),
    "ProvidePieces": Submission(answers={"message": ""}, variables={}, facts={}),
}
Tell = Callable[[str], Any]


@dataclass(frozen=True)
class Year:
    """How much is lived through."""

    dossiers: int = 150
    officers: int = 4
    #: Days of the calendar, from the day after `START` on.
    days: int = 364
    seed: int = 3
    #: One of `BROKEN`; empty for the clock as it is.
    broken: str = ""


def live(url: str, folder: Path, year: Year, tell: Tell = lambda _line: None) -> Verdict:
    """Build a town, live the year, count what is left."""
    began = time.monotonic()
    days = _worked(year.days)
    town = build(url, folder, tasks=year.dossiers, seed=year.seed, deadlines=days)
    database = open_database(url)
    people = settle(database, officers=year.officers, seed=year.seed)
    clock = Clock(database, town.console, _POST, None)
    chance = random.Random(year.seed + 2)
    swept = BROKEN[year.broken]()
    for day in days:
        if day not in OUTAGES:
            _morning(clock, swept, at_hour(day, 8) + timedelta(seconds=1))
        _afternoon(database, town, people, chance, at_hour(day, 15))
        if day == days[-1] or _next(days, day).month != day.month:
            tell(f"{day:%B %Y}, {time.monotonic() - began:.0f} s: {_so_far(database)}\n")
    lived = [day for day in days if day not in OUTAGES]
    with database.reading() as session:
        verdict = count(session, town, lived=lived, missed=sorted(OUTAGES & set(days)))
    database.dispose()
    verdict.dossiers, verdict.seconds = year.dossiers, round(time.monotonic() - began)
    return verdict


def _worked(days: int) -> list[date]:
    """The worked days of the year."""
    found = (START.date() + timedelta(days=n) for n in range(1, days + 1))
    return [day for day in found if FRANCE.is_working(day)]


def _next(days: list[date], day: date) -> date:
    return days[days.index(day) + 1]


def _morning(clock: Clock, swept: Sweeps, now: datetime) -> None:
    """The clock does what is due, and looks again: the second look finds nothing to do."""
    while sweeps.sweep_timers(clock, now):
        pass
    while swept.reminders(clock, now):
        pass
    for _twice in range(2):
        swept.digests(clock, now)


def _afternoon(
    database: Database, town: Town, people: People, chance: random.Random, now: datetime
) -> None:
    """People do some of what they were reminded of, and a little of what comes."""
    for task in _chosen(database, chance, now):
        database.run_tx(partial(_complete, town, people, task, now))


def _complete(
    town: Town, people: People, task: Row[Any], now: datetime, session: Session, _at: datetime
) -> None:
    actor = people.who(task.step, task.assignee_id)
    if actor is people.mayor:
        send_piece(session, actor, task.dossier_id, now)
    completion.complete(
        session,
        town.console,
        actor,
        task.id,
        _ANSWERS[task.step],
        sent=Sent(uuid4().hex),
        now=now,
    )


def _chosen(database: Database, chance: random.Random, now: datetime) -> list[Any]:
    with database.reading() as session:
        near = session.execute(
            select(Task.id, Task.dossier_id, Task.step, Task.assignee_id)
            .where(
                Task.status == TaskStatus.OPEN,
                or_(
                    *(
                        (Task.step == step) & (Task.due_on <= now.date() + near)
                        for step, near in _NEAR.items()
                    )
                ),
            )
            .order_by(Task.due_on, Task.id)
        ).all()
    return [row for row in near if chance.random() < _DILIGENCE]


def _so_far(database: Database) -> str:
    """Where the year stands, for who waits."""
    with database.reading() as session:
        tasks = session.execute(select(Task.status, func.count()).group_by(Task.status)).all()
        mails = session.scalar(select(func.count()).select_from(Mail))
    found = Counter({str(status): number for status, number in tasks})
    return f"tasks {dict(found)}, {mails} mails"


def main() -> None:
    """Live one year, say each month, print the verdict."""
    url, folder, wanted = sys.argv[1:4]
    verdict = live(url, Path(folder), Year(**json.loads(wanted)), sys.stderr.write)
    sys.stdout.write(json.dumps(vars(verdict)) + "\n")


if __name__ == "__main__":
    main()
