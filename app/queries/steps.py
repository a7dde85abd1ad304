"""How many dossiers wait at each step of each type, how long, how many late? From indexed columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select
from sqlalchemy.orm import Session

from app.domain.civil import PARIS, civil_day
from app.domain.status import TaskStatus
from app.models.dossier import Dossier
from app.models.process import DossierProcess, ProcessStatus
from app.models.task import Task


@dataclass(frozen=True)
class Among:
    """Which dossiers are counted: of one scheme, filed in one year; of all when empty."""

    scheme: str = ""
    filed_in: int | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """What narrows a query on dossiers down."""
        found: list[ColumnElement[bool]] = []
        if self.scheme:
            found.append(Dossier.scheme == self.scheme)
        if self.filed_in is not None:
            first = datetime(self.filed_in, 1, 1, tzinfo=PARIS).astimezone(UTC)
            after = datetime(self.filed_in + 1, 1, 1, tzinfo=PARIS).astimezone(UTC)
            found += [Dossier.filed_at >= first, Dossier.filed_at < after]
        return found


@dataclass(frozen=True)
class StepLoad:
    """What waits at one step: how many dossiers, how many late, the median age in days."""

    type_key: str
    step: str
    name: str
    count: int
    late: int
    median_days: int


@dataclass(frozen=True)
class WaitLoad:
    """How many dossiers wait for something else than a person, at one node."""

    type_key: str
    node: str
    count: int


#: Type of dossier -> step of an earlier version -> the same in the latest one.
Names = Mapping[str, Mapping[str, str]]


def step_loads(
    session: Session, among: Among, *, today: date, names: Names | None = None
) -> Sequence[StepLoad]:
    """Each step where somebody is awaited, the most loaded first; a dossier counts once a step.

    A step whose identifier changed from one version to the next is one, under its last name.

    The age of a dossier at a step is that of its oldest task there; all is counted by the
    database, whatever the number of dossiers.
    """
    rows = session.execute(_step_loads(among, today, names or {})).all()
    return [
        StepLoad(
            type_key=row.type_key,
            step=row.step,
            name=row.name,
            count=row.total,
            late=int(row.late),
            median_days=(_age(row.lower, today) + _age(row.upper, today)) // 2,
        )
        for row in rows
    ]


def _step_loads(
    among: Among, today: date, names: Names
) -> Select[tuple[str, str, str, int, int, datetime, datetime]]:
    is_late = case((Task.due_on < today, 1), else_=0)
    # One line a dossier and step first, then what is known of the dossier: joining every task
    # takes four times as long.
    each = (
        select(
            Task.step,
            Task.dossier_id,
            func.min(Task.name).label("name"),
            func.min(Task.created_at, type_=Task.created_at.type).label("since"),
            func.max(is_late).label("late"),
        )
        .where(Task.status == TaskStatus.OPEN)
        .group_by(Task.step, Task.dossier_id)
        .subquery()
    )
    waiting = (
        select(
            Dossier.type_key,
            _present(each.c.step, names).label("step"),
            each.c.name,
            each.c.since,
            each.c.late,
        )
        .join(Dossier, Dossier.id == each.c.dossier_id)
        .where(*among.conditions())
        .subquery()
    )
    at_step = [waiting.c.type_key, waiting.c.step]
    ranked = select(
        waiting,
        func.row_number().over(partition_by=at_step, order_by=waiting.c.since).label("rank"),
        func.count().over(partition_by=at_step).label("total"),
    ).subquery()
    one = ranked.c

    def since_at(*doubles: ColumnElement[int]) -> ColumnElement[datetime]:
        """The opening of the task whose rank, doubled, is one of these."""
        return func.max(
            case(
                (one.rank * 2 == doubles[0], one.since), (one.rank * 2 == doubles[1], one.since)
            ),
            type_=Task.created_at.type,
        )

    return (
        select(
            one.type_key,
            one.step,
            func.min(one.name).label("name"),
            func.max(one.total).label("total"),
            func.sum(one.late).label("late"),
            since_at(one.total, one.total + 1).label("lower"),
            since_at(one.total + 1, one.total + 2).label("upper"),
        )
        .group_by(one.type_key, one.step)
        .order_by(func.max(one.total).desc(), one.step)
    )


def _present(step: ColumnElement[str], names: Names) -> ColumnElement[str]:
    """The step as the latest version calls it."""
    renamed = [
        (and_(Dossier.type_key == key, step == old), literal(new))
        for key, found in names.items()
        for old, new in found.items()
    ]
    return case(*renamed, else_=step) if renamed else step


def wait_loads(
    session: Session, among: Among, *, names: Names | None = None
) -> Sequence[WaitLoad]:
    """The nodes where dossiers stand, whoever is awaited; by the positions kept with the state."""
    rows = session.execute(
        select(Dossier.type_key, DossierProcess.marking, func.count().label("total"))
        .join(
            Dossier,
            and_(
                Dossier.id == DossierProcess.dossier_id,
                DossierProcess.status == ProcessStatus.RUNNING,
                *among.conditions(),
            ),
        )
        .group_by(Dossier.type_key, DossierProcess.marking)
    )
    counts: dict[tuple[str, str], int] = {}
    for row in rows:
        for node in row.marking.split():
            key = (row.type_key, (names or {}).get(row.type_key, {}).get(node, node))
            counts[key] = counts.get(key, 0) + row.total
    return [WaitLoad(*key, count) for key, count in counts.items()]


def years_filed(session: Session) -> Sequence[int]:
    """The years in which dossiers were filed, the latest first."""
    first, last = session.execute(
        select(
            func.min(Dossier.filed_at, type_=Dossier.filed_at.type),
            func.max(Dossier.filed_at, type_=Dossier.filed_at.type),
        )
    ).one()
    if first is None or last is None:
        return []
    return list(range(civil_day(last).year, civil_day(first).year - 1, -1))


def _age(since: datetime, today: date) -> int:
    return (today - civil_day(since)).days
