"""How is one dossier held while it moves? By its process row, locked first, always."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, select, update
from sqlalchemy.orm import Session

from app.domain.errors import DossierSuspended, NotFound
from app.engine.run import Snapshot
from app.models.base import table_of
from app.models.process import DossierProcess, ProcessStatus
from app.models.task import Task

_PROCESS = table_of(DossierProcess)
_TASKS = table_of(Task)
_COLUMNS = select(
    _PROCESS.c.dossier_id,
    _PROCESS.c.definition_id,
    _PROCESS.c.version,
    _PROCESS.c.status,
    _PROCESS.c.state,
    _PROCESS.c.due_at,
    _PROCESS.c.next_seq,
    _PROCESS.c.last_hash,
)
_ROW = _COLUMNS.with_for_update(of=_PROCESS)
_SEE = _COLUMNS.where(_PROCESS.c.dossier_id == bindparam("dossier_id"))
_TAKE = _ROW.where(_PROCESS.c.dossier_id == bindparam("dossier_id"))
_TAKE_BY_TASK = _ROW.join(_TASKS, _TASKS.c.dossier_id == _PROCESS.c.dossier_id).where(
    _TASKS.c.id == bindparam("task_id")
)
#: What is not given to it is left as it is.
_LET_GO = update(_PROCESS).where(
    _PROCESS.c.dossier_id == bindparam("held_dossier"),
    _PROCESS.c.version == bindparam("held_version"),
)


@dataclass
class Hold:
    """The lock on one dossier's process, and what its row said when it was taken."""

    dossier_id: UUID
    definition_id: UUID
    version: int
    status: ProcessStatus
    state: bytes
    due_at: datetime | None
    next_seq: int
    last_hash: str

    def refuse_suspended(self) -> None:
        """Refuses DossierSuspended when an incident stops the dossier."""
        if self.status is ProcessStatus.INCIDENT:
            raise DossierSuspended


class StaleHold(Exception):
    """The process row moved although it was held: a bug in the locking."""


def take(session: Session, dossier_id: UUID, *, even_suspended: bool = False) -> Hold:
    """Lock the dossier's process row for the rest of the transaction.

    Refuses NotFound when the dossier was never filed, DossierSuspended when an incident stops it.
    """
    hold = _hold(session, _TAKE, {"dossier_id": dossier_id})
    if not even_suspended:
        hold.refuse_suspended()
    return hold


def see(session: Session, dossier_id: UUID) -> Hold:
    """The same row, only read: nothing may be written with it. Refuses as `take`."""
    hold = _hold(session, _SEE, {"dossier_id": dossier_id})
    hold.refuse_suspended()
    return hold


def take_by_task(session: Session, task_id: UUID) -> Hold:
    """Lock the process row of the dossier of that task, suspended or not. Refuses NotFound."""
    return _hold(session, _TAKE_BY_TASK, {"task_id": task_id})


def _hold(session: Session, statement: Select[Any], named: Mapping[str, UUID]) -> Hold:
    row = session.connection().execute(statement, named).one_or_none()
    if row is None:
        raise NotFound
    return Hold(*row)


def let_go(
    session: Session, hold: Hold, *, now: datetime, snapshot: Snapshot | None = None
) -> None:
    """Write the row back: the journal's place, and the engine's state when it moved."""
    values: dict[str, object] = {
        "held_dossier": hold.dossier_id,
        "held_version": hold.version,
        "version": hold.version + 1,
        "next_seq": hold.next_seq,
        "last_hash": hold.last_hash,
        "updated_at": now,
    }
    if snapshot is not None:
        done = snapshot.completed
        values |= {
            "state": snapshot.state,
            "marking": snapshot.marking,
            "due_at": snapshot.due_at,
            "status": ProcessStatus.COMPLETED if done else ProcessStatus.RUNNING,
        }
    if session.connection().execute(_LET_GO, values).rowcount != 1:
        raise StaleHold(hold.dossier_id)
    hold.version += 1
