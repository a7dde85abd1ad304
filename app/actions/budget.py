"""Who opens an envelope, and for how much? The finance service."""

from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.errors import EnvelopeExists, NegativeAmount, NotAllowed
from app.domain.money import Money
from app.domain.permissions import Permission
from app.models.budget import Envelope


def open_envelope(
    session: Session,
    actor: Actor,
    *,
    code: str,
    label: str,
    year: int,
    account: str,
    voted: Money,
) -> Envelope:
    """A programme authorisation or a yearly credit. Refuses EnvelopeExists, NegativeAmount."""
    if not actor.may(Permission.KEEP_BUDGET):
        raise NotAllowed
    if voted < Money.zero():
        raise NegativeAmount
    if session.scalar(select(Envelope.id).where(Envelope.code == code)) is not None:
        raise EnvelopeExists(code=code)
    envelope = Envelope(
        id=uuid4(), code=code, label=label, year=year, account=account, voted=voted
    )
    session.add(envelope)
    session.flush()
    return envelope
