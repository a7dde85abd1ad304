"""Which dossiers wait for a date, the next one first? Only the dossiers of one page are read whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from app.models.dossier import Dossier
from app.models.process import DossierProcess

PAGE = 25


@dataclass(frozen=True)
class TimerPage:
    """One page of dossiers that wait for a date, with the state of their engine."""

    rows: Sequence[tuple[DossierProcess, Dossier]]
    total: int
    late: int
    page: int
    pages: int


def timer_page(
    session: Session, *, now: datetime, type_key: str = "", is_late: bool = False, page: int = 1
) -> TimerPage:
    """The dossiers with an armed date, by their next one; of one type, or late only."""
    wanted: list[ColumnElement[bool]] = [DossierProcess.due_at.is_not(None)]
    if type_key:
        wanted.append(Dossier.type_key == type_key)
    late = _count(session, [*wanted, DossierProcess.due_at <= now])
    if is_late:
        wanted.append(DossierProcess.due_at <= now)
    total = late if is_late else _count(session, wanted)
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    rows = session.execute(
        select(DossierProcess, Dossier)
        .join(Dossier, Dossier.id == DossierProcess.dossier_id)
        .where(*wanted)
        .options(joinedload(Dossier.organisation))
        .order_by(DossierProcess.due_at, DossierProcess.dossier_id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()
    return TimerPage(
        [(process, dossier) for process, dossier in rows], total, late, page, pages
    )


def _count(session: Session, wanted: Sequence[ColumnElement[bool]]) -> int:
    query = (
        select(func.count())
        .select_from(DossierProcess)
        .join(Dossier, Dossier.id == DossierProcess.dossier_id)
        .where(*wanted)
    )
    return session.scalar(query) or 0
