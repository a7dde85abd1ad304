"""What happens at the entrance? Receipt, missing pieces, completeness, and the states on the way."""

from app.actions.effects.money import release_remainder
from app.actions.move import Move, Variables
from app.actions.projection import due_date


def record_receipt(_move: Move, _node: str) -> Variables:
    """The receipt's legal date is the filing's; its mail derives from the journal."""
    return {}


def request_pieces(move: Move, node: str) -> Variables:
    """Until when the pieces are awaited: the deadline of the step in the pack."""
    limit = due_date(move, move.type.pack.step(node).deadline, move.run.snapshot())
    return {"pieces_limit": limit.isoformat() if limit else None}


def acknowledge_complete(move: Move, _node: str) -> Variables:
    """The file is complete today: the rules in force at this date apply (domain.md §12)."""
    move.dossier.complete_on = move.today
    move.dossier.facts = {**move.dossier.facts, "complete_date": move.today.isoformat()}
    return {}


def record_status(move: Move, node: str) -> Variables:
    """The status is the pack's; a dossier that ends gives its unspent money back."""
    status = move.type.pack.step(node).status
    if status is not None and status.is_final:
        release_remainder(move, reason=str(move.type.pack.status(status).label))
    return {}
