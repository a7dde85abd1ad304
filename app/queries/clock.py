"""Does the clock run, and do mails leave? Heartbeats and waiting mails, seen from another process."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.status import MailStatus
from app.models.outbox import Heartbeat, Mail

#: A clock silent for longer is stalled.
SILENCE = timedelta(minutes=2)


@dataclass(frozen=True)
class MailQueue:
    """How many mails wait, and how many a person must look at."""

    waiting: int
    failed: int


def heartbeats(session: Session) -> Sequence[Heartbeat]:
    """The last run of each sweep."""
    return session.scalars(select(Heartbeat).order_by(Heartbeat.name)).all()


def stalled(session: Session, *, now: datetime) -> bool:
    """Has no clock been heard for too long?"""
    last = session.scalar(select(func.max(Heartbeat.at, type_=Heartbeat.at.type)))
    return last is None or now - last > SILENCE


def mail_queue(session: Session) -> MailQueue:
    """The state of the outbox."""
    rows = session.execute(select(Mail.status, func.count()).group_by(Mail.status))
    counts = dict(rows.all())
    waiting = counts.get(MailStatus.PENDING, 0) + counts.get(MailStatus.SENDING, 0)
    return MailQueue(waiting=waiting, failed=counts.get(MailStatus.FAILED, 0))
