"""Which digests were made? One row a person, kind and day: the row is the claim."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.mailing import DigestKind, DigestOutcome
from app.models.base import Base, UtcDateTime, enum_column


class Digest(Base):
    """One digest of one person, for one day: made once, whatever the number of clocks."""

    __tablename__ = "digest"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    kind: Mapped[DigestKind] = mapped_column(enum_column(DigestKind), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    outcome: Mapped[DigestOutcome] = mapped_column(enum_column(DigestOutcome))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
