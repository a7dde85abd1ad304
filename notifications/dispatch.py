"""Which mails does what happened call for? Journal entries become outbox rows, each once.

An entry is dispatched in one transaction: its mails are put in the outbox under their keys and
the mark that it waits is deleted. Done twice, or by two clocks, it gives the same rows.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, delete, exists, select
from sqlalchemy.orm import Session

from app.catalogue.contract import Mail
from app.catalogue.pack import Pack
from app.domain.civil import civil_day
from app.models.dossier import Dossier
from app.models.journal import JournalEntry, PendingDispatch
from app.models.process import Incident
from app.models.task import Task
from app.queries.past_versions import past_of
from notifications.audience import audience
from notifications.context import PackOf, event_context
from notifications.emails import Planned, event_key, plan
from notifications.moments import called_for, names_of, opened_tasks

#: While an incident of this kind is open on a dossier, its entries wait.
INCIDENT = "dispatch"


@dataclass(frozen=True, order=True)
class Waiting:
    """A journal entry whose mails are not planned yet: when it was written, and which it is."""

    at: datetime
    dossier_id: UUID
    seq: int


def waiting_entries(session: Session, *, limit: int = 200) -> list[Waiting]:
    """The entries to dispatch, the oldest first; those of a dossier set aside wait."""
    set_aside = exists().where(
        and_(
            Incident.dossier_id == PendingDispatch.dossier_id,
            Incident.kind == INCIDENT,
            Incident.resolved_at.is_(None),
        )
    )
    rows = session.execute(
        select(PendingDispatch.at, PendingDispatch.dossier_id, PendingDispatch.seq)
        .where(~set_aside)
        .order_by(PendingDispatch.at, PendingDispatch.dossier_id, PendingDispatch.seq)
        .limit(limit)
    )
    return [Waiting(*row) for row in rows]


def dispatch(
    session: Session, pack_of: PackOf, waiting: Waiting, *, domain: str, now: datetime
) -> int:
    """Plan the mails of one entry; how many are new. Zero when another clock has it."""
    is_it = and_(
        PendingDispatch.at == waiting.at,
        PendingDispatch.dossier_id == waiting.dossier_id,
        PendingDispatch.seq == waiting.seq,
    )
    mark = select(PendingDispatch.seq).where(is_it).with_for_update(skip_locked=True)
    if session.scalar(mark) is None:
        return 0
    entry = session.get_one(JournalEntry, (waiting.dossier_id, waiting.seq))
    dossier = session.get_one(Dossier, waiting.dossier_id)
    past = past_of(session, dossier.id, dossier.definition_id)
    pack = pack_of(session, past.version_at(entry.seq))
    planned = [
        one
        for mail in called_for(pack.mails, entry, names_of(entry, dossier.facts))
        for one in _planned(session, pack, dossier, entry, mail, now)
    ]
    new = sum(plan(session, one, domain=domain, now=now) for one in planned)
    session.execute(delete(PendingDispatch).where(is_it))
    return new


def _planned(
    session: Session,
    pack: Pack,
    dossier: Dossier,
    entry: JournalEntry,
    mail: Mail,
    now: datetime,
) -> list[Planned]:
    tasks = _tasks(session, entry, mail)
    context = event_context(session, pack, dossier, entry, tasks)
    found = []
    for to in audience(session, mail.to, dossier, tasks, on=civil_day(now)):
        theirs = to.for_id or to.person_id
        mine = [task for task in tasks if task.assignee_id == theirs] or tasks
        found.append(
            Planned(
                key=event_key(dossier.id, entry.seq, mail.key, to),
                template=mail.key,
                to=to,
                dossier_id=dossier.id,
                task_id=mine[0].id if mine else entry.task_id,
                context=context,
                audiences=(mail.to,),
            )
        )
    return found


def _tasks(session: Session, entry: JournalEntry, mail: Mail) -> list[Task]:
    """The tasks the mail is about: those opened, else the one the entry is about."""
    ids = opened_tasks(entry, mail.subject if mail.moment == "opened" else None)
    if not ids and entry.task_id is not None:
        ids = [entry.task_id]
    if not ids:
        return []
    return list(
        session.scalars(select(Task).where(Task.id.in_(ids)).order_by(Task.due_on, Task.id))
    )
