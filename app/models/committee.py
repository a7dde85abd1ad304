"""What does the committee decide? Sessions, their agenda, the votes and the acts."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.money import Money
from app.domain.status import SessionStatus, Vote
from app.models.base import Base, Cents, UtcDateTime, enum_column
from app.models.dossier import Dossier


class CommitteeSession(Base):
    """One sitting of a deciding body."""

    __tablename__ = "committee_session"
    __table_args__ = (UniqueConstraint("body", "held_on"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    #: assembly, standing_committee or advisory_committee.
    body: Mapped[str] = mapped_column(String(40))
    held_on: Mapped[date]
    place: Mapped[str] = mapped_column(String(200), default="")
    #: Last day a dossier may be put on the agenda.
    agenda_closes_on: Mapped[date]
    status: Mapped[SessionStatus] = mapped_column(enum_column(SessionStatus))
    revision: Mapped[int] = mapped_column(default=1)
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    items: Mapped[list["AgendaItem"]] = relationship(
        back_populates="session", order_by="AgendaItem.position"
    )


class AgendaItem(Base):
    """One dossier on one agenda, and what was decided of it."""

    __tablename__ = "agenda_item"
    __table_args__ = (UniqueConstraint("session_id", "dossier_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("committee_session.id"))
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id"), index=True)
    position: Mapped[int]
    proposed: Mapped[Money | None] = mapped_column(Cents)
    #: Amount proposed is a refusal when the proposal said so.
    is_refusal_proposed: Mapped[bool] = mapped_column(default=False)
    vote: Mapped[Vote | None] = mapped_column(enum_column(Vote))
    voted: Mapped[Money | None] = mapped_column(Cents)
    votes_for: Mapped[int | None]
    votes_against: Mapped[int | None]
    abstentions: Mapped[int | None]
    #: Elected persons who did not take part (interest), as text.
    not_taking_part: Mapped[str] = mapped_column(Text, default="")
    remark: Mapped[str] = mapped_column(Text, default="")
    session: Mapped[CommitteeSession] = relationship(back_populates="items")
    dossier: Mapped[Dossier] = relationship()


class Act(Base):
    """The deliberation that makes a vote executory."""

    __tablename__ = "act"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id"), index=True)
    session_id: Mapped[UUID | None] = mapped_column(ForeignKey("committee_session.id"))
    number: Mapped[str] = mapped_column(String(60))
    transmitted_on: Mapped[date]
    #: Identifier answered by the prefecture's receipt (ARActes).
    receipt: Mapped[str] = mapped_column(String(120), default="")
    published_on: Mapped[date]
    #: The later of transmission and publication (CGCT L3131-1).
    executory_on: Mapped[date]
    recorded_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
