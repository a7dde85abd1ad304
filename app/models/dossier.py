"""What is a dossier? Its facts in columns, its answers in rows, its drafts apart."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.money import Money
from app.domain.status import DossierStatus, OpinionValue
from app.models.base import Base, Cents, Json, UtcDateTime, enum_column
from app.models.people import Organisation, Person


class Dossier(Base):
    """One request, from its draft to its closing; what every list needs stands in columns."""

    __tablename__ = "dossier"
    __table_args__ = (
        Index("ix_dossier_status_phase", "status", "phase"),
        Index("ix_dossier_organisation_status", "organisation_id", "status"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    #: Given at filing, never reused.
    reference: Mapped[str | None] = mapped_column(String(40), unique=True)
    type_key: Mapped[str] = mapped_column(String(60), index=True)
    definition_id: Mapped[UUID] = mapped_column(ForeignKey("process_definition.id"))
    scheme: Mapped[str | None] = mapped_column(String(30), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    title: Mapped[str] = mapped_column(String(200), default="")
    status: Mapped[DossierStatus] = mapped_column(enum_column(DossierStatus))
    #: Key of the pack's macro-step.
    phase: Mapped[str] = mapped_column(String(40), default="filing")
    #: {phase: ISO date it was entered}.
    phase_dates: Mapped[Json] = mapped_column(default=dict)
    #: Since when the dossier has its status.
    status_since: Mapped[datetime] = mapped_column(UtcDateTime)
    officer_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Midnight in Paris when a person corrected the day; the journal keeps the first instant.
    filed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    complete_on: Mapped[date | None]
    voted_on: Mapped[date | None]
    notified_on: Mapped[date | None]
    start_deadline: Mapped[date | None]
    completion_deadline: Mapped[date | None]
    closed_on: Mapped[date | None]
    total_cost: Mapped[Money | None] = mapped_column(Cents)
    requested: Mapped[Money | None] = mapped_column(Cents)
    proposed: Mapped[Money | None] = mapped_column(Cents)
    voted: Mapped[Money | None] = mapped_column(Cents)
    #: The facts given to the aid rules, snapshotted (names of docs: "Facts given to the aid rules").
    facts: Mapped[Json] = mapped_column(default=dict)
    #: The last result of the aid rules, with its explanation and the version of the tables.
    calculation: Mapped[Json | None]
    #: Lower-case, unaccented words for the search.
    search_text: Mapped[str] = mapped_column(Text, default="")

    organisation: Mapped[Organisation] = relationship()
    officer: Mapped[Person | None] = relationship(foreign_keys=[officer_id])


class ReferenceCounter(Base):
    """The last number given under one prefix of references."""

    __tablename__ = "reference_counter"

    prefix: Mapped[str] = mapped_column(String(40), primary_key=True)
    last: Mapped[int]


class Answer(Base):
    """What a person answered at one step, one round; never rewritten."""

    __tablename__ = "answer"
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    step: Mapped[str] = mapped_column(String(60), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[Json]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[Person] = relationship()


class Draft(Base):
    """What somebody is typing, saved as they go: one per dossier, step and person."""

    __tablename__ = "draft"

    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    step: Mapped[str] = mapped_column(String(60), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    #: The form as typed: {field name: [values]}.
    data: Mapped[Json]
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Opinion(Base):
    """What one consulted service was asked and answered, in one round of consultation."""

    __tablename__ = "opinion"
    __table_args__ = (UniqueConstraint("dossier_id", "person_id", "round"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    round: Mapped[int]
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_on: Mapped[date | None]
    value: Mapped[OpinionValue | None] = mapped_column(enum_column(OpinionValue))
    text: Mapped[str] = mapped_column(Text, default="")
    amount: Mapped[Money | None] = mapped_column(Cents)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    person: Mapped[Person] = relationship()
