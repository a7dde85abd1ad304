"""Which days matter to somebody? Deadlines of their tasks, sessions, limits of their dossiers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session, joinedload

from app.domain.actor import Actor
from app.domain.legal_clock.rule import Basis
from app.domain.permissions import Permission, Role
from app.domain.status import AFTER_AWARD, DossierStatus, TaskStatus
from app.models.clock import DossierClock
from app.models.committee import CommitteeSession
from app.models.dossier import Dossier
from app.models.task import Task
from app.queries.tasks import within_reach

#: A calendar shows what is ahead, and a little of what is behind.
MOST = 500


class DayKind(StrEnum):
    """Why a day stands in somebody's calendar."""

    TASK = "task"  #: Deadline of a task that is theirs, or that nobody took
    SESSION = "session"  #: A committee sits
    AGENDA = "agenda"  #: The agenda of a session closes
    START = "start"  #: Last day to start the works
    COMPLETION = "completion"  #: Last day to claim the balance
    LEGAL = "legal"  #: A delay of the law ends


@dataclass(frozen=True)
class Day:
    """One day of somebody's calendar."""

    #: Stable: the same thing keeps it when its day moves.
    key: str
    kind: DayKind
    on: date
    title: str
    about: str
    #: Whose dossier it is; empty for a session.
    organisation: str
    #: The page it opens, from the root of the site.
    path: str
    #: Grows each time what it tells changes.
    revision: int = 0
    changed_at: datetime | None = None


def days_of(session: Session, actor: Actor, *, since: date) -> list[Day]:
    """The days of one person from `since` on, in order of date."""
    found = [
        *_tasks(session, actor, since),
        *_sessions(session, actor, since),
        *_limits(session, actor, since),
        *_legal(session, actor, since),
    ]
    return sorted(found, key=lambda day: (day.on, day.key))


def _tasks(session: Session, actor: Actor, since: date) -> Iterator[Day]:
    rows = session.scalars(
        select(Task)
        .join(Task.dossier)
        .where(
            Task.status == TaskStatus.OPEN,
            Task.due_on >= since,
            or_(_mine_or_free(actor), _of_my_organisations(actor)),
        )
        .options(joinedload(Task.dossier).joinedload(Dossier.organisation))
        .order_by(Task.due_on, Task.id)
        .limit(MOST)
    )
    for task in rows:
        dossier, day = task.dossier, task.due_on
        assert day is not None  # noqa: S101 - asked for
        is_applicants = task.role is Role.APPLICANT
        yield Day(
            key=f"task-{task.id}",
            kind=DayKind.TASK,
            on=day,
            title=task.name,
            about=_about(dossier),
            organisation=dossier.organisation.name,
            path=f"/portail/demandes/{dossier.id}" if is_applicants else f"/taches/{task.id}",
            revision=task.revision,
            changed_at=task.claimed_at or task.created_at,
        )


def _mine_or_free(actor: Actor) -> ColumnElement[bool]:
    is_free = Task.assignee_id.is_(None)
    return and_(within_reach(actor), or_(Task.assignee_id == actor.person_id, is_free))


def _of_my_organisations(actor: Actor) -> ColumnElement[bool]:
    if not actor.organisation_ids:
        return false()
    return and_(
        Task.role == Role.APPLICANT, Dossier.organisation_id.in_(actor.organisation_ids)
    )


def _sessions(session: Session, actor: Actor, since: date) -> Iterator[Day]:
    if not actor.may(Permission.READ_SESSIONS):
        return
    rows = session.scalars(
        select(CommitteeSession)
        .where(CommitteeSession.held_on >= since)
        .order_by(CommitteeSession.held_on)
        .limit(MOST)
    )
    for sitting in rows:
        yield _sitting(sitting, DayKind.SESSION, sitting.held_on)
        if sitting.agenda_closes_on >= since:
            yield _sitting(sitting, DayKind.AGENDA, sitting.agenda_closes_on)


def _sitting(sitting: CommitteeSession, kind: DayKind, on: date) -> Day:
    return Day(
        key=f"{kind}-{sitting.id}",
        kind=kind,
        on=on,
        title=sitting.body,
        about=sitting.place,
        organisation="",
        path=f"/commissions/{sitting.id}",
        revision=sitting.revision,
        changed_at=sitting.created_at,
    )


def _limits(session: Session, actor: Actor, since: date) -> Iterator[Day]:
    """What a beneficiary must not let pass, told to them and to their officer."""
    rows = session.scalars(
        select(Dossier)
        .where(
            Dossier.status.in_(AFTER_AWARD),
            _is_followed(actor),
            or_(Dossier.start_deadline >= since, Dossier.completion_deadline >= since),
        )
        .options(joinedload(Dossier.organisation))
        .order_by(Dossier.reference)
        .limit(MOST)
    )
    for dossier in rows:
        is_own = dossier.organisation_id in actor.organisation_ids
        path = f"/portail/demandes/{dossier.id}" if is_own else f"/dossiers/{dossier.reference}"
        # Once the works began, only their end matters.
        is_waiting = dossier.status is DossierStatus.GRANTED
        limits = (
            (DayKind.START, dossier.start_deadline if is_waiting else None),
            (DayKind.COMPLETION, dossier.completion_deadline),
        )
        for kind, on in limits:
            if on is not None and on >= since:
                yield Day(
                    key=f"{kind}-{dossier.id}",
                    kind=kind,
                    on=on,
                    title=dossier.title,
                    about=_about(dossier),
                    organisation=dossier.organisation.name,
                    path=path,
                    changed_at=dossier.status_since,
                )


def _legal(session: Session, actor: Actor, since: date) -> Iterator[Day]:
    """The ends of the delays of the law, for those who follow the dossier."""
    rows = session.execute(
        select(DossierClock, Dossier)
        .join(Dossier, Dossier.id == DossierClock.dossier_id)
        .where(
            DossierClock.basis == Basis.LEGAL,
            DossierClock.ended_on.is_(None),
            DossierClock.due_on >= since,
            _is_followed(actor),
        )
        .options(joinedload(Dossier.organisation))
        .order_by(DossierClock.due_on, DossierClock.dossier_id, DossierClock.clock)
        .limit(MOST)
    )
    for clock, dossier in rows:
        if clock.due_on is not None:
            yield Day(
                key=f"legal-{clock.clock}-{dossier.id}",
                kind=DayKind.LEGAL,
                on=clock.due_on,
                title=clock.title,
                about=_about(dossier),
                organisation=dossier.organisation.name,
                path=_page(actor, dossier),
                changed_at=clock.updated_at,
            )


def _is_followed(actor: Actor) -> ColumnElement[bool]:
    mine = [Dossier.officer_id == actor.person_id]
    if actor.organisation_ids:
        mine.append(Dossier.organisation_id.in_(actor.organisation_ids))
    return or_(*mine)


def _page(actor: Actor, dossier: Dossier) -> str:
    is_own = dossier.organisation_id in actor.organisation_ids
    return f"/portail/demandes/{dossier.id}" if is_own else f"/dossiers/{dossier.reference}"


def _about(dossier: Dossier) -> str:
    return f"{dossier.reference or ''} · {dossier.title} · {dossier.organisation.name}"
