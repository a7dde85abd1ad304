"""What may be done to a piece? Deposit, replace, take back from a draft, accept or refuse.

The bytes are in the storage, durable, before any of this runs; here only rows are written.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.actions import hold as holds
from app.actions.console import Console
from app.actions.hold import Hold
from app.actions.journal import Entry, record
from app.actions.pieces import is_claim_step, place_for
from app.catalogue.pack import Pack
from app.domain.actor import Actor
from app.domain.errors import DossierChanged, NotAllowed, NotFound
from app.domain.events import EventKind
from app.domain.files import (
    MAX_FILES,
    MAX_TOTAL,
    DossierTooHeavy,
    FileVanished,
    PieceClosed,
    ReasonMissing,
    TooManyFiles,
    size_in_words,
)
from app.domain.permissions import Permission
from app.domain.pieces import AskedPiece
from app.domain.status import DossierStatus, PieceStatus, ScanStatus
from app.models.document import Document, PieceRequest
from app.models.dossier import Dossier
from app.models.process import DossierProcess
from app.queries.documents import claim_round, document_for, weight_of
from app.storage.contract import Store
from app.storage.intake import Kept


@dataclass(frozen=True)
class Deposit:
    """A file kept in the storage, about to become a piece."""

    kind: str
    file: Kept
    #: The document it replaces, for a kind that may have several.
    replaces: UUID | None = None


@dataclass(frozen=True)
class Shelf:
    """Where the bytes stand, and whether a scanner will look at them."""

    store: Store
    is_scanned: bool = False


def attach(
    session: Session,
    console: Console,
    actor: Actor,
    dossier_id: UUID,
    deposit: Deposit,
    *,
    shelf: Shelf,
    now: datetime,
) -> Document:
    """Make a kept file a piece of the dossier; it takes the place of the version before.

    The same file sent twice is one document. Refuses what `place_for` refuses, TooManyFiles,
    DossierTooHeavy, DossierChanged, FileVanished.
    """
    hold, dossier = locked(session, dossier_id)
    asked = place_for(session, console, actor, dossier_id, deposit.kind)
    pack = console.types.get(session, dossier.definition_id).pack
    claim_number = _claim_number(session, pack, dossier, asked)
    standing = _standing(session, dossier_id, deposit.kind, claim_number)
    same = next((one for one in standing if one.sha256 == deposit.file.sha256), None)
    if same is not None and same.status is not PieceStatus.REFUSED:
        return same
    _check_quota(session, dossier_id, deposit)
    document = _new_document(actor, dossier_id, deposit, shelf, now)
    document.claim_number = claim_number
    document.version = _supersede(session, dossier_id, asked, deposit, standing, now=now)
    session.add(document)
    session.flush()
    # The sweep of orphans removes a file under a lock this insertion waits for: what stands now
    # stays, what is gone is said.
    if not shelf.store.has(deposit.file.sha256):
        raise FileVanished
    _answer_requests(session, dossier_id, deposit.kind, now)
    entry = Entry(
        EventKind.DOCUMENT_ADDED,
        body={
            "document": str(document.id),
            "kind": deposit.kind,
            "version": document.version,
            "sha256": deposit.file.sha256,
        },
        personal={"actor": actor.name, "filename": deposit.file.filename},
    )
    write_down(session, hold, actor, entry, now=now)
    return document


def remove_from_draft(session: Session, actor: Actor, document_id: UUID) -> Dossier:
    """Take a piece back from a request not filed yet; nobody else ever saw it.

    The row goes; the bytes go with the next sweep of the storage. Refuses PieceClosed once filed.
    """
    document = document_for(session, actor, document_id)
    hold, dossier = locked(session, document.dossier_id)
    if dossier.organisation_id not in actor.writable_ids:
        raise NotAllowed
    if hold is not None or dossier.status is not DossierStatus.DRAFT:
        raise PieceClosed
    before = delete(Document).where(
        Document.dossier_id == dossier.id,
        Document.kind == document.kind,
        Document.superseded_at.is_not(None),
    )
    session.execute(before)
    session.delete(document)
    session.flush()
    return dossier


@dataclass(frozen=True)
class Review:
    """What an officer says of a piece, and which bytes they read."""

    is_accepted: bool
    seen_sha256: str
    reason: str = ""


def review(
    session: Session, actor: Actor, document_id: UUID, said: Review, *, now: datetime
) -> Document:
    """Accept or refuse a piece; the verdict is bound to the bytes that were read.

    Refuses NotAllowed, ReasonMissing, DossierChanged when another version came meanwhile.
    """
    if not actor.may(Permission.REVIEW_DOCUMENTS):
        raise NotAllowed
    reason = " ".join(said.reason.split())[:2000]
    if not said.is_accepted and not reason:
        raise ReasonMissing
    found = document_for(session, actor, document_id)
    hold, dossier = locked(session, found.dossier_id)
    if hold is None or dossier.status.is_final:
        raise PieceClosed
    document = session.get_one(Document, document_id, populate_existing=True)
    if document.superseded_at is not None or document.sha256 != said.seen_sha256:
        raise DossierChanged
    status = PieceStatus.ACCEPTED if said.is_accepted else PieceStatus.REFUSED
    judge(document, status, "" if said.is_accepted else reason, now)
    document.reviewed_by_id = actor.person_id
    write_down(session, hold, actor, reviewed(actor, document), now=now)
    return document


def drop_all(session: Session, dossier_id: UUID) -> None:
    """Forget the pieces of a draft that is thrown away."""
    session.execute(delete(Document).where(Document.dossier_id == dossier_id))


def locked(session: Session, dossier_id: UUID) -> tuple[Hold | None, Dossier]:
    """The dossier, held: by its process once filed, by its own row while a draft."""
    is_filed = session.scalar(
        select(DossierProcess.dossier_id).where(DossierProcess.dossier_id == dossier_id)
    )
    hold = holds.take(session, dossier_id, even_suspended=True) if is_filed else None
    dossier = session.get(
        Dossier, dossier_id, with_for_update=hold is None, populate_existing=True
    )
    if dossier is None:
        raise NotFound
    if hold is None and dossier.filed_at is not None:
        raise DossierChanged  # filed between the two looks
    return hold, dossier


def _claim_number(
    session: Session, pack: Pack, dossier: Dossier, asked: AskedPiece
) -> int | None:
    if not is_claim_step(pack, asked.step):
        return None
    return max(claim_round(session, dossier.id))


def _standing(
    session: Session, dossier_id: UUID, kind: str, claim_number: int | None
) -> list[Document]:
    """The documents of the kind now in force."""
    statement = select(Document).where(
        Document.dossier_id == dossier_id,
        Document.kind == kind,
        Document.superseded_at.is_(None),
    )
    if claim_number is not None:
        numbers = claim_round(session, dossier_id)
        statement = statement.where(Document.claim_number.in_(numbers))
    return list(session.scalars(statement.order_by(Document.deposited_at)))


def _check_quota(session: Session, dossier_id: UUID, deposit: Deposit) -> None:
    weight = weight_of(session, dossier_id)
    if weight.files >= MAX_FILES:
        raise TooManyFiles(limit=MAX_FILES)
    if weight.octets + deposit.file.size > MAX_TOTAL:
        raise DossierTooHeavy(limit=size_in_words(MAX_TOTAL))


def _supersede(
    session: Session,
    dossier_id: UUID,
    asked: AskedPiece,
    deposit: Deposit,
    standing: list[Document],
    *,
    now: datetime,
) -> int:
    """Set aside what the deposit replaces; the number of its version."""
    replaced = [
        one
        for one in standing
        if not asked.multiple or one.id == deposit.replaces or one.status is PieceStatus.REFUSED
    ]
    for one in replaced:
        one.superseded_at = now
    session.flush()
    if asked.multiple:
        return max((one.version for one in replaced), default=0) + 1
    last = select(func.max(Document.version)).where(
        Document.dossier_id == dossier_id, Document.kind == asked.key
    )
    return (session.scalar(last) or 0) + 1


def _new_document(
    actor: Actor, dossier_id: UUID, deposit: Deposit, shelf: Shelf, now: datetime
) -> Document:
    return Document(
        dossier_id=dossier_id,
        kind=deposit.kind,
        filename=deposit.file.filename,
        media_type=deposit.file.media_type,
        size=deposit.file.size,
        sha256=deposit.file.sha256,
        scan=ScanStatus.PENDING if shelf.is_scanned else ScanStatus.NOT_SCANNED,
        status=PieceStatus.TO_CHECK,
        reason="",
        deposited_by_id=actor.person_id,
        deposited_at=now,
    )


def _answer_requests(session: Session, dossier_id: UUID, kind: str, now: datetime) -> None:
    session.execute(
        update(PieceRequest)
        .where(
            PieceRequest.dossier_id == dossier_id,
            PieceRequest.kind == kind,
            PieceRequest.answered_at.is_(None),
        )
        .values(answered_at=now)
    )


def judge(document: Document, status: PieceStatus, reason: str, now: datetime) -> None:
    """Write the verdict on the row."""
    document.status = status
    document.reason = reason
    document.reviewed_at = now


def reviewed(actor: Actor, document: Document, *, virus: str | None = None) -> Entry:
    """The journal entry of a verdict."""
    return Entry(
        EventKind.DOCUMENT_REVIEWED,
        body={
            "document": str(document.id),
            "kind": document.kind,
            "status": document.status.value,
            "sha256": document.sha256,
            **({"virus": virus} if virus else {}),
        },
        personal={
            "actor": actor.name,
            "filename": document.filename,
            "reason": document.reason,
        },
    )


def write_down(
    session: Session, hold: Hold | None, actor: Actor, entry: Entry, *, now: datetime
) -> None:
    """The journal begins with the filing: a draft has none."""
    session.flush()
    if hold is not None:
        record(session, hold, actor, entry, now=now)
