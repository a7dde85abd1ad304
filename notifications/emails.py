"""Which mail is to leave, to whom, and why only once? One row a person, under a key that says it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import Table
from sqlalchemy.orm import Session

from app.database import insert_once
from app.domain.audience import Because
from app.domain.mailing import Choice
from app.domain.status import MailStatus
from app.models.outbox import Mail
from notifications.held import alone_at
from notifications.preferences import choice_for

_MAILS = cast(Table, Mail.__table__)
REMINDER = "reminder:"
#: Why a mail its reader does not want never left.
REFUSED = "le destinataire ne veut pas de ces courriels"
_FIRST = {
    Choice.NOW: MailStatus.PENDING,
    Choice.DIGEST: MailStatus.HELD,
    Choice.NEVER: MailStatus.CANCELLED,
}


@dataclass(frozen=True)
class Recipient:
    """Who receives: a person, or an address nobody has an account for."""

    person_id: UUID | None = None
    address: str | None = None
    #: Why they are written to, and in whose place; said in the mail, no part of who they are.
    because: Because = field(default=Because.READER, compare=False)
    for_id: UUID | None = field(default=None, compare=False)

    @property
    def name(self) -> str:
        """How the recipient is written in a key."""
        if self.person_id is not None:
            return str(self.person_id)
        return hashlib.sha256((self.address or "").lower().encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Planned:
    """One mail to plan; `context` holds what must be told as it was when it happened."""

    key: str
    template: str
    to: Recipient
    dossier_id: UUID | None = None
    task_id: UUID | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    #: The audiences it was planned for; asked again before it leaves.
    audiences: tuple[str, ...] = ()
    #: Told in the reader's digest, unless they chose otherwise.
    digest: bool = False


def event_key(dossier_id: UUID, seq: int, mail: str, to: Recipient) -> str:
    """The key of a mail told by a journal entry."""
    return f"event:{dossier_id}:{seq}:{mail}:{to.name}"


def reminder_key(task_id: UUID, rung: str, deadline: date, to: Recipient) -> str:
    """The key of a reminder: a rung, for one deadline, to one person, once."""
    return f"{REMINDER}{task_id}:{rung}:{deadline.isoformat()}:{to.name}"


def message_id_of(key: str, domain: str) -> str:
    """The Message-ID of a mail: the same key always gives the same."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:24]}.liasse@{domain}>"


def plan(session: Session, planned: Planned, *, domain: str, now: datetime) -> bool:
    """Put one mail in the outbox; False when its key is already there.

    What its reader wants in a digest is held; what they refused is kept as cancelled, on record.
    """
    choice = choice_for(session, planned.to.person_id, planned.template, digest=planned.digest)
    row = {
        "id": uuid4(),
        "key": planned.key,
        "message_id": message_id_of(planned.key, domain),
        "template": planned.template,
        "dossier_id": planned.dossier_id,
        "task_id": planned.task_id,
        "person_id": planned.to.person_id,
        "address": planned.to.address,
        "context": {**planned.context, "why": _why(planned)},
        "status": _FIRST[choice],
        "created_at": now,
        "next_at": alone_at(now) if choice is Choice.DIGEST else now,
        "attempts": 0,
        "ambiguous": 0,
        "last_error": REFUSED if choice is Choice.NEVER else "",
    }
    return insert_once(session, _MAILS, row)


def _why(planned: Planned) -> dict[str, Any]:
    """What the mail will say of its reason."""
    to = planned.to
    return {
        "because": to.because.value,
        "for": str(to.for_id) if to.for_id else None,
        "to": list(planned.audiences),
    }
