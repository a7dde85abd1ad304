"""What when the process of a dossier fails under somebody's hand? The dossier is set aside, loudly."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from app.actions.causes import detail_of
from app.actions.incidents import raise_incident
from app.domain.errors import DossierSuspended
from app.engine.errors import EngineFault
from app.web.database import write

T = TypeVar("T")


def moving(dossier_id: UUID, action: Callable[[Session, datetime], T]) -> T:
    """Run an action that moves a dossier.

    When its engine fails nothing is written but an incident, and the person reads
    DossierSuspended; what was typed is kept by the page of the refusal.
    """
    try:
        return write(action)
    except EngineFault as fault:
        cause, detail, step = fault.sentence, detail_of(fault), fault.element
        write(
            lambda session, at: raise_incident(
                session,
                dossier_id,
                kind="engine",
                cause=cause,
                detail=detail,
                step=step,
                now=at,
            )
        )
        raise DossierSuspended from fault
