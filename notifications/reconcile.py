"""Was everything that had to leave on a day put on record? Recomputed from the facts, the night after.

Nothing here reads what the clock planned: rungs come from deadlines, mails from the journal, digests
from the roles of people. What should exist and is nowhere is a difference; there must be none.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import Exists, Table, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.catalogue.pack import Pack
from app.database import insert_once
from app.domain.civil import PARIS, civil_day, french_day
from app.domain.ladder import Ladder, schedule
from app.domain.mailing import DigestKind
from app.domain.permissions import GRANTS, Role
from app.domain.working_days import WorkingCalendar, at_hour
from app.models.digest import Digest
from app.models.dossier import Dossier
from app.models.journal import JournalEntry, PendingDispatch
from app.models.outbox import Mail, ReminderRecord
from app.models.people import Person, PersonRole
from app.models.process import DossierProcess, Incident, ProcessStatus
from app.models.reconciliation import Reconciliation
from app.models.task import Task
from notifications.audience import audience
from notifications.context import PackOf
from notifications.digests import ASKED, occurrences
from notifications.emails import event_key
from notifications.moments import called_for, names_of, opened_tasks

_ROWS = cast(Table, Reconciliation.__table__)
INCIDENT = "reconciliation"
#: The night's check is made from that hour on.
HOUR = 3
_ONE_DAY = timedelta(days=1)
#: After a long outage, how many days are still checked.
_LOOKED_BACK = timedelta(days=30)
#: An entry younger than that may still be on its way to its mails.
_PATIENCE = timedelta(minutes=10)
#: Differences told one by one.
_TOLD = 50
_BATCH = 500


@dataclass(frozen=True)
class Books:
    """What a check reads besides the rows."""

    pack_of: PackOf
    ladders: Mapping[str, Ladder]
    calendar: WorkingCalendar


@dataclass
class Found:
    """What a check found."""

    day: date
    expected: int = 0
    missing: int = 0
    sentences: list[str] = field(default_factory=list)

    def note(self, *, is_there: bool, sentence: str) -> None:
        """One thing that should be on record."""
        self.expected += 1
        if not is_there:
            self.missing += 1
            if len(self.sentences) < _TOLD:
                self.sentences.append(sentence)


def due_day(session: Session, *, now: datetime) -> date | None:
    """The oldest day to check now; None before the hour, or when all were checked.

    What an outage left to do is done first: a day is checked once nothing is late any more.
    """
    if now.astimezone(PARIS).hour < HOUR or _is_behind(session, now):
        return None
    yesterday = civil_day(now) - _ONE_DAY
    last = session.scalar(select(func.max(Reconciliation.day, type_=Reconciliation.day.type)))
    first = yesterday if last is None else max(last + _ONE_DAY, yesterday - _LOOKED_BACK)
    return first if first <= yesterday else None


def _is_behind(session: Session, now: datetime) -> bool:
    """Is something due that no clock has done yet?"""
    reminders = (
        select(Task.id)
        .join(DossierProcess, DossierProcess.dossier_id == Task.dossier_id)
        .where(
            Task.next_reminder_at <= now,
            DossierProcess.status != ProcessStatus.INCIDENT,
            ~_is_set_aside(Task.dossier_id),
        )
    )
    entries = select(PendingDispatch.seq).where(
        PendingDispatch.at <= now - _PATIENCE, ~_is_set_aside(PendingDispatch.dossier_id)
    )
    return any(session.scalar(one.limit(1)) is not None for one in (reminders, entries))


def check(session: Session, books: Books, day: date) -> Found:
    """Everything that should have been put on record on that day, and what is missing."""
    found = Found(day)
    _reminders(session, books, found)
    _mails(session, books, found)
    _digests(session, books, found)
    return found


def keep(session: Session, found: Found, *, now: datetime) -> bool:
    """Write the result down; False when another clock checked that day."""
    row = {
        "day": found.day,
        "at": now,
        "expected": found.expected,
        "missing": found.missing,
        "detail": {"sentences": found.sentences},
    }
    return insert_once(session, _ROWS, row)


def cause_of(found: Found) -> str:
    """The incident a difference becomes, in words."""
    what = "\n".join(found.sentences)
    count = f"{found.missing} envoi{'s' if found.missing > 1 else ''}"
    return (
        f"{count} du {french_day(found.day)} sans trace, sur {found.expected} attendus.\n{what}"
    )


def _bounds(day: date) -> tuple[datetime, datetime]:
    return at_hour(day, 0), at_hour(day + _ONE_DAY, 0)


def _reminders(session: Session, books: Books, found: Found) -> None:
    """Each rung of an open task whose instant fell on that day is recorded, whatever its outcome."""
    start, end = _bounds(found.day)
    rows = session.execute(
        select(Task, Dossier)
        .join(Dossier, Dossier.id == Task.dossier_id)
        .join(DossierProcess, DossierProcess.dossier_id == Task.dossier_id)
        .where(
            Task.due_on.is_not(None),
            Task.due_since < end,
            or_(Task.done_at.is_(None), Task.done_at > start),
            DossierProcess.status != ProcessStatus.INCIDENT,
            ~_is_set_aside(Task.dossier_id),
        )
        .execution_options(yield_per=_BATCH)
    )
    for task, dossier in rows:
        since, until = task.due_since or end, task.done_at or end
        for rung, at in _rungs(session, books, task, dossier):
            # At the very minute it was done, either order is right.
            if start <= at < end and since < at < until - timedelta(minutes=1):
                record = exists().where(
                    ReminderRecord.task_id == task.id,
                    ReminderRecord.rung == rung,
                    ReminderRecord.deadline == task.due_on,
                )
                found.note(
                    is_there=bool(session.scalar(select(record))),
                    sentence=f"{dossier.reference} : relance {rung} de « {task.name} »",
                )


def _rungs(
    session: Session, books: Books, task: Task, dossier: Dossier
) -> Iterator[tuple[str, datetime]]:
    pack = books.pack_of(session, dossier.definition_id)
    ladder = pack.ladder(task.step, dossier.scheme, books.ladders)
    if ladder is not None and task.due_on is not None:
        dues = schedule(ladder, deadline=task.due_on, calendar=books.calendar)
        yield from ((rung.key, at) for rung, at in dues)


def _is_set_aside(dossier_id: InstrumentedAttribute[UUID]) -> Exists:
    """An incident keeps the mails of that dossier back."""
    kinds = ("reminder", "dispatch")
    return exists().where(
        Incident.dossier_id == dossier_id,
        Incident.kind.in_(kinds),
        Incident.resolved_at.is_(None),
    )


def _mails(session: Session, books: Books, found: Found) -> None:
    """Each mail a journal entry of that day calls for has a row for each of its readers."""
    start, end = _bounds(found.day)
    waits = exists().where(
        PendingDispatch.at == JournalEntry.at,
        PendingDispatch.dossier_id == JournalEntry.dossier_id,
        PendingDispatch.seq == JournalEntry.seq,
    )
    rows = session.execute(
        select(JournalEntry, Dossier)
        .join(Dossier, Dossier.id == JournalEntry.dossier_id)
        .where(JournalEntry.at >= start, JournalEntry.at < end, ~waits)
        .execution_options(yield_per=_BATCH)
    )
    for entry, dossier in rows:
        pack = books.pack_of(session, dossier.definition_id)
        for mail in called_for(pack.mails, entry, names_of(entry, dossier.facts)):
            _mail(session, pack, found, entry, dossier, mail.key)


def _mail(
    session: Session, pack: Pack, found: Found, entry: JournalEntry, dossier: Dossier, key: str
) -> None:
    mail = next(one for one in pack.mails if one.key == key)
    ids = opened_tasks(entry, mail.subject if mail.moment == "opened" else None)
    ids = ids or ([entry.task_id] if entry.task_id else [])
    tasks = session.scalars(select(Task).where(Task.id.in_(ids))).all() if ids else ()
    readers = audience(session, mail.to, dossier, tasks, on=found.day)
    keys = [event_key(dossier.id, entry.seq, mail.key, to) for to in readers]
    if not keys:
        return
    # People come and go since: that one of today's readers, or anybody, was written to is enough.
    prefix = f"event:{dossier.id}:{entry.seq}:{mail.key}:"
    found.note(
        is_there=session.scalar(
            select(Mail.id).where(or_(Mail.key.in_(keys), Mail.key.startswith(prefix))).limit(1)
        )
        is not None,
        sentence=f"{dossier.reference} : courriel « {mail.key} »",
    )


def _digests(session: Session, books: Books, found: Found) -> None:
    """Each person who has a role that gets one has a digest of that day, sent or not."""
    noon = at_hour(found.day, 12)
    for kind, day in occurrences(noon, books.calendar).items():
        if day == found.day:
            _digests_of(session, found, kind, noon)


def _digests_of(session: Session, found: Found, kind: DigestKind, noon: datetime) -> None:
    roles = [role for role in Role if ASKED[kind] in GRANTS[role]]
    rows = session.execute(
        select(Person.name, Digest.outcome)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .outerjoin(
            Digest,
            (Digest.person_id == Person.id) & (Digest.kind == kind) & (Digest.day == found.day),
        )
        .where(Person.is_active, Person.created_at < noon, PersonRole.role.in_(roles))
        .distinct()
    )
    made = rows.all()
    if all(outcome is None for _name, outcome in made):
        return  # no clock ran in office hours: the next digest tells that day too
    for name, outcome in made:
        found.note(is_there=outcome is not None, sentence=f"récapitulatif « {kind} » de {name}")
