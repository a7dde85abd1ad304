"""Which rows did one completion write? Read back afterwards, so that a rival can write the same."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from app.actions.completion import Completed
from app.models.base import table_of
from app.models.dossier import Answer
from app.models.journal import JournalEntry, PendingDispatch
from app.models.process import DossierProcess
from app.models.task import Task

ANSWERS = table_of(Answer)
JOURNAL = table_of(JournalEntry)
PENDING = table_of(PendingDispatch)
PROCESSES = table_of(DossierProcess)
TASKS = table_of(Task)
Row = dict[str, Any]
#: The columns of a task that its completion writes.
_DONE = (
    "status",
    "done_at",
    "done_by_id",
    "form_key",
    "content_hash",
    "next_reminder_at",
    "next_rung",
    "revision",
)


@dataclass(frozen=True)
class Written:
    """The rows of one completion, as they were left."""

    dossier_id: UUID
    process: Row
    task_id: UUID
    #: What became of the row of the task.
    done: Row
    answer: Row
    entry: Row
    pending: Row
    opened: list[Row]


def written_by(session: Session, done: Completed) -> Written:
    """What that completion wrote; to be asked before anything else moves the dossier."""
    task = _row(session, TASKS, id=done.task_id)
    round_ = {name: task[name] for name in ("dossier_id", "step", "round")}
    entry = _row(session, JOURNAL, dossier_id=done.dossier_id, seq=done.seq)
    return Written(
        dossier_id=done.dossier_id,
        process=_row(session, PROCESSES, dossier_id=done.dossier_id),
        task_id=done.task_id,
        done={name: task[name] for name in _DONE},
        answer=_row(session, ANSWERS, **round_),
        entry=entry,
        pending=_row(session, PENDING, dossier_id=done.dossier_id, seq=done.seq),
        opened=[_row(session, TASKS, id=UUID(task)) for _step, task in entry["body"]["opened"]],
    )


def _row(session: Session, table: Table, **key: object) -> Row:
    wanted = [table.c[name] == value for name, value in key.items()]
    return dict(session.execute(select(table).where(*wanted)).one()._mapping)
