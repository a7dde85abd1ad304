"""Which tasks of a dossier are open? Their rows, read once, when the dossier is held."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from app.domain.permissions import Role
from app.domain.status import TaskStatus
from app.models.base import table_of
from app.models.task import Task
from app.prepared import Line, Prepared

_TASKS = table_of(Task)
_OPEN: Select[Any] = select(
    _TASKS.c.id,
    _TASKS.c.token,
    _TASKS.c.step,
    _TASKS.c.round,
    _TASKS.c.role,
    _TASKS.c.assignee_id,
    _TASKS.c.is_personal,
    _TASKS.c.revision,
    _TASKS.c.due_on,
    _TASKS.c.created_at,
).where(_TASKS.c.status == TaskStatus.OPEN)
_ASKED = _TASKS.alias()
#: The open tasks of a dossier, and of the dossier of a task.
OF_DOSSIER = Prepared(_OPEN.where(_TASKS.c.dossier_id == bindparam("dossier_id")))
OF_TASK = Prepared(
    _OPEN.where(
        _TASKS.c.dossier_id
        == select(_ASKED.c.dossier_id)
        .where(_ASKED.c.id == bindparam("task_id"))
        .scalar_subquery()
    )
)


@dataclass(frozen=True, slots=True)
class OpenTask:
    """One open task, as its row says (app/models/task.py)."""

    id: UUID
    token: int
    step: str
    round: int
    role: Role
    assignee_id: UUID | None
    is_personal: bool
    revision: int
    due_on: date | None
    created_at: datetime


def open_tasks(session: Session, dossier_id: UUID) -> list[OpenTask]:
    """The open tasks of a dossier that is held."""
    return [
        OpenTask(*row) for row in Line(session).rows(OF_DOSSIER, {"dossier_id": dossier_id})
    ]
