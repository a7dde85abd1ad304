"""Which dossier opened this one, and which ones did it open?"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.dossier import Dossier
from app.models.job import DossierLink


@dataclass(frozen=True)
class Kin:
    """The dossiers linked to one."""

    parent: Dossier | None
    children: Sequence[Dossier]


def kin_of(session: Session, dossier_id: UUID) -> Kin:
    """The parent, if any, and the children, the first opened first."""
    parent = session.scalar(
        select(Dossier)
        .join(DossierLink, DossierLink.parent_id == Dossier.id)
        .where(DossierLink.child_id == dossier_id)
    )
    children = session.scalars(
        select(Dossier)
        .join(DossierLink, DossierLink.child_id == Dossier.id)
        .where(DossierLink.parent_id == dossier_id)
        .order_by(DossierLink.opened_at, Dossier.reference)
    ).all()
    return Kin(parent, children)
