"""What did the check of a night find? What should have been done that day, and what was."""

from datetime import date, datetime

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Json, UtcDateTime


class Reconciliation(Base):
    """The check of one civil day, made once, the night after."""

    __tablename__ = "reconciliation"

    day: Mapped[date] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: How many mails, rungs and digests were expected.
    expected: Mapped[int]
    #: How many of them are nowhere on record.
    missing: Mapped[int]
    #: The first of them, each in a French sentence: {"sentences": [...]}.
    detail: Mapped[Json]
