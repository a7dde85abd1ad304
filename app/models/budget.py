"""Where does the money come from? Envelopes voted, and what is committed on them."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.money import Money
from app.models.base import Base, Cents, UtcDateTime


class Envelope(Base):
    """A programme authorisation or a yearly credit; its account numbers are typed by finance."""

    __tablename__ = "envelope"
    __table_args__ = (CheckConstraint("voted >= 0", name="voted_positive"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    label: Mapped[str] = mapped_column(String(200))
    year: Mapped[int]
    account: Mapped[str] = mapped_column(String(60), default="")
    voted: Mapped[Money] = mapped_column(Cents)
    commitments: Mapped[list["Commitment"]] = relationship(back_populates="envelope")


class Commitment(Base):
    """Money set aside for a dossier; releasing it is a negative row, never an edit."""

    __tablename__ = "commitment"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    envelope_id: Mapped[UUID] = mapped_column(ForeignKey("envelope.id"), index=True)
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id"), index=True)
    number: Mapped[str] = mapped_column(String(60))
    amount: Mapped[Money] = mapped_column(Cents)
    reason: Mapped[str] = mapped_column(String(200), default="")
    on: Mapped[date]
    #: None when the clock released it.
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    envelope: Mapped[Envelope] = relationship(back_populates="commitments")
