"""Which drafts of dossier types are there, who tries them, and what happened to each type?"""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.versions import DraftKind, DraftStatus, TypeEventKind
from app.models.base import Base, Json, UtcDateTime, enum_column
from app.models.people import Person


class PackDraft(Base):
    """What an administrator uploaded; its content never changes, its report says what it is worth."""

    __tablename__ = "pack_draft"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[DraftKind] = mapped_column(enum_column(DraftKind))
    status: Mapped[DraftStatus] = mapped_column(enum_column(DraftStatus))
    #: The type it says it is; empty when that cannot be read.
    key: Mapped[str] = mapped_column(String(60), index=True)
    title: Mapped[str] = mapped_column(String(200))
    filename: Mapped[str] = mapped_column(String(200))
    #: A canonical zip (app/catalogue/archive.py), or a BPMN file.
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    #: SHA-256 of `content`, hex.
    digest: Mapped[str] = mapped_column(String(64))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    uploaded_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    examined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: What the examination found (app/catalogue/examination.py).
    report: Mapped[Json | None] = mapped_column(JSON(none_as_null=True))
    #: The version it became.
    definition_id: Mapped[UUID | None] = mapped_column(ForeignKey("process_definition.id"))

    uploaded_by: Mapped[Person] = relationship()


class Trial(Base):
    """A dossier played in a sandbox: it is a scenario being written, and touches nothing real."""

    __tablename__ = "trial"
    __table_args__ = (
        CheckConstraint("(draft_id IS NULL) <> (definition_id IS NULL)", name="one_pack"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    key: Mapped[str] = mapped_column(String(60), index=True)
    title: Mapped[str] = mapped_column(String(200))
    draft_id: Mapped[UUID | None] = mapped_column(ForeignKey("pack_draft.id"))
    definition_id: Mapped[UUID | None] = mapped_column(ForeignKey("process_definition.id"))
    #: What was decided at its start and every move since (app/catalogue/trial).
    script: Mapped[Json]
    #: Where the script has led: `filed`, `over`, `day` and the titles of the steps `open`.
    standing: Mapped[Json | None] = mapped_column(JSON(none_as_null=True))
    #: What is being typed, by step: {"fields": {field name: [values]}, "at": instant}.
    typed: Mapped[Json | None] = mapped_column(JSON(none_as_null=True))
    revision: Mapped[int] = mapped_column(default=1)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    moved_at: Mapped[datetime] = mapped_column(UtcDateTime)

    started_by: Mapped[Person] = relationship()


class TypeEvent(Base):
    """The journal of dossier types: append-only by trigger."""

    __tablename__ = "type_event"
    __table_args__ = (Index("ix_type_event_key", "key", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    key: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[TypeEventKind] = mapped_column(enum_column(TypeEventKind))
    #: Who did it, as the house knew them that day; a command has no person behind it.
    by: Mapped[str] = mapped_column(String(120))
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int | None]
    draft_id: Mapped[UUID | None] = mapped_column(ForeignKey("pack_draft.id"))
    note: Mapped[str] = mapped_column(Text)
