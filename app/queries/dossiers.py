"""Which dossiers may somebody read, and what is in one? Always scoped by who asks."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, literal, or_, select
from sqlalchemy.orm import Session, joinedload

from app.domain.actor import Actor
from app.domain.civil import PARIS
from app.domain.errors import NotFound
from app.domain.money import Money
from app.domain.permissions import Permission
from app.domain.status import FINAL, DossierStatus, TaskStatus
from app.models.budget import Commitment
from app.models.committee import Act, AgendaItem
from app.models.dossier import Answer, Dossier, Opinion
from app.models.journal import JournalEntry
from app.models.payment import PaymentClaim
from app.models.people import Organisation, Person
from app.models.process import DossierProcess, Incident, ProcessStatus
from app.models.task import Task

PAGE = 50


@dataclass(frozen=True)
class Listing:
    """What narrows the list of dossiers down."""

    words: str = ""
    status: DossierStatus | None = None
    phase: str = ""
    scheme: str = ""
    officer_id: UUID | None = None
    is_late: bool = False
    #: A task of this step is open, under one of its names: one a version.
    step: str = ""
    step_names: Collection[str] = ()
    #: It stands at this node, which waits for something else than a person; its names.
    waits_at: str = ""
    wait_names: Collection[str] = ()
    type_key: str = ""
    #: It was filed that year.
    filed_in: int | None = None
    #: An aid was voted that year.
    voted_in: int | None = None
    #: Nobody instructs it.
    is_unassigned: bool = False
    #: Days since the filing: at least, and less than.
    age_min: int | None = None
    age_max: int | None = None
    #: Ended dossiers left out.
    is_live: bool = False


@dataclass(frozen=True)
class DossierPage:
    """One page of the list."""

    dossiers: Sequence[Dossier]
    total: int
    page: int
    pages: int


def readable(actor: Actor) -> ColumnElement[bool]:
    """The dossiers the actor may read: their organisations', those asked about, or all filed."""
    conditions: list[ColumnElement[bool]] = []
    if actor.may(Permission.READ_ALL_DOSSIERS):
        conditions.append(Dossier.filed_at.is_not(None))
    if actor.organisation_ids:
        conditions.append(Dossier.organisation_id.in_(actor.organisation_ids))
    if actor.may(Permission.READ_ASKED_DOSSIERS) and actor.person_id is not None:
        asked = select(Task.dossier_id).where(
            Task.assignee_id.in_({actor.person_id, *actor.stands_in_for}), Task.is_personal
        )
        conditions.append(Dossier.id.in_(asked))
    return or_(*conditions) if conditions else false()


def by_reference(session: Session, actor: Actor, reference: str) -> Dossier:
    """One filed dossier. Refuses NotFound, also when the actor may not know it exists."""
    return _one(session, actor, Dossier.reference == reference)


def by_id(session: Session, actor: Actor, dossier_id: UUID) -> Dossier:
    """One dossier, drafts of the actor's organisations included. Refuses NotFound."""
    return _one(session, actor, Dossier.id == dossier_id)


def listing(
    session: Session, actor: Actor, wanted: Listing, *, today: date, page: int = 1
) -> DossierPage:
    """The filed dossiers the actor may read, the latest moved first."""
    chosen = and_(readable(actor), Dossier.filed_at.is_not(None), *_narrow(wanted, today))
    total = session.scalar(select(func.count()).select_from(Dossier).where(chosen)) or 0
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    rows = session.scalars(
        select(Dossier)
        .where(chosen)
        .options(joinedload(Dossier.organisation), joinedload(Dossier.officer))
        .order_by(Dossier.status_since.desc(), Dossier.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()
    return DossierPage(rows, total, page, pages)


@dataclass(frozen=True)
class Neighbours:
    """The dossiers before and after one, in the list the person came from."""

    previous: str | None
    following: str | None


def neighbours(
    session: Session, actor: Actor, dossier: Dossier, wanted: Listing, *, today: date
) -> Neighbours:
    """Previous and next references under the same filter and order."""
    chosen = and_(readable(actor), Dossier.filed_at.is_not(None), *_narrow(wanted, today))
    key = (Dossier.status_since, Dossier.id)
    here = (dossier.status_since, dossier.id)
    before = or_(key[0] > here[0], and_(key[0] == here[0], key[1] < here[1]))
    after = or_(key[0] < here[0], and_(key[0] == here[0], key[1] > here[1]))
    previous = session.scalar(
        select(Dossier.reference).where(chosen, before).order_by(key[0], key[1].desc()).limit(1)
    )
    following = session.scalar(
        select(Dossier.reference).where(chosen, after).order_by(key[0].desc(), key[1]).limit(1)
    )
    return Neighbours(previous, following)


def answers_of(session: Session, dossier_id: UUID) -> Sequence[Answer]:
    """Everything people answered, in order."""
    return session.scalars(
        select(Answer)
        .where(Answer.dossier_id == dossier_id)
        .options(joinedload(Answer.by))
        .order_by(Answer.at)
    ).all()


def recent_answers(session: Session, dossier_id: UUID, *, limit: int) -> Sequence[Answer]:
    """The last forms people filled, the last one first."""
    return session.scalars(
        select(Answer)
        .where(Answer.dossier_id == dossier_id)
        .options(joinedload(Answer.by))
        .order_by(Answer.at.desc())
        .limit(limit)
    ).all()


def last_answer(session: Session, dossier_id: UUID, steps: Iterable[str]) -> Answer | None:
    """What was answered last at one of these steps."""
    return session.scalar(
        select(Answer)
        .where(Answer.dossier_id == dossier_id, Answer.step.in_(tuple(steps)))
        .options(joinedload(Answer.by))
        .order_by(Answer.at.desc())
        .limit(1)
    )


def opinions_of(session: Session, dossier_id: UUID) -> Sequence[Opinion]:
    """What services were asked and answered, the last round first."""
    return session.scalars(
        select(Opinion)
        .where(Opinion.dossier_id == dossier_id)
        .options(joinedload(Opinion.person))
        .order_by(Opinion.round.desc(), Opinion.asked_at)
    ).all()


def acts_of(session: Session, dossier_id: UUID) -> Sequence[Act]:
    """The acts that made a vote executory."""
    return session.scalars(
        select(Act).where(Act.dossier_id == dossier_id).order_by(Act.recorded_at)
    ).all()


def agenda_of(session: Session, dossier_id: UUID) -> Sequence[AgendaItem]:
    """The sessions the dossier went or will go to, the last first."""
    rows = session.scalars(
        select(AgendaItem)
        .where(AgendaItem.dossier_id == dossier_id)
        .options(joinedload(AgendaItem.session))
    ).all()
    return sorted(rows, key=lambda item: item.session.held_on, reverse=True)


def claims_of(session: Session, dossier_id: UUID) -> Sequence[PaymentClaim]:
    """The payment claims of a dossier with their orders, in order."""
    return (
        session.scalars(
            select(PaymentClaim)
            .where(PaymentClaim.dossier_id == dossier_id)
            .options(joinedload(PaymentClaim.orders))
            .order_by(PaymentClaim.number)
        )
        .unique()
        .all()
    )


def tasks_of(session: Session, dossier_id: UUID) -> Sequence[Task]:
    """Every task the dossier ever had, in order."""
    return session.scalars(
        select(Task).where(Task.dossier_id == dossier_id).order_by(Task.created_at)
    ).all()


def commitments_of(session: Session, dossier_id: UUID) -> Sequence[Commitment]:
    """What was set aside for a dossier, and given back."""
    return session.scalars(
        select(Commitment)
        .where(Commitment.dossier_id == dossier_id)
        .options(joinedload(Commitment.envelope))
        .order_by(Commitment.at)
    ).all()


def timeline_of(
    session: Session, dossier_id: UUID
) -> Sequence[tuple[JournalEntry, str | None]]:
    """The journal of a dossier, the latest first, with the name of who acted."""
    rows = session.execute(
        select(JournalEntry, Person.name)
        .outerjoin(Person, Person.id == JournalEntry.actor_id)
        .where(JournalEntry.dossier_id == dossier_id)
        .order_by(JournalEntry.seq.desc())
    ).all()
    return [(entry, name) for entry, name in rows]


def process_of(session: Session, dossier_id: UUID) -> DossierProcess | None:
    """Where the engine stands; None for a draft."""
    return session.get(DossierProcess, dossier_id)


def open_incident(session: Session, dossier_id: UUID) -> Incident | None:
    """The incident that stops the dossier, else the one of an automatic step; None when all is well."""
    return session.scalar(
        select(Incident)
        .where(
            Incident.dossier_id == dossier_id,
            Incident.resolved_at.is_(None),
            Incident.kind.in_(("engine", "timer", "job")),
        )
        .order_by(Incident.kind == "job", Incident.raised_at.desc())
        .limit(1)
    )


def _one(session: Session, actor: Actor, condition: ColumnElement[bool]) -> Dossier:
    found = session.scalar(
        select(Dossier)
        .where(condition, readable(actor))
        .options(
            joinedload(Dossier.organisation).joinedload(Organisation.epci),
            joinedload(Dossier.officer),
        )
    )
    if found is None:
        raise NotFound
    return found


def _narrow(wanted: Listing, today: date) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        Dossier.search_text.contains(word, autoescape=True) for word in wanted.words.split()
    ]
    equal = {
        Dossier.status: wanted.status,
        Dossier.phase: wanted.phase,
        Dossier.scheme: wanted.scheme,
        Dossier.type_key: wanted.type_key,
        Dossier.officer_id: wanted.officer_id,
    }
    conditions += [column == value for column, value in equal.items() if value]
    conditions += _standing(wanted, today)
    if wanted.voted_in is not None:
        first, last = date(wanted.voted_in, 1, 1), date(wanted.voted_in, 12, 31)
        conditions += [Dossier.voted_on.between(first, last), Dossier.voted > Money.zero()]
    if wanted.is_unassigned:
        conditions.append(Dossier.officer_id.is_(None))
    conditions += _aged(wanted, today)
    if wanted.is_live:
        conditions.append(Dossier.status.not_in(FINAL))
    if wanted.is_late:
        late = select(Task.dossier_id).where(
            Task.status == TaskStatus.OPEN, Task.due_on < today
        )
        conditions += [Dossier.id.in_(late), Dossier.status.not_in(FINAL)]
    return conditions


def _standing(wanted: Listing, today: date) -> list[ColumnElement[bool]]:
    """A task of the step is open, a late one when only late dossiers are wanted; or it stands there."""
    found: list[ColumnElement[bool]] = []
    if wanted.step:
        waiting = select(Task.dossier_id).where(
            Task.status == TaskStatus.OPEN, Task.step.in_({wanted.step, *wanted.step_names})
        )
        if wanted.is_late:
            waiting = waiting.where(Task.due_on < today)
        found.append(Dossier.id.in_(waiting))
    if wanted.waits_at:
        places = literal(" ") + DossierProcess.marking + " "
        there = select(DossierProcess.dossier_id).where(
            DossierProcess.status == ProcessStatus.RUNNING,
            or_(
                *(
                    places.contains(f" {name} ", autoescape=True)
                    for name in sorted({wanted.waits_at, *wanted.wait_names})
                )
            ),
        )
        found.append(Dossier.id.in_(there))
    return found


def _aged(wanted: Listing, today: date) -> list[ColumnElement[bool]]:
    """Filed on or before the day the least age gives, and after the day the most age gives."""
    found: list[ColumnElement[bool]] = []
    if wanted.age_min:
        found.append(Dossier.filed_at < _midnight(today - timedelta(days=wanted.age_min - 1)))
    if wanted.filed_in is not None:
        first, after = date(wanted.filed_in, 1, 1), date(wanted.filed_in + 1, 1, 1)
        found += [Dossier.filed_at >= _midnight(first), Dossier.filed_at < _midnight(after)]
    if wanted.age_max is not None:
        found.append(Dossier.filed_at >= _midnight(today - timedelta(days=wanted.age_max - 1)))
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, PARIS)
