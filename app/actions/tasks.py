"""What may be done to a task? Claim it, give it back, give it to somebody, complete it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from app.actions import hold as holds
from app.actions import pieces
from app.actions.console import Console
from app.actions.effects.registry import JOBS, TASKS
from app.actions.journal import Entry, canonical, record
from app.actions.move import begin, finish
from app.actions.movement import Move
from app.catalogue.forms import Submission
from app.domain.actor import Actor
from app.domain.civil import french_instant
from app.domain.errors import (
    DossierChanged,
    FourEyes,
    KeyReused,
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
from app.models.dossier import Answer, Dossier, Draft
from app.models.people import Person
from app.models.task import Completion, Task

_TASKS = table_of(Task)


@dataclass(frozen=True)
class Sent:
    """How a form came back: its key, and the revision of the task the person saw."""

    key: str
    seen: int | None = None


@dataclass(frozen=True)
class Completed:
    """What a completion answers: where it is in the journal, and whether it was new."""

    dossier_id: UUID
    task_id: UUID
    seq: int
    is_repeat: bool = False


def claim(session: Session, actor: Actor, task_id: UUID, *, now: datetime) -> None:
    """Take a task for oneself. Refuses TaskHeldByOther, TaskAlreadyDone, NotAllowed."""
    task = _locked(session, task_id)
    _check_may_work(session, actor, task)
    if task.assignee_id == actor.person_id:
        return
    changed = session.connection().execute(
        update(_TASKS)
        .where(_TASKS.c.id == task_id, _TASKS.c.assignee_id.is_(None))
        .values(assignee_id=actor.person_id, claimed_at=now, revision=_TASKS.c.revision + 1)
    )
    if changed.rowcount != 1:
        raise TaskHeldByOther(by=_name(session, task.assignee_id))
    _remember_officer(session, task, actor.person_id)
    _write(session, actor, task, EventKind.CLAIMED, now=now)


def release(session: Session, actor: Actor, task_id: UUID, *, now: datetime) -> None:
    """Give one's task back to its group; who may assign tasks may free anybody's."""
    task = _locked(session, task_id)
    is_mine = task.assignee_id == actor.person_id
    if task.is_personal or not (is_mine or actor.may(Permission.ASSIGN_TASKS)):
        raise NotAllowed
    session.execute(
        update(_TASKS)
        .where(_TASKS.c.id == task_id)
        .values(assignee_id=None, claimed_at=None, revision=_TASKS.c.revision + 1)
    )
    _write(session, actor, task, EventKind.RELEASED, now=now)


def assign(
    session: Session, actor: Actor, task_id: UUID, person_id: UUID, *, now: datetime
) -> None:
    """Give a task to a person who has its role."""
    if not actor.may(Permission.ASSIGN_TASKS):
        raise NotAllowed
    task = _locked(session, task_id)
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
    _write(session, actor, task, EventKind.ASSIGNED, now=now, to=person.name)


def complete(
    session: Session,
    console: Console,
    actor: Actor,
    task_id: UUID,
    submission: Submission,
    *,
    sent: Sent,
    now: datetime,
) -> Completed:
    """Complete a task: its answers, its effect, the engine's step, the journal, in one go.

    The same key with the same content answers what was answered the first time. Refuses
    KeyReused, TaskAlreadyDone (with who and when), TaskCancelled, TaskHeldByOther,
    DossierChanged, FourEyes, NotAllowed.
    """
    content = hashlib.sha256(canonical(submission.answers)).hexdigest()
    repeat = _already(session, task_id, sent.key, content)
    if repeat is not None:
        return repeat
    dossier_id = session.scalar(select(Task.dossier_id).where(Task.id == task_id))
    if dossier_id is None:
        raise NotFound
    move = begin(session, console, actor, dossier_id, now=now)
    repeat = _already(
        session, task_id, sent.key, content
    )  # the racer may have been our own retry
    if repeat is not None:
        return repeat
    task = session.get_one(Task, task_id, populate_existing=True)
    _check_completable(session, actor, task, sent, move)
    _mark_done(session, actor, task, now=now)
    _keep(session, actor, task, submission.answers, now=now)
    variables = _apply(move, task, submission)
    move.run.complete(task.token, variables)
    entry = Entry(
        EventKind.COMPLETED,
        step=task.step,
        task_id=task.id,
        body={"round": task.round, "outcome": submission.variables, "answers_sha256": content},
        personal={"actor": actor.name},
    )
    seq, _ = finish(move, entry, JOBS)
    session.execute(
        insert(table_of(Completion)),
        [
            {
                "task_id": task.id,
                "dossier_id": dossier_id,
                "step": task.step,
                "round": task.round,
                "key": sent.key,
                "content_hash": content,
                "by_id": actor.person_id,
                "at": now,
                "seq": seq,
            }
        ],
    )
    return Completed(dossier_id, task.id, seq)


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


def may_work(actor: Actor, task: Task, dossier: Dossier) -> bool:
    """Has the actor the task's role, and is it theirs to do?"""
    if task.role is Role.APPLICANT:
        return dossier.organisation_id in actor.writable_ids
    if task.is_personal:
        return task.assignee_id == actor.person_id
    return task.role in actor.roles


def _check_may_work(session: Session, actor: Actor, task: Task) -> None:
    if not may_work(actor, task, session.get_one(Dossier, task.dossier_id)):
        raise NotAllowed


def _locked(session: Session, task_id: UUID) -> Task:
    """The open task, after its dossier was locked. Refuses NotFound, TaskAlreadyDone…"""
    dossier_id = session.scalar(select(Task.dossier_id).where(Task.id == task_id))
    if dossier_id is None:
        raise NotFound
    holds.take(session, dossier_id)
    task = session.get_one(Task, task_id, populate_existing=True)
    _check_open(session, task)
    return task


def _check_open(session: Session, task: Task) -> None:
    if task.status is TaskStatus.DONE:
        raise TaskAlreadyDone(by=_name(session, task.done_by_id), at=_when(task.done_at))
    if task.status is TaskStatus.CANCELLED:
        raise TaskCancelled


def _check_completable(
    session: Session, actor: Actor, task: Task, sent: Sent, move: Move
) -> None:
    _check_open(session, task)
    if not may_work(actor, task, move.dossier):
        raise NotAllowed
    if task.role is not Role.APPLICANT and task.assignee_id not in {None, actor.person_id}:
        raise TaskHeldByOther(by=_name(session, task.assignee_id))
    if sent.seen is not None and sent.seen != task.revision and task.assignee_id is None:
        raise DossierChanged
    for step in move.type.pack.step(task.step).four_eyes:
        last = session.scalar(
            select(Completion.by_id)
            .where(Completion.dossier_id == task.dossier_id, Completion.step == step)
            .order_by(Completion.round.desc())
            .limit(1)
        )
        if last is not None and last == actor.person_id:
            raise FourEyes(step=move.type.pack.step(step).title.fr)


def _already(session: Session, task_id: UUID, key: str, content: str) -> Completed | None:
    found = session.execute(
        select(
            Completion.task_id, Completion.dossier_id, Completion.seq, Completion.content_hash
        ).where(Completion.key == key)
    ).one_or_none()
    if found is None:
        return None
    if found.task_id != task_id or found.content_hash != content:
        raise KeyReused
    return Completed(found.dossier_id, found.task_id, found.seq, is_repeat=True)


def _mark_done(session: Session, actor: Actor, task: Task, *, now: datetime) -> None:
    changed = session.connection().execute(
        update(_TASKS)
        .where(_TASKS.c.id == task.id, _TASKS.c.status == TaskStatus.OPEN)
        .values(
            status=TaskStatus.DONE,
            done_at=now,
            done_by_id=actor.person_id,
            next_reminder_at=None,
            next_rung=None,
            revision=_TASKS.c.revision + 1,
        )
    )
    if changed.rowcount != 1:
        raise TaskCancelled
    if task.role is Role.OFFICER:
        _remember_officer(session, task, actor.person_id)


def _apply(move: Move, task: Task, submission: Submission) -> dict[str, Any]:
    """The answers' facts and variables, and what the step's effect adds to them."""
    _check_pieces(move, task, submission)
    if submission.facts:
        move.dossier.facts = {**move.dossier.facts, **submission.facts}
    variables = dict(submission.variables)
    effect = move.type.pack.step(task.step).effect
    if effect is not None:
        variables |= TASKS[effect](move, task, submission)
    return variables


def _check_pieces(move: Move, task: Task, submission: Submission) -> None:
    """What the applicant sends comes with its pieces; what the officer calls complete is.

    Refuses MissingPieces, PiecesNotAccepted.
    """
    session, pack, dossier = move.session, move.type.pack, move.dossier
    asking = [one.name for one in pack.step(task.step).fields if one.type == "pieces"]
    if asking and not any(submission.answers.get(name) for name in asking):
        pieces.check_accepted_pieces(session, pack, dossier)
    if task.role is Role.APPLICANT:
        pieces.check_step_pieces(session, pack, dossier, task.step, submission.facts)
        pieces.check_requested_pieces(session, pack, dossier, task)


def _keep(
    session: Session, actor: Actor, task: Task, answers: Mapping[str, Any], *, now: datetime
) -> None:
    session.execute(
        insert(table_of(Answer)),
        [
            {
                "id": uuid4(),
                "dossier_id": task.dossier_id,
                "step": task.step,
                "round": task.round,
                "data": dict(answers),
                "by_id": actor.person_id,
                "at": now,
            }
        ],
    )
    session.execute(
        delete(Draft).where(
            Draft.dossier_id == task.dossier_id,
            Draft.step == task.step,
            Draft.person_id == actor.person_id,
        )
    )


def _remember_officer(session: Session, task: Task, person_id: UUID | None) -> None:
    """The first officer at work on a dossier becomes its officer."""
    if task.role is Role.OFFICER and person_id is not None:
        session.execute(
            update(table_of(Dossier))
            .where(table_of(Dossier).c.id == task.dossier_id)
            .values(officer_id=person_id)
        )


def _write(
    session: Session, actor: Actor, task: Task, kind: EventKind, *, now: datetime, to: str = ""
) -> None:
    hold = holds.take(session, task.dossier_id)
    personal = {"actor": actor.name, **({"to": to} if to else {})}
    entry = Entry(kind, step=task.step, task_id=task.id, personal=personal)
    record(session, hold, actor, entry, now=now)
    holds.let_go(session, hold, now=now)


def _name(session: Session, person_id: UUID | None) -> str:
    if person_id is None:
        return "Une autre personne"
    return (
        session.scalar(select(Person.name).where(Person.id == person_id))
        or "Une autre personne"
    )


def _when(at: datetime | None) -> str:
    return french_instant(at) if at else ""
