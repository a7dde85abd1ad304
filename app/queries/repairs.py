"""Which repairs wait for a second person? Those of dossiers that have not moved since."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.domain.errors import NotFound
from app.domain.status import ProposalStatus
from app.models.dossier import Dossier
from app.models.process import DossierProcess
from app.models.repair import RepairProposal


@dataclass(frozen=True)
class Waiting:
    """A proposal, and whether its plan still holds."""

    proposal: RepairProposal
    is_current: bool


def waiting(session: Session, *, dossier_id: UUID | None = None) -> Sequence[Waiting]:
    """The open proposals, the oldest first; of one dossier when it is given."""
    query = (
        select(RepairProposal, DossierProcess.state)
        .join(DossierProcess, DossierProcess.dossier_id == RepairProposal.dossier_id)
        .where(RepairProposal.status == ProposalStatus.OPEN)
        .options(
            joinedload(RepairProposal.dossier).joinedload(Dossier.organisation),
            joinedload(RepairProposal.proposed_by),
        )
        .order_by(RepairProposal.proposed_at)
    )
    if dossier_id is not None:
        query = query.where(RepairProposal.dossier_id == dossier_id)
    return [
        Waiting(proposal, seen_of(state) == proposal.seen)
        for proposal, state in session.execute(query).all()
    ]


def proposal(session: Session, proposal_id: UUID) -> RepairProposal:
    """One proposal. Refuses NotFound."""
    found = session.scalar(
        select(RepairProposal)
        .where(RepairProposal.id == proposal_id)
        .options(joinedload(RepairProposal.dossier), joinedload(RepairProposal.proposed_by))
    )
    if found is None:
        raise NotFound
    return found


def seen_of(state: bytes) -> str:
    """What names one state of one dossier: its SHA-256, hex."""
    return hashlib.sha256(state).hexdigest()
