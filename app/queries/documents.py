"""Which pieces does a dossier ask for, which were deposited, and who may read one of them?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from app.domain.actor import Actor
from app.domain.civil import civil_day
from app.domain.errors import NotFound
from app.domain.pieces import AskedPiece
from app.domain.status import ClaimStatus, PieceStatus, ScanStatus, TaskStatus
from app.models.document import Document, PieceRequest
from app.models.dossier import Dossier
from app.models.payment import PaymentClaim
from app.models.task import Task
from app.queries.dossiers import readable


class AsksPieces(Protocol):
    """A dossier type, as far as pieces go."""

    @property
    def filing_step(self) -> str:
        """The form filled before the process starts."""

    def asked_pieces(self, facts: Mapping[str, object], day: date) -> tuple[AskedPiece, ...]:
        """Every kind of piece, its conditions decided."""


@dataclass(frozen=True)
class Piece:
    """One line of the checklist: what is asked, what stands there now, what stood before."""

    asked: AskedPiece
    #: The payment claim it supports; None for the pieces of the request.
    claim_number: int | None = None
    documents: tuple[Document, ...] = ()
    earlier: tuple[Document, ...] = ()
    #: The officer asks for it (again), and nothing came since.
    request: PieceRequest | None = None

    @property
    def current(self) -> Document | None:
        """The last document deposited, of those in force."""
        return self.documents[-1] if self.documents else None

    @property
    def status(self) -> PieceStatus | None:
        """Of the piece as a whole: refused before to check before accepted; None when nothing came."""
        found = {one.status for one in self.documents}
        order = (PieceStatus.REFUSED, PieceStatus.TO_CHECK, PieceStatus.ACCEPTED)
        return next((one for one in order if one in found), None)

    @property
    def reason(self) -> str:
        """Why it is to be replaced or sent, as the applicant reads it."""
        refused = next(
            (one for one in self.documents if one.status is PieceStatus.REFUSED), None
        )
        if refused is not None and refused.reason:
            return refused.reason
        return self.request.reason if self.request is not None else ""

    @property
    def is_there(self) -> bool:
        """Something stands there that was not refused."""
        return any(one.status is not PieceStatus.REFUSED for one in self.documents)

    @property
    def is_awaited(self) -> bool:
        """The applicant has to send it: asked for, refused, or required and not there."""
        return self.request is not None or (
            not self.is_there and (self.asked.is_required or bool(self.documents))
        )


def pieces_of(
    session: Session,
    pack: AsksPieces,
    dossier: Dossier,
    *,
    facts: Mapping[str, object] | None = None,
) -> list[Piece]:
    """The checklist of a dossier: the request's pieces first, then those of each payment claim.

    `facts` replaces the dossier's own, while a draft is being typed.
    """
    asked = asked_pieces(pack, dossier, facts)
    documents = _documents(session, dossier.id)
    requests = {one.kind: one for one in open_requests(session, dossier.id)}
    shown = _steps_reached(session, dossier.id) | {pack.filing_step}
    lines = []
    for kind in [*asked, *_unknown_kinds(asked, documents)]:
        mine = [one for one in documents if one.kind == kind.key]
        for number in sorted({one.claim_number for one in mine}, key=lambda n: n or 0) or [
            None
        ]:
            line = _line(kind, number, [one for one in mine if one.claim_number == number])
            wanted = requests.get(kind.key) if number is None else None
            if line.documents or line.earlier or wanted or _is_shown(kind, shown):
                lines.append(_with_request(line, wanted))
    return sorted(lines, key=lambda line: line.claim_number or 0)


def step_pieces(
    session: Session,
    pack: AsksPieces,
    dossier: Dossier,
    step: str,
    *,
    is_claim: bool,
    facts: Mapping[str, object] | None = None,
) -> list[Piece]:
    """The pieces of one later form; those of a payment claim are of the claim being written."""
    kinds = asked_pieces(pack, dossier, facts)
    asked = [one for one in kinds if one.step == step and one.is_offered]
    numbers = claim_round(session, dossier.id) if is_claim else frozenset()
    documents = [
        one
        for one in _documents(session, dossier.id)
        if (one.claim_number in numbers if is_claim else one.claim_number is None)
    ]
    number = max(numbers, default=None)
    return [
        _line(kind, number, [one for one in documents if one.kind == kind.key])
        for kind in asked
    ]


def requested_pieces(
    session: Session, pack: AsksPieces, dossier: Dossier, *, since: datetime
) -> list[Piece]:
    """What the officer asked for that still waits, or that was asked after this instant."""
    asked = {one.key: one for one in asked_pieces(pack, dossier)}
    documents = _documents(session, dossier.id)
    found = []
    for request in session.scalars(
        select(PieceRequest)
        .where(PieceRequest.dossier_id == dossier.id)
        .order_by(PieceRequest.asked_at, PieceRequest.id)
    ):
        is_open = request.answered_at is None
        if not is_open and request.asked_at < since:
            continue
        kind = asked.get(request.kind) or AskedPiece(request.kind, request.kind, "")
        mine = [one for one in documents if one.kind == kind.key and one.claim_number is None]
        found.append(_with_request(_line(kind, None, mine), request if is_open else None))
    rank = {key: place for place, key in enumerate(asked)}
    return sorted(found, key=lambda line: rank.get(line.asked.key, len(rank)))


def asked_pieces(
    pack: AsksPieces, dossier: Dossier, facts: Mapping[str, object] | None = None
) -> tuple[AskedPiece, ...]:
    """Every kind of piece of the type, as this dossier meets it."""
    day = civil_day(dossier.filed_at or dossier.created_at)
    return pack.asked_pieces(dossier.facts if facts is None else facts, day)


def claim_round(session: Session, dossier_id: UUID) -> frozenset[int]:
    """The number of the payment claim being written, with those sent back just before it."""
    claims = session.execute(
        select(PaymentClaim.number, PaymentClaim.status)
        .where(PaymentClaim.dossier_id == dossier_id)
        .order_by(PaymentClaim.number.desc())
    ).all()
    numbers = {(claims[0].number if claims else 0) + 1}
    for number, status in claims:
        if status is not ClaimStatus.SENT_BACK:
            break
        numbers.add(number)
    return frozenset(numbers)


def open_requests(session: Session, dossier_id: UUID) -> Sequence[PieceRequest]:
    """The pieces asked for that did not come yet."""
    return session.scalars(
        select(PieceRequest)
        .where(PieceRequest.dossier_id == dossier_id, PieceRequest.answered_at.is_(None))
        .order_by(PieceRequest.asked_at, PieceRequest.id)
    ).all()


def document_for(session: Session, actor: Actor, document_id: UUID) -> Document:
    """One document the actor may see listed. Refuses NotFound, whatever the cause."""
    found = session.scalar(
        select(Document)
        .join(Dossier, Dossier.id == Document.dossier_id)
        .where(Document.id == document_id, readable(actor))
        .options(joinedload(Document.deposited_by))
    )
    if found is None:
        raise NotFound
    return found


def readable_document(session: Session, actor: Actor, document_id: UUID) -> Document:
    """One document whose bytes the actor may read. Refuses NotFound.

    An infected file is nobody's; one not scanned yet is its depositor's.
    """
    document = document_for(session, actor, document_id)
    if not may_open(actor, document):
        raise NotFound
    return document


def may_open(actor: Actor, document: Document) -> bool:
    """May the bytes go to this person, as far as the scanner has its say?"""
    if document.scan is ScanStatus.INFECTED:
        return False
    is_mine = document.deposited_by_id == actor.person_id
    return is_mine or document.scan is not ScanStatus.PENDING


def versions_of(session: Session, document: Document) -> Sequence[Document]:
    """Every version of the piece this document belongs to, the latest first."""
    return session.scalars(
        select(Document)
        .where(
            Document.dossier_id == document.dossier_id,
            Document.kind == document.kind,
            Document.claim_number.is_not_distinct_from(document.claim_number),
        )
        .options(joinedload(Document.deposited_by), joinedload(Document.reviewed_by))
        .order_by(Document.deposited_at.desc(), Document.version.desc())
    ).all()


@dataclass(frozen=True)
class Weight:
    """How many files a dossier holds, and how heavy they are together."""

    files: int
    octets: int


def weight_of(session: Session, dossier_id: UUID) -> Weight:
    """Every version counted."""
    row = session.execute(
        select(func.count(), func.coalesce(func.sum(Document.size), 0)).where(
            Document.dossier_id == dossier_id
        )
    ).one()
    return Weight(int(row[0]), int(row[1]))


def _documents(session: Session, dossier_id: UUID) -> Sequence[Document]:
    return session.scalars(
        select(Document)
        .where(Document.dossier_id == dossier_id)
        .options(joinedload(Document.deposited_by), joinedload(Document.reviewed_by))
        .order_by(Document.deposited_at, Document.version, Document.id)
    ).all()


def _steps_reached(session: Session, dossier_id: UUID) -> set[str]:
    """Steps whose form is open now: their pieces are shown even when nothing came."""
    return set(
        session.scalars(
            select(Task.step).where(
                Task.dossier_id == dossier_id, Task.status == TaskStatus.OPEN
            )
        )
    )


def _is_shown(kind: AskedPiece, steps: set[str]) -> bool:
    return kind.is_offered and kind.step in steps


def _line(kind: AskedPiece, number: int | None, mine: Sequence[Document]) -> Piece:
    now = tuple(one for one in mine if one.superseded_at is None)
    before = tuple(one for one in mine if one.superseded_at is not None)
    return Piece(kind, number, now, before)


def _with_request(line: Piece, request: PieceRequest | None) -> Piece:
    return Piece(line.asked, line.claim_number, line.documents, line.earlier, request)


def _unknown_kinds(
    asked: Iterable[AskedPiece], documents: Sequence[Document]
) -> list[AskedPiece]:
    """Kinds that another version of the type asked for: what came under them is still shown."""
    known = {one.key for one in asked}
    gone = dict.fromkeys(one.kind for one in documents if one.kind not in known)
    return [AskedPiece(key, key.replace("_", " ").capitalize(), "") for key in gone]
