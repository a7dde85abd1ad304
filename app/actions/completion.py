"""How is a task completed? Its answers, its effect, the engine's step, the journal, in one go.

The dossier is held first, by its task; what was sent twice finds its task done, and is answered
what was answered the first time.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.actions import hold as holds
from app.actions import pieces
from app.actions.console import Console
from app.actions.effects.registry import JOBS, TASKS
from app.actions.journal import Entry
from app.actions.move import finish, wake
from app.actions.movement import Move
from app.actions.open_tasks import OpenTask
from app.actions.tasks import check_open, is_held_by_other, may_work, name_of
from app.catalogue.forms import Submission
from app.domain.actor import Actor
from app.domain.errors import (
    DossierChanged,
    FourEyes,
    KeyReused,
    NotAllowed,
    TaskCancelled,
    TaskHeldByOther,
)
from app.domain.events import EventKind
from app.domain.permissions import Role
from app.domain.status import TaskStatus
from app.jsontext import canonical
from app.models.base import table_of
from app.models.dossier import Answer, Draft
from app.models.journal import JournalEntry
from app.models.task import Task
from app.prepared import Call, Prepared
from app.queries.past_versions import past_of

_TASKS = table_of(Task)
_ANSWERS = table_of(Answer)
_DRAFTS = table_of(Draft)
_MARK_DONE = Prepared(
    update(_TASKS)
    .where(_TASKS.c.id == bindparam("task_id"), _TASKS.c.status == TaskStatus.OPEN)
    .values(
        status=TaskStatus.DONE,
        next_reminder_at=None,
        next_rung=None,
        revision=_TASKS.c.revision + 1,
    ),
    (
        "status",
        "next_reminder_at",
        "next_rung",
        "revision",
        "done_at",
        "done_by_id",
        "form_key",
        "content_hash",
    ),
)
_INSERT_ANSWER = Prepared(insert(_ANSWERS), _ANSWERS.c.keys())
_DELETE_DRAFT = Prepared(
    delete(_DRAFTS).where(
        _DRAFTS.c.dossier_id == bindparam("dossier_id"),
        _DRAFTS.c.step == bindparam("step"),
        _DRAFTS.c.person_id == bindparam("person_id"),
    )
)
_LAST_TO_DO = (
    select(_TASKS.c.done_by_id)
    .where(
        _TASKS.c.dossier_id == bindparam("dossier_id"),
        _TASKS.c.step.in_(bindparam("steps", expanding=True)),
        _TASKS.c.status == TaskStatus.DONE,
    )
    .order_by(_TASKS.c.done_at.desc(), _TASKS.c.round.desc())
    .limit(1)
)
#: How the two databases say that a form's key was already used.
_KEY_HELD = ("uq_task_form_key", "task.form_key")


@dataclass(frozen=True)
class Sent:
    """How a form came back: its key, the revision of the task and the version the person saw."""

    key: str
    seen: int | None = None
    #: The version of the type whose form was filled in.
    version: UUID | None = None


@dataclass(frozen=True)
class _Form:
    """What was sent, with the hash of its content."""

    sent: Sent
    content_hash: str


@dataclass(frozen=True)
class Completed:
    """What a completion answers: where it is in the journal, and whether it was new."""

    dossier_id: UUID
    task_id: UUID
    seq: int
    is_repeat: bool = False


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
    """Complete a task. The same key with the same content answers what was answered first.

    Refuses KeyReused, TaskAlreadyDone (with who and when), TaskCancelled, TaskHeldByOther,
    DossierChanged, FourEyes, NotAllowed.
    """
    taken = holds.take_whole_by_task(session, task_id)
    task = next((one for one in taken.tasks if one.id == task_id), None)
    form = _Form(sent, hashlib.sha256(canonical(submission.answers)).hexdigest())
    if task is None:
        return _answer_again(session, task_id, form)
    taken.hold.refuse_suspended()
    move = wake(session, console, actor, taken, now=now)
    _check_completable(move, task, sent)
    try:
        return _complete(move, task, submission, form)
    except IntegrityError as error:
        if any(name in str(error.orig) for name in _KEY_HELD):
            raise KeyReused from error
        raise


def _complete(move: Move, task: OpenTask, submission: Submission, form: _Form) -> Completed:
    _mark_done(move, task, form)
    _remember_officer(move, task)
    _keep(move, task, submission.answers)
    move.answers = submission.answers
    variables = _apply(move, task, submission)
    move.reread()
    move.run.complete(task.token, variables)
    entry = Entry(
        EventKind.COMPLETED,
        step=task.step,
        task_id=task.id,
        body={
            "round": task.round,
            "outcome": submission.variables,
            "answers_sha256": form.content_hash,
        },
        personal={"actor": move.actor.name},
    )
    seq, _ = finish(move, entry, JOBS)
    return Completed(move.dossier.id, task.id, seq)


def _answer_again(session: Session, task_id: UUID, form: _Form) -> Completed:
    """The answer to a form whose task is no longer open: the first one, or a refusal."""
    repeat = _already(session, task_id, form)
    if repeat is None:
        check_open(session, session.get_one(Task, task_id))
        raise TaskCancelled
    return repeat


def _already(session: Session, task_id: UUID, form: _Form) -> Completed | None:
    done = session.scalars(select(Task).where(Task.form_key == form.sent.key)).one_or_none()
    if done is None:
        return None
    if done.id != task_id or done.content_hash != form.content_hash:
        raise KeyReused
    return Completed(done.dossier_id, done.id, _seq_of(session, done), is_repeat=True)


def _seq_of(session: Session, done: Task) -> int:
    """Where the journal says that a task was done."""
    seq = select(JournalEntry.seq).where(
        JournalEntry.dossier_id == done.dossier_id,
        JournalEntry.task_id == done.id,
        JournalEntry.kind == EventKind.COMPLETED.value,
    )
    return session.scalars(seq).one()


def _check_completable(move: Move, task: OpenTask, sent: Sent) -> None:
    actor = move.actor
    if not may_work(actor, task, move.dossier):
        raise NotAllowed
    if is_held_by_other(actor, task):
        raise TaskHeldByOther(by=name_of(move.session, task.assignee_id))
    if sent.version not in {None, move.type.definition_id}:
        raise DossierChanged
    if sent.seen is not None and sent.seen != task.revision and task.assignee_id is None:
        raise DossierChanged
    others = move.type.pack.step(task.step).four_eyes
    if others:
        past = past_of(move.session, move.dossier.id, move.type.definition_id)
        for step in others:
            _check_four_eyes(move, step, past.names_of(step))


def _check_four_eyes(move: Move, step: str, names: Iterable[str]) -> None:
    """The step was last done by somebody else, under whichever name it had then."""
    done = {"dossier_id": move.dossier.id, "steps": tuple(names)}
    last = move.session.scalar(_LAST_TO_DO, done)
    if last is not None and last == move.actor.person_id:
        raise FourEyes(step=move.type.pack.step(step).title.fr)


def _mark_done(move: Move, task: OpenTask, form: _Form) -> None:
    done = {
        "task_id": task.id,
        "done_at": move.now,
        "done_by_id": move.actor.person_id,
        "form_key": form.sent.key,
        "content_hash": form.content_hash,
    }
    move.later(Call(_MARK_DONE, done, TaskCancelled))
    move.open_tasks.remove(task)


def _remember_officer(move: Move, task: OpenTask) -> None:
    """The officer at work on a dossier is its officer; a substitute only stands in."""
    if task.assignee_id in move.actor.stands_in_for:
        return
    if task.role is Role.OFFICER and move.dossier.officer_id != move.actor.person_id:
        move.dossier.officer_id = move.actor.person_id


def _keep(move: Move, task: OpenTask, answers: Mapping[str, Any]) -> None:
    place = {"dossier_id": move.dossier.id, "step": task.step}
    answer = {
        **place,
        "round": task.round,
        "data": dict(answers),
        "by_id": move.actor.person_id,
        "at": move.now,
    }
    draft = {**place, "person_id": move.actor.person_id}
    move.later(Call(_INSERT_ANSWER, answer), Call(_DELETE_DRAFT, draft))


def _apply(move: Move, task: OpenTask, submission: Submission) -> dict[str, Any]:
    """The answers' facts and variables, and what the step's effect adds to them."""
    _check_pieces(move, task, submission)
    if submission.facts:
        move.dossier.facts = {**move.dossier.facts, **submission.facts}
    variables = dict(submission.variables)
    effect = move.type.pack.step(task.step).effect
    if effect is not None:
        variables |= TASKS[effect](move, task, submission)
    return variables


def _check_pieces(move: Move, task: OpenTask, submission: Submission) -> None:
    """What the applicant sends comes with its pieces; what the officer calls complete is.

    Refuses MissingPieces, PiecesNotAccepted.
    """
    pack, dossier = move.type.pack, move.dossier
    asking = [one.name for one in pack.step(task.step).fields if one.type == "pieces"]
    if asking and not any(submission.answers.get(name) for name in asking):
        pieces.check_accepted_pieces(move.session, pack, dossier)
    if task.role is Role.APPLICANT:
        pieces.check_step_pieces(move.session, pack, dossier, task.step, submission.facts)
        pieces.check_requested_pieces(move.session, pack, dossier, since=task.created_at)
