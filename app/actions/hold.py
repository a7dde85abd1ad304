"""How is one dossier held while it moves? By its process row, locked first, always."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from app.actions import entity
from app.actions.open_tasks import OF_DOSSIER, OF_TASK, OpenTask
from app.domain.errors import DossierSuspended, NotFound
from app.engine.run import Snapshot
from app.models.base import table_of
from app.models.dossier import Dossier
from app.models.process import DossierProcess, ProcessStatus
from app.models.task import Task
from app.prepared import Call, Line, Prepared, Row, Told

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
_SEE = Prepared(_COLUMNS.where(_PROCESS.c.dossier_id == bindparam("dossier_id")))
_TAKE = Prepared(_ROW.where(_PROCESS.c.dossier_id == bindparam("dossier_id")))
_TAKE_BY_TASK = Prepared(
    _ROW.join(_TASKS, _TASKS.c.dossier_id == _PROCESS.c.dossier_id).where(
        _TASKS.c.id == bindparam("task_id")
    )
)
_HELD = update(_PROCESS).where(
    _PROCESS.c.dossier_id == bindparam("held_dossier"),
    _PROCESS.c.version == bindparam("held_version"),
)
_ALWAYS = ("version", "next_seq", "last_hash", "updated_at")
_LET_GO = Prepared(_HELD, _ALWAYS)
_LET_GO_MOVED = Prepared(_HELD, (*_ALWAYS, "state", "marking", "due_at", "status"))


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


@dataclass(frozen=True)
class Taken:
    """A dossier that is held, as its rows say: its process, its open tasks, itself."""

    hold: Hold
    tasks: list[OpenTask]
    dossier: Dossier


class StaleHold(Exception):
    """The process row moved although it was held: a bug in the locking."""


def take(session: Session, dossier_id: UUID, *, even_suspended: bool = False) -> Hold:
    """Lock the dossier's process row for the rest of the transaction.

    Refuses NotFound when the dossier was never filed, DossierSuspended when an incident stops it.
    """
    hold = _held(Line(session).rows(_TAKE, {"dossier_id": dossier_id}))
    if not even_suspended:
        hold.refuse_suspended()
    return hold


def see(session: Session, dossier_id: UUID) -> Hold:
    """The same row, only read: nothing may be written with it. Refuses as `take`."""
    hold = _held(Line(session).rows(_SEE, {"dossier_id": dossier_id}))
    hold.refuse_suspended()
    return hold


def take_by_task(session: Session, task_id: UUID) -> Hold:
    """Lock the process row of the dossier of that task, suspended or not. Refuses NotFound."""
    return _held(Line(session).rows(_TAKE_BY_TASK, {"task_id": task_id}))


def take_whole(session: Session, dossier_id: UUID) -> Taken:
    """Lock the process row, suspended or not, and read what moves with it. Refuses NotFound."""
    values = {"dossier_id": dossier_id}
    calls = (Call(_TAKE, values), Call(OF_DOSSIER, values), Call(entity.BY_ID, values))
    return _taken(session, *Line(session).together(*calls))


def take_whole_by_task(session: Session, task_id: UUID) -> Taken:
    """The same for the dossier of that task. Refuses NotFound."""
    values = {"task_id": task_id}
    calls = (Call(_TAKE_BY_TASK, values), Call(OF_TASK, values), Call(entity.BY_TASK, values))
    return _taken(session, *Line(session).together(*calls))


def _taken(session: Session, process: Told, tasks: Told, dossier: Told) -> Taken:
    hold = _held(process.rows)
    open_ = [OpenTask(*row) for row in tasks.rows]
    return Taken(hold, open_, entity.stand(session, dossier.rows[0]))


def _held(rows: Sequence[Row]) -> Hold:
    if not rows:
        raise NotFound
    return Hold(*rows[0])


def letting_go(hold: Hold, *, now: datetime, snapshot: Snapshot | None = None) -> Call:
    """What writes the row back: the journal's place, and the engine's state when it moved.

    Raises StaleHold when it is sent and the row is not as it was held.
    """
    values: dict[str, object] = {
        "held_dossier": hold.dossier_id,
        "held_version": hold.version,
        "version": hold.version + 1,
        "next_seq": hold.next_seq,
        "last_hash": hold.last_hash,
        "updated_at": now,
    }
    stale = partial(StaleHold, hold.dossier_id)
    if snapshot is None:
        return Call(_LET_GO, values, stale)
    values |= {
        "state": snapshot.state,
        "marking": snapshot.marking,
        "due_at": snapshot.due_at,
        "status": ProcessStatus.COMPLETED if snapshot.completed else ProcessStatus.RUNNING,
    }
    return Call(_LET_GO_MOVED, values, stale)
