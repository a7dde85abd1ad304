"""What was claimed, computed, ordered and paid? One row a claim, one row an order."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.money import Money
from app.domain.status import ClaimKind, ClaimStatus, OrderStatus
from app.models.base import Base, Cents, Json, UtcDateTime, enum_column
from app.models.dossier import Dossier


class PaymentClaim(Base):
    """A claim of the beneficiary; the number counts the claims of one dossier."""

    __tablename__ = "payment_claim"
    __table_args__ = (UniqueConstraint("dossier_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id"))
    number: Mapped[int]
    kind: Mapped[ClaimKind] = mapped_column(enum_column(ClaimKind))
    status: Mapped[ClaimStatus] = mapped_column(enum_column(ClaimStatus))
    justified: Mapped[Money] = mapped_column(Cents)
    real_cost: Mapped[Money | None] = mapped_column(Cents)
    real_private: Mapped[Money | None] = mapped_column(Cents)
    real_other_public: Mapped[Money | None] = mapped_column(Cents)
    #: What the rules say is due now; negative means to be recovered.
    payable: Mapped[Money | None] = mapped_column(Cents)
    #: Result of the rules with its explanation.
    settlement: Mapped[Json | None]
    is_last: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(Text, default="")
    filed_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    filed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    checked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    certified_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    certified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    orders: Mapped[list["PaymentOrder"]] = relationship(
        back_populates="claim", order_by="PaymentOrder.issued_on"
    )
    dossier: Mapped[Dossier] = relationship()


class PaymentOrder(Base):
    """An order to pay (mandat), or to collect when `amount` is negative (titre)."""

    __tablename__ = "payment_order"
    __table_args__ = (
        # One order alive per claim: a second one is possible only after a rejection.
        Index(
            "uq_payment_order_alive",
            "claim_id",
            unique=True,
            sqlite_where=text("status <> 'rejected'"),
            postgresql_where=text("status <> 'rejected'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    claim_id: Mapped[UUID] = mapped_column(ForeignKey("payment_claim.id"), index=True)
    number: Mapped[str] = mapped_column(String(60))
    slip: Mapped[str] = mapped_column(String(60), default="")
    amount: Mapped[Money] = mapped_column(Cents)
    status: Mapped[OrderStatus] = mapped_column(enum_column(OrderStatus))
    issued_on: Mapped[date]
    issued_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    answered_on: Mapped[date | None]
    #: Date paid, or collected.
    paid_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    claim: Mapped[PaymentClaim] = relationship(back_populates="orders")
