"""What when a dossier cannot move? It is set aside as an incident, and a person resumes it."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.actions import hold as holds
from app.actions.journal import Entry, record
from app.domain.actor import SYSTEM, Actor
from app.domain.errors import NotAllowed, NotFound
from app.domain.events import EventKind
from app.domain.permissions import Permission
from app.models.base import table_of
from app.models.process import DossierProcess, Incident, ProcessStatus

#: Incidents beside the road of a dossier, its mails and its automatic steps: they never stop it.
_BESIDE = ("dispatch", "reminder", "mail", "bounce", "brake", "job")


def raise_incident(
    session: Session,
    dossier_id: UUID,
    *,
    kind: str,
    cause: str,
    detail: str = "",
    step: str | None = None,
    now: datetime,
) -> UUID:
    """Stop one dossier and say why, in words and for the technician; the others go on."""
    hold = holds.take(session, dossier_id, even_suspended=True)
    incident = Incident(
        id=uuid4(),
        dossier_id=dossier_id,
        kind=kind,
        cause=cause[:2000],
        detail=detail,
        step=step or None,
        raised_at=now,
        resolved_at=None,
        resolved_by=None,
    )
    session.add(incident)
    record(session, hold, SYSTEM, Entry(EventKind.INCIDENT, body={"kind": kind}), now=now)
    _set_status(session, dossier_id, ProcessStatus.INCIDENT)
    return incident.id


def resume(session: Session, actor: Actor, incident_id: UUID, *, now: datetime) -> None:
    """Let the dossier go on from where it stood, unless another incident still stops it."""
    if not actor.may(Permission.ADMINISTER):
        raise NotAllowed
    incident = session.get(Incident, incident_id)
    if incident is None:
        raise NotFound
    if incident.resolved_at is not None:
        return
    incident.resolved_at = now
    incident.resolved_by = actor.name
    if incident.dossier_id is None:
        return
    hold = holds.take(session, incident.dossier_id, even_suspended=True)
    entry = Entry(
        EventKind.RESUMED, body={"kind": incident.kind}, personal={"actor": actor.name}
    )
    record(session, hold, actor, entry, now=now)
    if hold.status is ProcessStatus.INCIDENT and not _is_stopped(session, hold.dossier_id):
        _set_status(session, incident.dossier_id, ProcessStatus.RUNNING)


def stopping(session: Session, dossier_id: UUID) -> list[Incident]:
    """The incidents that stop a dossier, the oldest first."""
    found = select(Incident).where(
        Incident.dossier_id == dossier_id,
        Incident.resolved_at.is_(None),
        Incident.kind.not_in(_BESIDE),
    )
    return list(session.scalars(found.order_by(Incident.raised_at)))


def _is_stopped(session: Session, dossier_id: UUID) -> bool:
    return bool(stopping(session, dossier_id))


def _set_status(session: Session, dossier_id: UUID, status: ProcessStatus) -> None:
    session.execute(
        update(table_of(DossierProcess))
        .where(table_of(DossierProcess).c.dossier_id == dossier_id)
        .values(status=status)
    )
