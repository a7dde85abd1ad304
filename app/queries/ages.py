"""How old is a dossier, its step, and what I hold of it? Three ages, never one for another.

The age of a dossier is told whole and without the time its applicant had the next move: a file
that waits for its pieces is not a file the service is slow with.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.civil import civil_day
from app.domain.permissions import Role
from app.models.base import table_of
from app.models.dossier import Dossier
from app.models.task import Task

_TASKS = table_of(Task)
_DOSSIERS = table_of(Dossier)


@dataclass(frozen=True, slots=True)
class Ages:
    """Ages in days, as of one day."""

    #: Since it was filed, until today or until it was closed.
    dossier: int
    #: Of which its applicant had the next move.
    waiting: int
    #: Since its oldest open step was opened; None when nothing is open.
    step: int | None = None
    #: Since I took it, or was given it; None when I hold nothing of it.
    mine: int | None = None

    @property
    def net(self) -> int:
        """The age of the dossier without the time its applicant had the next move."""
        return self.dossier - self.waiting


def ages_of(
    session: Session, dossier_ids: Iterable[UUID], *, today: date, person_id: UUID | None
) -> Mapping[UUID, Ages]:
    """The ages of filed dossiers, in two queries whatever their number."""
    ids = list(dossier_ids)
    if not ids:
        return {}
    filed = session.execute(
        select(_DOSSIERS.c.id, _DOSSIERS.c.filed_at, _DOSSIERS.c.closed_on).where(
            _DOSSIERS.c.id.in_(ids), _DOSSIERS.c.filed_at.is_not(None)
        )
    ).all()
    tasks: dict[UUID, list[Any]] = {one: [] for one in ids}
    for row in session.execute(
        select(
            _TASKS.c.dossier_id,
            _TASKS.c.role,
            _TASKS.c.created_at,
            _TASKS.c.claimed_at,
            _TASKS.c.done_at,
            _TASKS.c.assignee_id,
        ).where(_TASKS.c.dossier_id.in_(ids))
    ):
        tasks[row.dossier_id].append(row)
    return {
        row.id: _ages(row.filed_at, row.closed_on or today, tasks[row.id], today, person_id)
        for row in filed
    }


def _ages(
    filed_at: datetime,
    last: date,
    tasks: Iterable[Any],
    today: date,
    person_id: UUID | None,
) -> Ages:
    every = list(tasks)
    opened = [one for one in every if one.done_at is None]
    mine = [one for one in opened if person_id is not None and one.assignee_id == person_id]
    waits = [
        (civil_day(one.created_at), civil_day(one.done_at) if one.done_at else last)
        for one in every
        if one.role is Role.APPLICANT
    ]
    return Ages(
        dossier=max((last - civil_day(filed_at)).days, 0),
        waiting=min(days_covered(waits), max((last - civil_day(filed_at)).days, 0)),
        step=_since((one.created_at for one in opened), today),
        mine=_since((one.claimed_at or one.created_at for one in mine), today),
    )


def _since(instants: Iterable[datetime], today: date) -> int | None:
    first = min(instants, default=None)
    return None if first is None else (today - civil_day(first)).days


def days_covered(spans: Iterable[tuple[date, date]]) -> int:
    """How many days these spans cover, common ones counted once."""
    total, reached = 0, date.min
    for first, last in sorted(spans):
        begin = max(first, reached)
        if last > begin:
            total += (last - begin).days
            reached = last
    return total
