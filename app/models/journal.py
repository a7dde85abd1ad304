"""What happened? Append-only, hash-chained per dossier; it is the timeline and the outbox."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Json, UtcDateTime


class JournalEntry(Base):
    """One thing that happened to one dossier.

    `hash` covers the previous hash and everything here but `personal`, of which it covers the
    salted commitment only: erasing personal data keeps the chain valid.
    """

    __tablename__ = "journal"
    __table_args__ = (Index("ix_journal_at", "at"),)

    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: What happened (app/domain/events.py).
    kind: Mapped[str] = mapped_column(String(40))
    step: Mapped[str | None] = mapped_column(String(60))
    task_id: Mapped[UUID | None]
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    #: Facts of the event without personal data.
    body: Mapped[Json]
    #: Names and free text that may have to be erased one day: {"salt": …, …}.
    personal: Mapped[Json | None] = mapped_column(JSON(none_as_null=True))
    personal_hash: Mapped[str] = mapped_column(String(64))
    prev: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class PendingDispatch(Base):
    """A journal entry whose mails are not planned yet; deleted by the dispatch.

    Kept in the order of the dispatch; `at` is the entry's.
    """

    __tablename__ = "pending_dispatch"
    __table_args__ = ({"sqlite_with_rowid": False},)

    at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
