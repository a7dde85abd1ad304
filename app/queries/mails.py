"""Which mails are there? Those of a dossier, the queue, those to look at, found by dossier or address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.domain.status import MailStatus
from app.models.dossier import Dossier
from app.models.mailing import MailReturn
from app.models.outbox import Mail
from app.models.people import Person

PAGE = 50


class Box(StrEnum):
    """The tabs of the mails' page; their values stand in its URLs."""

    WAITING = "a-envoyer"  #: To be sent, or waiting for a digest
    FAILED = "en-echec"  #: Set aside
    BOUNCED = "revenus"  #: Came back
    DOUBTFUL = "incertains"  #: Sent once more than known: perhaps twice
    SENT = "envoyes"  #: The relay took them
    CANCELLED = "annules"  #: Never left, with the reason


_BOXES: Mapping[Box, ColumnElement[bool]] = {
    Box.WAITING: Mail.status.in_((MailStatus.PENDING, MailStatus.SENDING, MailStatus.HELD)),
    Box.FAILED: Mail.status == MailStatus.FAILED,
    Box.BOUNCED: Mail.status == MailStatus.BOUNCED,
    Box.DOUBTFUL: Mail.ambiguous > 0,
    Box.SENT: Mail.status.in_((MailStatus.SENT, MailStatus.DIGESTED)),
    Box.CANCELLED: Mail.status == MailStatus.CANCELLED,
}


@dataclass(frozen=True)
class Line:
    """One mail, with the name of its reader and its dossier's reference."""

    mail: Mail
    to: str
    reference: str | None


@dataclass(frozen=True)
class MailPage:
    """One page of a box."""

    lines: Sequence[Line]
    counts: Mapping[Box, int]
    total: int
    page: int
    pages: int


def mails_of(session: Session, dossier_id: UUID) -> Sequence[Line]:
    """Every mail of a dossier, the latest first; trials of an administrator are none."""
    its = and_(Mail.dossier_id == dossier_id, Mail.key.not_like("trial:%"))
    return _lines(session, its, limit=500, offset=0)


def box(session: Session, chosen: Box, *, words: str = "", page: int = 1) -> MailPage:
    """One page of a box, the latest first; `words` are a reference, a name or an address."""
    narrowed = _narrowed(words)
    counts = {
        one: session.scalar(_count(and_(condition, narrowed))) or 0
        for one, condition in _BOXES.items()
    }
    pages = max(1, -(-counts[chosen] // PAGE))
    page = min(max(1, page), pages)
    lines = _lines(
        session, and_(_BOXES[chosen], narrowed), limit=PAGE, offset=(page - 1) * PAGE
    )
    return MailPage(lines, counts, counts[chosen], page, pages)


def doubtful(session: Session) -> int:
    """How many sendings ended without a clear answer: each may have doubled a mail."""
    return session.scalar(select(func.coalesce(func.sum(Mail.ambiguous), 0))) or 0


def sent_since(session: Session, since: datetime) -> int:
    """How many mails the relay took since then."""
    found = select(func.count()).select_from(Mail).where(Mail.sent_at > since)
    return session.scalar(found) or 0


def last_returns(session: Session, *, limit: int = 10) -> Sequence[MailReturn]:
    """The last messages that came back, the latest first."""
    return session.scalars(
        select(MailReturn).order_by(MailReturn.at.desc(), MailReturn.id).limit(limit)
    ).all()


def _lines(
    session: Session, condition: ColumnElement[bool], *, limit: int, offset: int
) -> list[Line]:
    rows = session.execute(
        select(Mail, Person.name, Dossier.reference)
        .outerjoin(Person, Person.id == Mail.person_id)
        .outerjoin(Dossier, Dossier.id == Mail.dossier_id)
        .where(condition)
        .order_by(Mail.created_at.desc(), Mail.key)
        .limit(limit)
        .offset(offset)
    )
    return [Line(mail, name or mail.address or "", reference) for mail, name, reference in rows]


def _count(condition: ColumnElement[bool]) -> Select[int]:
    return (
        select(func.count())
        .select_from(Mail)
        .outerjoin(Person, Person.id == Mail.person_id)
        .outerjoin(Dossier, Dossier.id == Mail.dossier_id)
        .where(condition)
    )


def _narrowed(words: str) -> ColumnElement[bool]:
    columns = (Dossier.reference, Person.name, Person.email, Mail.address, Mail.sent_to)
    return and_(
        Mail.id.is_not(None),
        *(
            or_(*(func.lower(one).contains(word, autoescape=True) for one in columns))
            for word in words.lower().split()
        ),
    )
