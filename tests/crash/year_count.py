"""What became of the reminders and digests of a year? Task by task, against what was owed.

What was owed is found again from deadlines and ladders, day by day, without the product's own
schedule; what is on record is read row by row: records of rungs, mails, digests.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.civil import civil_day
from app.domain.ladder import Ladder
from app.domain.mailing import DigestKind, DigestOutcome
from app.domain.permissions import GRANTS, Permission, Role
from app.domain.status import TaskStatus
from app.domain.working_days import FRANCE, at_hour
from app.models.digest import Digest
from app.models.dossier import Dossier
from app.models.outbox import Mail, ReminderRecord
from app.models.people import Person, PersonRole
from app.models.task import Task
from tests.crash.clock_town import Town

_DAY = timedelta(days=1)
#: The clock of the year looks this long after eight.
LOOKS = timedelta(seconds=1)
_FIRST_FAULTS = 8


@dataclass
class Verdict:
    """What became of the year; every count from `vanished` on must be zero."""

    dossiers: int = 0
    seconds: int = 0
    mornings: int = 0
    tasks: int = 0
    done: int = 0
    #: Tasks that a timer took away before they were done.
    cancelled: int = 0
    #: Rungs owed, and what became of them.
    expected: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    #: Mails of reminders, mails of digests.
    reminders: int = 0
    digests: int = 0
    digest_outcomes: Counter[str] = field(default_factory=Counter)
    #: Rungs owed and nowhere on record; rungs sent that nobody received.
    vanished: int = 0
    #: Rungs on record twice; mails of one rung twice to the same person.
    doubled: int = 0
    #: Rungs sent though a later one was due too, or set aside though none was.
    misjudged: int = 0
    #: Rungs on record, or mails, that were not owed.
    unowed: int = 0
    #: Rungs recorded, or mails planned, once their task was done or taken away.
    after_completion: int = 0
    #: Digests beyond one a person and civil day, whatever their kind.
    digests_in_excess: int = 0
    #: Mornings of somebody who has tasks without a word on their digest.
    digests_missing: int = 0
    faults: list[str] = field(default_factory=list)

    def blame(self, kind: str, sentence: str, number: int = 1) -> None:
        """Count faults; the first ones are told."""
        setattr(self, kind, getattr(self, kind) + number)
        if number and len(self.faults) < _FIRST_FAULTS:
            self.faults.append(f"{kind}: {sentence}")


class _Told(NamedTuple):
    """A rung on record: its outcome; or a mail of it: who it goes to."""

    rung: str
    deadline: date
    what: str
    at: datetime


def count(
    session: Session, town: Town, *, lived: Sequence[date], missed: Sequence[date]
) -> Verdict:
    """Compare what is on record with what a clock that looked on the `lived` mornings owed."""
    verdict = Verdict(mornings=len(lived))
    records, mails = _records(session), _mails(session)
    for row in _tasks(session):
        pack = town.pack_of(session, row.definition_id)
        ladder = pack.ladder(row.step, row.scheme, town.console.ladders)
        owed = _owed(ladder, row, lived) if ladder is not None else {}
        verdict.tasks += 1
        verdict.done += row.status is TaskStatus.DONE
        verdict.cancelled += row.status is TaskStatus.CANCELLED
        verdict.expected += len(owed)
        told, written = records.pop(row.id, []), mails.pop(row.id, [])
        _judge(verdict, row, owed, told, written)
    for task_id in {*records, *mails}:
        verdict.blame("unowed", f"task {task_id} has no deadline and was chased")
    _judge_digests(session, verdict, lived, missed)
    return verdict


def _tasks(session: Session) -> Any:
    return session.execute(
        select(
            Task.id,
            Task.step,
            Task.status,
            Task.due_on,
            Task.due_since,
            Task.done_at,
            Dossier.scheme,
            Dossier.definition_id,
        )
        .join(Dossier)
        .where(Task.due_on.is_not(None))
    )


def _records(session: Session) -> dict[UUID, list[_Told]]:
    found: dict[UUID, list[_Told]] = defaultdict(list)
    rows = session.execute(
        select(
            ReminderRecord.task_id,
            ReminderRecord.rung,
            ReminderRecord.deadline,
            ReminderRecord.outcome,
            ReminderRecord.at,
        )
    )
    for row in rows:
        found[row.task_id].append(_Told(row.rung, row.deadline, row.outcome, row.at))
    return found


def _mails(session: Session) -> dict[UUID, list[_Told]]:
    """The mails of reminders, whatever their keys say."""
    found: dict[UUID, list[_Told]] = defaultdict(list)
    for row in session.execute(
        select(Mail.task_id, Mail.person_id, Mail.address, Mail.context, Mail.created_at).where(
            Mail.key.startswith("reminder:")
        )
    ):
        rung, deadline = row.context["rung"]["key"], date.fromisoformat(row.context["due_on"])
        to = str(row.person_id or row.address)
        found[row.task_id].append(_Told(rung, deadline, to, row.created_at))
    return found


def _owed(ladder: Ladder, task: Any, lived: Sequence[date]) -> dict[str, str]:
    """The rungs reached while the task was open, by mornings: the last is sent, the others set aside."""
    mornings: dict[date, list[tuple[date, int, str]]] = defaultdict(list)
    for place, (key, day) in enumerate(_rungs(ladder, task.due_on)):
        rank = bisect_left(lived, day)
        if rank == len(lived) or not task.due_since < at_hour(day, 8):
            continue
        if task.done_at is None or at_hour(lived[rank], 8) + LOOKS < task.done_at:
            mornings[lived[rank]].append((day, place, key))
    owed: dict[str, str] = {}
    for rungs in mornings.values():
        *gone, (_, _, last) = sorted(rungs)
        owed |= {key: "superseded" for _, _, key in gone} | {last: "sent"}
    return owed


def _rungs(ladder: Ladder, deadline: date) -> Iterator[tuple[str, date]]:
    """Each rung and its worked day: before the deadline it moves back, after it forward."""
    for rung in ladder.rungs:
        assert not rung.months, "the ladders of the year count days"
        day = deadline + rung.days * _DAY
        while not FRANCE.is_working(day):
            day += _DAY if rung.days > 0 else -_DAY
        yield rung.key, day


def _judge(
    verdict: Verdict,
    task: Any,
    owed: dict[str, str],
    told: list[_Told],
    mails: list[_Told],
) -> None:
    """Compare one task's records and mails with what was owed."""
    name = f"{task.step} {task.id}, due {task.due_on}, done {task.done_at}"
    found = {one.rung: one.what for one in told if one.deadline == task.due_on}
    verdict.outcomes += Counter(one.what for one in told)
    verdict.reminders += len(mails)
    verdict.blame("doubled", f"{name}: {told}", len(told) - len(set(told)))
    verdict.blame("vanished", f"{name}: {found} for {owed}", len(owed.keys() - found.keys()))
    verdict.blame("unowed", f"{name}: {told} for {owed}", len(told) - len(owed.keys() & found))
    wrong = [key for key in owed.keys() & found.keys() if owed[key] != found[key]]
    verdict.blame("misjudged", f"{name}: {found} for {owed}", len(wrong))
    sent = {key for key, what in owed.items() if what == "sent"}
    copies = Counter((one.rung, one.deadline, one.what) for one in mails)
    verdict.blame("doubled", f"{name}: {mails}", len(mails) - len(copies))
    reached = {one.rung for one in mails}
    verdict.blame("vanished", f"{name}: mails {reached} for {sent}", len(sent - reached))
    verdict.blame("unowed", f"{name}: mails {reached} for {sent}", len(reached - sent))
    if task.done_at is not None:
        late = [one for one in (*told, *mails) if one.at >= task.done_at]
        verdict.blame("after_completion", f"{name}: {late}", len(late))


def _judge_digests(
    session: Session, verdict: Verdict, lived: Sequence[date], missed: Sequence[date]
) -> None:
    """One mail at most a person and civil day; one row a person with tasks and morning."""
    mails = session.execute(
        select(Mail.person_id, Mail.created_at).where(Mail.template.startswith("digest"))
    )
    days = Counter((row.person_id, civil_day(row.created_at)) for row in mails)
    verdict.digests = days.total()
    for (person, day), number in days.items():
        verdict.blame("digests_in_excess", f"{number} for {person} on {day}", number - 1)
    rows = {
        (row.person_id, row.day): row.outcome
        for row in session.execute(
            select(Digest.person_id, Digest.day, Digest.outcome).where(
                Digest.kind == DigestKind.DAILY
            )
        )
    }
    verdict.digest_outcomes = Counter(str(what) for what in rows.values())
    for person in _with_tasks(session):
        for day in lived:
            outcome = rows.get((person, day))
            if outcome in (None, DigestOutcome.SUPERSEDED):
                verdict.blame("digests_missing", f"{person} on {day}: {outcome}")
        for day in missed:
            if FRANCE.is_working(day) and rows.get((person, day)) != DigestOutcome.SUPERSEDED:
                verdict.blame("digests_missing", f"{person} on {day}, without any clock")
    planned = session.scalar(
        select(func.count()).select_from(Digest).where(Digest.outcome == DigestOutcome.PLANNED)
    )
    if planned != verdict.digests:
        verdict.blame("digests_in_excess", f"{verdict.digests} mails, {planned} rows")


def _with_tasks(session: Session) -> Sequence[UUID]:
    roles = [role for role in Role if Permission.WORK_TASKS in GRANTS[role]]
    return session.scalars(
        select(Person.id).join(PersonRole).where(PersonRole.role.in_(roles)).distinct()
    ).all()
