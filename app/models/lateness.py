"""How late is what the clock does? Counts by kind of due thing, in classes of seconds."""

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, UtcDateTime


class Lateness(Base):
    """How many things of one kind were done at most so many seconds after they were due."""

    __tablename__ = "lateness"

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    #: Upper bound of the class, in seconds; -1 for all that is later still.
    bound: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: How many since the first day, and the sum of their lateness in milliseconds.
    count: Mapped[int] = mapped_column(BigInteger)
    total_ms: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
