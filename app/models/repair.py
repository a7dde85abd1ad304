"""Which repairs of dossiers wait for a second person? What touches money is never done by one alone."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.status import ProposalStatus
from app.models.base import Base, Json, UtcDateTime, enum_column
from app.models.dossier import Dossier
from app.models.people import Person


class RepairProposal(Base):
    """A repair one person planned; another one confirms it, as long as the dossier has not moved."""

    __tablename__ = "repair_proposal"
    __table_args__ = (Index("ix_repair_proposal_status", "status", "proposed_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id"), index=True)
    status: Mapped[ProposalStatus] = mapped_column(enum_column(ProposalStatus))
    #: The repair (app/engine/repair/operations.py).
    repair: Mapped[Json]
    #: SHA-256 of the engine's state the plan was made on, hex: another one, and it has expired.
    seen: Mapped[str] = mapped_column(String(64))
    #: The plan as it was shown (app/actions/repair_plan.py).
    plan: Mapped[Json]
    reason: Mapped[str] = mapped_column(Text)
    proposed_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dossier: Mapped[Dossier] = relationship()
    proposed_by: Mapped[Person] = relationship(foreign_keys=[proposed_by_id])


class RepairPlan(Base):
    """A plan somebody looked at: it can be opened again, and is thrown away after a few days."""

    __tablename__ = "repair_plan"
    __table_args__ = (Index("ix_repair_plan_made_at", "made_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id"))
    #: The proposal a second person looks at, if any.
    proposal_id: Mapped[UUID | None] = mapped_column(ForeignKey("repair_proposal.id"))
    #: The repair that was asked for, before a way was chosen.
    asked: Mapped[Json]
    #: The sound ways to do it: {"found": [repair…]}.
    ways: Mapped[Json]
    #: The rank of the way the plan is about.
    number: Mapped[int]
    #: SHA-256 of the engine's state the plan was made on, hex.
    seen: Mapped[str] = mapped_column(String(64))
    #: SHA-256 of all the plan says, hex.
    digest: Mapped[str] = mapped_column(String(64))
    #: What it says (app/actions/repair_plan.py).
    facts: Mapped[Json]
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
