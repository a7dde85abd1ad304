"""Which money is set aside for a dossier, and how is the rest given back?"""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actions.effects.told import inputs_of
from app.actions.movement import Move, Variables
from app.actions.open_tasks import OpenTask
from app.catalogue.forms import Submission
from app.catalogue.service_inputs import text_input
from app.domain.errors import EnvelopeExhausted, NotFound, Refusal
from app.domain.money import Money
from app.domain.status import OrderStatus
from app.engine.run import OpenJob
from app.models.budget import Commitment, Envelope
from app.models.payment import PaymentClaim, PaymentOrder


class EnvelopeUnknown(Refusal):
    """An automatic step names an envelope that does not exist."""

    sentence = "Aucune enveloppe n’a le code « {code} »."


class NothingToReserve(Refusal):
    """An automatic step reserves nothing."""

    sentence = "Il n’y a pas de somme à engager : le montant n’est pas connu, ou il est nul."


class NothingVoted(Refusal):
    """No amount was voted for the dossier."""

    sentence = "Aucun montant n’a été voté pour ce dossier : il n’y a rien à engager."


def commit_funds(move: Move, _task: OpenTask, submission: Submission) -> Variables:
    """Set the voted amount aside on an envelope.

    Refuses EnvelopeExhausted when less is left on it: Σ commitments ≤ voted (domain.md §8);
    NothingVoted.
    """
    answers, amount = submission.answers, move.dossier.voted
    if amount is None or amount <= Money.zero():
        raise NothingVoted
    envelope = move.session.get(Envelope, UUID(str(answers["envelope"])), with_for_update=True)
    _commit(move, envelope, str(answers["commitment_number"]), amount)
    return {}


def reserve_budget(move: Move, job: OpenJob) -> Variables:
    """Commit an amount on the envelope of that code, by an automatic step.

    Refuses EnvelopeExhausted (a BPMN error too), EnvelopeUnknown, NothingToReserve.
    """
    told = inputs_of(move, job)
    code = text_input(told, "envelope")
    envelope = move.session.scalar(
        select(Envelope).where(Envelope.code == code).with_for_update()
    )
    if envelope is None:
        raise EnvelopeUnknown(code=code)
    wanted = told.get("amount", move.dossier.voted)
    if not isinstance(wanted, Money) or wanted <= Money.zero():
        raise NothingToReserve
    number = text_input(told, "number", str(move.dossier.reference))
    _commit(move, envelope, number[:60], wanted)
    move.notes["reserved"] = {"envelope": code, "cents": wanted.cents}
    return {}


def _commit(move: Move, envelope: Envelope | None, number: str, amount: Money) -> None:
    """The one place where money is committed: the envelope is held, its rest is counted."""
    if envelope is None:
        raise NotFound
    left = available(move.session, envelope)
    if amount > left:
        raise EnvelopeExhausted(code=envelope.code, left=left.french(), wanted=amount.french())
    move.session.add(_commitment(move, envelope.id, number, amount, reason=""))


def release_remainder(move: Move, *, reason: str) -> None:
    """Give back what is committed and will never be paid: a negative commitment."""
    rows = move.session.execute(
        select(
            Commitment.envelope_id, func.sum(Commitment.amount, type_=Commitment.amount.type)
        )
        .where(Commitment.dossier_id == move.dossier.id)
        .group_by(Commitment.envelope_id)
    ).all()
    spent = paid(move.session, move.dossier.id)
    for envelope_id, committed in rows:
        rest = committed - spent
        if rest > Money.zero():
            number = f"DEG-{move.dossier.reference}"
            move.session.add(_commitment(move, envelope_id, number, -rest, reason=reason))


def available(session: Session, envelope: Envelope) -> Money:
    """What may still be committed on an envelope."""
    committed = session.scalar(
        select(func.sum(Commitment.amount, type_=Commitment.amount.type)).where(
            Commitment.envelope_id == envelope.id
        )
    )
    return envelope.voted - (committed or Money.zero())


def paid(session: Session, dossier_id: UUID) -> Money:
    """What was paid to a dossier, what was collected back deducted."""
    total = session.scalar(
        select(func.sum(PaymentOrder.amount, type_=PaymentOrder.amount.type))
        .join(PaymentClaim)
        .where(PaymentClaim.dossier_id == dossier_id, PaymentOrder.status == OrderStatus.PAID)
    )
    return total or Money.zero()


def day_answer(answers: Mapping[str, Any], name: str) -> date:
    """An answer that is a civil day."""
    return date.fromisoformat(str(answers[name]))


def _commitment(
    move: Move, envelope_id: UUID, number: str, amount: Money, *, reason: str
) -> Commitment:
    return Commitment(
        envelope_id=envelope_id,
        dossier_id=move.dossier.id,
        number=number,
        amount=amount,
        reason=reason,
        on=move.today,
        by_id=move.actor.person_id,
        at=move.now,
    )
