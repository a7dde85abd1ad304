"""Which reminders are due? One row per open task says when the next one is; the clock claims it.

The latest rung reached is sent, the earlier ones are recorded as superseded, the next is planned:
one transaction, under the dossier's lock, so that a task completed meanwhile is never chased.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, cast
from uuid import UUID, uuid4

from sqlalchemy import Table, and_, bindparam, exists, select, update
from sqlalchemy.orm import Session

from app.actions import hold as holds
from app.actions.journal import Entry, record
from app.catalogue.pack import Pack
from app.database import insert_once
from app.domain.actor import SYSTEM
from app.domain.civil import civil_day
from app.domain.events import EventKind
from app.domain.ladder import (
    Ladder,
    Reached,
    Rung,
    due_since,
    next_rung,
    reached_rungs,
    schedule,
)
from app.domain.legal_clock.reckoning import ClockState
from app.domain.permissions import Role
from app.domain.status import TaskStatus
from app.domain.working_days import FRANCE, WorkingCalendar
from app.models.dossier import Dossier
from app.models.outbox import ReminderRecord
from app.models.process import DossierProcess, Incident, ProcessStatus
from app.models.task import Task
from app.queries.legal_clocks import clocks_of, state_of
from notifications.audience import audience
from notifications.context import PackOf
from notifications.emails import Planned, plan, reminder_key

_TASKS = cast(Table, Task.__table__)
_RECORDS = cast(Table, ReminderRecord.__table__)
_TASK_AND_DOSSIER = (
    select(Task, Dossier)
    .join(Dossier, Dossier.id == Task.dossier_id)
    .where(Task.id == bindparam("task_id"))
    .execution_options(populate_existing=True)
)
_RECORDED = select(_RECORDS.c.id).where(
    _RECORDS.c.task_id == bindparam("task_id"),
    _RECORDS.c.rung == bindparam("rung"),
    _RECORDS.c.deadline == bindparam("deadline"),
)
_NEXT = update(_TASKS).where(_TASKS.c.id == bindparam("of_task"))
#: What a rung becomes, in `ReminderRecord.outcome`.
SENT, SUPERSEDED, CANCELLED = "sent", "superseded", "cancelled"
SUSPENDED = "le délai « {delay} » est suspendu"
NOBODY = "personne à qui écrire : aucun compte actif n’a ce rôle"
#: While an incident of this kind is open on a dossier, its reminders wait.
INCIDENT = "reminder"


@dataclass(frozen=True)
class Rules:
    """What reminders depend on besides the rows."""

    ladders: Mapping[str, Ladder]
    pack_of: PackOf
    domain: str
    calendar: WorkingCalendar = FRANCE


class Due(NamedTuple):
    """A task whose next reminder is due, and since when."""

    task_id: UUID
    at: datetime


def due_tasks(
    session: Session,
    *,
    now: datetime,
    calendar: WorkingCalendar = FRANCE,
    limit: int = 200,
) -> list[Due]:
    """Open tasks whose next reminder is due, the oldest first.

    Dossiers stopped by an incident wait; so does what an outage made late, until the office opens.
    """
    since = due_since(now, calendar)
    set_aside = exists().where(
        and_(
            Incident.dossier_id == Task.dossier_id,
            Incident.kind == INCIDENT,
            Incident.resolved_at.is_(None),
        )
    )
    rows = session.execute(
        select(Task.id, Task.next_reminder_at)
        .join(DossierProcess, DossierProcess.dossier_id == Task.dossier_id)
        .where(
            Task.next_reminder_at <= now,
            *([Task.next_reminder_at > since] if since is not None else []),
            DossierProcess.status == ProcessStatus.RUNNING,
            ~set_aside,
        )
        .order_by(Task.next_reminder_at, Task.id)
        .limit(limit)
    )
    return [Due(task_id, at) for task_id, at in rows if at is not None]


def remind(session: Session, rules: Rules, task_id: UUID, *, now: datetime) -> int:
    """Do what the clock owes one task; how many mails were planned.

    Zero when there is nothing to do any more: another clock did it, the task is done, its
    deadline moved.
    """
    hold = holds.take_by_task(session, task_id)
    hold.refuse_suspended()
    task, dossier = session.execute(_TASK_AND_DOSSIER, {"task_id": task_id}).one()
    if task.next_reminder_at is None or task.next_reminder_at > now:
        return 0
    pack = rules.pack_of(session, dossier.definition_id)
    ladder = pack.ladder(task.step, dossier.scheme, rules.ladders)
    if ladder is None or task.due_on is None or task.status is not TaskStatus.OPEN:
        _plan_next(session, task, None)
        return 0
    dues = schedule(ladder, deadline=task.due_on, calendar=rules.calendar)
    reached = reached_rungs(dues, since=task.next_reminder_at, now=now)
    planned = 0
    if reached is not None and not _is_recorded(session, task, reached.send):
        stopped = None if ladder.while_stopped else _stopped_by(session, pack, task, now=now)
        if stopped is None:
            planned = _send(session, rules, dossier, task, reached.send, now=now)
        _record(session, task, reached, planned, stopped, now=now)
        body = {
            "rung": reached.send.key,
            "mail": reached.send.mail,
            "superseded": [rung.key for rung in reached.superseded],
            "recipients": planned,
        }
        entry = Entry(EventKind.REMINDED, step=task.step, task_id=task.id, body=body)
        record(session, hold, SYSTEM, entry, now=now)
    following = next_rung(ladder, deadline=task.due_on, after=now, calendar=rules.calendar)
    _plan_next(session, task, following)
    return planned


def _is_recorded(session: Session, task: Task, rung: Rung) -> bool:
    named = {"task_id": task.id, "rung": rung.key, "deadline": task.due_on}
    return session.connection().execute(_RECORDED, named).first() is not None


def _stopped_by(session: Session, pack: Pack, task: Task, *, now: datetime) -> str | None:
    """The delay of the service that does not run today, and with it the service's reminders."""
    if task.role is Role.APPLICANT:
        return None
    ours = {one.key: str(one.title) for one in pack.clocks if one.whose == "administration"}
    return next(
        (
            ours[clock.clock]
            for clock in clocks_of(session, task.dossier_id)
            if clock.clock in ours and state_of(clock, civil_day(now)) is ClockState.SUSPENDED
        ),
        None,
    )


def _record(
    session: Session,
    task: Task,
    reached: Reached,
    planned: int,
    stopped: str | None,
    *,
    now: datetime,
) -> None:
    """Write what becomes of each rung reached."""
    for rung in reached.superseded:
        _record_one(session, task, rung, Outcome(SUPERSEDED), now)
    outcome = Outcome(SENT) if planned else Outcome(CANCELLED, NOBODY)
    if stopped is not None:
        outcome = Outcome(CANCELLED, SUSPENDED.format(delay=stopped)[:300])
    _record_one(session, task, reached.send, outcome, now)


@dataclass(frozen=True)
class Outcome:
    """What became of a rung, and why when it was cancelled."""

    what: str
    why: str | None = None


def _record_one(
    session: Session, task: Task, rung: Rung, outcome: Outcome, now: datetime
) -> None:
    row = {
        "id": uuid4(),
        "task_id": task.id,
        "rung": rung.key,
        "deadline": task.due_on,
        "outcome": outcome.what,
        "why": outcome.why,
        "at": now,
    }
    insert_once(session, _RECORDS, row)


def _send(
    session: Session, rules: Rules, dossier: Dossier, task: Task, rung: Rung, *, now: datetime
) -> int:
    assert task.due_on is not None  # noqa: S101 - checked by the caller
    context = {
        "at": now.isoformat(),
        "due_on": task.due_on.isoformat(),
        "rung": {"key": rung.key, "days": rung.days, "months": rung.months},
    }
    return sum(
        plan(
            session,
            Planned(
                key=reminder_key(task.id, rung.key, task.due_on, to),
                template=rung.mail,
                to=to,
                dossier_id=dossier.id,
                task_id=task.id,
                context=context,
                audiences=rung.to,
                digest=rung.digest,
            ),
            domain=rules.domain,
            now=now,
        )
        for to in audience(session, rung.to, dossier, [task], on=civil_day(now))
    )


def _plan_next(session: Session, task: Task, following: tuple[Rung, datetime] | None) -> None:
    values = {
        "of_task": task.id,
        "next_rung": following[0].key if following else None,
        "next_reminder_at": following[1] if following else None,
    }
    session.connection().execute(_NEXT, values)
