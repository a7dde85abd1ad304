"""Is more time being asked for? The request of an applicant that nobody has answered yet."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.events import EventKind
from app.domain.status import TaskStatus
from app.models.journal import JournalEntry
from app.models.task import Task


@dataclass(frozen=True)
class PendingExtension:
    """When it was sent, and until which day it asks."""

    asked_at: datetime
    until: date


def pending_extension(session: Session, dossier_id: UUID) -> PendingExtension | None:
    """The last request while a step it opened is still to be done; None once it is answered."""
    asked = session.scalar(
        select(JournalEntry)
        .where(
            JournalEntry.dossier_id == dossier_id,
            JournalEntry.kind == EventKind.EXTENSION_ASKED,
        )
        .order_by(JournalEntry.seq.desc())
        .limit(1)
    )
    if asked is None or not asked.body.get("until"):
        return None
    steps = [step for step, *_ in asked.body.get("opened", ())]
    is_open = session.scalar(
        select(Task.id)
        .where(
            Task.dossier_id == dossier_id,
            Task.status == TaskStatus.OPEN,
            Task.step.in_(steps),
        )
        .limit(1)
    )
    if is_open is None:
        return None
    return PendingExtension(asked.at, date.fromisoformat(str(asked.body["until"])))
