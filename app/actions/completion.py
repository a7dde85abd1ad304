"""How is a task completed? Its answers, its effect, the engine's step, the journal, in one go.

The dossier is held first, by its task; what was sent twice finds its task done, and is answered
what was answered the first time.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from app.actions import hold as holds
from app.actions import pieces
from app.actions.console import Console
from app.actions.effects.registry import JOBS, TASKS
from app.actions.journal import Entry, canonical
from app.actions.move import finish, wake
from app.actions.movement import Move
from app.actions.open_tasks import OpenTask, open_tasks
from app.actions.tasks import check_open, is_held_by_other, may_work, name_of
from app.catalogue.forms import Submission
from app.database import insert_once
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
from app.models.base import table_of
from app.models.dossier import Answer, Draft
from app.models.task import Completion, Task
from app.queries.past_versions import past_of

_TASKS = table_of(Task)
_DRAFTS = table_of(Draft)
_COMPLETIONS = table_of(Completion)
_MARK_DONE = (
    update(_TASKS)
    .where(_TASKS.c.id == bindparam("task_id"), _TASKS.c.status == TaskStatus.OPEN)
    .values(
        status=TaskStatus.DONE,
        next_reminder_at=None,
        next_rung=None,
        revision=_TASKS.c.revision + 1,
    )
)
_INSERT_ANSWER = insert(table_of(Answer))
_DELETE_DRAFT = delete(_DRAFTS).where(
    _DRAFTS.c.dossier_id == bindparam("dossier_id"),
    _DRAFTS.c.step == bindparam("step"),
    _DRAFTS.c.person_id == bindparam("person_id"),
)
_LAST_TO_DO = (
    select(_COMPLETIONS.c.by_id)
    .where(
        _COMPLETIONS.c.dossier_id == bindparam("dossier_id"),
        _COMPLETIONS.c.step.in_(bindparam("steps", expanding=True)),
    )
    .order_by(_COMPLETIONS.c.at.desc(), _COMPLETIONS.c.round.desc())
    .limit(1)
)


@dataclass(frozen=True)
class Sent:
    """How a form came back: its key, the revision of the task and the version the person saw."""

    key: str
    seen: int | None = None
    #: The version of the type whose form was filled in.
    version: UUID | None = None


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
    content = hashlib.sha256(canonical(submission.answers)).hexdigest()
    hold = holds.take_by_task(session, task_id)
    tasks = open_tasks(session, hold.dossier_id)
    task = next((one for one in tasks if one.id == task_id), None)
    if task is None:
        return _answer_again(session, task_id, sent.key, content)
    hold.refuse_suspended()
    move = wake(session, console, actor, hold, tasks, now=now)
    _check_completable(move, task, sent)
    _mark_done(move, task)
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
        body={"round": task.round, "outcome": submission.variables, "answers_sha256": content},
        personal={"actor": actor.name},
    )
    seq, _ = finish(move, entry, JOBS)
    completion = {
        "task_id": task.id,
        "dossier_id": hold.dossier_id,
        "step": task.step,
        "round": task.round,
        "key": sent.key,
        "content_hash": content,
        "by_id": actor.person_id,
        "at": now,
        "seq": seq,
    }
    if not insert_once(session, _COMPLETIONS, completion):
        raise KeyReused
    return Completed(hold.dossier_id, task.id, seq)


def _answer_again(session: Session, task_id: UUID, key: str, content: str) -> Completed:
    """The answer to a form whose task is no longer open: the first one, or a refusal."""
    repeat = _already(session, task_id, key, content)
    if repeat is None:
        check_open(session, session.get_one(Task, task_id))
        raise TaskCancelled
    return repeat


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


def _check_completable(move: Move, task: OpenTask, sent: Sent) -> None:
    session, actor = move.session, move.actor
    if not may_work(actor, task, move.dossier):
        raise NotAllowed
    if is_held_by_other(actor, task):
        raise TaskHeldByOther(by=name_of(session, task.assignee_id))
    if sent.version not in {None, move.type.definition_id}:
        raise DossierChanged
    if sent.seen is not None and sent.seen != task.revision and task.assignee_id is None:
        raise DossierChanged
    others = move.type.pack.step(task.step).four_eyes
    if others:
        past = past_of(session, move.dossier.id, move.type.definition_id)
        for step in others:
            _check_four_eyes(move, step, past.names_of(step))


def _check_four_eyes(move: Move, step: str, names: Iterable[str]) -> None:
    """The step was last done by somebody else, under whichever name it had then."""
    done = {"dossier_id": move.dossier.id, "steps": tuple(names)}
    last = move.db.scalar(_LAST_TO_DO, done)
    if last is not None and last == move.actor.person_id:
        raise FourEyes(step=move.type.pack.step(step).title.fr)


def _mark_done(move: Move, task: OpenTask) -> None:
    done = {"task_id": task.id, "done_at": move.now, "done_by_id": move.actor.person_id}
    if move.db.execute(_MARK_DONE, done).rowcount != 1:
        raise TaskCancelled
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
        "id": uuid4(),
        "round": task.round,
        "data": dict(answers),
        "by_id": move.actor.person_id,
        "at": move.now,
    }
    move.db.execute(_INSERT_ANSWER, answer)
    move.db.execute(_DELETE_DRAFT, {**place, "person_id": move.actor.person_id})


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
    session, pack, dossier = move.session, move.type.pack, move.dossier
    asking = [one.name for one in pack.step(task.step).fields if one.type == "pieces"]
    if asking and not any(submission.answers.get(name) for name in asking):
        pieces.check_accepted_pieces(session, pack, dossier)
    if task.role is Role.APPLICANT:
        pieces.check_step_pieces(session, pack, dossier, task.step, submission.facts)
        pieces.check_requested_pieces(session, pack, dossier, since=task.created_at)
