"""Who may read a document? Everybody it concerns, and nobody else learns that it exists."""

from uuid import UUID, uuid4

import pytest

from app.domain.actor import SYSTEM, Actor
from app.domain.errors import NotFound
from app.domain.status import ScanStatus
from app.models.document import Document
from app.queries.documents import document_for, readable_document
from tests.town import Town


def _may_read(town: Town, actor: Actor, document_id: UUID) -> bool:
    with town.service.database.reading() as session:
        try:
            return readable_document(session, actor, document_id).id == document_id
        except NotFound:
            return False


def _readers(town: Town, document_id: UUID) -> set[str]:
    people = {
        "mayor": town.mayor,
        "reader": town.reader,
        "neighbour": town.neighbour,
        "officer": town.officer,
        "expert": town.expert,
        "elected": town.elected,
        "nobody": SYSTEM,
    }
    return {name for name, actor in people.items() if _may_read(town, actor, document_id)}


def _set_scan(town: Town, document_id: UUID, scan: ScanStatus) -> None:
    def change(session: object) -> None:
        session.get_one(Document, document_id).scan = scan  # type: ignore[attr-defined]

    town.service.run(change)


def test_a_draft_is_read_by_its_organisation_only(town: Town) -> None:
    draft = town.service.draft(town.mayor, town.commune)
    document = town.service.attach(town.mayor, draft, "deliberation")

    assert _readers(town, document) == {"mayor", "reader"}


def test_a_filed_dossier_is_read_by_the_staff_too_and_by_an_expert_once_asked(
    town: Town,
) -> None:
    filed = town.service.filed(town.mayor, town.commune)
    with town.service.database.reading() as session:
        document = session.query(Document.id).filter_by(dossier_id=filed).first()
    assert document is not None
    assert _readers(town, document[0]) == {"mayor", "reader", "officer", "elected"}

    town.service.accept_pieces(town.officer, filed)
    town.service.complete(town.officer, filed, "CheckCompleteness", completeness="complete")
    town.service.complete(
        town.officer,
        filed,
        "ConsultServices",
        experts=str(town.expert.person_id),
        opinions_due="2026-04-01",
    )

    assert "expert" in _readers(town, document[0])


def test_a_file_not_scanned_yet_is_its_depositors_and_an_infected_one_nobodys(
    town: Town,
) -> None:
    filed = town.service.filed(town.mayor, town.commune)
    document = town.service.attach(town.officer, filed, "other")

    _set_scan(town, document, ScanStatus.PENDING)
    assert _readers(town, document) == {"officer"}
    _set_scan(town, document, ScanStatus.INFECTED)
    assert _readers(town, document) == set()
    with town.service.database.reading() as session:
        assert document_for(session, town.mayor, document).scan is ScanStatus.INFECTED


def test_a_document_that_does_not_exist_is_refused_alike(town: Town) -> None:
    with town.service.database.reading() as session, pytest.raises(NotFound):
        document_for(session, town.officer, uuid4())
