"""Do pieces come in, get replaced, checked and asked for as people expect?"""

import threading
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.actions import documents, pieces
from app.actions.documents import Review
from app.actions.journal import broken_link
from app.domain.actor import Actor
from app.domain.errors import DossierChanged, MissingPieces, NotAllowed, NotFound
from app.domain.events import EventKind
from app.domain.files import (
    DossierTooHeavy,
    FormatNotAccepted,
    PieceClosed,
    ReasonMissing,
    TooManyFiles,
    UnknownPiece,
)
from app.domain.status import PieceStatus, ScanStatus
from app.models.document import Document, PieceRequest
from app.models.dossier import Dossier
from app.models.journal import JournalEntry
from app.queries.documents import Piece, pieces_of, requested_pieces
from tests import sample_files
from tests.builders import NOON, grant_pack
from tests.town import Town


def _piece(town: Town, dossier_id: UUID, kind: str) -> Piece:
    with town.service.database.reading() as session:
        dossier = session.get_one(Dossier, dossier_id)
        lines = pieces_of(session, grant_pack(), dossier)
    return next(line for line in lines if line.asked.key == kind)


def _document(town: Town, document_id: UUID) -> Document:
    with town.service.database.reading() as session:
        return session.get_one(Document, document_id)


def _journal(town: Town, dossier_id: UUID, kind: EventKind) -> list[JournalEntry]:
    with town.service.database.reading() as session:
        assert broken_link(session, dossier_id) is None
        found = select(JournalEntry).where(
            JournalEntry.dossier_id == dossier_id, JournalEntry.kind == kind
        )
        return list(session.scalars(found.order_by(JournalEntry.seq)))


def _review(
    town: Town, actor: Actor, document_id: UUID, *, reason: str = "", sha: str = ""
) -> None:
    said = Review(
        is_accepted=not reason,
        seen_sha256=sha or _document(town, document_id).sha256,
        reason=reason,
    )
    town.service.run(
        lambda session: documents.review(session, actor, document_id, said, now=NOON)
    )


def test_a_piece_of_a_draft_is_there_and_the_journal_has_not_begun(town: Town) -> None:
    draft = town.service.draft(town.mayor, town.commune)

    town.service.attach(town.mayor, draft, "deliberation", name="Délibération.pdf")

    piece = _piece(town, draft, "deliberation")
    assert piece.is_there
    assert piece.current is not None
    assert piece.current.filename == "Délibération.pdf"
    assert piece.status is PieceStatus.TO_CHECK
    assert piece.current.scan is ScanStatus.NOT_SCANNED
    with town.service.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(JournalEntry)) == 0


def test_the_checklist_follows_the_facts_of_the_dossier(town: Town) -> None:
    draft = town.service.draft(town.mayor, town.commune, scheme="LP-MOB")
    built = town.service.draft(town.mayor, town.commune, scheme="LP-BAT")

    assert not _piece(town, draft, "cultural_project").asked.is_required
    assert _piece(town, built, "cultural_project").asked.is_required
    with pytest.raises(StopIteration):
        _piece(town, draft, "building_rights")


def test_a_newer_file_takes_the_place_and_the_older_one_is_kept(town: Town) -> None:
    draft = town.service.draft(town.mayor, town.commune)
    first = town.service.attach(
        town.mayor, draft, "deliberation", data=sample_files.pdf(seed=1)
    )
    second = town.service.attach(
        town.mayor, draft, "deliberation", data=sample_files.pdf(seed=2)
    )

    piece = _piece(town, draft, "deliberation")

    assert [one.id for one in piece.documents] == [second]
    assert [one.id for one in piece.earlier] == [first]
    assert piece.documents[0].version == 2


def test_the_same_file_sent_twice_is_one_document(town: Town) -> None:
    draft = town.service.draft(town.mayor, town.commune)
    data = sample_files.pdf(seed=5)

    first = town.service.attach(town.mayor, draft, "quotes", data=data)
    second = town.service.attach(town.mayor, draft, "quotes", data=data)

    assert first == second
    assert len(_piece(town, draft, "quotes").documents) == 1


def test_a_piece_that_may_have_several_files_keeps_them_all(town: Town) -> None:
    draft = town.service.draft(town.mayor, town.commune)
    for seed in range(3):
        town.service.attach(town.mayor, draft, "quotes", data=sample_files.pdf(seed=seed))

    assert len(_piece(town, draft, "quotes").documents) == 3


def test_two_people_who_deposit_the_same_piece_at_once_leave_one_in_force(town: Town) -> None:
    draft = town.service.draft(town.mayor, town.commune)
    ready = threading.Barrier(4)

    def deposit(seed: int) -> None:
        data = sample_files.pdf(seed=seed)
        ready.wait()
        town.service.attach(town.mayor, draft, "deliberation", data=data)

    threads = [threading.Thread(target=deposit, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    piece = _piece(town, draft, "deliberation")
    assert len(piece.documents) == 1
    versions = [one.version for one in (*piece.earlier, *piece.documents)]
    assert sorted(versions) == [1, 2, 3, 4]


def test_a_piece_nobody_asks_for_or_of_another_format_is_refused(town: Town) -> None:
    draft = town.service.draft(town.mayor, town.commune)

    with pytest.raises(UnknownPiece):
        town.service.run(
            lambda session: pieces.place_for(
                session, town.service.console, town.mayor, draft, "passport"
            )
        )
    with pytest.raises(FormatNotAccepted):
        town.service.attach(town.mayor, draft, "deliberation", name="photo.jpg")
    with pytest.raises(PieceClosed):
        town.service.attach(town.mayor, draft, "invoices")


def test_only_the_people_of_the_organisation_who_write_for_it_deposit(town: Town) -> None:
    draft = town.service.draft(town.mayor, town.commune)

    for actor, refusal in (
        (town.neighbour, NotFound),
        (town.reader, NotAllowed),
        (town.officer, NotFound),
        (town.expert, NotFound),
    ):
        with pytest.raises(refusal):
            town.service.attach(actor, draft, "deliberation")


def test_a_dossier_holds_200_files_and_500_megabytes_at_most(town: Town) -> None:
    draft = town.service.draft(town.mayor, town.commune)
    document = town.service.attach(town.mayor, draft, "quotes", data=sample_files.pdf(seed=1))

    def heavy(size: int, count: int) -> None:
        row = _document(town, document)
        values = {
            column.name: getattr(row, column.name)
            for column in Document.__table__.columns
            if column.name != "id"
        }
        town.service.run(
            lambda session: session.add_all(
                [
                    Document(**{**values, "size": size, "sha256": f"{n:064d}"})
                    for n in range(count)
                ]
            )
        )

    heavy(499_999_000, 1)
    with pytest.raises(DossierTooHeavy):
        town.service.attach(town.mayor, draft, "quotes", data=sample_files.pdf(seed=2))
    heavy(0, 198)
    with pytest.raises(TooManyFiles) as refused:
        town.service.attach(town.mayor, draft, "quotes", data=sample_files.pdf(seed=3))
    assert "200" in refused.value.message


def test_a_piece_taken_back_from_a_draft_is_gone(town: Town) -> None:
    draft = town.service.draft(town.mayor, town.commune)
    town.service.attach(town.mayor, draft, "deliberation", data=sample_files.pdf(seed=1))
    latest = town.service.attach(
        town.mayor, draft, "deliberation", data=sample_files.pdf(seed=2)
    )

    with pytest.raises(NotFound):
        town.service.run(
            lambda session: documents.remove_from_draft(session, town.neighbour, latest)
        )
    town.service.run(lambda session: documents.remove_from_draft(session, town.mayor, latest))

    piece = _piece(town, draft, "deliberation")
    assert not piece.documents
    assert not piece.earlier


def test_once_filed_a_piece_is_neither_taken_back_nor_replaced_unasked(town: Town) -> None:
    filed = town.service.filed(town.mayor, town.commune)
    document = _piece(town, filed, "deliberation").documents[0].id

    with pytest.raises(PieceClosed):
        town.service.run(
            lambda session: documents.remove_from_draft(session, town.mayor, document)
        )
    with pytest.raises(PieceClosed):
        town.service.attach(town.mayor, filed, "deliberation", data=sample_files.pdf(seed=9))


def test_a_request_without_its_required_pieces_is_not_filed(town: Town) -> None:
    draft = town.service.draft(town.mayor, town.commune)

    with pytest.raises(MissingPieces) as refused, town.service.database.reading() as session:
        pieces.check_filing_pieces(session, grant_pack(), session.get_one(Dossier, draft))

    assert "Délibération exécutoire" in refused.value.message


def test_an_officer_accepts_and_refuses_and_the_journal_tells(town: Town) -> None:
    filed = town.service.filed(town.mayor, town.commune)
    good = _piece(town, filed, "deliberation").documents[0].id
    bad = _piece(town, filed, "quotes").documents[0].id

    _review(town, town.officer, good)
    _review(town, town.officer, bad, reason="Le devis n’est pas daté.")

    assert _piece(town, filed, "deliberation").status is PieceStatus.ACCEPTED
    refused = _piece(town, filed, "quotes")
    assert refused.status is PieceStatus.REFUSED
    assert refused.reason == "Le devis n’est pas daté."
    assert refused.is_awaited
    told = _journal(town, filed, EventKind.DOCUMENT_REVIEWED)
    assert [entry.body["status"] for entry in told] == ["accepted", "refused"]
    assert "Le devis" not in str(told[1].body)


def test_a_review_needs_the_right_a_reason_and_an_open_dossier(town: Town) -> None:
    filed = town.service.filed(town.mayor, town.commune)
    document = _piece(town, filed, "quotes").documents[0].id

    for actor in (town.mayor, town.elected, town.expert):
        with pytest.raises((NotAllowed, NotFound)):
            _review(town, actor, document, reason="Non")
    said = Review(is_accepted=False, seen_sha256="", reason="  ")
    with pytest.raises(ReasonMissing):
        town.service.run(
            lambda session: documents.review(session, town.officer, document, said, now=NOON)
        )


def test_a_review_counts_for_the_bytes_that_were_read(town: Town) -> None:
    filed = town.service.filed(town.mayor, town.commune)
    document = _piece(town, filed, "quotes").documents[0].id
    read = _document(town, document).sha256
    _review(town, town.officer, document, reason="Illisible.")
    town.service.attach(town.mayor, filed, "quotes", data=sample_files.pdf(seed=77))

    with pytest.raises(DossierChanged):
        _review(town, town.officer, document, sha=read)
    newer = _piece(town, filed, "quotes").documents[-1].id
    with pytest.raises(DossierChanged):
        _review(town, town.officer, newer, sha=read)


def test_a_refused_piece_may_be_replaced_and_is_to_be_checked_again(town: Town) -> None:
    filed = town.service.filed(town.mayor, town.commune)
    document = _piece(town, filed, "deliberation").documents[0].id
    _review(town, town.officer, document, reason="Non signée.")

    town.service.attach(town.mayor, filed, "deliberation", data=sample_files.pdf(seed=4))

    piece = _piece(town, filed, "deliberation")
    assert piece.status is PieceStatus.TO_CHECK
    assert not piece.is_awaited
    assert len(_journal(town, filed, EventKind.DOCUMENT_ADDED)) == 1


def test_pieces_asked_for_are_named_answered_and_all_awaited(town: Town) -> None:
    filed = town.service.filed(town.mayor, town.commune)
    town.service.complete(
        town.officer,
        filed,
        "CheckCompleteness",
        completeness="missing",
        missing_pieces="quotes|deliberation",
        **{
            "missing_pieces-quotes-reason": "Le devis n’est pas daté",
            "missing_pieces-deliberation-reason": "Elle n’est pas signée",
        },
    )
    task = town.service.task(filed, "ProvidePieces")

    def awaited() -> dict[str, bool]:
        with town.service.database.reading() as session:
            dossier = session.get_one(Dossier, filed)
            lines = requested_pieces(session, grant_pack(), dossier, since=task.created_at)
            return {line.asked.key: line.request is not None for line in lines}

    def check() -> None:
        with town.service.database.reading() as session:
            dossier = session.get_one(Dossier, filed)
            pieces.check_requested_pieces(session, grant_pack(), dossier, since=task.created_at)

    assert _piece(town, filed, "quotes").reason == "Le devis n’est pas daté"
    assert awaited() == {"quotes": True, "deliberation": True}
    town.service.now = NOON + timedelta(days=3)
    town.service.attach(town.mayor, filed, "quotes", data=sample_files.pdf(seed=6))
    assert awaited() == {"quotes": False, "deliberation": True}
    with pytest.raises(MissingPieces):
        check()
    # Sent but not yet handed over, a piece may still be corrected.
    town.service.attach(town.mayor, filed, "quotes", data=sample_files.pdf(seed=7))
    town.service.attach(town.mayor, filed, "deliberation", data=sample_files.pdf(seed=8))
    check()
    town.service.complete(town.mayor, filed, "ProvidePieces")
    assert town.service.open_steps(filed) == ["CheckCompleteness"]
    with town.service.database.reading() as session:
        answered = session.scalars(select(PieceRequest.answered_at)).all()
    assert None not in answered


def test_an_officer_may_add_a_piece_that_came_by_post(town: Town) -> None:
    filed = town.service.filed(town.mayor, town.commune)

    town.service.attach(town.officer, filed, "other", name="courrier.pdf")

    assert _piece(town, filed, "other").is_there
    with pytest.raises(NotAllowed):
        town.service.attach(town.elected, filed, "other")
