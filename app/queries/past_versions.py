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

    def place(self, seq: int) -> int:
        """How many times it had changed when that line of the journal was written."""
        return sum(change.seq <= seq for change in self.changes)

    def place_on(self, at: datetime) -> int:
        """How many times it had changed at that instant."""
        return sum(change.at <= at for change in self.changes)

    def version(self, place: int) -> UUID:
        """The version followed after that many changes."""
        later = self.changes[place:]
        return later[0].source_id if later else self.current_id

    def version_at(self, seq: int) -> UUID:
        """The version followed when that line of the journal was written."""
        return self.version(self.place(seq))

    def version_on(self, at: datetime) -> UUID:
        """The version followed at that instant."""
        return self.version(self.place_on(at))

    def name_now(self, step: str, place: int) -> str:
        """The identifier, in the version followed now, of a step passed after that many changes."""
        for change in self.changes[place:]:
            step = change.mapping.get(step, step)
        return step

    def task_now(self, step: str, ended_at: datetime | None) -> str:
        """The same of a task: one that ended kept the name it had, an open one has followed."""
        return step if ended_at is None else self.name_now(step, self.place_on(ended_at))

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
