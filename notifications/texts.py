"""Which words of a mail are in force, who wrote them, and may these take their place?

Words are checked when they are saved: their tags, then the mail they make for the dossiers that
last received it. Words that cannot be written for a dossier after all give way to the shipped
ones: a mail is never empty, and somebody is told.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.errors import NotAllowed, NotFound
from app.domain.permissions import Permission
from app.models.mailing import MailText
from app.models.outbox import Mail
from app.models.process import Incident
from notifications.context import PackOf
from notifications.post import Post
from notifications.render import Filled
from notifications.shipped import Words, shipped_words
from notifications.values import Values, load, values_of
from notifications.wording import WordsRefused, parse, write

#: While one is open for a mail, no second one is raised.
INCIDENT = "mail_text"
#: How many dossiers new words are tried on.
_TRIED = 20
_SUBJECT_LONGEST = 200


def live(session: Session, template: str) -> Words | None:
    """The administrator's words in force; None when those shipped are."""
    last = session.scalar(
        select(MailText)
        .where(MailText.template == template)
        .order_by(MailText.number.desc())
        .limit(1)
    )
    return _words(last) if last is not None else None


def versions(session: Session, template: str) -> Sequence[MailText]:
    """Every version, the latest first."""
    return session.scalars(
        select(MailText).where(MailText.template == template).order_by(MailText.number.desc())
    ).all()


def edited(session: Session) -> dict[str, MailText]:
    """The version in force of every mail that was ever edited."""
    rows = session.scalars(select(MailText).order_by(MailText.number)).all()
    return {row.template: row for row in rows}


def fill(words: Words, values: Values) -> Filled:
    """The words for these values. Refuses WordsRefused."""
    found = Filled(
        *(write(parse(part), values) for part in (words.subject, words.title, words.body))
    )
    if not found.subject.strip() or not found.body.strip():
        raise WordsRefused(where="", what="Le courriel serait vide.")
    return found


def save(session: Session, actor: Actor, template: str, words: Words, *, now: datetime) -> None:
    """Put words in force. Refuses NotAllowed, NotFound, WordsRefused (call `check` first)."""
    _check_may(actor, template)
    for part in (words.subject, words.title, words.body):
        parse(part)
    _add(session, actor, template, words, now=now)


def back_to_shipped(session: Session, actor: Actor, template: str, *, now: datetime) -> None:
    """Return to the shipped words; the versions stay."""
    _check_may(actor, template)
    _add(session, actor, template, None, now=now)


def check(
    session: Session,
    post: Post,
    pack_of: PackOf,
    template: str,
    words: Words,
    *,
    now: datetime,
) -> None:
    """Try words on the dossiers that last received this mail. Refuses WordsRefused."""
    if not words.subject.strip() or not words.title.strip() or not words.body.strip():
        raise WordsRefused(where="", what="Il manque l’objet, le titre ou le texte.")
    if "\n" in words.subject.strip() or len(words.subject) > _SUBJECT_LONGEST:
        raise WordsRefused(
            where="", what=f"L’objet tient sur une ligne, {_SUBJECT_LONGEST} signes au plus."
        )
    for part in (words.subject, words.title, words.body):
        parse(part)
    recent = session.scalars(
        select(Mail)
        .where(
            Mail.template == template,
            Mail.dossier_id.is_not(None),
            Mail.key.not_like("trial:%"),
        )
        .order_by(Mail.created_at.desc())
        .limit(_TRIED)
    ).all()
    for mail in recent:
        subject = load(session, mail, pack_of)
        try:
            fill(words, values_of(session, post, subject, now=now))
        except WordsRefused as refusal:
            reference = subject.dossier.reference if subject.dossier else ""
            raise WordsRefused(where=f"Dossier {reference} : ", what=refusal.message) from None


def tell(session: Session, template: str, why: str, *, now: datetime) -> None:
    """The words of a mail gave way to the shipped ones: one incident says it."""
    known = select(Incident.id).where(
        Incident.kind == INCIDENT,
        Incident.resolved_at.is_(None),
        Incident.cause.startswith(f"{template} :", autoescape=True),
    )
    if session.scalar(known.limit(1)) is None:
        cause = (
            f"{template} : le texte modifié n’a pas pu être écrit, l’original est parti. {why}"
        )
        session.add(
            Incident(
                id=uuid4(), dossier_id=None, kind=INCIDENT, cause=cause[:2000], raised_at=now
            )
        )


def _check_may(actor: Actor, template: str) -> None:
    if not actor.may(Permission.ADMINISTER):
        raise NotAllowed
    if shipped_words(template) is None:
        raise NotFound


def _add(
    session: Session, actor: Actor, template: str, words: Words | None, *, now: datetime
) -> None:
    last = session.scalar(
        select(func.max(MailText.number)).where(MailText.template == template)
    )
    session.add(
        MailText(
            template=template,
            number=(last or 0) + 1,
            subject=words.subject.strip() if words else None,
            title=words.title.strip() if words else None,
            body=words.body.strip() if words else None,
            by_id=actor.person_id,
            at=now,
        )
    )
    session.flush()


def _words(row: MailText) -> Words | None:
    if row.body is None:
        return None
    return Words(row.subject or "", row.title or "", row.body)
