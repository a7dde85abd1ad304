"""How do a dossier and those it opened know of each other? By a link, and a row when one moves.

A child that changes its status leaves a job on its parent in its own transaction, which holds the
child alone; the clock then looks at the parent, which holds the parent alone.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.actions.listening import send_to
from app.actions.movement import Move
from app.domain.status import DossierStatus
from app.engine.run import Snapshot
from app.models.base import table_of
from app.models.dossier import Dossier
from app.models.job import DossierLink
from app.models.process import DossierProcess, ProcessStatus
from app.prepared import Prepared

_LINKS = table_of(DossierLink)
_PARENT = Prepared(select(_LINKS.c.parent_id).where(_LINKS.c.child_id == bindparam("child_id")))
#: Topic of the row a child leaves on its parent.
CHILD_MOVED = "child_moved"


@dataclass(frozen=True)
class Child:
    """A dossier another one opened, as its parent needs to know it."""

    id: UUID
    reference: str
    status: DossierStatus
    is_over: bool


def tell_parent(move: Move, snapshot: Snapshot) -> None:
    """Leave word to the parent when the dossier changes its status, or ends."""
    dossier = move.dossier
    if dossier.status is move.before.status and not snapshot.completed:
        return
    parent = move.line.scalar(_PARENT, {"child_id": dossier.id})
    if parent is not None:
        send_to(
            move.session,
            parent,
            str(dossier.reference),
            {},
            key=f"kin:{dossier.id.hex}:{move.hold.next_seq}",
            now=move.now,
            topic=CHILD_MOVED,
        )


def children_of(session: Session, dossier_id: UUID) -> list[Child]:
    """The dossiers this one opened, the first first; read without holding them."""
    rows = session.execute(
        select(Dossier.id, Dossier.reference, Dossier.status, DossierProcess.status)
        .join(DossierLink, DossierLink.child_id == Dossier.id)
        .join(DossierProcess, DossierProcess.dossier_id == Dossier.id)
        .where(DossierLink.parent_id == dossier_id)
        .order_by(DossierLink.opened_at, Dossier.reference)
    ).all()
    return [
        Child(id_, str(reference), status, process is ProcessStatus.COMPLETED)
        for id_, reference, status, process in rows
    ]
