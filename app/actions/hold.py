"""How is one dossier held while it moves? By its process row, locked first, always."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.errors import DossierSuspended, NotFound
from app.engine.run import Snapshot
from app.models.base import table_of
from app.models.process import DossierProcess, ProcessStatus

_PROCESS = table_of(DossierProcess)


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


class StaleHold(Exception):
    """The process row moved although it was held: a bug in the locking."""


def take(session: Session, dossier_id: UUID, *, even_suspended: bool = False) -> Hold:
    """Lock the dossier's process row for the rest of the transaction.

    Refuses NotFound when the dossier was never filed, DossierSuspended when an incident stops it.
    """
    columns = _PROCESS.c
    row = session.execute(
        select(
            columns.dossier_id,
            columns.definition_id,
            columns.version,
            columns.status,
            columns.state,
            columns.due_at,
            columns.next_seq,
            columns.last_hash,
        )
        .where(columns.dossier_id == dossier_id)
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound
    hold = Hold(**row._asdict())
    if hold.status is ProcessStatus.INCIDENT and not even_suspended:
        raise DossierSuspended
    return hold


def let_go(
    session: Session, hold: Hold, *, now: datetime, snapshot: Snapshot | None = None
) -> None:
    """Write the row back: the journal's place, and the engine's state when it moved."""
    values: dict[str, object] = {
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
    changed = session.connection().execute(
        update(_PROCESS)
        .where(_PROCESS.c.dossier_id == hold.dossier_id, _PROCESS.c.version == hold.version)
        .values(**values)
    )
    if changed.rowcount != 1:
        raise StaleHold(hold.dossier_id)
    hold.version += 1
