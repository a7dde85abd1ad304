"""May mails leave now? Not while somebody paused them, nor in a storm: the brake stops it and says so.

A storm is a mistake seen from outside: too many mails in an hour, or too many to one person.
Nothing is lost: what is held back leaves when somebody lets it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Table, exists, func, select, update
from sqlalchemy.orm import Session

from app.database import insert_once
from app.domain.actor import Actor
from app.domain.errors import NotAllowed, NotFound
from app.domain.permissions import Permission
from app.domain.status import MailStatus
from app.models.mailing import MailPause
from app.models.outbox import Mail
from app.models.people import Person
from app.models.process import Incident
from notifications.emails import Recipient
from notifications.post import Limits

_PAUSES = cast(Table, MailPause.__table__)
EVERYBODY = "all"
INCIDENT = "brake"
BY_HAND = "décision d’un administrateur"
_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True)
class Room:
    """How many mails may leave now; `why` when the brake must be pulled."""

    mails: int
    why: str = ""


def room(session: Session, limits: Limits | None, *, most: int, now: datetime) -> Room:
    """How many mails may leave now, `most` at most."""
    if is_paused(session, EVERYBODY):
        return Room(0)
    if limits is None:
        return Room(most)
    since = max(now - _HOUR, _resumed(session, EVERYBODY) or now - _HOUR)
    if _sent_since(session, since) >= limits.per_hour:
        return Room(0, f"plus de {limits.per_hour} courriels sont partis en une heure")
    return Room(max(0, min(most, limits.per_minute - _sent_since(session, now - _MINUTE))))


def holds(session: Session, limits: Limits | None, mail_id: UUID, *, now: datetime) -> bool:
    """Must this mail wait, because its reader has had too many? Pulls the brake for them."""
    if limits is None:
        return False
    mail = session.get_one(Mail, mail_id)
    scope = Recipient(mail.person_id, mail.address).name
    if is_paused(session, scope):
        return True
    since = max(now - _HOUR, _resumed(session, scope) or now - _HOUR)
    if _sent_since(session, since, _to(mail)) < limits.per_hour_each:
        return False
    person = session.get(Person, mail.person_id) if mail.person_id else None
    whom = person.name if person else mail.address
    why = f"plus de {limits.per_hour_each} courriels en une heure à {whom}"
    pause(session, scope, why, now=now)
    return True


def is_paused(session: Session, scope: str) -> bool:
    """Is sending stopped for everybody, or for one recipient?"""
    return bool(
        session.scalar(
            select(exists().where(MailPause.scope == scope, MailPause.resumed_at.is_(None)))
        )
    )


def pause(session: Session, scope: str, why: str, *, now: datetime) -> None:
    """Pull the brake, with an incident; nothing when it is pulled already."""
    row = {"id": uuid4(), "scope": scope, "why": why[:300], "paused_at": now}
    if not insert_once(session, _PAUSES, row):
        return
    cause = f"Envoi des courriels arrêté : {why}. Regardez la file, puis reprenez les envois."
    session.add(
        Incident(id=uuid4(), dossier_id=None, kind=INCIDENT, cause=cause, raised_at=now)
    )


def stop(session: Session, actor: Actor, *, now: datetime) -> None:
    """A person stops every sending. Refuses NotAllowed."""
    if not actor.may(Permission.ADMINISTER):
        raise NotAllowed
    row = {"id": uuid4(), "scope": EVERYBODY, "why": BY_HAND, "paused_at": now}
    insert_once(session, _PAUSES, {**row, "paused_by": actor.name})


def let_go(session: Session, actor: Actor, pause_id: UUID, *, now: datetime) -> None:
    """A person lets mails go again; the brake counts anew from now. Refuses NotAllowed."""
    if not actor.may(Permission.ADMINISTER):
        raise NotAllowed
    found = session.get(MailPause, pause_id, with_for_update=True)
    if found is None:
        raise NotFound
    if found.resumed_at is not None:
        return
    found.resumed_at, found.resumed_by = now, actor.name
    session.execute(
        update(Incident)
        .where(
            Incident.kind == INCIDENT,
            Incident.resolved_at.is_(None),
            Incident.cause.contains(found.why, autoescape=True),
        )
        .values(resolved_at=now, resolved_by=actor.name)
    )
    if found.scope != EVERYBODY:
        _wake(session, found.scope, now=now)


def _wake(session: Session, scope: str, *, now: datetime) -> None:
    """What waited for one reader is due now."""
    for mail in session.scalars(
        select(Mail).where(Mail.status == MailStatus.PENDING, Mail.next_at > now)
    ):
        if Recipient(mail.person_id, mail.address).name == scope and mail.attempts == 0:
            mail.next_at = now


def open_pauses(session: Session) -> Sequence[MailPause]:
    """The pauses in force, the oldest first."""
    return session.scalars(
        select(MailPause).where(MailPause.resumed_at.is_(None)).order_by(MailPause.paused_at)
    ).all()


def _resumed(session: Session, scope: str) -> datetime | None:
    """When somebody last let mails go again: only what left since counts."""
    return session.scalar(
        select(func.max(MailPause.resumed_at, type_=MailPause.resumed_at.type)).where(
            MailPause.scope == scope
        )
    )


def _to(mail: Mail) -> ColumnElement[bool]:
    if mail.person_id is not None:
        return Mail.person_id == mail.person_id
    return Mail.address == mail.address


def _sent_since(session: Session, since: datetime, *conditions: ColumnElement[bool]) -> int:
    sent = select(func.count()).select_from(Mail).where(Mail.sent_at > since, *conditions)
    return session.scalar(sent) or 0
