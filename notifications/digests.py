"""Who gets a digest today, and what must it tell? Planned once a person, kind and day.

The row of `digest` is the claim: whatever the number of clocks, one of them inserts it, and the
mail goes to the outbox in the same transaction. After an outage today's digest tells everything;
the mornings that passed are recorded as superseded.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, exists, func, insert, select, update
from sqlalchemy.orm import Session

from app.database import insert_once
from app.domain.civil import PARIS, civil_day
from app.domain.ladder import OPENING_HOUR
from app.domain.mailing import Choice, DigestKind, DigestOutcome
from app.domain.permissions import GRANTS, Permission, Role
from app.domain.status import MailStatus
from app.domain.working_days import WorkingCalendar
from app.models.digest import Digest
from app.models.mailing import MailPreference
from app.models.outbox import Mail
from app.models.people import Person, PersonRole
from app.models.process import Incident
from app.queries.absences import stands_in_for
from app.queries.digest import is_absent
from app.queries.people import actor_of
from notifications.context import PackOf
from notifications.digest_view import digest_view
from notifications.emails import Planned, Recipient, plan
from notifications.post import Post
from notifications.render import render
from notifications.values import DIGESTS, load, values_of

_DIGESTS = cast(Table, Digest.__table__)
_MAILS = cast(Table, Mail.__table__)
#: The mail of each kind, which is also the name of its preference.
TEMPLATES = {kind: template for template, (kind, _page) in DIGESTS.items()}
ASKED = {
    DigestKind.DAILY: Permission.WORK_TASKS,
    DigestKind.WEEKLY: Permission.SUPERVISE,
}
#: While an incident of this kind is open, no second one is raised.
INCIDENT = "digest"
#: A morning digest that could not leave by then is worth nothing: the next one tells all.
_TOO_LATE_HOUR = 18
#: How many worked days a morning looks ahead, and how many days a Monday does.
_AHEAD_WORKED = 3
_AHEAD_WEEK = 28
#: Missed mornings that are recorded after an outage, at most.
_RECORDED = 30
#: Held mails told one by one in a digest.
_HELD_MOST = 20


@dataclass(frozen=True)
class Due:
    """A digest to make now."""

    person_id: UUID
    kind: DigestKind
    day: date


@dataclass(frozen=True)
class Editor:
    """What is needed to make digests."""

    post: Post
    pack_of: PackOf
    calendar: WorkingCalendar


def occurrences(now: datetime, calendar: WorkingCalendar) -> dict[DigestKind, date]:
    """The day of the digests that may be made at that instant; none outside office hours.

    The weekly one is the first worked day's; made later in the week when no clock ran that day.
    """
    today, hour = civil_day(now), now.astimezone(PARIS).hour
    if not calendar.is_working(today) or not OPENING_HOUR <= hour < _TOO_LATE_HOUR:
        return {}
    monday = today - timedelta(days=today.weekday())
    return {DigestKind.DAILY: today, DigestKind.WEEKLY: calendar.on_or_after(monday)}


def due_digests(session: Session, calendar: WorkingCalendar, *, now: datetime) -> list[Due]:
    """The digests of today that were not made yet, person by person."""
    return [
        due
        for kind, day in occurrences(now, calendar).items()
        for due in _missing(session, kind, day)
    ]


def _missing(session: Session, kind: DigestKind, day: date) -> Iterator[Due]:
    roles = [role for role in Role if ASKED[kind] in GRANTS[role]]
    made = exists().where(Digest.person_id == Person.id, Digest.kind == kind, Digest.day == day)
    people = session.scalars(
        select(Person.id)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(Person.is_active, PersonRole.role.in_(roles), ~made)
        .distinct()
        .order_by(Person.id)
    )
    return (Due(person_id, kind, day) for person_id in people)


def make(session: Session, editor: Editor, due: Due, *, now: datetime) -> bool:
    """Make one digest, with the mails its reader let wait; True when a mail was planned."""
    row = {"person_id": due.person_id, "kind": due.kind, "day": due.day, "at": now}
    if not insert_once(session, _DIGESTS, {**row, "outcome": DigestOutcome.PLANNED}):
        return False
    _record_missed(session, editor.calendar, due, now=now)
    outcome = _outcome(session, editor, due, now=now)
    if outcome is not DigestOutcome.PLANNED:
        session.execute(update(_DIGESTS).where(*_is(due)).values(outcome=outcome))
    return outcome is DigestOutcome.PLANNED


def has_incident(session: Session) -> bool:
    """Is it known already that digests fail?"""
    found = select(Incident.id).where(Incident.kind == INCIDENT, Incident.resolved_at.is_(None))
    return session.scalar(found.limit(1)) is not None


def _outcome(session: Session, editor: Editor, due: Due, *, now: datetime) -> DigestOutcome:
    person, today = session.get_one(Person, due.person_id), civil_day(now)
    if _is_declined(session, due):
        return DigestOutcome.DECLINED
    if is_absent(session, due.person_id, today):
        return DigestOutcome.ABSENT
    context = _context(session, editor, due, now=now)
    actor = actor_of(person, stands_in_for(session, person.id, on=today))
    view = digest_view(session, editor.post, actor, due.kind, context, today=today)
    if view.is_empty:
        return DigestOutcome.EMPTY
    key = f"digest:{due.kind}:{due.day.isoformat()}:{due.person_id}"
    planned = Planned(key, TEMPLATES[due.kind], Recipient(due.person_id), context=context)
    plan(session, planned, domain=editor.post.domain, now=now)
    _take_held(session, due, key)
    return DigestOutcome.PLANNED


def _context(session: Session, editor: Editor, due: Due, *, now: datetime) -> dict[str, Any]:
    calendar, today = editor.calendar, civil_day(now)
    if due.kind is DigestKind.WEEKLY:
        since, until = today - timedelta(days=7), today + timedelta(days=_AHEAD_WEEK)
        held = []
    else:
        since = _last_day(session, due) or calendar.add_working_days(today, -1)
        until = calendar.add_working_days(today, _AHEAD_WORKED)
        held = list(_held_lines(session, editor, due, now=now))
    return {
        "at": now.isoformat(),
        "kind": due.kind.value,
        "since": since.isoformat(),
        "until": until.isoformat(),
        "held": held,
    }


def _held_lines(
    session: Session, editor: Editor, due: Due, *, now: datetime
) -> Iterator[Mapping[str, str]]:
    """The subjects of the mails that waited for this digest, with the pages they open."""
    waiting = session.scalars(
        select(Mail)
        .where(Mail.person_id == due.person_id, Mail.status == MailStatus.HELD)
        .order_by(Mail.created_at, Mail.id)
        .limit(_HELD_MOST)
    )
    for mail in waiting.all():
        subject = load(session, mail, editor.pack_of)
        values = values_of(session, editor.post, subject, now=now)
        type_key = subject.dossier.type_key if subject.dossier else ""
        text = render(mail.template, values, type_key=type_key).subject
        yield {"text": text, "detail": "", "url": values.url}


def _take_held(session: Session, due: Due, key: str) -> None:
    """What waited is told: it leaves no more by itself."""
    if due.kind is not DigestKind.DAILY:
        return
    mail_id = session.scalar(select(Mail.id).where(Mail.key == key))
    session.execute(
        update(_MAILS)
        .where(_MAILS.c.person_id == due.person_id, _MAILS.c.status == MailStatus.HELD)
        .values(status=MailStatus.DIGESTED, told_by_id=mail_id)
    )


def _record_missed(
    session: Session, calendar: WorkingCalendar, due: Due, *, now: datetime
) -> None:
    """The worked mornings since the last digest, which no clock made: this one tells them."""
    last = _last_day(session, due)
    if due.kind is not DigestKind.DAILY or last is None:
        return
    gone = (
        due.day - timedelta(days=n) for n in range(1, min((due.day - last).days, _RECORDED))
    )
    rows = [
        {
            "person_id": due.person_id,
            "kind": due.kind,
            "day": day,
            "outcome": DigestOutcome.SUPERSEDED,
            "at": now,
        }
        for day in gone
        if calendar.is_working(day)
    ]
    if rows:
        session.execute(insert(_DIGESTS), rows)


def _last_day(session: Session, due: Due) -> date | None:
    """The day of the digest before this one."""
    found = select(func.max(Digest.day, type_=Digest.day.type)).where(
        Digest.person_id == due.person_id,
        Digest.kind == due.kind,
        Digest.day < due.day,
        Digest.outcome != DigestOutcome.SUPERSEDED,
    )
    return session.scalar(found)


def _is_declined(session: Session, due: Due) -> bool:
    choice = session.scalar(
        select(MailPreference.choice).where(
            MailPreference.person_id == due.person_id,
            MailPreference.kind == TEMPLATES[due.kind],
        )
    )
    return choice is Choice.NEVER


def _is(due: Due) -> tuple[Any, ...]:
    columns = _DIGESTS.c
    return (
        columns.person_id == due.person_id,
        columns.kind == due.kind,
        columns.day == due.day,
    )
