"""How is the plan of a repair kept, so that its page can be opened again without asking anything?"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.actions import repairs
from app.actions.console import Console
from app.actions.repair_plan import Plan
from app.actions.repairs import Agreed
from app.domain.actor import Actor
from app.engine.repair import Repair
from app.models.base import table_of
from app.models.repair import RepairPlan
from app.queries import repairs as queries

#: A plan is of its day; it is kept a little longer so that its page can say so.
KEPT_FOR = timedelta(days=3)


@dataclass(frozen=True)
class Wished:
    """What somebody wants to see the plan of: a repair, and which of its ways."""

    repair: Repair
    number: int = 0


def look(
    session: Session,
    console: Console,
    actor: Actor,
    dossier_id: UUID,
    wished: Wished,
    *,
    now: datetime,
) -> UUID:
    """Keep the plan of a repair; nothing of the dossier changes. Refuses as `repairs.preview`."""
    seen = repairs.preview(
        session, console, actor, dossier_id, wished.repair, number=wished.number, now=now
    )
    plan = _row(dossier_id, seen.plan, actor, now)
    plan.asked = wished.repair.to_json()
    plan.ways = {"found": [one.to_json() for one in seen.ways]}
    plan.number = seen.number
    return _kept(session, plan)


def look_at_proposal(
    session: Session, console: Console, actor: Actor, proposal_id: UUID, *, now: datetime
) -> UUID:
    """Keep the plan of a proposal as it would be done now. Refuses as `repairs.review`."""
    seen = repairs.review(session, console, actor, proposal_id, now=now)
    proposal = queries.proposal(session, proposal_id)
    plan = _row(proposal.dossier_id, seen, actor, now)
    plan.proposal_id = proposal_id
    plan.asked, plan.ways, plan.number = proposal.repair, {"found": [proposal.repair]}, 0
    return _kept(session, plan)


def chosen(plan: RepairPlan) -> Repair:
    """The repair a plan is about."""
    return Repair.from_json(plan.ways["found"][plan.number])


def agreed(plan: RepairPlan, reason: str) -> Agreed:
    """What its reader agrees to."""
    return Agreed(plan.seen, plan.digest, reason)


def _row(dossier_id: UUID, plan: Plan, actor: Actor, now: datetime) -> RepairPlan:
    return RepairPlan(
        id=uuid4(),
        dossier_id=dossier_id,
        seen=plan.seen,
        digest=plan.digest,
        facts=plan.facts,
        made_by_id=actor.person_id,
        made_at=now,
    )


def _kept(session: Session, plan: RepairPlan) -> UUID:
    plans = table_of(RepairPlan)
    session.execute(delete(plans).where(plans.c.made_at < plan.made_at - KEPT_FOR))
    session.add(plan)
    session.flush()
    return plan.id
