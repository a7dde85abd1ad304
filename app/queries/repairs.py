"""Which repairs wait for a second person? Those of dossiers that have not moved since."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.domain.civil import civil_day
from app.domain.errors import NotFound
from app.domain.status import ProposalStatus
from app.models.dossier import Dossier
from app.models.process import DossierProcess
from app.models.repair import RepairPlan, RepairProposal


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


def plan(session: Session, plan_id: UUID, *, dossier_id: UUID) -> RepairPlan:
    """A plan of that dossier somebody looked at. Refuses NotFound."""
    found = session.get(RepairPlan, plan_id)
    if found is None or found.dossier_id != dossier_id:
        raise NotFound
    return found


def plan_named(session: Session, text: str, *, dossier_id: UUID) -> RepairPlan:
    """The same, by its id as a form or an address writes it. Refuses NotFound."""
    try:
        plan_id = UUID(text)
    except ValueError:
        raise NotFound from None
    return plan(session, plan_id, dossier_id=dossier_id)


def still_holds(session: Session, plan: RepairPlan, *, now: datetime) -> bool:
    """The dossier has not moved since, and the plan is of today: its dates are counted from today."""
    state = session.scalar(
        select(DossierProcess.state).where(DossierProcess.dossier_id == plan.dossier_id)
    )
    is_of_today = civil_day(plan.made_at) == civil_day(now)
    return is_of_today and state is not None and seen_of(state) == plan.seen


def seen_of(state: bytes) -> str:
    """What names one state of one dossier: its SHA-256, hex."""
    return hashlib.sha256(state).hexdigest()
