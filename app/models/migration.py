"""Which dossiers are to change version, which have, and how are they brought back?"""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from app.domain.migrations import MigrationStatus, PassageStatus, VerdictKind
from app.models.base import Base, Json, UtcDateTime, enum_column
from app.models.dossier import Dossier
from app.models.process import ProcessDefinition


class Migration(Base):
    """From one version of a type to another: the dry run first, then what was done of it."""

    __tablename__ = "migration"
    __table_args__ = (Index("ix_migration_key", "key", "planned_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    key: Mapped[str] = mapped_column(String(60))
    source_id: Mapped[UUID] = mapped_column(ForeignKey("process_definition.id"))
    target_id: Mapped[UUID] = mapped_column(ForeignKey("process_definition.id"))
    #: Which step became which: {old node id: new node id}.
    mapping: Mapped[Json] = mapped_column(default=dict)
    #: Values for variables nobody gave, as they were typed.
    given: Mapped[Json] = mapped_column(default=dict)
    #: What a person must say: {"steps": {old id: [[new id, name, confidence]…]}, "names": […]}.
    asked: Mapped[Json] = mapped_column(default=dict)
    status: Mapped[MigrationStatus] = mapped_column(enum_column(MigrationStatus))
    #: Why, in the words of who decided.
    reason: Mapped[str] = mapped_column(Text, default="")
    #: Why the dossiers were brought back.
    undo_reason: Mapped[str | None] = mapped_column(Text)
    planned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    planned_by: Mapped[str] = mapped_column(String(120))
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    started_by: Mapped[str | None] = mapped_column(String(120))
    #: The person behind it; a command has none.
    started_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    source: Mapped[ProcessDefinition] = relationship(foreign_keys=[source_id])
    target: Mapped[ProcessDefinition] = relationship(foreign_keys=[target_id])


class Passage(Base):
    """One dossier in one migration: its verdict, what became of it, and how it was before."""

    __tablename__ = "migration_dossier"
    __table_args__ = (
        Index("ix_migration_dossier_status", "migration_id", "status"),
        Index("ix_migration_dossier_dossier", "dossier_id"),
    )

    migration_id: Mapped[UUID] = mapped_column(ForeignKey("migration.id"), primary_key=True)
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    #: Sorted ids of the nodes where it stood.
    position: Mapped[str] = mapped_column(Text)
    verdict: Mapped[VerdictKind] = mapped_column(enum_column(VerdictKind))
    #: One sentence a line.
    reasons: Mapped[str] = mapped_column(Text, default="")
    #: What changes for it without stopping it, one sentence a line.
    notes: Mapped[str] = mapped_column(Text, default="")
    #: SHA-256 of the engine's state the verdict was given on, hex.
    seen: Mapped[str] = mapped_column(String(64))
    status: Mapped[PassageStatus] = mapped_column(enum_column(PassageStatus))
    #: Why it was left, or kept.
    outcome: Mapped[str] = mapped_column(Text, default="")
    #: The engine's state before it moved, byte for byte.
    state: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    #: The rows that followed, as they were: process, tasks, drafts, jobs, phase.
    before: Mapped[Json | None] = deferred(mapped_column(JSON(none_as_null=True)))
    #: SHA-256 of the engine's state once it had moved: another one, and it has moved since.
    after: Mapped[str | None] = mapped_column(String(64))
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dossier: Mapped[Dossier] = relationship()
