"""What must an administrator know? Published versions, incidents, mails set aside, accounts."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.dossier import Dossier
from app.models.people import Person
from app.models.process import DossierProcess, Incident, ProcessDefinition


def versions(session: Session) -> Sequence[tuple[ProcessDefinition, int]]:
    """Every published version with how many dossiers follow it, the latest first."""
    rows = session.execute(
        select(ProcessDefinition, func.count(DossierProcess.dossier_id))
        .outerjoin(DossierProcess, DossierProcess.definition_id == ProcessDefinition.id)
        .group_by(ProcessDefinition.id)
        .order_by(ProcessDefinition.key, ProcessDefinition.version.desc())
    ).all()
    return [(definition, count) for definition, count in rows]


def open_incidents(session: Session) -> Sequence[tuple[Incident, str | None]]:
    """The incidents nobody resolved, the oldest first, with the dossier's reference."""
    rows = session.execute(
        select(Incident, Dossier.reference)
        .outerjoin(Dossier, Dossier.id == Incident.dossier_id)
        .where(Incident.resolved_at.is_(None))
        .order_by(Incident.raised_at)
    ).all()
    return [(incident, reference) for incident, reference in rows]


def people(session: Session) -> Sequence[Person]:
    """Every account, by name."""
    return session.scalars(select(Person).order_by(Person.name)).all()
