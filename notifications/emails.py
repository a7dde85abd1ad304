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
from app.domain.status import MailStatus
from app.models.outbox import Mail

_MAILS = cast(Table, Mail.__table__)
REMINDER = "reminder:"


@dataclass(frozen=True)
class Recipient:
    """Who receives: a person, or an address nobody has an account for."""

    person_id: UUID | None = None
    address: str | None = None

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
    """Put one mail in the outbox; False when its key is already there."""
    row = {
        "id": uuid4(),
        "key": planned.key,
        "message_id": message_id_of(planned.key, domain),
        "template": planned.template,
        "dossier_id": planned.dossier_id,
        "task_id": planned.task_id,
        "person_id": planned.to.person_id,
        "address": planned.to.address,
        "context": dict(planned.context),
        "status": MailStatus.PENDING,
        "created_at": now,
        "next_at": now,
        "attempts": 0,
        "ambiguous": 0,
        "last_error": "",
    }
    return insert_once(session, _MAILS, row)
