"""What must a mail tell as it was when it happened? Pieces asked, claim, outcome: kept with it."""

from collections.abc import Callable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.pack import Pack
from app.domain.status import OrderStatus, PieceStatus
from app.models.base import Json
from app.models.document import Document, PieceRequest
from app.models.dossier import Answer, Dossier
from app.models.journal import JournalEntry
from app.models.payment import PaymentClaim
from app.models.task import Task

#: The dossier type of a published version.
PackOf = Callable[[Session, UUID], Pack]


def event_context(
    session: Session, pack: Pack, dossier: Dossier, entry: JournalEntry, tasks: Sequence[Task]
) -> Json:
    """What the mails of an entry keep of the moment it was written."""
    due = tasks[0].due_on if tasks else None
    outcome = entry.body.get("outcome")
    return {
        "at": entry.at.isoformat(),
        "kind": entry.kind,
        "step": entry.step,
        "due_on": due.isoformat() if due else None,
        "outcome": outcome if isinstance(outcome, dict) else {},
        "pieces": asked_pieces(session, pack, dossier.id),
        "claim": _claim(session, dossier.id),
        "message": _message(session, entry),
        "held_on": entry.body.get("held_on"),
        "until": entry.body.get("until"),
    }


def asked_pieces(session: Session, pack: Pack, dossier_id: UUID) -> list[dict[str, str]]:
    """The pieces still awaited from the applicant, with the reason given; each kind once."""
    asked = session.execute(
        select(PieceRequest.kind, PieceRequest.reason)
        .where(PieceRequest.dossier_id == dossier_id, PieceRequest.answered_at.is_(None))
        .order_by(PieceRequest.asked_at, PieceRequest.id)
    ).all()
    refused = session.execute(
        select(Document.kind, Document.reason)
        .where(
            Document.dossier_id == dossier_id,
            Document.status == PieceStatus.REFUSED,
            Document.superseded_at.is_(None),
        )
        .order_by(Document.reviewed_at, Document.id)
    ).all()
    found: dict[str, str] = {}
    for kind, reason in [*asked, *refused]:
        found[kind] = found.get(kind) or reason
    return [{"title": _title(pack, kind), "reason": reason} for kind, reason in found.items()]


def _message(session: Session, entry: JournalEntry) -> str:
    """The few words the staff adds for the applicant, at a step that has them."""
    answers = session.scalar(
        select(Answer.data).where(
            Answer.dossier_id == entry.dossier_id,
            Answer.step == entry.step,
            Answer.round == entry.body.get("round"),
        )
    )
    return str((answers or {}).get("message") or "").strip()


def _title(pack: Pack, kind: str) -> str:
    titles = {document.key: document.title.fr for document in pack.documents}
    return titles.get(kind, kind)


def _claim(session: Session, dossier_id: UUID) -> Json | None:
    """The claim under way: the last one, with its live order."""
    claim = session.scalars(
        select(PaymentClaim)
        .where(PaymentClaim.dossier_id == dossier_id)
        .order_by(PaymentClaim.number.desc())
        .limit(1)
    ).first()
    if claim is None:
        return None
    order = next((one for one in claim.orders if one.status is not OrderStatus.REJECTED), None)
    return {
        "number": claim.number,
        "kind": claim.kind.value,
        "cents": claim.payable.cents if claim.payable is not None else None,
        "reason": claim.reason,
        "order": order.number if order else None,
        "paid_on": order.paid_on.isoformat() if order and order.paid_on else None,
    }
