"""Which repairs wait for a second person? Those of dossiers that have not moved since."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.domain.civil import civil_day
from app.domain.errors import NotFound
from app.domain.events import EventKind
from app.domain.status import ProposalStatus
from app.models.dossier import Dossier
from app.models.journal import JournalEntry
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


@dataclass(frozen=True, slots=True)
class ByHand:
    """A date that somebody chose in the place of the one the procedure computed."""

    day: date
    at: datetime
    reason: str


#: (Dossier, token, part) of an armed date.
DateKey = tuple[UUID, int, int]


def dates_by_hand(session: Session, dossier_ids: Iterable[UUID]) -> dict[DateKey, ByHand]:
    """The dates that were put off by a repair, the last time of each."""
    entries = session.scalars(
        select(JournalEntry)
        .where(
            JournalEntry.dossier_id.in_(list(dossier_ids)),
            JournalEntry.kind == EventKind.REPAIRED,
        )
        .order_by(JournalEntry.at, JournalEntry.seq)
    )
    found: dict[DateKey, ByHand] = {}
    for entry in entries:
        repair = entry.body.get("repair") or {}
        if repair.get("kind") == "reschedule" and repair.get("due_on"):
            reason = str((entry.personal or {}).get("reason", ""))
            chosen = ByHand(date.fromisoformat(repair["due_on"]), entry.at, reason)
            for token in repair.get("tokens", ()):
                found[entry.dossier_id, token, int(repair.get("part", 0))] = chosen
    return found


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
