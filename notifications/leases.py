"""Who is sending which mail? One row claimed at a time, under a lease, given back with its outcome.

A row still `sending` whose lease is over belonged to a sender that died: its sending may have
succeeded, so it is counted as ambiguous before somebody tries again.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Table, and_, case, or_, select, update
from sqlalchemy.orm import Session

from app.domain.status import MailStatus
from app.models.outbox import Mail
from app.models.process import Incident

_MAILS = cast(Table, Mail.__table__)
#: A clock that goes on while the machine sleeps, where there is one.
_STOPWATCH = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
_LONGEST_WAIT = timedelta(hours=1)
#: About 72 hours: 1, 2, 4, 8, 16, 32 minutes, then every hour.
GIVE_UP_AFTER = 77
INCIDENT = "mail"


@dataclass(frozen=True)
class Held:
    """A mail one sender holds."""

    id: UUID
    message_id: str
    attempts: int
    owner: str
    #: How many earlier sendings ended without a clear answer.
    ambiguous: int
    #: Since when it was to leave.
    due: datetime
    #: The instant of the claim (the database's), and the stopwatch just before it.
    at: datetime
    since: float

    @property
    def seconds(self) -> float:
        """How long it has been held."""
        return stopwatch() - self.since


def stopwatch() -> float:
    """Seconds, only good to be subtracted."""
    return time.clock_gettime(_STOPWATCH)


def claim(
    session: Session, owner: str, *, lease: float, since: float, now: datetime
) -> Held | None:
    """Take the next mail due, the longest waiting first; None when there is none."""
    columns = _MAILS.c
    chosen = (
        select(columns.id)
        .where(_is_due(now))
        .order_by(columns.next_at, columns.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .cte("chosen")
    )
    died = case((columns.status == MailStatus.SENDING, 1), else_=0)
    row = session.execute(
        update(_MAILS)
        .where(columns.id == chosen.c.id)
        .values(
            status=MailStatus.SENDING,
            lease_owner=owner,
            lease_until=now + timedelta(seconds=lease),
            attempts=columns.attempts + 1,
            ambiguous=columns.ambiguous + died,
        )
        .returning(
            columns.id,
            columns.message_id,
            columns.attempts,
            columns.ambiguous,
            columns.next_at.label("due"),
        )
    ).one_or_none()
    return Held(**row._asdict(), owner=owner, at=now, since=since) if row else None


def _is_due(now: datetime) -> ColumnElement[bool]:
    columns = _MAILS.c
    return and_(
        columns.status.in_((MailStatus.PENDING, MailStatus.SENDING, MailStatus.HELD)),
        columns.next_at <= now,
        or_(columns.lease_until.is_(None), columns.lease_until < now),
    )


def sent(
    session: Session,
    held: Held,
    *,
    now: datetime,
    to: str = "",
    subject: str = "",
    note: str = "",
) -> None:
    """The relay has it."""
    told = {"sent_to": to, "subject": subject} if to else {}
    _give_back(session, held, status=MailStatus.SENT, sent_at=now, last_error=note, **told)


@dataclass(frozen=True)
class Failure:
    """Why a mail did not leave, and how long to wait after the first try."""

    why: str
    first_wait: float
    is_ambiguous: bool = False


def later(session: Session, held: Held, failure: Failure, *, now: datetime) -> None:
    """To be tried again after a wait; set aside after three days of tries."""
    why = failure.why
    if held.attempts >= GIVE_UP_AFTER:
        set_aside(session, held, f"trois jours d’essais sans succès : {why}", now=now)
        return
    _give_back(
        session,
        held,
        status=MailStatus.PENDING,
        next_at=now + wait_after(held.attempts, failure.first_wait),
        last_error=why[:1000],
        ambiguous=_MAILS.c.ambiguous + int(failure.is_ambiguous),
    )


def cancelled(session: Session, held: Held, why: str) -> None:
    """Its reason vanished."""
    _give_back(session, held, status=MailStatus.CANCELLED, last_error=why)


def put_back(session: Session, held: Held, *, until: datetime) -> None:
    """Claimed for nothing: its reader has had too many; nothing was tried."""
    columns = _MAILS.c
    _give_back(
        session,
        held,
        status=MailStatus.PENDING,
        next_at=until,
        attempts=columns.attempts - 1,
    )


def wait_for_address(session: Session, held: Held, why: str) -> None:
    """Its address fails and somebody was told: no incident more, it leaves once corrected."""
    _give_back(session, held, status=MailStatus.FAILED, last_error=why)


def set_aside(session: Session, held: Held, why: str, *, now: datetime) -> None:
    """For a person to look at: not tried again by itself. The dossier goes on."""
    if not _give_back(session, held, status=MailStatus.FAILED, last_error=why[:1000]):
        return
    mail = session.get_one(Mail, held.id)
    session.add(
        Incident(
            id=uuid4(),
            dossier_id=mail.dossier_id,
            kind=INCIDENT,
            cause=f"{mail.template} : {why}"[:2000],
            raised_at=now,
        )
    )


def wait_after(attempts: int, first: float) -> timedelta:
    """How long to wait after that many attempts: the first wait, doubled each time, to an hour."""
    return min(_LONGEST_WAIT, timedelta(seconds=first) * (1 << min(attempts - 1, 10)))


def _give_back(session: Session, held: Held, **values: Any) -> bool:  # noqa: ANN401 - columns
    """Write the outcome if the mail is still ours; False when another sender took it."""
    changed = session.connection().execute(
        update(_MAILS)
        .where(
            _MAILS.c.id == held.id,
            _MAILS.c.status == MailStatus.SENDING,
            _MAILS.c.lease_owner == held.owner,
        )
        .values(lease_owner=None, lease_until=None, **values)
    )
    return changed.rowcount == 1
