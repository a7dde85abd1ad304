"""Where does every dossier stand? Counts by phase, agent, lateness and age, each with its list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.domain.civil import civil_day
from app.domain.money import Money
from app.domain.status import FINAL, DossierStatus, TaskStatus
from app.models.dossier import Dossier
from app.models.people import Person
from app.models.process import Incident
from app.models.task import Task

#: Upper bounds, in days, of the age classes; the last class has none.
AGES = (30, 60, 90, 120)
_ENDED = [*FINAL, DossierStatus.DRAFT]


@dataclass(frozen=True)
class AgentLoad:
    """What one officer has in hand."""

    person_id: UUID | None
    name: str
    dossiers: int
    late: int


@dataclass(frozen=True)
class AgeLoad:
    """The open dossiers filed so many days ago: from `low`, to less than `high`."""

    low: int
    high: int | None
    dossiers: int
    late: int


@dataclass(frozen=True)
class Picture:
    """The whole steering page."""

    in_progress: int
    late: int
    waiting_applicant: int
    voted_this_year: Money
    by_status: Sequence[tuple[DossierStatus, int]]
    by_phase: Mapping[str, int]
    by_agent: Sequence[AgentLoad]
    by_age: Sequence[AgeLoad]
    incidents: int


def picture(session: Session, *, today: date) -> Picture:
    """Everything the steering page shows, from indexed columns only."""
    late_ids = select(Task.dossier_id).where(
        Task.status == TaskStatus.OPEN, Task.due_on < today
    )
    live = Dossier.status.not_in(_ENDED)
    by_status = _counts(session, Dossier.status)
    return Picture(
        in_progress=session.scalar(select(func.count()).select_from(Dossier).where(live)) or 0,
        late=session.scalar(
            select(func.count()).select_from(Dossier).where(live, Dossier.id.in_(late_ids))
        )
        or 0,
        waiting_applicant=by_status.get(DossierStatus.INCOMPLETE, 0),
        voted_this_year=_voted(session, today.year),
        by_status=[(one, by_status[one]) for one in DossierStatus if one in by_status],
        by_phase=_counts(session, Dossier.phase, live),
        by_agent=_agents(session, late_ids_of=Dossier.id.in_(late_ids)),
        by_age=_ages(session, today, late=Dossier.id.in_(late_ids)),
        incidents=session.scalar(
            select(func.count()).select_from(Incident).where(Incident.resolved_at.is_(None))
        )
        or 0,
    )


def _counts(
    session: Session, column: InstrumentedAttribute[Any], *where: ColumnElement[bool]
) -> dict[Any, int]:
    rows = session.execute(
        select(column, func.count())
        .where(Dossier.status != DossierStatus.DRAFT, *where)
        .group_by(column)
    )
    return dict(rows.all())


def _voted(session: Session, year: int) -> Money:
    total = session.scalar(
        select(func.sum(Dossier.voted, type_=Dossier.voted.type)).where(
            Dossier.voted_on >= date(year, 1, 1), Dossier.voted_on <= date(year, 12, 31)
        )
    )
    return total or Money.zero()


def _agents(session: Session, *, late_ids_of: ColumnElement[bool]) -> list[AgentLoad]:
    rows = session.execute(
        select(
            Dossier.officer_id,
            Person.name,
            func.count().label("dossiers"),
            func.sum(case((late_ids_of, 1), else_=0)).label("late"),
        )
        .outerjoin(Person, Person.id == Dossier.officer_id)
        .where(Dossier.status.not_in(_ENDED))
        .group_by(Dossier.officer_id, Person.name)
        .order_by(func.count().desc())
    )
    return [
        AgentLoad(row.officer_id, row.name or "", row.dossiers, int(row.late)) for row in rows
    ]


def _ages(session: Session, today: date, *, late: ColumnElement[bool]) -> list[AgeLoad]:
    filed = session.execute(
        select(Dossier.filed_at, late).where(Dossier.status.not_in(_ENDED))
    ).all()
    ages = [((today - civil_day(at)).days, bool(is_late)) for at, is_late in filed if at]
    found = []
    for low, high in pairwise([0, *AGES, None]):
        first = low or 0
        inside = [is_late for age, is_late in ages if age >= first and (not high or age < high)]
        found.append(AgeLoad(first, high, len(inside), sum(inside)))
    return found


def median(values: Sequence[int]) -> int:
    """The middle value, rounded down."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) // 2
