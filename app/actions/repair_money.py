"""Which money and which decisions are written for a dossier? A repair never undoes them."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.money import Money
from app.models.budget import Commitment
from app.models.committee import Act, AgendaItem
from app.models.dossier import Dossier
from app.models.payment import PaymentClaim, PaymentOrder

#: The effects of steps that write money, a decision, or what they rest on.
EFFECTS = frozenset(
    {
        "make_executory",
        "commit_funds",
        "notify_award",
        "notify_refusal",
        "file_claim",
        "settle_claim",
        "certify_claim",
        "issue_order",
        "payer_answer",
        "issue_recovery",
        "record_recovery",
    }
)


def written(session: Session, dossier: Dossier) -> list[dict[str, Any]]:
    """Votes, acts, commitments, claims and orders of a dossier, one line each, in a stable order."""
    mine = dossier.id
    lines: list[dict[str, Any]] = [
        {"kind": "vote", "what": item.vote.value, "amount": _plain(item.voted)}
        for item in session.scalars(
            select(AgendaItem).where(AgendaItem.dossier_id == mine).order_by(AgendaItem.id)
        )
        if item.vote is not None
    ]
    lines += [
        {"kind": "act", "number": act.number, "amount": None}
        for act in session.scalars(select(Act).where(Act.dossier_id == mine).order_by(Act.id))
    ]
    lines += [
        {"kind": "commitment", "number": one.number, "amount": _plain(one.amount)}
        for one in session.scalars(
            select(Commitment).where(Commitment.dossier_id == mine).order_by(Commitment.at)
        )
    ]
    claims = select(PaymentClaim).where(PaymentClaim.dossier_id == mine)
    lines += [
        {"kind": "claim", "number": one.number, "what": one.status.value}
        | {"amount": _plain(one.payable if one.payable is not None else one.justified)}
        for one in session.scalars(claims.order_by(PaymentClaim.number))
    ]
    orders = select(PaymentOrder).join(PaymentClaim).where(PaymentClaim.dossier_id == mine)
    lines += [
        {"kind": "order", "number": one.number, "what": one.status.value}
        | {"amount": _plain(one.amount)}
        for one in session.scalars(orders.order_by(PaymentOrder.issued_on, PaymentOrder.id))
    ]
    return lines


def _plain(amount: Money | None) -> str | None:
    return None if amount is None else amount.plain()
