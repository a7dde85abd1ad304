"""Does the clock run, and do mails leave? Heartbeats and waiting mails, seen from another process."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.status import MailStatus
from app.models.outbox import Heartbeat, Mail
from app.models.reconciliation import Reconciliation

#: A sweep silent for longer is stalled; it leaves a sign every twenty seconds or so.
SILENCE = timedelta(minutes=3)


@dataclass(frozen=True)
class Pulse:
    """Does the clock run, as seen from another process? Which of its sweeps are silent."""

    has_run: bool
    silent: tuple[str, ...]

    @property
    def is_stalled(self) -> bool:
        """Somebody must look: no clock ever ran, or a sweep is silent."""
        return not self.has_run or bool(self.silent)


@dataclass(frozen=True)
class MailQueue:
    """How many mails wait, and how many a person must look at."""

    waiting: int
    failed: int
    bounced: int = 0


def heartbeats(session: Session) -> Sequence[Heartbeat]:
    """The last run of each sweep."""
    return session.scalars(select(Heartbeat).order_by(Heartbeat.name)).all()


def pulse(session: Session, *, now: datetime) -> Pulse:
    """Has each sweep been heard lately?"""
    beats = heartbeats(session)
    return Pulse(bool(beats), tuple(one.name for one in beats if now - one.at > SILENCE))


def last_check(session: Session) -> Reconciliation | None:
    """The latest nightly check; None when none was made."""
    return session.scalars(
        select(Reconciliation).order_by(Reconciliation.day.desc()).limit(1)
    ).first()


def mail_queue(session: Session) -> MailQueue:
    """The state of the outbox."""
    rows = session.execute(select(Mail.status, func.count()).group_by(Mail.status))
    counts = dict(rows.all())
    waiting = counts.get(MailStatus.PENDING, 0) + counts.get(MailStatus.SENDING, 0)
    return MailQueue(
        waiting=waiting,
        failed=counts.get(MailStatus.FAILED, 0),
        bounced=counts.get(MailStatus.BOUNCED, 0),
    )
