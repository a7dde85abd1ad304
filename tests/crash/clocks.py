"""Is a reminder lost, doubled or early when clocks are killed, paused, skewed and out for days?

Several clocks run the real sweeps on a virtual time: the database's own clock, moved from morning
to morning by the hand that leads. The hand kills them, pauses one, sets the clocks of the machines
wrong, and lets three days pass without any. Broken clocks (`BROKEN`) prove that the storm sees.

`python -m tests.crash.clocks URL FOLDER '{"tasks": 300, …}'` prints the report as JSON.
"""

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from multiprocessing import get_context
from pathlib import Path
from typing import cast

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

import app.database as database_room
from app.database import clock, open_database
from app.domain.ladder import schedule
from app.domain.working_days import at_hour
from app.jobs import Clock, sweeps
from app.models.digest import Digest
from app.models.dossier import Dossier
from app.models.journal import JournalEntry
from app.models.outbox import Mail, ReminderRecord
from app.models.task import Task
from notifications.post import Post
from tests.crash.broken_clocks import BROKEN, Fate
from tests.crash.clock_town import START, Town, build

_FORK = get_context("fork")
_TASKS = cast(Table, Task.__table__)
_POST = Post(smtp_url="", mail_from="a@meuse.example", base_url="https://aides.meuse.example")
#: Seconds before eight o'clock when it is looked whether a clock was early, and when kills begin.
_LOOK = 2.0
_KILLS = 0.4


@dataclass(frozen=True)
class Storm:
    """What the clocks go through."""

    tasks: int = 300
    clocks: int = 3
    #: Kills in all, spread over the mornings.
    kills: int = 30
    #: Seconds one clock is paused, in the middle of the storm.
    paused: float = 1.5
    #: How wrong the machines of the first and of the last clock are, in seconds.
    skew: float = 0.0
    seed: int = 1
    broken: str = ""
    longest: float = 400.0


@dataclass
class Report:
    """What became of the reminders."""

    tasks: int
    kills: int
    mornings: int
    seconds: float
    expected: int
    #: Rungs reached and nowhere on record, mails of sent rungs that do not exist.
    vanished: int
    #: Rungs recorded or told twice, mails in excess, second digests.
    doubled: int
    #: Rungs recorded before their instant.
    early: int
    #: Rungs sent though a later one was due too, or set aside though none was.
    misjudged: int
    outcomes: dict[str, int] = field(default_factory=dict)


def blow(url: str, folder: Path, storm: Storm) -> Report:
    """Build a town, let the storm blow over it, count what is left."""
    mornings = _mornings()
    town = build(
        url,
        folder,
        tasks=storm.tasks,
        seed=storm.seed,
        deadlines=_deadlines(town_days=mornings),
    )
    began = time.monotonic()
    lived = _Hand(url, folder, storm, town, mornings).lead()
    report = _count(url, storm, town, mornings, lived.early)
    report.kills = lived.kills
    report.seconds = round(time.monotonic() - began, 1)
    return report


def _mornings() -> list[date]:
    """The days when clocks run: around both changes of the hour, with three days out between."""
    spring = [date(2026, 3, 26), date(2026, 3, 27), date(2026, 3, 30), date(2026, 3, 31)]
    out = [date(2026, 4, 1), date(2026, 4, 2), date(2026, 4, 3)]
    autumn = [date(2026, 4, 7), date(2026, 10, 23), date(2026, 10, 26), date(2026, 10, 27)]
    assert not set(spring + autumn) & set(out)
    return spring + autumn


def _deadlines(town_days: list[date]) -> list[date]:
    """Deadlines whose rungs fall on the mornings, in the outage, and after the end."""
    near = [day + timedelta(days=n) for day in town_days for n in (-5, 0, 3)]
    return sorted({day for day in near if day > START.date()})


class _Hand:
    """Leads the storm: one morning after the other."""

    def __init__(
        self, url: str, folder: Path, storm: Storm, town: Town, mornings: list[date]
    ) -> None:
        self.url, self.storm, self.town, self.mornings = url, storm, town, mornings
        self.time = folder / "time"
        self.chance = random.Random(storm.seed)
        self.children: dict[int, int] = {}
        self.kills = self.early = self.born = 0
        self.meeting = _FORK.Barrier(storm.clocks)
        #: How many sweeps the clock of each machine ended.
        self.swept = _FORK.RawArray("L", storm.clocks)

    def lead(self) -> "_Hand":
        over = time.monotonic() + self.storm.longest
        a_morning = -(-self.storm.kills // len(self.mornings))
        for rank, day in enumerate(self.mornings):
            opening = at_hour(day, 8)
            self._be_at(opening - timedelta(seconds=_LOOK))
            while len(self.children) < self.storm.clocks:
                self._bear()
            if self._has_held_before(opening, over):
                self.early += self._seen_early(opening)
            self._be_at(opening - timedelta(seconds=_KILLS))
            self._kill(a_morning)
            if rank == len(self.mornings) // 2 and self.storm.paused:
                self._pause()
            while self._now() < opening or self._is_work_left():
                assert time.monotonic() < over, "the storm lasted too long"
                time.sleep(0.1)
                self._replace_the_dead()
            if rank == 3:  # then three days without any clock
                self._end()
        self._end()
        return self

    def _has_held_before(self, opening: datetime, over: float) -> bool:
        """Hold the time before the hour until each clock has swept; was the hour kept away?"""
        before = list(self.swept)
        while any(now < then + 2 for now, then in zip(self.swept, before, strict=True)):
            assert time.monotonic() < over, "a clock does not sweep"
            if self._now() >= opening:
                return False
            self._be_at(opening - timedelta(seconds=_LOOK))
            time.sleep(0.05)
        return self._now() < opening

    def _be_at(self, instant: datetime) -> None:
        """Move the virtual time there: an offset from the database's clock."""
        offset = (instant - _true_time(self.url)).total_seconds()
        draft = self.time.with_suffix(".new")
        draft.write_text(str(offset))
        draft.replace(self.time)

    def _bear(self) -> None:
        number = next(n for n in range(self.storm.clocks) if n not in self.children.values())
        skews = (self.storm.skew, 0.0, -self.storm.skew)
        fate = Fate(self.born < self.storm.clocks, self.meeting)
        self.born += 1
        pid = os.fork()
        if pid == 0:
            try:
                _set_machine(skews[number % 3])
                self._live(number, fate)
            finally:
                os._exit(1)
        self.children[pid] = number

    def _live(self, number: int, fate: Fate) -> None:
        """The life of one clock: the real sweeps, again and again, until it is killed."""
        mine = Clock(open_database(self.url), self.town.console, _POST, None)
        broken = self.storm.broken
        while True:
            now = _time_of(mine, broken) + timedelta(seconds=float(self.time.read_text()))
            if broken in BROKEN:
                BROKEN[broken](mine, now, fate)
            else:
                sweeps.sweep_reminders(mine, now)
            sweeps.sweep_digests(mine, now)
            self.swept[number] += 1
            time.sleep(0.01)

    def _kill(self, count: int) -> None:
        for _ in range(count):
            if self.kills == self.storm.kills:
                return
            time.sleep(self.chance.uniform(0.02, 0.25))
            victim = self.chance.choice(sorted(self.children))
            os.kill(victim, signal.SIGKILL)
            self._bury(victim)

    def _replace_the_dead(self) -> None:
        """Some kill themselves, at the moment that suits them."""
        for pid in list(self.children):
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
                self._bury(pid)

    def _bury(self, pid: int) -> None:
        _, status = os.waitpid(pid, 0)
        assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL, "a clock failed by itself"
        del self.children[pid]
        self.kills += 1
        self._bear()

    def _pause(self) -> None:
        """One clock stands still for a while, then goes on as if nothing had happened."""
        sleeper = min(self.children)
        os.kill(sleeper, signal.SIGSTOP)
        time.sleep(self.storm.paused)
        os.kill(sleeper, signal.SIGCONT)

    def _end(self) -> None:
        for pid in list(self.children):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            del self.children[pid]

    def _now(self) -> datetime:
        return _true_time(self.url) + timedelta(seconds=float(self.time.read_text()))

    def _is_work_left(self) -> bool:
        now, database = self._now(), open_database(self.url)
        with database.reading() as session:
            found = select(Task.id).where(Task.next_reminder_at <= now).limit(1)
            is_left = session.scalar(found) is not None
        database.dispose()
        return is_left

    def _seen_early(self, opening: datetime) -> int:
        """Rungs of eight o'clock that are on record a little before eight."""
        database = open_database(self.url)
        with database.reading() as session:
            count = session.scalar(
                select(func.count())
                .select_from(ReminderRecord)
                .where(ReminderRecord.at > opening - timedelta(hours=1))
            )
        database.dispose()
        return int(count or 0) if self._now() < opening else 0


def _true_time(url: str) -> datetime:
    database = open_database(url)
    with database.reading() as session:
        now = clock(session)
    database.dispose()
    return now


# ---------------------------------------------------------------- the clocks


def _set_machine(skew: float) -> None:
    """The clock of this machine is wrong by so many seconds."""

    class Skewed(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Skewed":
            there = datetime.fromtimestamp(time.time() + skew, tz)
            return cls.fromisoformat(there.isoformat())

    # The one place of the product that reads the clock of the machine.
    vars(database_room)["datetime"] = Skewed if skew else datetime


def _time_of(mine: Clock, broken: str) -> datetime:
    if broken == "own_clock":
        now: datetime = vars(database_room)["datetime"].now(UTC)
        return now
    return mine.now()


# ---------------------------------------------------------------- the count


def _count(url: str, storm: Storm, town: Town, mornings: list[date], early: int) -> Report:
    database = open_database(url)
    report = Report(storm.tasks, 0, len(mornings), 0.0, 0, 0, 0, early, 0)
    with database.reading() as session:
        for task, dossier in session.execute(
            select(Task, Dossier).join(Dossier).where(Task.due_on.is_not(None))
        ):
            _count_task(session, town, task, dossier, mornings, report)
        report.doubled += _digests_in_excess(session)
    database.dispose()
    return report


def _count_task(
    session: Session,
    town: Town,
    task: Task,
    dossier: Dossier,
    mornings: list[date],
    report: Report,
) -> None:
    pack = town.pack_of(session, dossier.definition_id)
    ladder = pack.ladder(task.step, dossier.scheme, town.console.ladders)
    assert ladder is not None
    assert task.due_on is not None
    groups: dict[date, list[str]] = {}
    for rung, at in schedule(ladder, deadline=task.due_on):
        if at > START:
            told_on = next((day for day in mornings if at_hour(day, 8) >= at), None)
            if told_on is not None:
                groups.setdefault(told_on, []).append(rung.key)
    wanted = {key: "superseded" for group in groups.values() for key in group[:-1]}
    wanted |= {group[-1]: "sent" for group in groups.values()}
    records = session.execute(
        select(ReminderRecord.rung, ReminderRecord.outcome).where(
            ReminderRecord.task_id == task.id
        )
    ).all()
    found = {row.rung: row.outcome for row in records}
    report.outcomes = dict(Counter(report.outcomes) + Counter(found.values()))
    told = session.scalars(
        select(JournalEntry.body).where(
            JournalEntry.dossier_id == dossier.id, JournalEntry.kind == "reminded"
        )
    ).all()
    mails = session.scalar(
        select(func.count()).select_from(Mail).where(Mail.task_id == task.id)
    )
    sent = sum(outcome == "sent" for outcome in found.values())
    report.expected += len(wanted)
    report.vanished += len(set(wanted) - set(found)) + max(0, sent - int(mails or 0))
    report.doubled += len(records) - len(found) + max(0, len(told) - sent)
    report.doubled += max(0, int(mails or 0) - sent)
    report.misjudged += sum(found[key] != wanted[key] for key in set(wanted) & set(found))
    report.early += len(set(found) - set(wanted))


def _digests_in_excess(session: Session) -> int:
    """Digests planned beyond one a person, kind and day."""
    mails = session.scalar(
        select(func.count()).select_from(Mail).where(Mail.template.startswith("digest"))
    )
    rows = session.scalar(
        select(func.count()).select_from(Digest).where(Digest.outcome == "planned")
    )
    return max(0, int(mails or 0) - int(rows or 0))


def main() -> None:
    """Run one storm, print what became of the reminders."""
    url, folder, wanted = sys.argv[1:4]
    report = blow(url, Path(folder), Storm(**json.loads(wanted)))
    sys.stdout.write(json.dumps(asdict(report)) + "\n")


if __name__ == "__main__":
    main()
