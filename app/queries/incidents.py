"""What stops, or keeps failing? The open incidents, those of one cause together."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.errors import NotFound
from app.models.dossier import Dossier
from app.models.job import Job
from app.models.people import Person
from app.models.process import Incident

#: Incidents shown of one cause on the page of all causes.
SHOWN = 5
PAGE = 50


@dataclass(frozen=True)
class Group:
    """Incidents of one kind with the same words: how many, and since when."""

    kind: str
    cause: str
    number: int
    first_at: datetime
    last_at: datetime

    @property
    def mark(self) -> str:
        """Short name of the group, for addresses."""
        return mark_of(self.kind, self.cause)


@dataclass(frozen=True)
class Line:
    """One incident with its dossier, its job and who takes care of it."""

    incident: Incident
    dossier: Dossier | None
    job: Job | None
    owner: str | None


def mark_of(kind: str, cause: str) -> str:
    """The same for the same kind and the same words."""
    return hashlib.sha256(f"{kind}\n{cause}".encode()).hexdigest()[:12]


def groups(session: Session, *, kind: str = "", type_key: str = "") -> list[Group]:
    """The open incidents by cause, the most frequent first."""
    number = func.count(Incident.id)
    query = (
        select(
            Incident.kind,
            Incident.cause,
            number,
            func.min(Incident.raised_at, type_=Incident.raised_at.type),
            func.max(Incident.raised_at, type_=Incident.raised_at.type),
        )
        .where(Incident.resolved_at.is_(None))
        .group_by(Incident.kind, Incident.cause)
        .order_by(number.desc(), Incident.cause)
    )
    if kind:
        query = query.where(Incident.kind == kind)
    if type_key:
        query = query.join(Dossier, Dossier.id == Incident.dossier_id).where(
            Dossier.type_key == type_key
        )
    return [Group(*row) for row in session.execute(query)]


def lines(
    session: Session, group: Group, *, type_key: str = "", page: int = 1, size: int = PAGE
) -> list[Line]:
    """The incidents of one cause, the oldest first."""
    query = (
        _LINES.where(
            Incident.resolved_at.is_(None),
            Incident.kind == group.kind,
            Incident.cause == group.cause,
        )
        .order_by(Incident.raised_at, Incident.id)
        .offset((max(page, 1) - 1) * size)
        .limit(size)
    )
    if type_key:
        query = query.where(Dossier.type_key == type_key)
    return [Line(*row) for row in session.execute(query)]


_LINES = (
    select(Incident, Dossier, Job, Person.name)
    .outerjoin(Dossier, Dossier.id == Incident.dossier_id)
    .outerjoin(Job, Job.id == Incident.job_id)
    .outerjoin(Person, Person.id == Incident.owner_id)
)


def line(session: Session, incident_id: UUID) -> Line:
    """One incident, open or not. Refuses NotFound."""
    row = session.execute(_LINES.where(Incident.id == incident_id)).one_or_none()
    if row is None:
        raise NotFound
    return Line(*row)


def ids_of(session: Session, group: Group, *, limit: int) -> Sequence[UUID]:
    """The incidents of one cause, the oldest first."""
    return session.scalars(
        select(Incident.id)
        .where(
            Incident.resolved_at.is_(None),
            Incident.kind == group.kind,
            Incident.cause == group.cause,
        )
        .order_by(Incident.raised_at, Incident.id)
        .limit(limit)
    ).all()


def open_number(session: Session) -> int:
    """How many incidents wait for somebody."""
    query = select(func.count()).select_from(Incident).where(Incident.resolved_at.is_(None))
    return session.scalar(query) or 0


def kinds(session: Session) -> list[tuple[str, int]]:
    """The kinds of open incidents, with how many of each."""
    rows = session.execute(
        select(Incident.kind, func.count())
        .where(Incident.resolved_at.is_(None))
        .group_by(Incident.kind)
        .order_by(Incident.kind)
    )
    return [(kind, number) for kind, number in rows]
