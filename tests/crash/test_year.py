"""A year of dossiers under the real sweeps: is each reminder told once, and nobody chased for nothing?

Every worked morning of a virtual year the clock runs, but for some days of outage; each afternoon
people do some of their tasks, through the action that pages use. What is on record at the end is
compared with what deadlines and ladders say, task by task.
"""

import os
import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actions import completion
from app.actions.completion import Sent
from app.catalogue.forms import Submission
from app.database import Database, open_database
from app.domain.actor import Actor
from app.domain.ladder import schedule
from app.domain.permissions import Role
from app.domain.status import TaskStatus
from app.domain.working_days import FRANCE, at_hour
from app.jobs import Clock, sweeps
from app.models.digest import Digest
from app.models.dossier import Dossier
from app.models.outbox import Mail, ReminderRecord
from app.models.people import Person, PersonRole
from app.models.task import Task
from app.queries.people import actor_of
from notifications.post import Post
from tests.crash.clock_town import START, Town, build

LONG = os.environ.get("LIASSE_LONG") == "1"
DOSSIERS = 50_000 if LONG else 150
_POST = Post(smtp_url="", mail_from="a@meuse.example", base_url="https://aides.meuse.example")
#: Days without any clock.
_OUTAGES = frozenset(date(2026, 6, day) for day in range(1, 20)) | {date(2026, 9, 15)}
_MISSING = Submission(
    answers={
        "completeness": "missing",
        "missing_pieces": [{"piece": "deliberation", "reason": ""}],
    },
    variables={"completeness": "missing"},
    facts={},
)


def mornings() -> list[date]:
    """The worked days of the year."""
    days = (START.date() + timedelta(days=n) for n in range(1, 365))
    return [day for day in days if FRANCE.is_working(day)]


@pytest.fixture
def kind() -> str:
    """The storm runs on both databases; a year of one clock needs one."""
    return "sqlite"


@pytest.mark.timeout(7200 if LONG else 600)
def test_a_year_of_reminders_and_digests(sqlite_url: str, tmp_path: Path) -> None:
    days = mornings()
    town = build(sqlite_url, tmp_path, tasks=DOSSIERS, seed=3, deadlines=days)
    database = open_database(sqlite_url)
    officer = _somebody(database)
    clock = Clock(database, town.console, _POST, None)
    chance = random.Random(5)
    for day in days:
        if day not in _OUTAGES:
            now = at_hour(day, 8) + timedelta(seconds=1)
            while sweeps.sweep_reminders(clock, now):
                pass
            for _twice in range(2):
                sweeps.sweep_digests(clock, now)
        _work(database, town, officer, chance, at_hour(day, 15))

    with database.reading() as session:
        faults, seen = _compare(session, town, set(days) - _OUTAGES)
        assert faults == []
        assert seen["sent"] > DOSSIERS
        assert seen["superseded"] > 0
        assert _done(session) > DOSSIERS // 10
        assert _digests_twice(session) == []
    database.dispose()


def _somebody(database: Database) -> Actor:
    with database.reading() as session:
        found = select(Person).join(PersonRole).where(PersonRole.role == Role.OFFICER)
        return actor_of(session.scalars(found).one())


def _work(
    database: Database, town: Town, officer: Actor, chance: random.Random, now: datetime
) -> None:
    """People do some of what they were reminded of, and a little of what comes."""
    for task_id in _chosen(database, chance, now):
        database.run_tx(
            lambda session, _at, task_id=task_id: completion.complete(  # type: ignore[misc]
                session,
                town.console,
                officer,
                task_id,
                _MISSING,
                sent=Sent(uuid4().hex),
                now=now,
            )
        )


def _chosen(database: Database, chance: random.Random, now: datetime) -> Iterator[UUID]:
    with database.reading() as session:
        near = session.scalars(
            select(Task.id).where(
                Task.step == "CheckCompleteness",
                Task.status == TaskStatus.OPEN,
                Task.due_on <= now.date() + timedelta(days=4),
            )
        ).all()
    return (one for one in near if chance.random() < 0.04)


def _compare(session: Session, town: Town, lived: set[date]) -> tuple[list[str], Counter[str]]:
    """What is on record against what should be; the first faults, and the counts of outcomes."""
    last = at_hour(max(lived), 9)
    faults: list[str] = []
    seen: Counter[str] = Counter()
    rows = session.execute(select(Task, Dossier).join(Dossier).where(Task.due_on.is_not(None)))
    for task, dossier in rows:
        wanted = _wanted(session, town, task, dossier, lived, last)
        found = Counter(
            session.scalars(
                select(ReminderRecord.rung).where(ReminderRecord.task_id == task.id)
            )
        )
        seen += Counter(
            session.scalars(
                select(ReminderRecord.outcome).where(ReminderRecord.task_id == task.id)
            )
        )
        if found != wanted and len(faults) < 5:
            faults.append(f"{task.step} due {task.due_on}: {dict(found)}, not {dict(wanted)}")
    return faults, seen


def _wanted(
    session: Session, town: Town, task: Task, dossier: Dossier, lived: set[date], last: datetime
) -> Counter[str]:
    """The rungs reached while the task was open, as a clock that ran on these days finds them."""
    pack = town.pack_of(session, dossier.definition_id)
    ladder = pack.ladder(task.step, dossier.scheme, town.console.ladders)
    since, until = task.due_since, task.done_at or last
    if ladder is None or task.due_on is None or since is None:
        return Counter()
    days = sorted(lived)
    found = Counter[str]()
    for rung, at in schedule(ladder, deadline=task.due_on):
        told = next((at_hour(day, 8) for day in days if at_hour(day, 8) >= at), None)
        if since < at and told is not None and told < until:
            found[rung.key] += 1
    return found


def _done(session: Session) -> int:
    done = select(func.count()).select_from(Task).where(Task.status == TaskStatus.DONE)
    return session.scalar(done) or 0


def _digests_twice(session: Session) -> list[str]:
    """Keys of digests beyond one a person, kind and day."""
    keys = session.scalars(select(Mail.key).where(Mail.key.startswith("digest:"))).all()
    planned = session.scalar(
        select(func.count()).select_from(Digest).where(Digest.outcome == "planned")
    )
    assert len(keys) == planned
    assert len(keys) > 100
    return [key for key, count in Counter(keys).items() if count > 1]
