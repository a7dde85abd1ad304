"""How does a person put a dossier right? They see the plan, give a reason, and confirm it.

What is done equals what was shown: the same state before, and the same plan, or nothing. Where
money or a decision is touched, the plan is proposed and another person carries it out.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions import hold as holds
from app.actions.console import Console
from app.actions.journal import Entry, record
from app.actions.move import begin, context_for
from app.actions.movement import Move
from app.actions.repair_plan import Plan, carried_out
from app.domain.actor import Actor
from app.domain.errors import (
    NotAllowed,
    NotFound,
    OwnProposal,
    ProposalClosed,
    ReasonMissing,
    RepairOutdated,
    SecondPersonNeeded,
)
from app.domain.events import EventKind
from app.domain.permissions import Permission
from app.domain.status import ProposalStatus
from app.engine.repair import Repair, ways
from app.models.repair import RepairProposal
from app.queries.repairs import seen_of

MAX_REASON = 2000


@dataclass(frozen=True)
class Agreed:
    """What a person saw and agreed to: the digests of the state and of the plan, and why."""

    seen: str
    plan: str
    reason: str


@dataclass(frozen=True)
class Preview:
    """The sound ways to do what was asked, and the plan of the one chosen."""

    ways: tuple[Repair, ...]
    number: int
    plan: Plan


def preview(
    session: Session,
    console: Console,
    actor: Actor,
    dossier_id: UUID,
    repair: Repair,
    *,
    number: int = 0,
    now: datetime,
) -> Preview:
    """What the repair would change; nothing is kept.

    `number` picks one of the ways. Refuses RepairRefused, NotAllowed, NotFound.
    """
    _check(actor, Permission.REPAIR_DOSSIERS)
    move = _begin(session, console, actor, dossier_id, now=now)
    found = _ways(move, repair)
    number = number if 0 <= number < len(found) else 0
    return Preview(tuple(found), number, _tried(move, found[number]))


def apply(
    session: Session,
    console: Console,
    actor: Actor,
    dossier_id: UUID,
    repair: Repair,
    *,
    agreed: Agreed,
    now: datetime,
) -> Plan:
    """Do what was shown. Refuses RepairOutdated, SecondPersonNeeded, ReasonMissing, NotAllowed."""
    _check(actor, Permission.REPAIR_DOSSIERS)
    personal = {"actor": actor.name, "reason": _reason(agreed.reason)}
    move = _begin(session, console, actor, dossier_id, now=now)
    plan = _same(move, repair, agreed, personal)
    if plan.touches_money:
        raise SecondPersonNeeded
    return plan


def propose(
    session: Session,
    console: Console,
    actor: Actor,
    dossier_id: UUID,
    repair: Repair,
    *,
    agreed: Agreed,
    now: datetime,
) -> RepairProposal:
    """Keep a plan for a second person; it takes the place of the one that waited.

    Refuses RepairOutdated, ReasonMissing, NotAllowed.
    """
    _check(actor, Permission.REPAIR_DOSSIERS)
    reason = _reason(agreed.reason)
    move = _begin(session, console, actor, dossier_id, now=now)
    with session.begin_nested() as tried:
        plan = _same(move, repair, agreed, {})
        tried.rollback()
    for other in open_proposals(session, dossier_id):
        _close(other, ProposalStatus.DROPPED, actor, now)
    proposal = RepairProposal(
        id=uuid4(),
        dossier_id=dossier_id,
        status=ProposalStatus.OPEN,
        repair=repair.to_json(),
        seen=plan.seen,
        plan=plan.facts,
        reason=reason,
        proposed_by_id=actor.person_id,
        proposed_at=now,
        decided_by_id=None,
        decided_at=None,
    )
    session.add(proposal)
    _write(session, actor, proposal, EventKind.REPAIR_PROPOSED, now=now)
    return proposal


def review(
    session: Session, console: Console, actor: Actor, proposal_id: UUID, *, now: datetime
) -> Plan:
    """The plan of a proposal as it would be today. Refuses as `confirm` does."""
    proposal = _to_confirm(session, actor, proposal_id)
    move = _begin(session, console, actor, proposal.dossier_id, now=now)
    _check_current(move, proposal)
    return _tried(move, Repair.from_json(proposal.repair))


def confirm(
    session: Session,
    console: Console,
    actor: Actor,
    proposal_id: UUID,
    *,
    plan: str,
    now: datetime,
) -> Plan:
    """The second person does what the first one proposed, as shown to both.

    `plan` is the digest of what was just shown. Refuses OwnProposal, ProposalClosed,
    RepairOutdated, NotAllowed, NotFound.
    """
    proposal = _to_confirm(session, actor, proposal_id)
    move = _begin(session, console, actor, proposal.dossier_id, now=now)
    _check_current(move, proposal)
    by = proposal.proposed_by.name
    personal = {"actor": actor.name, "reason": proposal.reason, "proposed_by": by}
    agreed = Agreed(proposal.seen, plan, proposal.reason)
    done = _same(move, Repair.from_json(proposal.repair), agreed, personal)
    _close(proposal, ProposalStatus.APPLIED, actor, now)
    return done


def drop(session: Session, actor: Actor, proposal_id: UUID, *, now: datetime) -> RepairProposal:
    """Set a proposal aside; its author may, and whoever may confirm."""
    proposal = _open(session, proposal_id)
    is_mine = proposal.proposed_by_id == actor.person_id
    if not (is_mine or actor.may(Permission.CONFIRM_REPAIRS)):
        raise NotAllowed
    _close(proposal, ProposalStatus.DROPPED, actor, now)
    _write(session, actor, proposal, EventKind.REPAIR_DROPPED, now=now)
    return proposal


def open_proposals(session: Session, dossier_id: UUID) -> list[RepairProposal]:
    """What waits for a second person on a dossier."""
    query = select(RepairProposal).where(
        RepairProposal.dossier_id == dossier_id, RepairProposal.status == ProposalStatus.OPEN
    )
    return list(session.scalars(query))


# ---------------------------------------------------------------- how


def _check(actor: Actor, permission: Permission) -> None:
    if actor.person_id is None or not actor.may(permission):
        raise NotAllowed


def _begin(
    session: Session, console: Console, actor: Actor, dossier_id: UUID, *, now: datetime
) -> Move:
    return begin(session, console, actor, dossier_id, now=now, even_suspended=True)


def _ways(move: Move, repair: Repair) -> list[Repair]:
    context = context_for(move.type, move.facts(), move.now, move.console.calendar)
    return ways(move.type.definition, move.hold.state, context, repair)


def _tried(move: Move, repair: Repair) -> Plan:
    with move.session.begin_nested() as tried:
        plan, _seq = carried_out(move, repair, {})
        tried.rollback()
    return plan


def _same(move: Move, repair: Repair, agreed: Agreed, personal: dict[str, str]) -> Plan:
    """Do the repair, and only what was agreed. Refuses RepairOutdated."""
    if seen_of(move.hold.state) != agreed.seen:
        raise RepairOutdated
    plan, _seq = carried_out(move, repair, personal)
    if plan.digest != agreed.plan:
        raise RepairOutdated
    return plan


def _reason(text: str) -> str:
    reason = " ".join(text.split())[:MAX_REASON]
    if not reason:
        raise ReasonMissing
    return reason


def _open(session: Session, proposal_id: UUID) -> RepairProposal:
    dossier_id = session.scalar(
        select(RepairProposal.dossier_id).where(RepairProposal.id == proposal_id)
    )
    if dossier_id is None:
        raise NotFound
    holds.take(session, dossier_id, even_suspended=True)
    proposal = session.get_one(RepairProposal, proposal_id, populate_existing=True)
    if proposal.status is not ProposalStatus.OPEN:
        raise ProposalClosed
    return proposal


def _to_confirm(session: Session, actor: Actor, proposal_id: UUID) -> RepairProposal:
    _check(actor, Permission.CONFIRM_REPAIRS)
    proposal = _open(session, proposal_id)
    if proposal.proposed_by_id == actor.person_id:
        raise OwnProposal
    return proposal


def _check_current(move: Move, proposal: RepairProposal) -> None:
    if seen_of(move.hold.state) != proposal.seen:
        raise RepairOutdated


def _close(
    proposal: RepairProposal, status: ProposalStatus, actor: Actor, now: datetime
) -> None:
    proposal.status = status
    proposal.decided_by_id, proposal.decided_at = actor.person_id, now


def _write(
    session: Session, actor: Actor, proposal: RepairProposal, kind: EventKind, *, now: datetime
) -> None:
    session.flush()
    hold = holds.take(session, proposal.dossier_id, even_suspended=True)
    body = {
        "repair": {"kind": proposal.repair["kind"]},
        "names": proposal.plan["names"],
        "proposal": str(proposal.id),
    }
    personal = {"actor": actor.name, "reason": proposal.reason}
    record(session, hold, actor, Entry(kind, body=body, personal=personal), now=now)
