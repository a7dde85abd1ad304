"""What must somebody know this morning? What is late, due, new, and what others keep waiting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, and_, func, or_, select, union_all
from sqlalchemy.orm import Session, joinedload

from app.domain.actor import Actor
from app.domain.status import FINAL, DossierStatus, TaskStatus
from app.domain.working_days import at_hour
from app.models.committee import AgendaItem, CommitteeSession
from app.models.dossier import Dossier
from app.models.mailing import Absence
from app.models.process import Incident
from app.models.task import Task
from app.queries.tasks import within_reach

#: Lines of one section; the rest is counted.
MOST = 12


@dataclass(frozen=True)
class Tasks:
    """Some tasks, the most pressing first, and how many there are in all."""

    shown: Sequence[Task] = ()
    total: int = 0


@dataclass(frozen=True)
class Morning:
    """What one person finds in the morning."""

    late: Tasks
    due: Tasks
    new: Tasks
    #: Tasks of others on the dossiers this person instructs, late or soon due.
    others: Tasks

    @property
    def is_empty(self) -> bool:
        """There is nothing to tell."""
        return not (self.late.total or self.due.total or self.new.total or self.others.total)


@dataclass(frozen=True)
class Sitting:
    """A session ahead, and how many dossiers stand on its agenda."""

    body: str
    held_on: date
    agenda_closes_on: date
    dossiers: int


@dataclass(frozen=True)
class Week:
    """What a supervisor finds on Monday."""

    live: int
    filed: int
    voted: int
    ended: int
    late: Tasks
    unassigned: int
    incidents: int
    sittings: Sequence[Sitting]
    #: Dossiers whose works must start, or whose balance must be claimed, before `until`.
    lapsing: Sequence[Dossier]


def morning(
    session: Session, actor: Actor, *, today: date, until: date, since: datetime
) -> Morning:
    """The tasks of one person: late, due up to `until`, come since `since`; and those of others.

    Who stands in for an absent colleague finds the colleague's tasks too.
    """
    mine = [actor.person_id, *replaced_by(session, actor.person_id, today)]

    def of_mine(when: ColumnElement[bool]) -> ColumnElement[bool]:
        return and_(within_reach(actor), Task.id.in_(_awaiting(mine, when)))

    is_new = or_(Task.due_on.is_(None), Task.due_on > until) & (Task.created_at >= since)
    awaited = [
        Task.status == TaskStatus.OPEN,
        Dossier.officer_id == actor.person_id,
        or_(Task.assignee_id.is_(None), Task.assignee_id != actor.person_id),
        ~within_reach(actor),
        Task.due_on <= until,
    ]
    return Morning(
        late=_tasks(session, of_mine(Task.due_on < today)),
        due=_tasks(session, of_mine(Task.due_on.between(today, until))),
        new=_tasks(session, of_mine(is_new)),
        others=_tasks(session, *awaited),
    )


def _awaiting(people: Sequence[UUID | None], when: ColumnElement[bool]) -> CompoundSelect[UUID]:
    """The open tasks these people took, and those nobody took: two looks into one index.

    Asked for with OR, SQLite reads the open tasks of everybody.
    """
    ids = select(Task.id).where(Task.status == TaskStatus.OPEN, when)
    return union_all(
        ids.where(Task.assignee_id.in_(people)), ids.where(Task.assignee_id.is_(None))
    )


def week(session: Session, *, today: date, since: date, until: date) -> Week:
    """The service as a whole: what moved since `since`, what is late, what comes before `until`."""
    live = Dossier.status.not_in([*FINAL, DossierStatus.DRAFT])
    return Week(
        live=_count(session, live),
        filed=_count(session, Dossier.filed_at >= at_hour(since, 0)),
        voted=_count(session, Dossier.voted_on >= since),
        ended=_count(session, Dossier.closed_on >= since),
        late=_tasks(session, Task.status == TaskStatus.OPEN, Task.due_on < today),
        unassigned=_count(session, live, Dossier.officer_id.is_(None)),
        incidents=session.scalar(
            select(func.count()).select_from(Incident).where(Incident.resolved_at.is_(None))
        )
        or 0,
        sittings=_sittings(session, today, until),
        lapsing=_lapsing(session, today, until),
    )


def replaced_by(session: Session, person_id: UUID | None, today: date) -> list[UUID]:
    """The absent colleagues this person stands in for today."""
    return list(
        session.scalars(
            select(Absence.person_id).where(Absence.substitute_id == person_id, _is_on(today))
        )
    )


def is_absent(session: Session, person_id: UUID, today: date) -> bool:
    """Is somebody standing in for this person today?"""
    found = select(Absence.id).where(Absence.person_id == person_id, _is_on(today)).limit(1)
    return session.scalar(found) is not None


def _is_on(today: date) -> ColumnElement[bool]:
    return and_(
        Absence.first_on <= today, Absence.last_on >= today, Absence.cancelled_at.is_(None)
    )


def _tasks(session: Session, *where: ColumnElement[bool]) -> Tasks:
    total = session.scalar(
        select(func.count()).select_from(Task).join(Task.dossier).where(*where)
    )
    if not total:
        return Tasks()
    shown = session.scalars(
        select(Task)
        .join(Task.dossier)
        .where(*where)
        .options(
            joinedload(Task.dossier).joinedload(Dossier.organisation), joinedload(Task.assignee)
        )
        .order_by(Task.due_on.is_(None), Task.due_on, Task.created_at, Task.id)
        .limit(MOST)
    ).all()
    return Tasks(shown, total)


def _count(session: Session, *where: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Dossier).where(*where)) or 0


def _sittings(session: Session, today: date, until: date) -> list[Sitting]:
    rows = session.execute(
        select(
            CommitteeSession.body,
            CommitteeSession.held_on,
            CommitteeSession.agenda_closes_on,
            func.count(AgendaItem.id).label("dossiers"),
        )
        .outerjoin(AgendaItem, AgendaItem.session_id == CommitteeSession.id)
        .where(CommitteeSession.held_on.between(today, until))
        .group_by(CommitteeSession.id)
        .order_by(CommitteeSession.held_on)
        .limit(MOST)
    )
    return [Sitting(**row._asdict()) for row in rows]


def _lapsing(session: Session, today: date, until: date) -> Sequence[Dossier]:
    to_start = Dossier.start_deadline.between(today, until)
    to_end = Dossier.completion_deadline.between(today, until)
    return session.scalars(
        select(Dossier)
        .where(
            or_(
                to_start & (Dossier.status == DossierStatus.GRANTED),
                to_end & Dossier.status.in_((DossierStatus.IN_PROGRESS, DossierStatus.PAYMENT)),
            )
        )
        .options(joinedload(Dossier.organisation))
        .order_by(func.coalesce(Dossier.start_deadline, Dossier.completion_deadline))
        .limit(MOST)
    ).all()
