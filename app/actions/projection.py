"""What do the lists show of the engine's state? Task rows, status and phase, rewritten together."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import bindparam, func, insert, select, update

from app.actions.clock_signals import deadline_day
from app.actions.deadlines import due_columns
from app.actions.movement import Move
from app.actions.open_tasks import OpenTask
from app.catalogue.contract import Deadline
from app.domain.permissions import Role
from app.domain.status import TaskStatus
from app.engine.run import OpenStep, Snapshot
from app.models.base import table_of
from app.models.task import Task
from app.prepared import Call, Prepared

_TASKS = table_of(Task)
_BEFORE = _TASKS.alias()
#: The round after the last, found at the end of an index: the same work for the thousandth.
_NEXT_ROUND = (
    select(func.coalesce(func.max(_BEFORE.c.round), 0) + 1)
    .where(
        _BEFORE.c.dossier_id == bindparam("of_dossier"), _BEFORE.c.step == bindparam("of_step")
    )
    .scalar_subquery()
)
_INSERT = Prepared(
    insert(_TASKS).values(round=_NEXT_ROUND),
    [column.key for column in _TASKS.columns if column.key != "round"],
)
_MOVE_DEADLINE = Prepared(
    update(_TASKS).where(_TASKS.c.id == bindparam("task_id")),
    ("due_on", "due_since", "next_rung", "next_reminder_at"),
)
_CANCEL = Prepared(
    update(_TASKS)
    .where(_TASKS.c.id == bindparam("task_id"))
    .values(
        status=TaskStatus.CANCELLED,
        done_at=bindparam("at"),
        next_reminder_at=None,
        next_rung=None,
        revision=_TASKS.c.revision + 1,
    )
)


def project(move: Move, snapshot: Snapshot) -> list[list[str]]:
    """Make the task rows match the open steps; answers [[step, task id], …] opened."""
    known = {task.token: task for task in move.open_tasks}
    live = {step.token for step in snapshot.open_steps}
    _cancel(move, [task for task in move.open_tasks if task.token not in live])
    for task in move.open_tasks:
        if task.token in live:
            _follow_deadline(move, task, snapshot)
    fresh = [step for step in snapshot.open_steps if step.token not in known]
    opened = _open(move, fresh, snapshot)
    entered = [step.step for step in fresh]
    entered += [job.step for job in snapshot.jobs if job.token not in move.before.jobs]
    _stand(move, [passed.node for passed in snapshot.trace] + entered)
    if snapshot.completed and move.dossier.closed_on is None:
        move.dossier.closed_on = move.today
    return opened


def _follow_deadline(move: Move, task: OpenTask, snapshot: Snapshot) -> None:
    """A deadline read from a variable moves with it, and the reminders with the deadline."""
    said = move.type.pack.step(task.step)
    if said.deadline is None or said.deadline.variable is None:
        return
    due_on = due_date(move, said.deadline, snapshot)
    if due_on == task.due_on:
        return
    due = _due(move, said.key, due_on)
    move.later(Call(_MOVE_DEADLINE, {"task_id": task.id, **due}))


def _cancel(move: Move, tasks: list[OpenTask]) -> None:
    for task in tasks:
        move.later(Call(_CANCEL, {"task_id": task.id, "at": move.now}))


def _open(move: Move, fresh: list[OpenStep], snapshot: Snapshot) -> list[list[str]]:
    rows = [_task_row(move, step, snapshot) for step in fresh]
    for row in rows:
        place = {"of_dossier": row["dossier_id"], "of_step": row["step"]}
        move.later(Call(_INSERT, {**row, **place}))
    return [[row["step"], str(row["id"])] for row in rows]


def _task_row(move: Move, step: OpenStep, snapshot: Snapshot) -> dict[str, Any]:
    pack = move.type.pack
    said = pack.step(step.step)
    due_on = due_date(move, said.deadline, snapshot)
    role = Role(pack.lanes[step.lane or ""])
    asked = UUID(str(step.item)) if said.assignee and step.item else None
    return {
        "id": uuid4(),
        "dossier_id": move.dossier.id,
        "token": step.token,
        "step": step.step,
        "name": said.title.fr or step.name,
        "role": role,
        "status": TaskStatus.OPEN,
        "assignee_id": asked or (move.dossier.officer_id if role is Role.OFFICER else None),
        "is_personal": asked is not None,
        "priority": said.priority,
        "created_at": move.now,
        "claimed_at": None,
        "done_at": None,
        "done_by_id": None,
        "form_key": None,
        "content_hash": None,
        "revision": 1,
        **_due(move, said.key, due_on),
    }


def due_date(move: Move, deadline: Deadline | None, snapshot: Snapshot) -> date | None:
    """The day a step that opens now is due; None when the pack sets no deadline.

    None too when it is due the day a delay ends: `clocks.observe` gives it, once it knows it.
    """
    if deadline is None:
        return None
    if deadline.variable is not None:
        value = snapshot.variables.get(deadline.variable)
        return date.fromisoformat(str(value)[:10]) if value else None
    return deadline_day(deadline, move.today, move.console.calendar)


def _due(move: Move, step: str, due_on: date | None) -> Mapping[str, Any]:
    scheme = move.dossier.scheme
    return due_columns(move.console, move.type.pack, step, scheme, due_on, move.now)


def _stand(move: Move, nodes: list[str]) -> None:
    """Status and phase are those of the last node entered that says one."""
    dossier = move.dossier
    for node in nodes:
        said = move.type.pack.step(node)
        status = move.statuses.get(node, said.status)
        if status is not None and status is not dossier.status:
            dossier.status = status
            dossier.status_since = move.now
        if said.phase is not None and said.phase != dossier.phase:
            dossier.phase = said.phase
            dates = dict(dossier.phase_dates)
            dates.setdefault(said.phase, move.today.isoformat())
            dossier.phase_dates = dates
