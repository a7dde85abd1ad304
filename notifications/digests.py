"""Who gets a digest today, and what must it tell? One mail a person and day, whatever it tells.

The rows of `digest` are the claim: whatever the number of clocks, one of them inserts them, and
the mail goes to the outbox in the same transaction. Who supervises and has tasks finds both in one
mail on Monday. After an outage today's digest tells everything; the mornings that passed are
recorded as superseded.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Table, exists, func, insert, select, update
from sqlalchemy.orm import Session

from app.database import insert_once
from app.domain.civil import PARIS, civil_day
from app.domain.ladder import OPENING_HOUR
from app.domain.mailing import Choice, DigestKind, DigestOutcome
from app.domain.permissions import GRANTS, Permission, Role
from app.domain.status import MailStatus
from app.domain.working_days import WorkingCalendar, at_hour
from app.models.digest import Digest
from app.models.mailing import MailPreference
from app.models.outbox import Mail
from app.models.people import Person, PersonRole
from app.models.process import Incident
from app.queries.absences import stands_in_for
from app.queries.digest import is_absent
from app.queries.people import actor_of
from notifications.digest_context import Editor, day_context, week_context
from notifications.digest_view import digest_view
from notifications.emails import Planned, Recipient, plan
from notifications.values import DIGESTS

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
#: Missed mornings that are recorded after an outage, at most.
_RECORDED = 30


@dataclass(frozen=True)
class Due:
    """The digest somebody gets now: of the morning, of the week, or both in one mail."""

    person_id: UUID
    #: The day of each kind it tells.
    days: Mapping[DigestKind, date]

    @property
    def since(self) -> date:
        """The day it is due."""
        return max(self.days.values())


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
    owed: dict[UUID, dict[DigestKind, date]] = defaultdict(dict)
    for kind, day in occurrences(now, calendar).items():
        for person_id in _without(session, kind, day, now=now):
            owed[person_id][kind] = day
    return [Due(person_id, days) for person_id, days in sorted(owed.items())]


def _without(session: Session, kind: DigestKind, day: date, *, now: datetime) -> Iterable[UUID]:
    """Who should have that digest and has not; a week waits for who had a mail this morning."""
    roles = [role for role in Role if ASKED[kind] in GRANTS[role]]
    made = exists().where(Digest.person_id == Person.id, Digest.kind == kind, Digest.day == day)
    asked = [Person.is_active, PersonRole.role.in_(roles), ~made]
    if kind is DigestKind.WEEKLY:
        asked.append(~exists().where(Digest.person_id == Person.id, *_told(now)))
    return session.scalars(
        select(Person.id)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(*asked)
        .distinct()
    )


def make(session: Session, editor: Editor, due: Due, *, now: datetime) -> bool:
    """Make the digest of one person, with the mails they let wait; True when a mail was planned.

    The person is held meanwhile: two clocks never write to somebody twice on one day.
    """
    person = session.get_one(
        Person, due.person_id, with_for_update={"key_share": True}, populate_existing=True
    )
    is_told = _is_told(session, person.id, now=now)
    kinds = [kind for kind in due.days if not (is_told and kind is DigestKind.WEEKLY)]
    claimed = [kind for kind in kinds if _claim(session, due, kind, now=now)]
    if DigestKind.DAILY in claimed:
        _record_missed(session, editor.calendar, due, now=now)
    if is_told:  # its day had its mail: the next one tells it all
        outcomes = dict.fromkeys(claimed, DigestOutcome.SUPERSEDED)
    else:
        outcomes = _outcomes(session, editor, person, due, claimed, now=now)
    for kind, outcome in outcomes.items():
        if outcome is not DigestOutcome.PLANNED:
            session.execute(update(_DIGESTS).where(*_is(due, kind)).values(outcome=outcome))
    return DigestOutcome.PLANNED in outcomes.values()


def _claim(session: Session, due: Due, kind: DigestKind, *, now: datetime) -> bool:
    row = {
        "person_id": due.person_id,
        "kind": kind,
        "day": due.days[kind],
        "outcome": DigestOutcome.PLANNED,
        "at": now,
    }
    return insert_once(session, _DIGESTS, row)


def _is_told(session: Session, person_id: UUID, *, now: datetime) -> bool:
    """Did this person have a digest today?"""
    found = select(Digest.day).where(Digest.person_id == person_id, *_told(now)).limit(1)
    return session.scalar(found) is not None


def _told(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """What says that a digest was planned on that civil day."""
    return (
        Digest.outcome == DigestOutcome.PLANNED,
        Digest.at >= at_hour(civil_day(now), 0),
    )


def has_incident(session: Session) -> bool:
    """Is it known already that digests fail?"""
    found = select(Incident.id).where(Incident.kind == INCIDENT, Incident.resolved_at.is_(None))
    return session.scalar(found.limit(1)) is not None


def _outcomes(
    session: Session,
    editor: Editor,
    person: Person,
    due: Due,
    claimed: Iterable[DigestKind],
    *,
    now: datetime,
) -> dict[DigestKind, DigestOutcome]:
    """What becomes of each kind: one of those that have something to tell carries the mail."""
    today = civil_day(now)
    if is_absent(session, person.id, today):
        return dict.fromkeys(claimed, DigestOutcome.ABSENT)
    actor = actor_of(person, stands_in_for(session, person.id, on=today))
    outcomes: dict[DigestKind, DigestOutcome] = {}
    contexts: dict[DigestKind, dict[str, Any]] = {}
    for kind in claimed:
        if _is_declined(session, person.id, kind):
            outcomes[kind] = DigestOutcome.DECLINED
            continue
        context = _context(session, editor, due, kind, now=now)
        view = digest_view(session, editor.post, actor, kind, context, today=today)
        if view.is_empty:
            outcomes[kind] = DigestOutcome.EMPTY
        else:
            contexts[kind] = context
    if not contexts:
        return outcomes
    carrier = DigestKind.WEEKLY if DigestKind.WEEKLY in contexts else DigestKind.DAILY
    joined = {kind.value: context for kind, context in contexts.items() if kind is not carrier}
    key = f"digest:{carrier}:{due.days[carrier].isoformat()}:{person.id}"
    planned = Planned(
        key, TEMPLATES[carrier], Recipient(person.id), context={**contexts[carrier], **joined}
    )
    plan(session, planned, domain=editor.post.domain, now=now)
    if DigestKind.DAILY in contexts:
        _take_held(session, person.id, key)
    return (
        outcomes
        | dict.fromkeys(contexts, DigestOutcome.JOINED)
        | {carrier: DigestOutcome.PLANNED}
    )


def _context(
    session: Session, editor: Editor, due: Due, kind: DigestKind, *, now: datetime
) -> dict[str, Any]:
    if kind is DigestKind.WEEKLY:
        return week_context(now)
    last = _last_day(session, due)
    return day_context(session, editor, due.person_id, since=last, now=now)


def _take_held(session: Session, person_id: UUID, key: str) -> None:
    """What waited is told: it leaves no more by itself."""
    mail_id = session.scalar(select(Mail.id).where(Mail.key == key))
    session.execute(
        update(_MAILS)
        .where(_MAILS.c.person_id == person_id, _MAILS.c.status == MailStatus.HELD)
        .values(status=MailStatus.DIGESTED, told_by_id=mail_id)
    )


def _record_missed(
    session: Session, calendar: WorkingCalendar, due: Due, *, now: datetime
) -> None:
    """The worked mornings since the last digest, which no clock made: this one tells them."""
    last, today = _last_day(session, due), due.days[DigestKind.DAILY]
    if last is None:
        return
    gone = (today - timedelta(days=n) for n in range(1, min((today - last).days, _RECORDED)))
    rows = [
        {
            "person_id": due.person_id,
            "kind": DigestKind.DAILY,
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
    """The morning whose digest came before this one."""
    found = select(func.max(Digest.day, type_=Digest.day.type)).where(
        Digest.person_id == due.person_id,
        Digest.kind == DigestKind.DAILY,
        Digest.day < due.days[DigestKind.DAILY],
        Digest.outcome != DigestOutcome.SUPERSEDED,
    )
    return session.scalar(found)


def _is_declined(session: Session, person_id: UUID, kind: DigestKind) -> bool:
    choice = session.scalar(
        select(MailPreference.choice).where(
            MailPreference.person_id == person_id,
            MailPreference.kind == TEMPLATES[kind],
        )
    )
    return choice is Choice.NEVER


def _is(due: Due, kind: DigestKind) -> tuple[Any, ...]:
    columns = _DIGESTS.c
    return (
        columns.person_id == due.person_id,
        columns.kind == kind,
        columns.day == due.days[kind],
    )
