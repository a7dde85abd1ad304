"""What do the consulted services say? Asked, answered, or deemed to have nothing to say."""

from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from app.actions.movement import Move, Variables
from app.actions.open_tasks import OpenTask
from app.catalogue.forms import Submission
from app.domain.money import Money
from app.domain.status import OpinionValue
from app.engine.run import OpenJob
from app.models.dossier import Opinion


def ask_opinions(move: Move, _task: OpenTask, submission: Submission) -> Variables:
    """One opinion to give per person chosen, in a new round of consultation."""
    chosen = submission.variables.get("experts")
    people = [UUID(str(one)) for one in chosen] if isinstance(chosen, list) else []
    due = submission.variables.get("opinions_due")
    round_ = _last_round(move) + 1
    for person_id in people:
        move.session.add(
            Opinion(
                dossier_id=move.dossier.id,
                person_id=person_id,
                round=round_,
                asked_at=move.now,
                due_on=date.fromisoformat(str(due)) if due else None,
                value=None,
                text="",
                amount=None,
                answered_at=None,
            )
        )
    return {}


def record_opinion(move: Move, task: OpenTask, submission: Submission) -> Variables:
    """The opinion of the person the task was addressed to."""
    opinion = move.session.scalar(
        select(Opinion)
        .where(Opinion.dossier_id == move.dossier.id, Opinion.person_id == task.assignee_id)
        .order_by(Opinion.round.desc())
        .limit(1)
    )
    if opinion is not None:
        amount = submission.answers.get("advised_amount")
        opinion.value = OpinionValue(str(submission.answers["opinion"]))
        opinion.text = str(submission.answers.get("observations") or "")
        opinion.amount = Money.parse(str(amount)) if amount else None
        opinion.answered_at = move.now
    return {}


def deem_no_observation(move: Move, _job: OpenJob) -> Variables:
    """Who did not answer in time is deemed without observation; the dossier goes on."""
    late = move.session.scalars(
        select(Opinion).where(
            Opinion.dossier_id == move.dossier.id,
            Opinion.round == _last_round(move),
            Opinion.value.is_(None),
        )
    ).all()
    for opinion in late:
        opinion.value = OpinionValue.DEEMED
        opinion.answered_at = move.now
    move.notes["deemed"] = len(late)
    return {}


def _last_round(move: Move) -> int:
    last = move.session.scalar(
        select(func.max(Opinion.round)).where(Opinion.dossier_id == move.dossier.id)
    )
    return last or 0
