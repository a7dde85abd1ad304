"""Does a type that calls every service go its whole road, each thing done once?"""

import io
import zipfile

from sqlalchemy import select

from app.domain.money import Money
from app.domain.status import DossierStatus, JobStatus
from app.jobs import sweep
from app.models.budget import Commitment
from app.models.document import Document
from app.models.outbox import Mail
from tests.festivals import Fair


def test_a_festival_asks_pays_opens_waits_writes_and_tells(fair: Fair) -> None:
    festival = fair.file()
    assert festival.row.status == "filed"
    assert [job.topic for job in fair.jobs()] == ["http_request"]

    assert fair.tick() == 1
    method, path, body, headers = fair.server.seen[0]
    assert (method, path, body) == ("POST", "/v1", {"siret": "21550029200017"})
    assert headers["idempotency-key"] == fair.jobs()[0].key
    assert festival.open == ["Examine"]

    festival.examine("3000")
    assert festival.row.facts["decided_on"] == fair.house.now.date().isoformat()
    fair.tick()
    north, south = festival.places
    assert [one.row.title for one in (north, south)] == ["Lieu nord", "Lieu sud"]
    assert [one.row.facts["place"] for one in (north, south)] == ["nord", "sud"]
    assert festival.row.status == "under_review"

    north.do("ConfirmPlace", available=["yes"])
    fair.tick()
    assert festival.open == []
    south.do("ConfirmPlace", available=["yes"])
    fair.tick(turns=2)

    assert [one.row.closed_on is not None for one in (festival, north, south)] == [True] * 3
    assert {job.status for job in fair.jobs()} == {JobStatus.DONE}
    assert fair.incidents() == []


def test_the_money_the_letter_and_the_mail_are_there_once(fair: Fair) -> None:
    festival = fair.file()
    fair.tick()
    festival.examine("1234.5", places=["nord"])
    fair.tick()
    festival.places[0].do("ConfirmPlace", available=["yes"])
    fair.tick(turns=2)
    sweep(fair.clock(), "dispatch", now=fair.house.now)

    def found(session: object) -> None:
        assert hasattr(session, "scalars")
        [line] = session.scalars(
            select(Commitment).where(Commitment.dossier_id == festival.id)
        ).all()
        assert line.amount == Money.parse("1234.50")
        [letter] = session.scalars(
            select(Document).where(Document.dossier_id == festival.id)
        ).all()
        assert (letter.kind, letter.version, letter.deposited_by_id) == ("letter", 1, None)
        text = _text_of(fair, letter.sha256)
        assert "Commune de Commercy une aide de 1\u202f234,50" in text.replace(
            "\u00a0", "\u202f"
        )
        assert "festival « Fest’Ornain »" in text.replace("\u00a0", " ")
        assert "état suivant : actif" in text.replace("\u00a0", " ")
        mails = session.scalars(select(Mail).where(Mail.dossier_id == festival.id)).all()
        assert {mail.template for mail in mails} == {"receipt"}

    fair.house.read(found)


def _text_of(fair: Fair, sha256: str) -> str:
    files = fair.clock().files
    assert files is not None
    with files.store.open(sha256) as file:
        archive = zipfile.ZipFile(io.BytesIO(file.read()))
    assert archive.namelist()[0] == "mimetype"
    return archive.read("content.xml").decode()


def test_a_refusal_of_the_server_is_an_event_of_the_diagram(fair: Fair) -> None:
    fair.server.fails(404)
    festival = fair.file()

    fair.tick()

    assert festival.open == ["CheckByHand"]
    assert fair.incidents() == []
    festival.do("CheckByHand", checked=["oui"])
    assert festival.open == ["Examine"]


def test_an_envelope_that_holds_too_little_is_an_event_of_the_diagram(fair: Fair) -> None:
    festival = fair.file()
    fair.tick()

    festival.examine("900000.01")

    assert festival.row.status is DossierStatus.REFUSED
    assert festival.row.closed_on is not None
    assert (
        fair.house.read(
            lambda session: session.scalars(
                select(Commitment).where(Commitment.dossier_id == festival.id)
            ).all()
        )
        == []
    )


def test_a_place_that_is_taken_ends_the_wait_otherwise(fair: Fair) -> None:
    festival = fair.file()
    fair.tick()
    festival.examine()
    fair.tick()
    north, south = festival.places

    north.do("ConfirmPlace", available=["no"])
    south.do("ConfirmPlace", available=["yes"])
    fair.tick(turns=2)

    assert festival.row.status is DossierStatus.DROPPED
