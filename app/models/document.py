"""Which pieces were deposited? Their rows; the bytes are in app.storage."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.status import PieceStatus, ScanStatus
from app.models.base import Base, UtcDateTime, enum_column
from app.models.people import Person


class Document(Base):
    """One version of one piece of a dossier; never overwritten."""

    __tablename__ = "document"
    __table_args__ = (Index("ix_document_dossier_kind", "dossier_id", "kind"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id"))
    #: Key of the pack's document kind.
    kind: Mapped[str] = mapped_column(String(60))
    #: The payment claim it supports, for pieces of a claim.
    claim_number: Mapped[int | None]
    version: Mapped[int]
    filename: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)
    #: SHA-256 of the bytes, hex: its name in the storage.
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    scan: Mapped[ScanStatus] = mapped_column(enum_column(ScanStatus))
    status: Mapped[PieceStatus] = mapped_column(enum_column(PieceStatus))
    #: Why the officer refused it, as the applicant reads it.
    reason: Mapped[str] = mapped_column(Text, default="")
    reviewed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: None when Liasse wrote it.
    deposited_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    deposited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Set when a newer version stands in its place, or the depositor removed it from a draft.
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deposited_by: Mapped[Person | None] = relationship(foreign_keys=[deposited_by_id])
    reviewed_by: Mapped[Person | None] = relationship(foreign_keys=[reviewed_by_id])


class PieceRequest(Base):
    """A piece the officer asked for; answered when a newer document of the kind arrives."""

    __tablename__ = "piece_request"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id"), index=True)
    kind: Mapped[str] = mapped_column(String(60))
    reason: Mapped[str] = mapped_column(Text, default="")
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
