"""How is a mail sent again? Somebody of the service asks; it is a new mail, with a key of its own.

The first one stays on record as it was. What says why it exists (its task, its deadline) is
checked again before it leaves.
"""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actions import hold as holds
from app.actions.journal import Entry, record
from app.domain.actor import Actor
from app.domain.errors import NotAllowed, NotFound, Refusal
from app.domain.events import EventKind
from app.domain.permissions import Permission
from app.domain.status import MailStatus
from app.models.dossier import Dossier
from app.models.outbox import Mail
from app.models.people import Person
from app.queries.dossiers import readable
from notifications.emails import message_id_of

#: While it still waits, sending it again would only double it.
_UNDER_WAY = frozenset({MailStatus.PENDING, MailStatus.SENDING, MailStatus.HELD})


class StillWaiting(Refusal):
    """The mail has not left yet."""

    sentence = "Ce courriel n’est pas encore parti : il partira de lui-même."


def resend(
    session: Session, actor: Actor, mail_id: UUID, *, domain: str, now: datetime
) -> UUID:
    """Plan the same mail once more, to the same person. Refuses NotAllowed, StillWaiting.

    Its key is the first one's with `:1`, `:2`…: each sending has its own Message-ID.
    """
    mail = session.get(Mail, mail_id)
    if mail is None:
        raise NotFound
    _check(session, actor, mail)
    if mail.status in _UNDER_WAY:
        raise StillWaiting
    again = plan_again(session, mail, domain=domain, now=now)
    if mail.dossier_id is not None:
        _write(session, actor, mail, now=now)
    return again.id


def plan_again(session: Session, mail: Mail, *, domain: str, now: datetime) -> Mail:
    """A new row for the same mail."""
    first = _first_key(session, mail)
    count = session.scalar(
        select(func.count())
        .select_from(Mail)
        .where(Mail.key.startswith(f"{first}:", autoescape=True))
    )
    key = f"{first}:{(count or 0) + 1}"
    again = Mail(
        id=uuid4(),
        key=key,
        message_id=message_id_of(key, domain),
        template=mail.template,
        dossier_id=mail.dossier_id,
        task_id=mail.task_id,
        person_id=mail.person_id,
        address=mail.address,
        context=dict(mail.context),
        subject=mail.subject,
        status=MailStatus.PENDING,
        created_at=now,
        next_at=now,
        attempts=0,
        ambiguous=0,
        last_error="",
    )
    session.add(again)
    session.flush()
    return again


def _check(session: Session, actor: Actor, mail: Mail) -> None:
    if actor.may(Permission.ADMINISTER):
        return
    if not actor.may(Permission.WORK_TASKS) or mail.dossier_id is None:
        raise NotAllowed
    seen = select(Dossier.id).where(Dossier.id == mail.dossier_id, readable(actor))
    if session.scalar(seen) is None:
        raise NotFound
    if not actor.may(Permission.READ_ALL_DOSSIERS):
        raise NotAllowed


def _first_key(session: Session, mail: Mail) -> str:
    """The key without the mark of an earlier sending again."""
    head, _, mark = mail.key.rpartition(":")
    if not mark.isdecimal():
        return mail.key
    is_again = session.scalar(select(Mail.id).where(Mail.key == head)) is not None
    return head if is_again else mail.key


def _write(session: Session, actor: Actor, mail: Mail, *, now: datetime) -> None:
    assert mail.dossier_id is not None  # noqa: S101 - checked by the caller
    hold = holds.take(session, mail.dossier_id, even_suspended=True)
    person = session.get(Person, mail.person_id) if mail.person_id else None
    named = person.name if person else mail.address or ""
    entry = Entry(
        EventKind.RESENT,
        task_id=mail.task_id,
        body={"mail": mail.template},
        personal={"actor": actor.name, "to": named},
    )
    record(session, hold, actor, entry, now=now)
