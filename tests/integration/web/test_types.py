"""Can an administrator read the versions of a type, upload a draft, see what it is worth, and publish it?"""

import io
import re
import zipfile
from collections.abc import Mapping

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.actions import versions
from app.catalogue.archive import write_archive
from app.domain.permissions import Role
from app.domain.versions import DraftStatus
from app.models.dossier import Dossier
from app.models.process import ProcessDefinition
from app.models.versions import PackDraft, TypeEvent
from tests.builders import NOON, grant_pack
from tests.integration.web.browser import Browser, hidden_fields
from tests.integration.web.conftest import Site

TYPES = "/administration/types"
GRANT = f"{TYPES}/investment_grant"


@pytest.fixture
def admin(site: Site) -> Browser:
    """The administrator, of a house where the grant is published once."""
    publish_grant(site)
    return site.signed_in(Role.ADMIN)


def publish_grant(site: Site) -> None:
    site.database.run_tx(
        lambda tx, _at: versions.publish(
            tx, grant_pack(), by="essai", now=NOON, note="Première version."
        )
    )


def changed(**files: tuple[bytes, bytes]) -> dict[str, bytes]:
    """The grant, some texts of its files replaced once."""
    found = dict(grant_pack().files)
    for name, (old, new) in files.items():
        place = name.replace("__", ".")
        assert old in found[place]
        found[place] = found[place].replace(old, new, 1)
    return found


HIGHER = {"aid__dmn": (b"<text>0.25</text>", b"<text>0.35</text>")}


def zipped(files: Mapping[str, bytes], folder: str = "") -> bytes:
    """A .zip as a file manager makes one."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(folder + name, data)
    return out.getvalue()


def upload(browser: Browser, data: bytes, name: str = "type.zip") -> TestResponse:
    """Send a file with the form of the list."""
    fields = hidden_fields(browser.get(TYPES).text)
    return browser.post(
        "/administration/brouillons",
        {"submission_key": fields["submission_key"], "file": (io.BytesIO(data), name)},
    )


def uploaded(browser: Browser, data: bytes, name: str = "type.zip") -> TestResponse:
    """The page of the draft made of this file."""
    answer = upload(browser, data, name)
    assert answer.status_code == 303, answer.text
    return browser.get(answer.location)


def publication(page: TestResponse) -> tuple[str, dict[str, str]]:
    """Where the draft is published, and with which hidden fields."""
    [form] = re.findall(r'<form method="post" action="([^"]+/publier)".*?</form>', page.text)
    body = page.text.partition(form)[2].partition("</form>")[0]
    return form, hidden_fields(body)


def drafts(site: Site) -> list[PackDraft]:
    with site.database.reading() as session:
        return list(session.scalars(select(PackDraft).order_by(PackDraft.uploaded_at)))


def plain(page: TestResponse) -> str:
    return page.text.replace("\u00a0", " ")


def test_the_list_and_the_page_of_a_type_tell_its_versions(admin: Browser) -> None:
    listing = admin.get(TYPES)
    assert "Version 1" in listing.text
    page = admin.get(GRANT)
    assert "Première version." in page.text
    assert "Version publiée" in page.text
    one = admin.get(f"{GRANT}/versions/1")
    assert one.status_code == 200
    assert "Paramètres du dispositif" in one.text
    assert "Examiner" not in one.text or "<svg" in one.text
    assert admin.get(f"{GRANT}/versions/7").status_code == 404
    assert admin.get(f"{TYPES}/inconnu").status_code == 404


def test_the_archive_of_a_version_comes_back_as_it_was(admin: Browser) -> None:
    answer = admin.get(f"{GRANT}/versions/1/archive.zip")
    assert answer.data == grant_pack().archive


def test_only_administrators_keep_types(site: Site) -> None:
    publish_grant(site)
    officer = site.signed_in(Role.OFFICER)
    for url in (TYPES, GRANT, f"{GRANT}/essais", f"{GRANT}/comparer"):
        assert officer.get(url).status_code == 403


def test_a_better_type_is_uploaded_read_and_published(site: Site, admin: Browser) -> None:
    page = uploaded(admin, zipped(changed(**HIGHER), "investment_grant/"))
    assert "Prêt à publier" in page.text
    assert "taux de base 25 % → 35 %" in plain(page)
    assert "scénarios finissent" in page.text or "à corriger" in page.text.lower()
    url, fields = publication(page)

    silent = admin.post(url, {**fields, "note": "  "})
    assert silent.status_code == 422
    assert "Écrivez en une phrase ce qui change" in silent.text
    url, fields = publication(silent)
    done = admin.post(url, {**fields, "note": "Le taux de base passe à 35 %."})
    twice = admin.post(url, {**fields, "note": "Le taux de base passe à 35 %."})

    assert done.status_code == twice.status_code == 303
    assert "Le taux de base passe à 35 %." in admin.get(done.location).text
    with site.database.reading() as session:
        rows = session.scalars(
            select(ProcessDefinition).order_by(ProcessDefinition.version)
        ).all()
        assert [(row.version, row.note) for row in rows] == [
            (1, "Première version."),
            (2, "Le taux de base passe à 35 %."),
        ]
        told = session.scalars(select(TypeEvent.by).where(TypeEvent.version == 2)).all()
        assert told == ["Lucie Marchand"]
    again = admin.get(f"/administration/brouillons/{drafts(site)[0].id}")
    assert "Ce brouillon est publié" in again.text
    assert "/publier" not in again.text


def test_the_comparison_shows_both_diagrams_side_by_side(site: Site, admin: Browser) -> None:
    renamed = changed(process__bpmn=("Décider de la suite".encode(), b"Choisir la suite"))
    url, fields = publication(uploaded(admin, zipped(renamed)))
    admin.post(url, {**fields, "note": "Un autre nom."})
    page = admin.get(f"{GRANT}/comparer?de=1&a=2")
    assert "s’appelle désormais" in page.text
    assert page.text.count('<svg class="bpmn"') == 2
    assert page.text.count('class="sign sign-changed"') == 2
    assert "tâche à venir, modifiée" in page.text
    assert admin.get(f"{GRANT}/comparer?de=1&a=9").status_code == 404
    assert admin.get(f"{GRANT}/comparer?de=x").status_code == 404
    same = admin.get(f"{GRANT}/comparer?de=2&a=2")
    assert "Rien ne change." in same.text


def test_a_type_with_problems_is_kept_and_each_problem_is_said(
    site: Site, admin: Browser
) -> None:
    wrong = changed(manifest__toml=(b'effect = "record_receipt"', b'effect = "fly_away"'))
    page = uploaded(admin, zipped(wrong))
    assert "À corriger" in page.text
    assert "fly_away" in page.text
    assert "/publier" not in page.text
    [draft] = drafts(site)
    refused = admin.post(
        f"/administration/brouillons/{draft.id}/publier",
        {"note": "Quand même.", "seen": "1", "submission_key": "k" * 32},
    )
    assert refused.status_code == 422
    assert drafts(site)[0].status is DraftStatus.EXAMINED


def test_a_scenario_that_ends_otherwise_keeps_the_draft_from_being_published(
    admin: Browser,
) -> None:
    files = dict(grant_pack().files)
    name = "scenarios/granted.toml"
    files[name] = files[name].replace(b'status = "closed"', b'status = "refused"')
    page = uploaded(admin, zipped(files))
    assert "ne se passe pas comme prévu" in plain(page)
    assert "/publier" not in page.text


def test_ways_nobody_takes_are_named_and_drawn(admin: Browser) -> None:
    files = {
        name: data
        for name, data in grant_pack().files.items()
        if name != "scenarios/payer_rejects.toml"
    }
    page = uploaded(admin, zipped(files))
    assert "Chemins que personne ne prend" in page.text
    assert 'class="sign sign-missed"' in page.text
    assert "/publier" in page.text, "what nobody takes is a warning"


def test_a_type_without_a_scenario_is_not_published(admin: Browser) -> None:
    files = {n: d for n, d in grant_pack().files.items() if not n.startswith("scenarios/")}
    page = uploaded(admin, zipped(files))
    assert "Aucun scénario" in page.text
    assert "/publier" not in page.text


BOMB = zipped({"manifest.toml": b"0" * 15_000_000})
NOT_TYPES = {
    "photo.jpg": (b"\xff\xd8\xff", "n’est ni un type de dossier"),
    "vide.zip": (b"", "est vide (0 octet)"),
    "vide.bpmn": (b"", "est vide (0 octet)"),
    "texte.zip": (b"bonjour", "archive lisible"),
    "casse.zip": (b"PK\x03\x04rien", "archive lisible"),
    "bombe.zip": (BOMB, "suspecte"),
    "fuite.zip": (zipped({"../manifest.toml": b"x"}), "refusé"),
    "photos.zip": (zipped({"photo.jpg": b"x"}), "manque"),
    "faux.bpmn": (b"<html/>", "faux.bpmn"),
    "dtd.bpmn": (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "DTD"),
}


@pytest.mark.parametrize("name", NOT_TYPES)
def test_what_is_no_type_is_refused_with_a_sentence(
    site: Site, admin: Browser, name: str
) -> None:
    data, sentence = NOT_TYPES[name]
    answer = upload(admin, data, name)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert drafts(site) == []


def test_a_manifest_that_cannot_be_read_is_no_new_type(admin: Browser) -> None:
    """A quotation mark left open made a draft « nouveau type », and an error half in English."""
    broken = changed(manifest__toml=('Déposer ma demande"'.encode(), b"oups"))
    page = uploaded(admin, zipped(broken)).text.replace("\u00a0", " ")
    assert "un guillemet ou une apostrophe n’est pas refermé" in page
    assert re.search(r"\(ligne \d+, colonne \d+\)", page)
    assert "Illegal" not in page
    assert "nouveau type" not in page
    assert "Les différences se liront dès que le type pourra être lu en entier." in page
    nameless = {**broken, "manifest.toml": b"oups"}
    page = uploaded(admin, zipped(nameless)).text
    assert "On ne sait pas encore de quel type il s’agit" in page
    assert "nouveau type" not in page


def test_a_broken_diagram_is_told_once_with_its_line(admin: Browser) -> None:
    broken = changed(process__bpmn=(b"<bpmn:flowNodeRef>", b"<<bpmn:flowNodeRef>"))
    page = uploaded(admin, zipped(broken)).text
    assert page.count("XML lisible") == 1
    assert re.search(r"\(ligne \d+, colonne \d+\)", page)


def test_the_address_a_refused_file_leaves_leads_back_to_the_types(admin: Browser) -> None:
    answer = admin.get("/administration/brouillons")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/administration/types")


def test_nothing_chosen_is_said_too(site: Site, admin: Browser) -> None:
    fields = hidden_fields(admin.get(TYPES).text)
    answer = admin.post("/administration/brouillons", fields)
    assert answer.status_code == 422
    assert "Choisissez un fichier" in answer.text


def test_files_chosen_one_by_one_make_a_type(site: Site, admin: Browser) -> None:
    fields = hidden_fields(admin.get(TYPES).text)
    chosen = [
        (io.BytesIO(data), name.rpartition("/")[2])
        for name, data in changed(**HIGHER).items()
        if not name.startswith("scenarios/parts/")
        and name != "README.md"
        and "scenarios/" not in name
    ]
    answer = admin.post(
        "/administration/brouillons",
        {"submission_key": fields["submission_key"], "file": chosen},
    )
    assert answer.status_code == 303, answer.text
    assert "Rien à redire" in admin.get(answer.location).text


def test_the_same_sending_twice_makes_one_draft(site: Site, admin: Browser) -> None:
    fields = hidden_fields(admin.get(TYPES).text)
    data = zipped(changed(**HIGHER))

    def send() -> TestResponse:
        return admin.post(
            "/administration/brouillons",
            {
                "submission_key": fields["submission_key"],
                "file": (io.BytesIO(data), "type.zip"),
            },
        )

    assert send().location == send().location
    assert len(drafts(site)) == 1


def test_two_drafts_of_the_same_version_the_second_is_asked_to_look_again(
    site: Site, admin: Browser
) -> None:
    first = uploaded(admin, zipped(changed(**HIGHER)))
    lower = {"aid__dmn": (b"<text>0.25</text>", b"<text>0.20</text>")}
    second = uploaded(admin, zipped(changed(**lower)))
    url, fields = publication(first)
    assert admin.post(url, {**fields, "note": "35 %"}).status_code == 303

    url, fields = publication(second)
    late = admin.post(url, {**fields, "note": "20 %"})
    assert late.status_code == 422
    assert "a été publiée entre-temps" in late.text
    assert "20 %" in late.text, "what was typed is kept"
    assert "taux de base 35 % → 20 %" in plain(late)
    url, fields = publication(late)
    assert admin.post(url, {**fields, "note": "20 %"}).status_code == 303


def test_the_content_of_an_older_version_is_not_published_twice(admin: Browser) -> None:
    url, fields = publication(uploaded(admin, zipped(grant_pack().files)))
    known = admin.post(url, {**fields, "note": "La même."})
    assert known.status_code == 422
    assert "exactement celui de la version 1" in known.text


def test_a_draft_is_set_aside_and_says_so(site: Site, admin: Browser) -> None:
    uploaded(admin, zipped(changed(**HIGHER)))
    [draft] = drafts(site)
    url = f"/administration/brouillons/{draft.id}"
    key = hidden_fields(admin.get(url).text)["submission_key"]
    assert admin.post(f"{url}/ecarter", {"submission_key": key}).status_code == 303
    assert "Ce brouillon est écarté" in admin.get(url).text
    late = admin.post(
        f"{url}/publier", {"note": "Trop tard.", "seen": "1", "submission_key": "z" * 32}
    )
    assert late.status_code == 409
    assert "déjà été publié ou écarté" in late.text


def test_a_lone_diagram_is_kept_with_what_remains_to_be_decided(
    site: Site, admin: Browser
) -> None:
    page = uploaded(admin, grant_pack().diagram, "dessin.bpmn")
    assert "Un schéma seul ne se publie pas" in page.text
    assert "/publier" not in page.text
    [draft] = drafts(site)
    assert b"<bpmn" in admin.get(f"/administration/brouillons/{draft.id}/fichier").data
    forced = admin.post(
        f"/administration/brouillons/{draft.id}/publier",
        {"note": "Non.", "seen": "", "submission_key": "y" * 32},
    )
    assert forced.status_code == 422


def test_a_version_is_retired_with_a_reason_and_put_back(site: Site, admin: Browser) -> None:
    key = hidden_fields(admin.get(f"{GRANT}/versions/1").text)["submission_key"]
    done = admin.post(
        f"{GRANT}/versions/1/retirer", {"submission_key": key, "note": "Erreur de taux."}
    )
    page = admin.get(done.location)
    assert "Retirée" in page.text
    assert "ne prend plus de nouvelle demande" in admin.get(GRANT).text
    assert "Erreur de taux." in admin.get(GRANT).text
    key = hidden_fields(page.text)["submission_key"]
    admin.post(f"{GRANT}/versions/1/remettre", {"submission_key": key})
    assert "En service" in admin.get(GRANT).text


def test_nothing_of_all_this_touches_a_dossier(site: Site, admin: Browser) -> None:
    uploaded(admin, zipped(changed(**HIGHER)))
    with site.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Dossier)) == 0


def test_a_canonical_archive_is_read_back(admin: Browser) -> None:
    """What was downloaded may be uploaded again."""
    page = uploaded(admin, write_archive(changed(**HIGHER)))
    assert "Prêt à publier" in page.text
