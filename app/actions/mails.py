"""What may a person do to a mail that was set aside? Send it again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.errors import NotAllowed, NotFound
from app.domain.permissions import Permission
from app.domain.status import MailStatus
from app.models.mailing import FailingAddress
from app.models.outbox import Mail
from app.models.people import Person


def send_again(session: Session, actor: Actor, mail_id: UUID, *, now: datetime) -> None:
    """Put a failed mail back into the queue; its attempts start again, its address is tried anew."""
    if not actor.may(Permission.ADMINISTER):
        raise NotAllowed
    mail = session.get(Mail, mail_id, with_for_update=True)
    if mail is None:
        raise NotFound
    if mail.status is MailStatus.FAILED:
        mail.status = MailStatus.PENDING
        mail.next_at = now
        mail.attempts = 0
        mail.lease_owner = None
        mail.lease_until = None
        _trust(session, actor, mail, now=now)


def _trust(session: Session, actor: Actor, mail: Mail, *, now: datetime) -> None:
    """The administrator says that the address works."""
    person = session.get(Person, mail.person_id) if mail.person_id else None
    address = person.email if person else mail.address or ""
    session.execute(
        update(FailingAddress)
        .where(FailingAddress.address == address.lower(), FailingAddress.cleared_at.is_(None))
        .values(cleared_at=now, cleared_by=actor.name)
    )
