"""Do the rows of one dossier of the mill hold together, and does each deed count exactly once?"""

from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actions.journal import broken_link
from app.actions.move import context_for
from app.bench.town import Town
from app.domain.events import EventKind
from app.domain.status import JobStatus, TaskStatus
from app.engine.run import Run
from app.models.dossier import Answer
from app.models.job import DossierLink, Job, Subscription
from app.models.journal import JournalEntry, PendingDispatch
from app.models.process import DossierProcess
from app.models.task import Task
from tests.crash.deeds import AT_A_JOB


def counted(town: Town, dossier_id: UUID) -> Counter[str]:
    """How often each kind of deed happened to the dossier, by its journal."""
    with town.database.reading() as session:
        mine = select(JournalEntry.kind, JournalEntry.body).where(
            JournalEntry.dossier_id == dossier_id
        )
        return Counter(
            "completion" if row.kind == EventKind.COMPLETED else row.body["cause"]
            for row in session.execute(mine)
            if row.kind in {EventKind.COMPLETED, EventKind.MOVED, EventKind.CHILD_OPENED}
        )


def broken(town: Town, dossier_id: UUID, *, at_rest: bool) -> list[str]:
    """Every promise these rows break; `at_rest`: nothing of a deed may be left half done."""
    with town.database.reading() as session:
        return [
            *_engine(session, town, dossier_id),
            *_rows(session, dossier_id),
            *_children(session, town, dossier_id, at_rest=at_rest),
            *(_leftovers(session, dossier_id) if at_rest else ()),
        ]


def _engine(session: Session, town: Town, dossier_id: UUID) -> Iterator[str]:
    """What the lists show is what the engine says; the chain holds and ends where it should."""
    row = session.get_one(DossierProcess, dossier_id)
    type_ = town.console.types.get(session, row.definition_id)
    run = Run.resume(type_.definition, row.state, context_for(type_, {}, row.updated_at))
    stands = run.snapshot()
    mine = select(Task.token).where(
        Task.dossier_id == dossier_id, Task.status == TaskStatus.OPEN
    )
    if sorted(session.scalars(mine)) != sorted(one.token for one in stands.open_steps):
        yield "engine and tasks disagree"
    if (row.marking, row.due_at) != (stands.marking, stands.due_at):
        yield "engine and row disagree"
    heard = select(Subscription.kind, Subscription.name).where(
        Subscription.dossier_id == dossier_id
    )
    if {(one.kind, one.name) for one in session.execute(heard)} != set(run.awaited()):
        yield "engine and subscriptions disagree"
    if (link := broken_link(session, dossier_id)) is not None:
        yield f"chain broken at {link}"


def _rows(session: Session, dossier_id: UUID) -> Iterator[str]:
    """One task done, one form, one answer, one entry; one mark for each entry."""

    def count(table: Any, *where: Any) -> int:
        query = select(func.count()).select_from(table).where(table.dossier_id == dossier_id)
        return session.scalar(query.where(*where)) or 0

    completed = count(JournalEntry, JournalEntry.kind == EventKind.COMPLETED.value)
    found = {
        "tasks": count(Task, Task.status == TaskStatus.DONE),
        "answers": count(Answer) - 1,  # the request itself
        "forms": count(Task, Task.form_key.is_not(None)),
    }
    for name, number in found.items():
        if number != completed:
            yield f"{number} {name}, {completed} entries"
    if count(PendingDispatch) != count(JournalEntry):
        yield "entries without their mark"
    heard = count(Job, Job.status == JobStatus.DONE, Job.token.is_(None))
    told = [one.body.get("cause") for one in session.scalars(_moved(dossier_id))]
    if told.count("message") != heard:
        yield f"{heard} messages done, {told.count('message')} heard"


def _moved(dossier_id: UUID) -> Any:
    return select(JournalEntry).where(
        JournalEntry.dossier_id == dossier_id, JournalEntry.kind == EventKind.MOVED.value
    )


def _children(
    session: Session, town: Town, dossier_id: UUID, *, at_rest: bool
) -> Iterator[str]:
    """One child, whole, for each job done; the child is there first."""
    mine = Job.dossier_id == dossier_id, Job.token.is_not(None), Job.status == JobStatus.DONE
    done = session.scalar(select(func.count()).select_from(Job).where(*mine)) or 0
    told = session.scalars(
        select(JournalEntry.body).where(
            JournalEntry.dossier_id == dossier_id,
            JournalEntry.kind == EventKind.CHILD_OPENED.value,
        )
    ).all()
    if len(told) != done:
        yield f"{done} jobs done, {len(told)} told"
    opened = session.scalars(
        select(DossierLink.child_id)
        .where(DossierLink.parent_id == dossier_id)
        .order_by(DossierLink.opened_at)
    ).all()
    ahead = len(opened) - done
    if ahead not in ({0} if at_rest else {0, 1}):
        yield "not one child a job"
    if opened:
        yield from (f"child: {one}" for one in _engine(session, town, opened[-1]))


def _leftovers(session: Session, dossier_id: UUID) -> Iterator[str]:
    """Nothing is left to be done but the job the dossier stands at."""
    live = select(Job.step).where(
        Job.dossier_id == dossier_id, Job.status.in_((JobStatus.WAITING, JobStatus.RUNNING))
    )
    marking = session.get_one(DossierProcess, dossier_id).marking
    if session.scalars(live).all() != [AT_A_JOB] * (marking == AT_A_JOB):
        yield "a job is left"
