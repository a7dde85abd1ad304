"""Which tasks await somebody? The inbox, its views and its counts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select
from sqlalchemy.orm import Session, joinedload

from app.domain.actor import Actor
from app.domain.errors import NotFound
from app.domain.folding import alphabetical
from app.domain.permissions import Permission, Role
from app.domain.status import TaskStatus
from app.models.dossier import Dossier
from app.models.people import Person, PersonRole
from app.models.task import Task

PAGE = 50


class View(StrEnum):
    """The tabs of the inbox; their values stand in its URLs."""

    ALL = "toutes"  #: Everything my roles may do
    MINE = "mes-taches"  #: What I took
    LATE = "en-retard"  #: Past their deadline
    WEEK = "cette-semaine"  #: Due within seven days
    FREE = "libres"  #: Nobody took them


class Sort(StrEnum):
    """The orders of the inbox."""

    DUE = "echeance"  #: What breaches first
    DOSSIER = "dossier"  #: By reference
    AMOUNT = "montant"  #: The largest request first
    OLDEST = "anciennete"  #: The task open for longest first


@dataclass(frozen=True)
class Filters:
    """What narrows the inbox down; empty means everything."""

    step: str = ""
    #: What the step was called in other versions.
    step_names: Collection[str] = ()
    scheme: str = ""
    words: str = ""


@dataclass(frozen=True)
class InboxPage:
    """One page of the inbox, with the counts of every view."""

    tasks: Sequence[Task]
    total: int
    late: int
    counts: dict[View, int]
    steps: Sequence[tuple[str, str]]
    schemes: Sequence[str]
    page: int
    pages: int


def inbox(
    session: Session,
    actor: Actor,
    *,
    view: View,
    today: date,
    filters: Filters,
    sort: Sort = Sort.DUE,
    page: int = 1,
) -> InboxPage:
    """The open tasks the actor may do, in one view; what breaches first comes first."""
    scope = and_(Task.status == TaskStatus.OPEN, within_reach(actor))
    chosen = and_(scope, _view(actor, view, today), _narrowed(filters))
    counted = select(*[_count(_view(actor, one, today)).label(one.name) for one in View])
    counts = session.execute(
        counted.select_from(Task).join(Task.dossier).where(scope, _narrowed(filters))
    ).one()
    total = counts._mapping[view.name]
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    rows = session.scalars(
        _ordered(select(Task).join(Task.dossier).where(chosen), sort)
        .options(
            joinedload(Task.dossier).joinedload(Dossier.organisation), joinedload(Task.assignee)
        )
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()
    choices = session.execute(
        select(Task.step, Task.name, Dossier.scheme)
        .join(Task.dossier)
        .where(scope)
        .distinct()
        .order_by(Task.name)
    ).all()
    return InboxPage(
        tasks=rows,
        total=total,
        late=counts._mapping[View.LATE.name],
        counts={one: counts._mapping[one.name] for one in View},
        steps=list(dict.fromkeys((row.step, row.name) for row in choices)),
        schemes=sorted({row.scheme for row in choices if row.scheme}),
        page=page,
        pages=pages,
    )


def rail_counts(session: Session, actor: Actor, *, today: date) -> dict[str, int]:
    """The counts beside the menu: `all`, `mine`, `late`."""
    row = session.execute(
        select(
            func.count().label("all"),
            _count(Task.assignee_id.in_(_selves(actor))).label("mine"),
            _count(Task.due_on < today).label("late"),
        )
        .select_from(Task)
        .where(Task.status == TaskStatus.OPEN, within_reach(actor))
    ).one()
    return dict(row._mapping)


def task(session: Session, actor: Actor, task_id: UUID) -> Task:
    """One task the actor may see (done ones too). Refuses NotFound."""
    found = session.scalar(
        select(Task)
        .where(Task.id == task_id, or_(within_reach(actor), _may_read(actor)))
        .options(
            joinedload(Task.dossier).joinedload(Dossier.organisation),
            joinedload(Task.assignee),
            joinedload(Task.done_by),
        )
    )
    if found is None:
        raise NotFound
    return found


def next_task(
    session: Session, actor: Actor, *, view: View, today: date, after: UUID | None = None
) -> Task | None:
    """The most urgent task of a view, but the one just left; None when the view is empty."""
    statement = select(Task).join(Task.dossier)
    statement = statement.where(
        Task.status == TaskStatus.OPEN, within_reach(actor), _view(actor, view, today)
    )
    if after is not None:
        statement = statement.where(Task.id != after)
    return session.scalar(_ordered(statement, Sort.DUE).limit(1))


def open_tasks_of(session: Session, dossier_id: UUID) -> Sequence[Task]:
    """Every open task of a dossier, whoever must act."""
    return session.scalars(
        select(Task)
        .where(Task.dossier_id == dossier_id, Task.status == TaskStatus.OPEN)
        .options(joinedload(Task.assignee))
        .order_by(Task.due_on.is_(None), Task.due_on)
    ).all()


def colleagues(session: Session, role: Role) -> Sequence[Person]:
    """The active people who have a role, by name."""
    found = session.scalars(
        select(Person).join(PersonRole).where(PersonRole.role == role, Person.is_active)
    )
    return alphabetical(found, lambda one: one.name)


def within_reach(actor: Actor) -> ColumnElement[bool]:
    """The tasks the actor's roles give them; personal ones are their addressee's only."""
    if actor.person_id is None:
        return false()
    staff = [role for role in actor.roles if role is not Role.APPLICANT]
    return or_(
        and_(Task.role.in_(staff), Task.is_personal.is_(False)),
        and_(Task.assignee_id.in_(_selves(actor)), Task.role.in_(staff)),
    )


def _selves(actor: Actor) -> set[UUID]:
    """The person, and those they stand in for."""
    return {actor.person_id, *actor.stands_in_for} if actor.person_id else set()


def _may_read(actor: Actor) -> ColumnElement[bool]:
    everything = actor.may(Permission.READ_ALL_DOSSIERS)
    return Task.id.is_not(None) if everything else false()


def _view(actor: Actor, view: View, today: date) -> ColumnElement[bool]:
    conditions: dict[View, ColumnElement[bool]] = {
        View.ALL: Task.id.is_not(None),
        View.MINE: Task.assignee_id.in_(_selves(actor)),
        View.LATE: Task.due_on < today,
        View.WEEK: Task.due_on.between(today, today + timedelta(days=7)),
        View.FREE: Task.assignee_id.is_(None),
    }
    return conditions[view]


def _narrowed(filters: Filters) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [Task.id.is_not(None)]
    if filters.step:
        conditions.append(Task.step.in_({filters.step, *filters.step_names}))
    if filters.scheme:
        conditions.append(Dossier.scheme == filters.scheme)
    conditions += [
        Dossier.search_text.contains(word, autoescape=True) for word in filters.words.split()
    ]
    return and_(*conditions)


def _ordered(statement: Select[Task], sort: Sort) -> Select[Task]:
    orders: dict[Sort, tuple[Any, ...]] = {
        Sort.DUE: (Task.due_on.is_(None), Task.due_on, Task.priority.desc(), Task.created_at),
        Sort.DOSSIER: (Dossier.reference, Task.created_at),
        Sort.AMOUNT: (Dossier.requested.is_(None), Dossier.requested.desc(), Task.due_on),
        Sort.OLDEST: (Task.created_at,),
    }
    return statement.order_by(*orders[sort], Task.id)


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
