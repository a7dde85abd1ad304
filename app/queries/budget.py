"""How much is voted, committed, paid and left? Sums of the ledger's rows, never stored twice."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from app.domain.money import Money
from app.domain.status import ClaimStatus, OrderStatus
from app.models.budget import Commitment, Envelope
from app.models.dossier import Dossier
from app.models.payment import PaymentClaim, PaymentOrder

_UNDER_WAY = (
    ClaimStatus.FILED,
    ClaimStatus.SETTLED,
    ClaimStatus.CERTIFIED,
    ClaimStatus.ORDERED,
)


@dataclass(frozen=True)
class Balance:
    """One envelope and what became of it."""

    envelope: Envelope
    committed: Money
    paid: Money

    @property
    def available(self) -> Money:
        """What may still be committed."""
        return self.envelope.voted - self.committed


def balances(session: Session) -> list[Balance]:
    """Every envelope, the latest year first."""
    committed = _sums(session)
    paid = _paid(session)
    envelopes = session.scalars(
        select(Envelope).order_by(Envelope.year.desc(), Envelope.code)
    ).all()
    zero = Money.zero()
    return [
        Balance(one, committed.get(one.id, zero), paid.get(one.id, zero)) for one in envelopes
    ]


def commitments(session: Session, *, limit: int = 100) -> Sequence[Commitment]:
    """The last commitments and releases."""
    return session.scalars(
        select(Commitment)
        .options(joinedload(Commitment.envelope))
        .order_by(Commitment.at.desc())
        .limit(limit)
    ).all()


def claims_under_way(session: Session) -> Sequence[PaymentClaim]:
    """The payment claims that are not finished, the oldest first."""
    return session.scalars(
        select(PaymentClaim)
        .where(PaymentClaim.status.in_(_UNDER_WAY))
        .options(joinedload(PaymentClaim.dossier).joinedload(Dossier.organisation))
        .order_by(PaymentClaim.filed_at)
    ).all()


def dossiers_of(session: Session, rows: Sequence[Commitment]) -> dict[object, Dossier]:
    """The dossiers of these commitments, by id."""
    ids = {row.dossier_id for row in rows}
    found = session.scalars(
        select(Dossier).where(Dossier.id.in_(ids)).options(joinedload(Dossier.organisation))
    )
    return {one.id: one for one in found}


def _sums(session: Session) -> dict[object, Money]:
    rows = session.execute(
        select(
            Commitment.envelope_id, func.sum(Commitment.amount, type_=Commitment.amount.type)
        ).group_by(Commitment.envelope_id)
    )
    return dict(rows.all())


def _paid(session: Session) -> dict[object, Money]:
    """Paid by envelope: a dossier's payments count on the envelope of its commitment."""
    first = (
        select(Commitment.dossier_id, func.min(Commitment.number).label("number"))
        .group_by(Commitment.dossier_id)
        .subquery()
    )
    home = (
        select(Commitment.dossier_id, Commitment.envelope_id)
        .join(
            first,
            (first.c.dossier_id == Commitment.dossier_id)
            & (first.c.number == Commitment.number),
        )
        .subquery()
    )
    rows = session.execute(
        select(
            home.c.envelope_id, func.sum(PaymentOrder.amount, type_=PaymentOrder.amount.type)
        )
        .select_from(PaymentOrder)
        .join(PaymentClaim)
        .join(home, home.c.dossier_id == PaymentClaim.dossier_id)
        .where(PaymentOrder.status == OrderStatus.PAID)
        .group_by(home.c.envelope_id)
    )
    return dict(rows.all())
