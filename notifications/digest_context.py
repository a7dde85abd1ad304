"""What must a digest keep of the morning it was planned? From when to when it looks, what waited for it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.civil import civil_day
from app.domain.mailing import DigestKind
from app.domain.status import MailStatus
from app.domain.working_days import WorkingCalendar
from app.models.outbox import Mail
from notifications.context import PackOf
from notifications.post import Post
from notifications.render import render
from notifications.values import load, values_of

#: How many worked days a morning looks ahead, and how many days a Monday does.
_AHEAD_WORKED = 3
_AHEAD_WEEK = timedelta(days=28)
_WEEK = timedelta(days=7)
#: Held mails told one by one in a digest.
_HELD_MOST = 20


@dataclass(frozen=True)
class Editor:
    """What is needed to make digests."""

    post: Post
    pack_of: PackOf
    calendar: WorkingCalendar


def week_context(now: datetime) -> dict[str, Any]:
    """Of the digest of the week: the seven days that passed, the four weeks to come."""
    today = civil_day(now)
    return _kept(DigestKind.WEEKLY, today - _WEEK, today + _AHEAD_WEEK, now=now)


def day_context(
    session: Session, editor: Editor, person_id: UUID, *, since: date | None, now: datetime
) -> dict[str, Any]:
    """Of the digest of a morning: since the one before, with the mails that waited for it."""
    calendar, today = editor.calendar, civil_day(now)
    first = since or calendar.add_working_days(today, -1)
    last = calendar.add_working_days(today, _AHEAD_WORKED)
    held = list(_held_lines(session, editor, person_id, now=now))
    return {**_kept(DigestKind.DAILY, first, last, now=now), "held": held}


def _kept(kind: DigestKind, since: date, until: date, *, now: datetime) -> dict[str, Any]:
    return {
        "at": now.isoformat(),
        "kind": kind.value,
        "since": since.isoformat(),
        "until": until.isoformat(),
        "held": [],
    }


def _held_lines(
    session: Session, editor: Editor, person_id: UUID, *, now: datetime
) -> Iterator[Mapping[str, str]]:
    """The subjects of the mails that waited for this digest, with the pages they open."""
    waiting = session.scalars(
        select(Mail)
        .where(Mail.person_id == person_id, Mail.status == MailStatus.HELD)
        .order_by(Mail.created_at, Mail.id)
        .limit(_HELD_MOST)
    )
    for mail in waiting.all():
        subject = load(session, mail, editor.pack_of)
        values = values_of(session, editor.post, subject, now=now)
        type_key = subject.dossier.type_key if subject.dossier else ""
        text = render(mail.template, values, type_key=type_key).subject
        yield {"text": text, "detail": "", "url": values.url}
