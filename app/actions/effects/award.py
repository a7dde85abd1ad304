"""How does a vote become an aid? Calculation, proposal, act, notification, deadlines."""

from datetime import date

from sqlalchemy import select

from app.actions.effects.money import day_answer
from app.actions.movement import Move, Variables
from app.actions.open_tasks import OpenTask
from app.catalogue.forms import Submission
from app.domain.money import Money
from app.domain.working_days import WorkingCalendar
from app.engine.run import OpenJob
from app.models.committee import Act, AgendaItem, CommitteeSession


def compute_aid(move: Move, _job: OpenJob) -> Variables:
    """Apply the aid rules to the facts of today and keep the result with its explanation."""
    return calculate(move)


def propose_aid(move: Move, _task: OpenTask, submission: Submission) -> Variables:
    """The officer's proposal; the aid is computed again, the facts may have been corrected."""
    variables = calculate(move)
    is_refusal = submission.variables.get("proposal") == "refuse"
    amount = submission.answers.get("proposed_amount")
    if is_refusal:
        move.dossier.proposed = Money.zero()
    elif amount:  # nothing is proposed by who only asks for the calculation again
        move.dossier.proposed = Money.parse(str(amount))
    return variables


def calculate(move: Move) -> Variables:
    """Run the rules, snapshot result and version on the dossier."""
    result = move.type.rules.explain(move.dossier.facts)
    move.dossier.calculation = {
        **result,
        "version": move.type.version,
        "computed_at": move.now.isoformat(),
    }
    move.dossier.facts = {
        **move.dossier.facts,
        "computed_aid": result["aid"],
        "computed_base": result["base"],
        "computed_rate": result["rate"],
    }
    return {"aid_decision": str(result["decision"])}


def make_executory(move: Move, _task: OpenTask, submission: Submission) -> Variables:
    """The act is executory once published and transmitted to the préfet (CGCT L3131-1)."""
    answers = submission.answers
    transmitted, published = (
        day_answer(answers, "transmitted_on"),
        day_answer(answers, "published_on"),
    )
    session_id = move.session.scalar(
        select(AgendaItem.session_id)
        .join(CommitteeSession)
        .where(AgendaItem.dossier_id == move.dossier.id, AgendaItem.vote.is_not(None))
        .order_by(CommitteeSession.held_on.desc())
        .limit(1)
    )
    move.session.add(
        Act(
            dossier_id=move.dossier.id,
            session_id=session_id,
            number=str(answers["act_number"]),
            transmitted_on=transmitted,
            receipt=str(answers.get("receipt") or ""),
            published_on=published,
            executory_on=max(transmitted, published),
            recorded_by_id=move.actor.person_id,
            recorded_at=move.now,
        )
    )
    executory = max(transmitted, published).isoformat()
    move.dossier.facts = {**move.dossier.facts, "executory_date": executory}
    return {}


def notify_award(move: Move, _task: OpenTask, submission: Submission) -> Variables:
    """The day of notification starts the deadlines of the scheme (DT2 of the rules)."""
    notified = day_answer(submission.answers, "notified_on")
    months = move.type.rules.deadlines(move.dossier.facts)
    calendar = move.console.calendar
    move.dossier.notified_on = notified
    move.dossier.start_deadline = _after(calendar, notified, months.start)
    move.dossier.completion_deadline = _after(calendar, notified, months.completion)
    return _deadlines(move)


def notify_refusal(move: Move, _task: OpenTask, submission: Submission) -> Variables:
    """The day the refusal was notified opens the remedies."""
    move.dossier.notified_on = day_answer(submission.answers, "notified_on")
    return {}


def declare_start(move: Move, _task: OpenTask, submission: Submission) -> Variables:
    """The works began; the early-start rule looks at the date declared at filing, not this one."""
    started = day_answer(submission.answers, "started_on")
    move.dossier.facts = {**move.dossier.facts, "works_started_on": started.isoformat()}
    return {}


def extend_start(move: Move, _task: OpenTask, submission: Submission) -> Variables:
    """A later day to start, when the officer gave one."""
    later = submission.answers.get("start_deadline")
    if later:
        move.dossier.start_deadline = date.fromisoformat(str(later))
    return _deadlines(move)


def extend_completion(move: Move, _task: OpenTask, submission: Submission) -> Variables:
    """A later day to finish, when the officer gave one."""
    later = submission.answers.get("completion_deadline")
    if later:
        move.dossier.completion_deadline = date.fromisoformat(str(later))
    return _deadlines(move)


def record_extension(move: Move, _job: OpenJob) -> Variables:
    """Keep the new deadline of a granted extension."""
    variables = move.run.snapshot().variables
    later = variables.get("completion_deadline")
    if variables.get("extension") == "granted" and later:
        move.dossier.completion_deadline = date.fromisoformat(str(later))
    return {}


def _after(calendar: WorkingCalendar, day: date, months: int | None) -> date | None:
    return None if months is None else calendar.add_months(day, months)


def _deadlines(move: Move) -> Variables:
    start, completion = move.dossier.start_deadline, move.dossier.completion_deadline
    return {
        "start_deadline": start.isoformat() if start else None,
        "completion_deadline": completion.isoformat() if completion else None,
    }
