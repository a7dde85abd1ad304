"""Which version did a dossier follow when something happened, and how were its steps called then?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.events import EventKind
from app.models.journal import JournalEntry
from app.models.migration import Passage


@dataclass(frozen=True)
class VersionChange:
    """One change of version of a dossier: when, from which one, which step became which."""

    seq: int
    at: datetime
    source_id: UUID
    mapping: Mapping[str, str]


@dataclass(frozen=True)
class Past:
    """Every change of version of one dossier, the first one first."""

    current_id: UUID
    changes: tuple[VersionChange, ...]

    def version_at(self, seq: int) -> UUID:
        """The version followed when that line of the journal was written."""
        later = (change.source_id for change in self.changes if change.seq > seq)
        return next(later, self.current_id)

    def version_on(self, at: datetime) -> UUID:
        """The version followed at that instant."""
        later = (change.source_id for change in self.changes if change.at > at)
        return next(later, self.current_id)

    def names_of(self, step: str) -> frozenset[str]:
        """The step and every name it had before."""
        names = {step}
        for change in reversed(self.changes):
            names |= {old for old, new in change.mapping.items() if new in names}
        return frozenset(names)


def past_of(session: Session, dossier_id: UUID, current_id: UUID) -> Past:
    """The versions a dossier followed, up to the current one."""
    looked_at = select(Passage.migration_id).where(Passage.dossier_id == dossier_id)
    if session.scalar(looked_at.limit(1)) is None:
        return Past(
            current_id, ()
        )  # an old dossier has a long journal: it is not read for nothing
    rows = session.execute(
        select(JournalEntry.seq, JournalEntry.at, JournalEntry.body)
        .where(
            JournalEntry.dossier_id == dossier_id,
            JournalEntry.kind == EventKind.MIGRATED.value,
        )
        .order_by(JournalEntry.seq)
    )
    return Past(
        current_id,
        tuple(
            VersionChange(row.seq, row.at, UUID(row.body["source"]), row.body["mapping"])
            for row in rows
        ),
    )
