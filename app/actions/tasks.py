"""What may be done to a task without completing it? Claim it, give it back, give it, draft its form."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.actions import hold as holds
from app.actions.hold import Hold
from app.actions.journal import Entry, record
from app.actions.open_tasks import OpenTask
from app.domain.actor import Actor
from app.domain.civil import french_instant
from app.domain.errors import (
    NotAllowed,
    NotFound,
    TaskAlreadyDone,
    TaskCancelled,
    TaskHeldByOther,
)
from app.domain.events import EventKind
from app.domain.permissions import Permission, Role
from app.domain.status import TaskStatus
from app.models.base import table_of
from app.models.dossier import Dossier, Draft
from app.models.people import Person
from app.models.task import Task

_TASKS = table_of(Task)


def claim(session: Session, actor: Actor, task_id: UUID, *, now: datetime) -> None:
    """Take a task for oneself. Refuses TaskHeldByOther, TaskAlreadyDone, NotAllowed."""
    hold, task = _held(session, task_id)
    _check_may_work(session, actor, task)
    if task.assignee_id == actor.person_id:
        return
    changed = session.connection().execute(
        update(_TASKS)
        .where(_TASKS.c.id == task_id, _TASKS.c.assignee_id.is_(None))
        .values(assignee_id=actor.person_id, claimed_at=now, revision=_TASKS.c.revision + 1)
    )
    if changed.rowcount != 1:
        raise TaskHeldByOther(by=name_of(session, task.assignee_id))
    _remember_officer(session, task, actor.person_id)
    _write(session, hold, actor, task, EventKind.CLAIMED, now=now)


def release(session: Session, actor: Actor, task_id: UUID, *, now: datetime) -> None:
    """Give one's task back to its group; who may assign tasks may free anybody's."""
    hold, task = _held(session, task_id)
    is_mine = task.assignee_id == actor.person_id
    if task.is_personal or not (is_mine or actor.may(Permission.ASSIGN_TASKS)):
        raise NotAllowed
    session.execute(
        update(_TASKS)
        .where(_TASKS.c.id == task_id)
        .values(assignee_id=None, claimed_at=None, revision=_TASKS.c.revision + 1)
    )
    _write(session, hold, actor, task, EventKind.RELEASED, now=now)


def assign(
    session: Session, actor: Actor, task_id: UUID, person_id: UUID, *, now: datetime
) -> None:
    """Give a task to a person who has its role."""
    if not actor.may(Permission.ASSIGN_TASKS):
        raise NotAllowed
    hold, task = _held(session, task_id)
    person = session.get(Person, person_id)
    if (
        person is None
        or task.is_personal
        or task.role not in {one.role for one in person.roles}
    ):
        raise NotAllowed
    session.execute(
        update(_TASKS)
        .where(_TASKS.c.id == task_id)
        .values(assignee_id=person_id, claimed_at=now, revision=_TASKS.c.revision + 1)
    )
    _remember_officer(session, task, person_id)
    _write(session, hold, actor, task, EventKind.ASSIGNED, now=now, to=person.name)


def save_draft(
    session: Session, actor: Actor, task_id: UUID, data: Mapping[str, Any], *, now: datetime
) -> datetime:
    """Keep what somebody is typing in a task's form; the instant it was saved."""
    task = session.get(Task, task_id)
    if task is None or actor.person_id is None:
        raise NotFound
    _check_may_work(session, actor, task)
    keep_draft(session, task.dossier_id, task.step, actor.person_id, data, now=now)
    return now


def keep_draft(
    session: Session,
    dossier_id: UUID,
    step: str,
    person_id: UUID,
    data: Mapping[str, Any],
    *,
    now: datetime,
) -> None:
    """Write or rewrite one draft."""
    draft = session.get(Draft, (dossier_id, step, person_id))
    if draft is None:
        session.add(
            Draft(
                dossier_id=dossier_id,
                step=step,
                person_id=person_id,
                data=dict(data),
                saved_at=now,
            )
        )
    else:
        draft.data = dict(data)
        draft.saved_at = now


def may_work(actor: Actor, task: Task | OpenTask, dossier: Dossier) -> bool:
    """Has the actor the task's role, and is it theirs to do?"""
    if task.role is Role.APPLICANT:
        return dossier.organisation_id in actor.writable_ids
    if task.is_personal:
        return actor.acts_as(task.assignee_id) and task.role in actor.roles
    return task.role in actor.roles


def is_held_by_other(actor: Actor, task: Task | OpenTask) -> bool:
    """Did somebody else take the task, for whom the actor does not stand in?"""
    if task.role is Role.APPLICANT or task.assignee_id is None:
        return False
    return not actor.acts_as(task.assignee_id)


def _check_may_work(session: Session, actor: Actor, task: Task) -> None:
    if not may_work(actor, task, session.get_one(Dossier, task.dossier_id)):
        raise NotAllowed


def _held(session: Session, task_id: UUID) -> tuple[Hold, Task]:
    """The open task, after its dossier was held. Refuses NotFound, TaskAlreadyDone…"""
    hold = holds.take_by_task(session, task_id)
    hold.refuse_suspended()
    task = session.get_one(Task, task_id, populate_existing=True)
    check_open(session, task)
    return hold, task


def check_open(session: Session, task: Task) -> None:
    """Refuses TaskAlreadyDone, with who and when, and TaskCancelled."""
    if task.status is TaskStatus.DONE:
        raise TaskAlreadyDone(by=name_of(session, task.done_by_id), at=_when(task.done_at))
    if task.status is TaskStatus.CANCELLED:
        raise TaskCancelled


def _remember_officer(session: Session, task: Task, person_id: UUID | None) -> None:
    """The officer at work on a dossier is its officer."""
    if task.role is Role.OFFICER and person_id is not None:
        session.execute(
            update(table_of(Dossier))
            .where(table_of(Dossier).c.id == task.dossier_id)
            .values(officer_id=person_id)
        )


def _write(
    session: Session,
    hold: Hold,
    actor: Actor,
    task: Task,
    kind: EventKind,
    *,
    now: datetime,
    to: str = "",
) -> None:
    personal = {"actor": actor.name, **({"to": to} if to else {})}
    entry = Entry(kind, step=task.step, task_id=task.id, personal=personal)
    record(session, hold, actor, entry, now=now)


def name_of(session: Session, person_id: UUID | None) -> str:
    """The name of a person in the sentence of a refusal."""
    if person_id is None:
        return "Une autre personne"
    return (
        session.scalar(select(Person.name).where(Person.id == person_id))
        or "Une autre personne"
    )


def _when(at: datetime | None) -> str:
    return french_instant(at) if at else ""
