"""What made each delay of a dossier run, stop and end, and the day that comes of it?"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.legal_clock.duration import Unit
from app.domain.legal_clock.facts import FactKind
from app.domain.legal_clock.reckoning import ClockState
from app.domain.legal_clock.rule import Basis
from app.models.base import Base, Json, UtcDateTime, enum_column

_OPEN = text("ended_on IS NULL")


class RecordedFact(Base):
    """One fact of one delay, never rewritten: a correction is a fact that replaces another.

    Facts the process gives can be found again from the journal; those a person entered are in
    its entries too.
    """

    __tablename__ = "clock_fact"

    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    #: Key of the delay in the pack.
    clock: Mapped[str] = mapped_column(String(60), primary_key=True)
    #: Its place among the facts of this delay, as they were recorded.
    rank: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[FactKind] = mapped_column(enum_column(FactKind))
    #: The civil day it takes effect, in Paris.
    effect_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: The journal entry that tells it, written in the same transaction.
    seq: Mapped[int]
    cause: Mapped[str] = mapped_column(Text)
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    #: Names a suspension, so that a resumption ends that one.
    key: Mapped[str] = mapped_column(String(80), default="")
    #: End of the time given, or the due day somebody decided.
    until: Mapped[date | None]
    extra_count: Mapped[int | None]
    extra_unit: Mapped[Unit | None] = mapped_column(enum_column(Unit))
    #: Rank of the fact it replaces.
    replaces: Mapped[int | None]


class DossierClock(Base):
    """Where one delay of one dossier stands: a projection of its facts, rebuilt from them.

    Nothing here depends on the day one looks: what is expired or suspended today is read from
    the dates.
    """

    __tablename__ = "dossier_clock"
    __table_args__ = (
        Index("ix_dossier_clock_due", "due_on", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_dossier_clock_clock", "clock", "started_on"),
    )

    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    clock: Mapped[str] = mapped_column(String(60), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    basis: Mapped[Basis] = mapped_column(enum_column(Basis))
    #: The day it counts from: its start, or its last reset.
    started_on: Mapped[date]
    #: The day it would end had nothing happened since.
    plain_on: Mapped[date | None]
    #: None while it is suspended without a known end.
    due_on: Mapped[date | None]
    #: The last suspension: it does not count from the day after the first to the second included.
    paused_from: Mapped[date | None]
    paused_until: Mapped[date | None]
    #: Days that did not count, known ends only.
    stopped_days: Mapped[int]
    ended_on: Mapped[date | None]
    #: How it ended: met, late or void.
    outcome: Mapped[ClockState | None] = mapped_column(enum_column(ClockState))
    #: Why that day: {"sentences": [in French], "pauses": [[first day, last day or null]]}.
    explanation: Mapped[Json]
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DelayCurve(Base):
    """How long something usually takes, open dossiers counted; rewritten once a day."""

    __tablename__ = "delay_curve"

    type_key: Mapped[str] = mapped_column(String(60), primary_key=True)
    #: Code of the scheme; empty for all of them together.
    scheme: Mapped[str] = mapped_column(String(30), primary_key=True)
    #: `answer`, `complete`, `step:<step>` or `left:<step>` (app/domain/delays.py).
    subject: Mapped[str] = mapped_column(String(80), primary_key=True)
    #: How many came to their end, and how many had not yet.
    observed: Mapped[int]
    waiting: Mapped[int]
    #: {"points": [[day, share not yet ended], ...], "next": {step: share}}.
    curve: Mapped[Json]
    computed_at: Mapped[datetime] = mapped_column(UtcDateTime)
