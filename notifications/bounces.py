"""What becomes of a mail that came back? Marked on its dossier, its address set failing, once.

An address that fails gets no mail until somebody corrects it: what was meant for it waits, and
leaves for the new address.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import uuid4

from sqlalchemy import Table, select, update
from sqlalchemy.orm import Session

from app.database import insert_once
from app.domain.mailing import ReturnKind
from app.domain.status import MailStatus
from app.models.dossier import Dossier
from app.models.mailing import FailingAddress, MailReturn
from app.models.outbox import Mail
from app.models.process import Incident
from notifications.returns import Returned

_MAILS = cast(Table, Mail.__table__)
_RETURNS = cast(Table, MailReturn.__table__)
_FAILING = cast(Table, FailingAddress.__table__)
INCIDENT = "bounce"
#: Why a mail to such an address waits.
FAILING = "l’adresse ne reçoit plus nos courriels : elle est à corriger"
#: How the reason of a mail begins that the relay refused for good.
REFUSED = "refusé par le serveur de courrier"
_LOST = frozenset({ReturnKind.PERMANENT, ReturnKind.REFUSED})


@dataclass(frozen=True)
class Failure:
    """An address that took no mail: whose, and in which words."""

    address: str
    why: str


def take(session: Session, returned: Returned, *, now: datetime) -> bool:
    """Write down one message that came back and what it changes; False when it was known."""
    mail = _mail(session, returned)
    row = {
        "id": uuid4(),
        "digest": returned.digest,
        "mail_id": mail.id if mail else None,
        "kind": returned.kind
        if mail or returned.kind is ReturnKind.AUTOMATIC
        else ReturnKind.UNREAD,
        "code": returned.code[:12],
        "words": returned.words[:500],
        "at": now,
    }
    if not insert_once(session, _RETURNS, row):
        return False
    if mail is not None and returned.kind in _LOST:
        _come_back(session, mail, returned, now=now)
    return True


def mark_failing(session: Session, mail: Mail, failure: Failure, *, now: datetime) -> bool:
    """Set an address failing until it is corrected; False when it already is."""
    dossier = session.get(Dossier, mail.dossier_id) if mail.dossier_id else None
    row = {
        "id": uuid4(),
        "address": failure.address.lower(),
        "person_id": mail.person_id,
        "organisation_id": dossier.organisation_id if dossier and not mail.person_id else None,
        "dossier_id": mail.dossier_id,
        "why": failure.why[:500],
        "since": now,
        "cleared_at": None,
    }
    return insert_once(session, _FAILING, row)


def is_failing(session: Session, address: str) -> bool:
    """Is this address known to take no mail?"""
    found = session.scalar(
        select(FailingAddress.id).where(
            FailingAddress.address == address.lower(), FailingAddress.cleared_at.is_(None)
        )
    )
    return found is not None


def _mail(session: Session, returned: Returned) -> Mail | None:
    if returned.mail_id is not None:
        return session.get(Mail, returned.mail_id)
    if not returned.message_id:
        return None
    return session.scalar(select(Mail).where(Mail.message_id == returned.message_id))


def _come_back(session: Session, mail: Mail, returned: Returned, *, now: datetime) -> None:
    words = f"{returned.code} {returned.words}".strip()
    changed = session.connection().execute(
        update(_MAILS)
        .where(_MAILS.c.id == mail.id, _MAILS.c.status != MailStatus.BOUNCED)
        .values(
            status=MailStatus.BOUNCED,
            bounced_at=now,
            last_error=words[:1000],
            lease_owner=None,
            lease_until=None,
        )
    )
    if changed.rowcount != 1:
        return
    address = mail.sent_to or mail.address or ""
    is_new = returned.kind is ReturnKind.REFUSED
    if returned.kind is ReturnKind.PERMANENT and address:
        is_new = mark_failing(session, mail, Failure(address, words), now=now)
    if is_new:
        cause = f"{mail.template} : revenu de {address}, {words}"
        session.add(
            Incident(
                id=uuid4(),
                dossier_id=mail.dossier_id,
                kind=INCIDENT,
                cause=cause[:2000],
                raised_at=now,
            )
        )
