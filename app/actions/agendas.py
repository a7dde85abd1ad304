"""What becomes of the agendas when a dossier leaves the procedure? Its lines go, before the session."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.status import SessionStatus
from app.models.committee import AgendaItem, CommitteeSession


def leave_agendas(session: Session, dossier_id: UUID) -> None:
    """Take a dossier that is withdrawn off the agendas of the sessions not held yet.

    The dossier is held already. A session that decides at this instant holds its lines first:
    the database ends one of the two, which is run again and finds the other done.
    """
    lines = (
        select(AgendaItem)
        .join(CommitteeSession)
        .where(
            AgendaItem.dossier_id == dossier_id, CommitteeSession.status != SessionStatus.HELD
        )
    )
    for line in session.scalars(lines):
        session.delete(line)
