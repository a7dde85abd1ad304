"""What happens when a date of a dossier comes? The clock fires the timers that are due."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions import hold as holds
from app.actions.console import Console
from app.actions.effects.registry import JOBS
from app.actions.journal import Entry
from app.actions.move import finish, wake
from app.domain.actor import SYSTEM
from app.domain.events import EventKind
from app.models.process import DossierProcess, ProcessStatus


def due_dossiers(session: Session, *, now: datetime, limit: int = 200) -> list[UUID]:
    """Dossiers whose next timer is due, the oldest first."""
    return list(
        session.scalars(
            select(DossierProcess.dossier_id)
            .where(DossierProcess.due_at <= now, DossierProcess.status == ProcessStatus.RUNNING)
            .order_by(DossierProcess.due_at)
            .limit(limit)
        )
    )


def fire(
    session: Session, console: Console, dossier_id: UUID, *, now: datetime
) -> datetime | None:
    """Fire the due timers of one dossier; when they were due, None when nothing is due any more.

    The row that is locked says whether they are due: of several clocks, one finds them so.
    """
    taken = holds.take_whole(session, dossier_id)
    taken.hold.refuse_suspended()
    due = taken.hold.due_at
    if due is None or due > now:
        return None
    move = wake(session, console, SYSTEM, taken, now=now)
    move.run.tick()
    finish(move, Entry(EventKind.MOVED, body={"cause": "timer"}), JOBS)
    return due
