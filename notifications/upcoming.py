"""What is the next reminder of a task, and what became of the others? Told on the page of the task."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.console import Console
from app.catalogue.pack import Pack
from app.domain.civil import civil_day
from app.domain.ladder import Rung, opening, schedule
from app.domain.status import TaskStatus
from app.models.dossier import Dossier
from app.models.outbox import ReminderRecord
from app.models.people import Person
from app.models.task import Task
from notifications.audience import audience
from notifications.emails import Recipient

#: What a rung of a ladder is: what its record says, or one of these two.
PLANNED, PAST = "planned", "past"


@dataclass(frozen=True)
class Step:
    """One rung of the ladder of a task."""

    rung: Rung
    at: datetime
    #: `planned`, `past` (before the task was opened), `sent`, `superseded` or `cancelled`.
    outcome: str
    why: str = ""


@dataclass(frozen=True)
class Upcoming:
    """The ladder of a task as it stands: the next reminder, to whom as of today, and all rungs."""

    following: Step | None
    #: Names of those who would receive it today; the organisation's when it goes to an applicant.
    to: Sequence[str]
    steps: Sequence[Step]


def upcoming(
    session: Session, console: Console, pack: Pack, task: Task, *, now: datetime
) -> Upcoming | None:
    """The reminders of an open task; None when it has none."""
    ladder = pack.ladder(task.step, task.dossier.scheme, console.ladders)
    if ladder is None or task.due_on is None or task.status is not TaskStatus.OPEN:
        return None
    known = _records(session, task)
    steps = [
        _step(rung, at, known.get(rung.key), task)
        for rung, at in schedule(ladder, deadline=task.due_on, calendar=console.calendar)
    ]
    following = _following(steps, task, console, now)
    to = _names(session, task.dossier, task, following.rung, now) if following else []
    return Upcoming(following, to, _with(following, steps))


def _with(following: Step | None, steps: Sequence[Step]) -> Sequence[Step]:
    """All rungs, the next reminder among them at its own instant, even when it is late."""
    if following is None:
        return steps
    others = [
        one for one in steps if one.outcome != PLANNED or one.rung.key != following.rung.key
    ]
    return sorted([*others, following], key=lambda one: one.at)


def _following(
    steps: Sequence[Step], task: Task, console: Console, now: datetime
) -> Step | None:
    """The rung planned; when an outage made it late, the last one reached, at the next opening."""
    planned = next((one for one in steps if one.rung.key == task.next_rung), None)
    if planned is None or planned.at > now:
        return planned
    reached = [one for one in steps if one.outcome == PLANNED and one.at <= now]
    last = reached[-1] if reached else planned
    return replace(last, at=opening(now, console.calendar), outcome=PLANNED)


def _records(session: Session, task: Task) -> Mapping[str, ReminderRecord]:
    rows = session.scalars(
        select(ReminderRecord).where(
            ReminderRecord.task_id == task.id, ReminderRecord.deadline == task.due_on
        )
    )
    return {row.rung: row for row in rows}


def _step(rung: Rung, at: datetime, record: ReminderRecord | None, task: Task) -> Step:
    if record is not None:
        return Step(rung, record.at, record.outcome, record.why or "")
    is_ahead = task.next_reminder_at is not None and at >= task.next_reminder_at
    return Step(rung, at, PLANNED if is_ahead else PAST)


def _names(
    session: Session, dossier: Dossier, task: Task, rung: Rung, now: datetime
) -> list[str]:
    found = audience(session, rung.to, dossier, [task], on=civil_day(now))
    return list(dict.fromkeys(_name(session, dossier, one) for one in found))


def _name(session: Session, dossier: Dossier, to: Recipient) -> str:
    person = session.get(Person, to.person_id) if to.person_id else None
    if person is None or any(
        one.organisation_id == dossier.organisation_id for one in person.memberships
    ):
        return dossier.organisation.name
    return person.name
