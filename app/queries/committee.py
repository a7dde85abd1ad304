"""Which sessions are there, and what is on their agenda?"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from app.domain.errors import NotFound
from app.domain.money import Money
from app.domain.status import DossierStatus, JobStatus
from app.models.committee import AgendaItem, CommitteeSession
from app.models.dossier import Dossier
from app.models.job import Job


def sessions(session: Session) -> Sequence[tuple[CommitteeSession, int, Money]]:
    """Every session with the number of its dossiers and their proposed total, the last first."""
    rows = session.execute(
        select(
            CommitteeSession,
            func.count(AgendaItem.id),
            func.sum(AgendaItem.proposed, type_=AgendaItem.proposed.type),
        )
        .outerjoin(AgendaItem, AgendaItem.session_id == CommitteeSession.id)
        .group_by(CommitteeSession.id)
        .order_by(CommitteeSession.held_on.desc())
    ).all()
    return [(one, count, proposed or Money.zero()) for one, count, proposed in rows]


def sitting(session: Session, session_id: UUID) -> CommitteeSession:
    """One session. Refuses NotFound."""
    found = session.get(CommitteeSession, session_id)
    if found is None:
        raise NotFound
    return found


def agenda(session: Session, session_id: UUID) -> Sequence[AgendaItem]:
    """The lines of an agenda, in order, with their dossiers."""
    return session.scalars(
        select(AgendaItem)
        .where(AgendaItem.session_id == session_id)
        .options(joinedload(AgendaItem.dossier).joinedload(Dossier.organisation))
        .order_by(AgendaItem.position)
    ).all()


def ready(session: Session) -> Sequence[Dossier]:
    """The dossiers that wait for a session, the oldest first."""
    return session.scalars(
        select(Dossier)
        .where(Dossier.status == DossierStatus.READY)
        .options(joinedload(Dossier.organisation))
        .order_by(Dossier.status_since)
    ).all()


def item(session: Session, item_id: UUID) -> AgendaItem:
    """One line of an agenda. Refuses NotFound."""
    found = session.get(AgendaItem, item_id)
    if found is None:
        raise NotFound
    return found


def votes_set_aside(session: Session, session_id: UUID) -> Sequence[Dossier]:
    """The dossiers of a session that could not receive their vote yet."""
    live = (JobStatus.WAITING, JobStatus.RUNNING)
    return session.scalars(
        select(Dossier)
        .join(AgendaItem, AgendaItem.dossier_id == Dossier.id)
        .join(Job, Job.dossier_id == Dossier.id)
        .where(
            AgendaItem.session_id == session_id, Job.topic == "apply_vote", Job.status.in_(live)
        )
        .order_by(AgendaItem.position)
    ).all()
