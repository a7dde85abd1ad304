"""Which diagram does a dossier follow, and where do its tokens stand?"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, deferred, mapped_column

from app.models.base import Base, UtcDateTime, enum_column


class ProcessStatus(StrEnum):
    """Does the process of a dossier move?"""

    RUNNING = "running"  #: It waits for somebody, a message or a date
    COMPLETED = "completed"  #: Its last token is gone
    INCIDENT = "incident"  #: Stopped by an incident


class ProcessDefinition(Base):
    """A published version of a dossier type: the whole pack, immutable by trigger but `retired_at`."""

    __tablename__ = "process_definition"
    __table_args__ = (UniqueConstraint("key", "version"), UniqueConstraint("key", "digest"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    key: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    #: SHA-256 of `archive`, hex.
    digest: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(200))
    #: The pack's files as a canonical zip (app/catalogue/archive.py).
    archive: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_by: Mapped[str] = mapped_column(String(120))
    #: What changes with this version, in the words of who published it.
    note: Mapped[str] = mapped_column(Text, default="", server_default="")
    #: New dossiers are filed under the latest version that is not retired.
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DossierProcess(Base):
    """The engine's state of one dossier; this row is locked first by whoever writes."""

    __tablename__ = "dossier_process"
    __table_args__ = (
        Index(
            "ix_dossier_process_due",
            "due_at",
            postgresql_where=text("due_at IS NOT NULL"),
            sqlite_where=text("due_at IS NOT NULL"),
        ),
    )

    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    definition_id: Mapped[UUID] = mapped_column(ForeignKey("process_definition.id"))
    version: Mapped[int]
    status: Mapped[ProcessStatus] = mapped_column(enum_column(ProcessStatus))
    state: Mapped[bytes] = mapped_column(LargeBinary)
    #: Sorted names of the live nodes.
    marking: Mapped[str] = mapped_column(Text)
    #: When the next timer fires, UTC.
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: The journal's next sequence number for this dossier, given out under the row's lock.
    next_seq: Mapped[int] = mapped_column(default=1)
    #: Hash of the last journal entry, hex.
    last_hash: Mapped[str] = mapped_column(String(64), default="0" * 64)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Incident(Base):
    """Something only a person can mend; it has an age and a retry."""

    __tablename__ = "incident"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    dossier_id: Mapped[UUID | None] = mapped_column(ForeignKey("dossier.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40), index=True)
    #: In words, the same for every dossier that fails alike: incidents are grouped by it.
    cause: Mapped[str] = mapped_column(Text)
    #: For the technician: the error and where it happened.
    detail: Mapped[str] = mapped_column(Text, default="")
    #: The step that was being done, when there was one.
    step: Mapped[str | None] = mapped_column(String(100))
    #: The job that keeps failing.
    job_id: Mapped[UUID | None] = mapped_column(ForeignKey("job.id"), index=True)
    #: Who takes care of it.
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    resolved_by: Mapped[str | None] = mapped_column(String(120))
