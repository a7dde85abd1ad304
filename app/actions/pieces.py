"""Which pieces may somebody deposit now, and which are still missing? Asked before anything is kept."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.actions.console import Console
from app.catalogue.pack import Pack
from app.domain.actor import Actor
from app.domain.errors import MissingPieces, NotAllowed, NotFound, PiecesNotAccepted
from app.domain.files import PieceClosed, UnknownPiece
from app.domain.permissions import Permission, Role
from app.domain.pieces import AskedPiece
from app.domain.status import DossierStatus, PieceStatus, TaskStatus
from app.models.document import Document, PieceRequest
from app.models.dossier import Dossier
from app.models.task import Task
from app.queries.documents import (
    Piece,
    asked_pieces,
    open_requests,
    pieces_of,
    requested_pieces,
    step_pieces,
)
from app.queries.dossiers import by_id

#: The effect of the step whose pieces belong to a payment claim.
CLAIM_EFFECT = "file_claim"


def place_for(
    session: Session, console: Console, actor: Actor, dossier_id: UUID, kind: str
) -> AskedPiece:
    """The piece the actor may deposit now; asked before a single byte is taken in.

    Refuses NotFound, NotAllowed, UnknownPiece, PieceClosed.
    """
    dossier = by_id(session, actor, dossier_id)
    pack = console.types.get(session, dossier.definition_id).pack
    asked = next((one for one in asked_pieces(pack, dossier) if one.key == kind), None)
    if asked is None:
        raise UnknownPiece
    if dossier.organisation_id in actor.organisation_ids:
        if dossier.organisation_id not in actor.writable_ids:
            raise NotAllowed
        _check_open_to_applicant(session, pack, dossier, asked)
    else:
        _check_open_to_staff(session, actor, dossier, asked)
    return asked


def ask_pieces(
    session: Session,
    dossier_id: UUID,
    asked: Iterable[tuple[str, str]],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Ask the applicant for these kinds, each with its reason; a kind still awaited is asked anew."""
    waiting = {one.kind: one for one in open_requests(session, dossier_id)}
    for kind, reason in asked:
        if kind in waiting:
            waiting[kind].reason = reason
            waiting[kind].asked_at = now
        else:
            session.add(
                PieceRequest(
                    dossier_id=dossier_id,
                    kind=kind,
                    reason=reason,
                    asked_by_id=by.person_id,
                    asked_at=now,
                    answered_at=None,
                )
            )
    session.flush()


def check_filing_pieces(session: Session, pack: Pack, dossier: Dossier) -> None:
    """Every required piece of the request is there. Refuses MissingPieces with their titles."""
    lines = pieces_of(session, pack, dossier)
    _check_there(
        line
        for line in lines
        if line.asked.step == pack.filing_step and line.asked.is_required and not line.is_there
    )


def check_step_pieces(
    session: Session,
    pack: Pack,
    dossier: Dossier,
    step: str,
    facts: Mapping[str, object],
) -> None:
    """Every required piece of a later form is there, given its answers. Refuses MissingPieces."""
    lines = step_pieces(
        session,
        pack,
        dossier,
        step,
        is_claim=is_claim_step(pack, step),
        facts={**dossier.facts, **facts},
    )
    _check_there(line for line in lines if line.asked.is_required and not line.is_there)


def check_requested_pieces(
    session: Session, pack: Pack, dossier: Dossier, *, since: datetime
) -> None:
    """Something came for every piece the officer asked for since then. Refuses MissingPieces."""
    _check_there(
        line
        for line in requested_pieces(session, pack, dossier, since=since)
        if line.request is not None
    )


def check_accepted_pieces(session: Session, pack: Pack, dossier: Dossier) -> None:
    """Every required piece of the request was read and accepted. Refuses PiecesNotAccepted."""
    titles = [
        line.asked.title
        for line in pieces_of(session, pack, dossier)
        if line.asked.step == pack.filing_step
        and line.asked.is_required
        and line.status is not PieceStatus.ACCEPTED
    ]
    if titles:
        raise PiecesNotAccepted(titles=", ".join(titles))


def is_claim_step(pack: Pack, step: str) -> bool:
    """Do the pieces of this step support a payment claim?"""
    return pack.step(step).effect == CLAIM_EFFECT


def _check_there(missing: Iterable[Piece]) -> None:
    titles = [line.asked.title for line in missing]
    if titles:
        raise MissingPieces(titles=", ".join(titles))


def _check_open_to_applicant(
    session: Session, pack: Pack, dossier: Dossier, asked: AskedPiece
) -> None:
    """A draft takes every piece; later, what is asked, refused, or belongs to an open form."""
    if dossier.status is DossierStatus.DRAFT:
        if asked.step != pack.filing_step:
            raise PieceClosed
        return
    open_tasks = session.scalars(
        select(Task).where(
            Task.dossier_id == dossier.id,
            Task.status == TaskStatus.OPEN,
            Task.role == Role.APPLICANT,
        )
    ).all()
    if any(task.step == asked.step for task in open_tasks):
        return
    if asked.key in _asked_for(session, dossier, open_tasks):
        return
    refused = select(func.count()).where(
        Document.dossier_id == dossier.id,
        Document.kind == asked.key,
        Document.status == PieceStatus.REFUSED,
        Document.superseded_at.is_(None),
    )
    if dossier.status.is_final or not session.scalar(refused):
        raise PieceClosed


def _asked_for(session: Session, dossier: Dossier, open_tasks: Sequence[Task]) -> set[str]:
    """Kinds the officer awaits; one that came may still be corrected until the form is sent."""
    since = min((task.created_at for task in open_tasks), default=None)
    still = PieceRequest.answered_at.is_(None)
    asked = still if since is None else or_(still, PieceRequest.asked_at >= since)
    return set(
        session.scalars(
            select(PieceRequest.kind).where(PieceRequest.dossier_id == dossier.id, asked)
        )
    )


def _check_open_to_staff(
    session: Session, actor: Actor, dossier: Dossier, asked: AskedPiece
) -> None:
    """Who checks pieces may add one (it came by post); another, the pieces of its own open task."""
    if dossier.status is DossierStatus.DRAFT:
        raise NotFound
    if dossier.status.is_final:
        raise PieceClosed
    if actor.may(Permission.REVIEW_DOCUMENTS):
        return
    mine = session.scalar(
        select(func.count()).where(
            Task.dossier_id == dossier.id,
            Task.status == TaskStatus.OPEN,
            Task.step == asked.step,
            Task.role.in_([role for role in actor.roles if role is not Role.APPLICANT]),
        )
    )
    if not mine:
        raise NotAllowed
