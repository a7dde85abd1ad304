"""What happens at the entrance? Receipt, missing pieces, completeness, and the states on the way."""

from sqlalchemy import select

from app.actions.effects.money import release_remainder
from app.actions.movement import Move, Variables
from app.actions.pieces import ask_pieces
from app.actions.projection import due_date
from app.engine.run import OpenJob
from app.models.dossier import Answer
from app.queries.documents import open_requests


def record_receipt(_move: Move, _job: OpenJob) -> Variables:
    """The receipt's legal date is the filing's; its mail derives from the journal."""
    return {}


def request_pieces(move: Move, job: OpenJob) -> Variables:
    """Ask for the pieces the officer named; until when, the deadline of the step in the pack says."""
    ask_pieces(move.session, move.dossier.id, _pieces_named(move), by=move.actor, now=move.now)
    limit = due_date(move, move.type.pack.step(job.step).deadline, move.run.snapshot())
    return {"pieces_limit": limit.isoformat() if limit else None}


def acknowledge_complete(move: Move, _job: OpenJob) -> Variables:
    """The file is complete today: the rules in force at this date apply (domain.md §12)."""
    move.dossier.complete_on = move.today
    move.dossier.facts = {**move.dossier.facts, "complete_date": move.today.isoformat()}
    return {}


def record_status(move: Move, job: OpenJob) -> Variables:
    """The status is the pack's; a dossier that ends gives its unspent money back."""
    status = move.type.pack.step(job.step).status
    if status is not None and status.is_final:
        release_remainder(move, reason=str(move.type.pack.status(status).label))
    return {}


def _pieces_named(move: Move) -> list[tuple[str, str]]:
    """What was just named, with reasons; asking again names what is still awaited."""
    steps = move.type.pack.steps
    questions = {
        key: question.name
        for key, step in steps.items()
        for question in step.fields
        if question.type == "pieces"
    }
    given = move.session.scalar(
        select(Answer)
        .where(
            Answer.dossier_id == move.dossier.id,
            Answer.step.in_(questions),
            Answer.at == move.now,
        )
        .limit(1)
    )
    if given is None:
        awaited = open_requests(move.session, move.dossier.id)
        return [(one.kind, one.reason) for one in awaited]
    rows = given.data.get(questions[given.step]) or []
    return [(str(row["piece"]), str(row.get("reason") or "")) for row in rows]
