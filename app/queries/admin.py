"""What must an administrator know? Incidents and accounts; types have their own page of queries."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.dossier import Dossier
from app.models.people import Person
from app.models.process import Incident


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
