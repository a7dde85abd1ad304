"""How is a claim computed, certified, ordered and paid? Each step by the person it belongs to."""

from typing import Any

from sqlalchemy import func, select

from app.actions.effects.money import day_answer, paid
from app.actions.movement import Move, Variables
from app.actions.open_tasks import OpenTask
from app.catalogue.forms import Submission
from app.domain.errors import AdvanceNotDue
from app.domain.money import Money
from app.domain.status import ClaimKind, ClaimStatus, OrderStatus
from app.models.payment import PaymentClaim, PaymentOrder


def file_claim(move: Move, _task: OpenTask, submission: Submission) -> Variables:
    """A new claim of the beneficiary, numbered within the dossier. Refuses AdvanceNotDue."""
    answers = submission.answers
    last = move.session.scalar(
        select(func.max(PaymentClaim.number)).where(PaymentClaim.dossier_id == move.dossier.id)
    )
    claim = PaymentClaim(
        dossier_id=move.dossier.id,
        number=(last or 0) + 1,
        kind=ClaimKind(str(answers["kind"])),
        status=ClaimStatus.FILED,
        justified=_amount(answers, "justified") or Money.zero(),
        real_cost=_amount(answers, "real_cost"),
        real_private=_amount(answers, "real_private"),
        real_other_public=_amount(answers, "real_other_public"),
        payable=None,
        settlement=None,
        is_last=answers["kind"] == ClaimKind.FINAL.value,
        reason="",
        filed_by_id=move.actor.person_id,
        filed_at=move.now,
        checked_by_id=None,
        certified_by_id=None,
        certified_at=None,
    )
    move.dossier.facts = {**move.dossier.facts, "claim_justified": claim.justified.plain()}
    if claim.kind is ClaimKind.ADVANCE and not _payable(move, claim).cents:
        raise AdvanceNotDue
    move.session.add(claim)
    return {}


def _payable(move: Move, claim: PaymentClaim) -> Money:
    return Money.parse(str(settlement_of(move, claim)["payable"]))


def settle_claim(move: Move, _task: OpenTask, submission: Submission) -> Variables:
    """Compute what is due (DT9, DT10) on the spending the officer retained, or send back."""
    claim = current_claim(move)
    claim.checked_by_id = move.actor.person_id
    if submission.variables.get("claim_check") == "sent_back":
        return _send_back(claim, submission)
    retained = _amount(submission.answers, "retained")
    if retained is not None:
        claim.justified = min(retained, claim.justified)
    settlement = settlement_of(move, claim)
    claim.settlement = settlement
    claim.payable = Money.parse(str(settlement["payable"]))
    claim.status = ClaimStatus.SETTLED
    sign = "none"
    if claim.payable.cents:
        sign = "pay" if claim.payable.cents > 0 else "recover"
    return {"payable_sign": sign, "last_payment": claim.is_last}


def settlement_of(move: Move, claim: PaymentClaim) -> dict[str, Any]:
    """What the rules say of a claim, from the calculation frozen at the vote."""
    calculation = move.dossier.calculation or {}
    facts = {
        "scheme": move.dossier.scheme,
        "applicant_type": move.dossier.facts.get("applicant_type"),
        "voted_aid": (move.dossier.voted or Money.zero()).plain(),
        "base": calculation.get("base"),
        "library_share": move.dossier.facts.get("library_share"),
        "total_cost": move.dossier.facts.get("total_cost"),
        "justified": claim.justified.plain(),
        "real_cost": (claim.real_cost or claim.justified).plain(),
        "real_private": (claim.real_private or Money.zero()).plain(),
        "real_other_public": (claim.real_other_public or Money.zero()).plain(),
        "already_paid": paid(move.session, move.dossier.id).plain(),
        "kind": claim.kind.value,
    }
    return move.type.rules.settle(
        {name: value for name, value in facts.items() if value is not None}
    )


def certify_claim(move: Move, _task: OpenTask, submission: Submission) -> Variables:
    """A second person certifies that what is paid for was done."""
    claim = current_claim(move)
    if submission.variables.get("certified") == "no":
        return _send_back(claim, submission)
    claim.certified_by_id = move.actor.person_id
    claim.certified_at = move.now
    claim.status = ClaimStatus.CERTIFIED
    if claim.payable == Money.zero():
        claim.status = ClaimStatus.NOTHING_DUE
    return {}


def issue_order(move: Move, _task: OpenTask, submission: Submission) -> Variables:
    """An order to pay (or to collect, when negative) what the rules computed."""
    claim = current_claim(move)
    answers = submission.answers
    move.session.add(
        PaymentOrder(
            claim_id=claim.id,
            number=str(answers["order_number"]),
            slip=str(answers.get("slip") or ""),
            amount=claim.payable or Money.zero(),
            status=OrderStatus.ISSUED,
            issued_on=day_answer(answers, "issued_on"),
            issued_by_id=move.actor.person_id,
            answered_on=None,
            paid_on=None,
            reason="",
        )
    )
    claim.status = ClaimStatus.ORDERED
    return {}


def payer_answer(move: Move, _task: OpenTask, submission: Submission) -> Variables:
    """The payer accepted the order and paid, or rejected it with a reason."""
    claim = current_claim(move)
    order = live_order(move, claim)
    order.answered_on = move.today
    if submission.variables.get("payer") == "rejected":
        order.status = OrderStatus.REJECTED
        order.reason = str(submission.answers.get("rejection_reason") or "")
        claim.status = ClaimStatus.CERTIFIED
        return {}
    order.status = OrderStatus.PAID
    order.paid_on = day_answer(submission.answers, "paid_on")
    claim.status = ClaimStatus.PAID
    return {}


def record_recovery(move: Move, _task: OpenTask, submission: Submission) -> Variables:
    """The overpayment came back."""
    claim = current_claim(move)
    order = live_order(move, claim)
    order.answered_on = move.today
    order.status = OrderStatus.PAID
    order.paid_on = day_answer(submission.answers, "recovered_on")
    claim.status = ClaimStatus.RECOVERED
    return {}


def current_claim(move: Move) -> PaymentClaim:
    """The claim under way: the last one of the dossier."""
    return move.session.scalars(
        select(PaymentClaim)
        .where(PaymentClaim.dossier_id == move.dossier.id)
        .order_by(PaymentClaim.number.desc())
        .limit(1)
    ).one()


def live_order(move: Move, claim: PaymentClaim) -> PaymentOrder:
    """The order of a claim that was not rejected."""
    return move.session.scalars(
        select(PaymentOrder).where(
            PaymentOrder.claim_id == claim.id, PaymentOrder.status != OrderStatus.REJECTED
        )
    ).one()


def _send_back(claim: PaymentClaim, submission: Submission) -> Variables:
    claim.status = ClaimStatus.SENT_BACK
    claim.reason = str(submission.answers.get("reason") or "")
    return {}


def _amount(answers: Any, name: str) -> Money | None:  # noqa: ANN401 - JSON
    value = answers.get(name)
    return None if value in (None, "") else Money.parse(str(value))
