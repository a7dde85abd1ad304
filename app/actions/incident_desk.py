"""What may an administrator do with an incident? Take it, give it back, try again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.actions import hold as holds
from app.actions.incidents import resume
from app.actions.jobs import try_again
from app.actions.journal import Entry, record
from app.domain.actor import Actor
from app.domain.errors import NotAllowed, NotFound
from app.domain.events import EventKind
from app.domain.permissions import Permission
from app.models.process import Incident


def take(session: Session, actor: Actor, incident_id: UUID) -> None:
    """Say that one takes care of an incident."""
    _incident(session, actor, incident_id).owner_id = actor.person_id


def leave(session: Session, actor: Actor, incident_id: UUID) -> None:
    """Say that nobody takes care of it any more."""
    _incident(session, actor, incident_id).owner_id = None


def retry(session: Session, actor: Actor, incident_id: UUID, *, now: datetime) -> bool:
    """Try again what failed: the job at the next tick, or the dossier from where it stood.

    The incident is closed; what fails again opens another. False when it was closed already.
    """
    incident = _incident(session, actor, incident_id)
    if incident.resolved_at is not None:
        return False
    if incident.job_id is None or incident.dossier_id is None:
        resume(session, actor, incident_id, now=now)
        return True
    hold = holds.take(session, incident.dossier_id, even_suspended=True)
    session.refresh(incident, ["resolved_at"])
    if incident.resolved_at is not None:
        return False
    try_again(session, incident.job_id, now=now)
    incident.resolved_at = now
    incident.resolved_by = actor.name
    body = {"kind": incident.kind, "node": incident.step}
    entry = Entry(
        EventKind.RESUMED, step=incident.step, body=body, personal={"actor": actor.name}
    )
    record(session, hold, actor, entry, now=now)
    return True


def _incident(session: Session, actor: Actor, incident_id: UUID) -> Incident:
    if not actor.may(Permission.ADMINISTER):
        raise NotAllowed
    incident = session.get(Incident, incident_id)
    if incident is None:
        raise NotFound
    return incident
