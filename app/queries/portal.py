"""What does an applicant see? Their dossiers, what awaits them, and the history they may read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.domain.actor import Actor
from app.domain.errors import NotFound
from app.domain.events import EventKind
from app.domain.folding import alphabetical
from app.domain.permissions import Role
from app.domain.status import DossierStatus, SessionStatus, TaskStatus
from app.models.committee import AgendaItem, CommitteeSession
from app.models.dossier import Answer, Dossier, Draft
from app.models.journal import JournalEntry
from app.models.people import Membership, Organisation
from app.models.task import Task

#: What the house does among its own people is not the applicant's to read.
_PUBLIC_KINDS = (
    EventKind.FILED,
    EventKind.COMPLETED,
    EventKind.MOVED,
    EventKind.DOCUMENT_ADDED,
    EventKind.DOCUMENT_REVIEWED,
    EventKind.SCHEDULED,
    EventKind.UNSCHEDULED,
    EventKind.WITHDRAWN,
    EventKind.EXTENSION_ASKED,
)
_COMING = (SessionStatus.PREPARATION, SessionStatus.CONVENED)


@dataclass(frozen=True)
class MyDossier:
    """One line of « Mes demandes »: the dossier, and what it awaits from its applicant."""

    dossier: Dossier
    tasks: tuple[Task, ...] = ()

    @property
    def due_on(self) -> date | None:
        """The first day by which something is awaited."""
        return min((one.due_on for one in self.tasks if one.due_on), default=None)


def my_dossiers(session: Session, actor: Actor) -> list[MyDossier]:
    """The dossiers of the actor's organisations: what awaits them first, then the latest moved."""
    dossiers = session.scalars(
        select(Dossier)
        .where(Dossier.organisation_id.in_(actor.organisation_ids))
        .options(joinedload(Dossier.organisation))
        .order_by(Dossier.status_since.desc(), Dossier.id)
    ).all()
    waiting: dict[UUID, list[Task]] = {}
    for task in session.scalars(
        select(Task)
        .join(Dossier)
        .where(
            Dossier.organisation_id.in_(actor.organisation_ids),
            Task.role == Role.APPLICANT,
            Task.status == TaskStatus.OPEN,
        )
    ):
        waiting.setdefault(task.dossier_id, []).append(task)
    return [MyDossier(one, tuple(waiting.get(one.id, ()))) for one in dossiers]


def my_dossier(session: Session, actor: Actor, dossier_id: UUID) -> Dossier:
    """One dossier of the actor's organisations. Refuses NotFound."""
    found = session.scalar(
        select(Dossier)
        .where(Dossier.id == dossier_id, Dossier.organisation_id.in_(actor.organisation_ids))
        .options(joinedload(Dossier.organisation), joinedload(Dossier.officer))
    )
    if found is None:
        raise NotFound
    return found


def my_draft(session: Session, actor: Actor, dossier_id: UUID) -> Dossier | None:
    """The dossier while it is a draft; None once filed. Refuses NotFound."""
    found = my_dossier(session, actor, dossier_id)
    return found if found.status is DossierStatus.DRAFT else None


def typed_so_far(session: Session, dossier: Dossier, step: str) -> Draft | None:
    """What the people of the organisation typed in the filing form."""
    return session.get(Draft, (dossier.id, step, dossier.created_by_id))


def my_organisations(session: Session, actor: Actor) -> Sequence[Organisation]:
    """The organisations the actor may file for, by name."""
    found = session.scalars(select(Organisation).where(Organisation.id.in_(actor.writable_ids)))
    return alphabetical(found, lambda one: one.name)


def members_of(session: Session, organisation_id: UUID) -> int:
    """How many people act for an organisation."""
    found = select(Membership.person_id).where(Membership.organisation_id == organisation_id)
    return len(session.scalars(found).all())


def applicant_tasks(session: Session, dossier_id: UUID) -> Sequence[Task]:
    """What is open for the applicant, the most pressing first."""
    return session.scalars(
        select(Task)
        .where(
            Task.dossier_id == dossier_id,
            Task.role == Role.APPLICANT,
            Task.status == TaskStatus.OPEN,
        )
        .order_by(Task.due_on.is_(None), Task.due_on, Task.created_at)
    ).all()


def applicant_task(session: Session, dossier_id: UUID, task_id: UUID) -> Task:
    """One task of the applicant, open or not. Refuses NotFound."""
    found = session.scalar(
        select(Task)
        .where(Task.id == task_id, Task.dossier_id == dossier_id, Task.role == Role.APPLICANT)
        .options(joinedload(Task.done_by))
    )
    if found is None:
        raise NotFound
    return found


def public_history(session: Session, dossier_id: UUID) -> Sequence[JournalEntry]:
    """What happened, as far as the applicant may read it, the latest first."""
    return session.scalars(
        select(JournalEntry)
        .where(JournalEntry.dossier_id == dossier_id, JournalEntry.kind.in_(_PUBLIC_KINDS))
        .order_by(JournalEntry.seq.desc())
    ).all()


def own_session(session: Session, dossier_id: UUID) -> CommitteeSession | None:
    """The session on whose agenda the dossier stands, once convened or held."""
    return session.scalar(
        select(CommitteeSession)
        .join(AgendaItem, AgendaItem.session_id == CommitteeSession.id)
        .where(AgendaItem.dossier_id == dossier_id)
        .order_by(CommitteeSession.held_on.desc())
        .limit(1)
    )


def next_session(session: Session, today: date) -> CommitteeSession | None:
    """The next session to come, whatever its body."""
    return session.scalar(
        select(CommitteeSession)
        .where(CommitteeSession.held_on >= today, CommitteeSession.status.in_(_COMING))
        .order_by(CommitteeSession.held_on)
        .limit(1)
    )


def last_request(
    session: Session, organisation_id: UUID, step: str, type_key: str
) -> Mapping[str, object]:
    """What the organisation answered in its latest request of this type; nothing when none."""
    found = session.scalar(
        select(Answer.data)
        .join(Dossier, Dossier.id == Answer.dossier_id)
        .where(
            Dossier.organisation_id == organisation_id,
            Dossier.type_key == type_key,
            Answer.step == step,
        )
        .order_by(Answer.at.desc())
        .limit(1)
    )
    return found or {}
