"""What may a person do to a mail that was set aside? Send it again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.errors import NotAllowed, NotFound
from app.domain.permissions import Permission
from app.domain.status import MailStatus
from app.models.outbox import Mail


def send_again(session: Session, actor: Actor, mail_id: UUID, *, now: datetime) -> None:
    """Put a failed mail back into the queue; its attempts start again."""
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
