"""What happens to a file on its way through the web? Accepted, or refused in one French sentence."""

import io
import zipfile
from urllib.parse import quote
from uuid import UUID

import pytest
from PIL import Image
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from app.domain.status import PieceStatus
from app.models.document import Document
from tests import sample_files
from tests.integration.web.browser import Browser
from tests.town import Site

JSON = {"Accept": "application/json"}


@pytest.fixture
def draft(site: Site) -> UUID:
    return site.town.service.draft(site.town.mayor, site.town.commune)


def _documents(site: Site, dossier_id: UUID) -> list[Document]:
    with site.town.service.database.reading() as session:
        found = select(Document).where(Document.dossier_id == dossier_id)
        return list(session.scalars(found.order_by(Document.deposited_at)))


def test_a_file_is_deposited_read_back_and_shown(site: Site, draft: UUID) -> None:
    data = sample_files.pdf(pages=2)

    sent = site.upload(site.mayor, draft, "deliberation", data, name="Délibération n° 1.pdf")

    assert sent.status_code == 303
    (document,) = _documents(site, draft)
    page = site.mayor.get(f"/portail/demandes/{draft}/pieces")
    assert "Délibération n° 1.pdf" in page.text
    shown = site.mayor.get(f"/documents/{document.id}")
    assert f"/documents/{document.id}/apercu/2" in shown.text
    picture = site.mayor.get(f"/documents/{document.id}/apercu/2")
    assert picture.mimetype == "image/png"
    assert Image.open(io.BytesIO(picture.data)).width == 1000
    assert site.mayor.get(f"/documents/{document.id}/apercu/3").status_code == 404


def test_a_download_is_always_saved_never_shown(site: Site, draft: UUID) -> None:
    data = sample_files.pdf()
    site.upload(site.mayor, draft, "deliberation", data, name="Délibération «€».pdf")
    (document,) = _documents(site, draft)

    got = site.mayor.get(f"/documents/{document.id}/fichier")

    assert got.data == data
    got.close()
    assert got.headers["Content-Disposition"].startswith("attachment;")
    assert (
        f"filename*=UTF-8''{quote('Délibération «€».pdf')}"
        in got.headers["Content-Disposition"]
    )
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert got.headers["Cache-Control"] == "no-store"
    assert got.headers["Content-Type"] == "application/pdf"
    assert document.sha256 not in str(got.headers)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        (
            "facture.pdf",
            sample_files.PROGRAM,
            "« facture.pdf » n’est pas un PDF : son contenu est celui d’un programme.",
        ),
        ("vide.pdf", b"", "« vide.pdf » est vide (0 octet)"),
        ("setup.exe", sample_files.PROGRAM, "déposez un fichier PDF."),
        ("macro.docm", sample_files.docx(), "déposez un fichier PDF."),
        ("page.svg", b"<svg onload='x'/>", "déposez un fichier PDF."),
        ("coupé.pdf", sample_files.pdf()[:500], "« coupé.pdf » ne s’ouvre pas"),
        ("lourd.pdf", b"%PDF-" + b"x" * 20_100_000, "« lourd.pdf » dépasse 20 Mo"),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence_beside_its_piece(
    site: Site, draft: UUID, name: str, data: bytes, said: str
) -> None:
    told = site.upload(site.mayor, draft, "deliberation", data, name=name, headers=JSON)
    assert told.status_code == 422
    assert said in told.get_json()["error"].replace("\u00a0", " ")

    sent = site.upload(site.mayor, draft, "deliberation", data, name=name)
    page = site.mayor.get(sent.headers["Location"].partition("#")[0])

    assert sent.status_code == 303
    assert page.text.replace("\u00a0", " ").count(said) >= 1
    assert _documents(site, draft) == []


def test_300_megabytes_are_refused_before_they_are_read(site: Site, draft: UUID) -> None:
    def announced(**headers: str) -> TestResponse:
        """A request that says how heavy it is, and of which nobody reads a byte."""
        return site.mayor.client.post(
            f"/pieces/{draft}/deliberation",
            base_url="http://localhost",
            headers={"Origin": "http://localhost", **headers},
            content_type="multipart/form-data; boundary=frontier",
            input_stream=io.BytesIO(b"--frontier"),
            environ_overrides={"CONTENT_LENGTH": "300000000"},
        )

    page, told = announced(), announced(Accept="application/json")

    assert (page.status_code, told.status_code) == (413, 413)
    for said in (page.text, told.get_json()["error"]):
        assert "trop volumineux : 21 Mo au plus" in said.replace("\u00a0", " ")
    assert _documents(site, draft) == []
    assert site.mayor.get(f"/portail/demandes/{draft}/pieces").status_code == 200


def test_a_form_without_a_file_says_so(site: Site, draft: UUID) -> None:
    told = site.mayor.post(f"/pieces/{draft}/deliberation", {}, headers=JSON)

    assert told.status_code == 422
    assert told.get_json()["error"] == "Choisissez d’abord un fichier à déposer."


def test_a_full_disk_is_told_and_nothing_is_lost(site: Site, draft: UUID) -> None:
    site.upload(site.mayor, draft, "deliberation", sample_files.pdf(seed=1))
    with site.app.app_context():
        store = site.app.extensions["liasse"].files.store
    store.reserve = 1 << 62

    told = site.upload(site.mayor, draft, "quotes", sample_files.pdf(seed=2), headers=JSON)

    assert told.status_code == 507
    assert "L’espace de stockage est plein" in told.get_json()["error"]
    assert len(_documents(site, draft)) == 1


def test_a_name_full_of_tricks_is_kept_harmless(site: Site, draft: UUID) -> None:
    name = "..\\..\\CON\u202efdp." + "x" * 4000 + ".pdf"

    site.upload(site.mayor, draft, "deliberation", sample_files.pdf(), name=name)

    (document,) = _documents(site, draft)
    assert len(document.filename) <= 180
    assert document.filename.endswith(".pdf")
    assert not set(document.filename) & set("\\/\u202e\r\n")
    with site.mayor.get(f"/documents/{document.id}/fichier") as got:
        assert got.status_code == 200


def test_a_piece_nobody_asks_for_and_a_foreign_dossier_do_not_exist(
    site: Site, draft: UUID
) -> None:
    neighbour = site.browser("mairie@verdun.fr")
    data = sample_files.pdf()

    assert site.upload(site.mayor, draft, "passport", data).status_code == 404
    assert site.upload(neighbour, draft, "deliberation", data).status_code == 404
    assert site.upload(site.officer, draft, "deliberation", data).status_code == 404
    assert (
        site.upload(
            site.browser("lecteur@commercy.fr"), draft, "deliberation", data
        ).status_code
        == 403
    )


def test_everything_about_a_foreign_document_is_a_page_that_does_not_exist(
    site: Site, draft: UUID
) -> None:
    site.upload(site.mayor, draft, "deliberation", sample_files.pdf())
    (document,) = _documents(site, draft)
    neighbour = site.browser("mairie@verdun.fr")

    for path in ("", "/fichier", "/apercu/1"):
        assert neighbour.get(f"/documents/{document.id}{path}").status_code == 404
        assert site.officer.get(f"/documents/{document.id}{path}").status_code == 404
    assert neighbour.post(f"/documents/{document.id}/retirer").status_code == 404
    assert neighbour.post(f"/documents/{document.id}/verification").status_code == 403
    assert Browser(site.app.test_client()).get(f"/documents/{document.id}").status_code == 303


def test_a_piece_is_taken_back_from_a_draft(site: Site, draft: UUID) -> None:
    site.upload(site.mayor, draft, "deliberation", sample_files.pdf())
    (document,) = _documents(site, draft)

    assert site.mayor.post(f"/documents/{document.id}/retirer").status_code == 303

    assert _documents(site, draft) == []


def test_an_officer_reads_accepts_and_refuses_from_the_page_of_the_document(site: Site) -> None:
    filed = site.town.service.filed(site.town.mayor, site.town.commune)
    first, second, *_ = _documents(site, filed)
    page = site.officer.get(f"/documents/{first.id}")
    assert first.sha256 in page.text

    accepted = site.officer.post(
        f"/documents/{first.id}/verification", {"verdict": "accepted", "sha256": first.sha256}
    )
    no_reason = site.officer.post(
        f"/documents/{second.id}/verification", {"verdict": "refused", "sha256": second.sha256}
    )
    stale = site.officer.post(
        f"/documents/{second.id}/verification", {"verdict": "accepted", "sha256": "0" * 64}
    )
    refused = site.officer.post(
        f"/documents/{second.id}/verification",
        {"verdict": "refused", "sha256": second.sha256, "reason": "Page 2 illisible"},
    )

    assert [one.status_code for one in (accepted, no_reason, stale, refused)] == [
        303,
        422,
        409,
        303,
    ]
    statuses = {one.id: one.status for one in _documents(site, filed)}
    assert statuses[first.id] is PieceStatus.ACCEPTED
    assert statuses[second.id] is PieceStatus.REFUSED
    reference = site.town.service.dossier(filed).reference
    assert "Page 2 illisible" in site.officer.get(f"/dossiers/{reference}/pieces").text
    assert "Page 2 illisible" in site.mayor.get(f"/portail/demandes/{filed}").text


def test_an_upload_needs_the_token_of_the_page(site: Site, draft: UUID) -> None:
    file = (io.BytesIO(sample_files.pdf()), "note.pdf")

    told = site.mayor.post(f"/pieces/{draft}/deliberation", {"file": file}, token="")

    assert told.status_code == 400
    assert _documents(site, draft) == []


def test_all_the_pieces_are_taken_away_in_one_readable_zip(site: Site) -> None:
    filed = site.town.service.filed(site.town.mayor, site.town.commune)
    site.town.service.attach(site.town.officer, filed, "other", name="note.pdf")
    site.upload(site.officer, filed, "other", sample_files.pdf(seed=5), name="note.pdf")

    with site.officer.get(f"/pieces/{filed}/toutes.zip") as got:
        names = zipfile.ZipFile(io.BytesIO(got.data)).namelist()

    assert got.headers["Content-Disposition"].startswith("attachment;")
    assert len(names) == 8
    assert any(name.endswith("Délibération exécutoire/deliberation.pdf") for name in names)
    assert sum(name.partition("/")[2] in {"note.pdf", "note (2).pdf"} for name in names) == 2
    stranger = site.browser("mairie@verdun.fr")
    assert stranger.get(f"/pieces/{filed}/toutes.zip").status_code == 404


def test_two_files_for_a_piece_that_is_one_are_refused_whole(site: Site, draft: UUID) -> None:
    files = [FileStorage(io.BytesIO(sample_files.pdf()), f"{n}.pdf") for n in (1, 2)]
    boundary, body = encode_multipart({"csrf_token": site.mayor.token, "file": files})
    sent = site.mayor.client.post(
        f"/pieces/{draft}/deliberation",
        base_url=site.mayor.origin,
        data=body,
        content_type=f"multipart/form-data; boundary={boundary}",
        headers={"Origin": site.mayor.origin, **JSON},
    )

    assert sent.status_code == 422
    assert "en un seul fichier" in sent.get_json()["error"]
    assert _documents(site, draft) == []
