"""Can an administrator try, choose, follow and undo a change of version, and read why a dossier stays?"""

import io
import re
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from app.actions import versions
from app.catalogue.archive import write_archive
from app.catalogue.pack import load_pack
from app.domain.migrations import MigrationStatus
from app.domain.permissions import Role
from app.models.dossier import Dossier
from app.models.migration import Migration
from app.models.process import ProcessDefinition
from tests.builders import Service, a_service, grant_pack
from tests.integration.test_migrations_of_amounts import published
from tests.integration.web.browser import Browser, hidden_fields
from tests.integration.web.conftest import Site
from tests.integration.web.doors import doors_of
from tests.stories import Department

PAGE = "/administration/types/investment_grant/changer-de-version"


@pytest.fixture
def service(site: Site, tmp_path: Path) -> Service:
    """A house with three dossiers to check."""
    service = a_service(site.database, tmp_path)
    town = service.organisation("Commercy", insee_code="55122", siret="21550122500018")
    mayor = service.person("mairie@exemple.fr", Role.APPLICANT, of=town)
    for _ in range(3):
        service.filed(mayor, town)
    return service


@pytest.fixture
def admin(site: Site, service: Service) -> Browser:
    """The administrator of that house."""
    assert service.now
    return site.signed_in(Role.ADMIN)


def publish(site: Site, *changes: tuple[str, str]) -> None:
    """A second version, where these words are others."""
    files = dict(grant_pack().files)
    for before, after in changes:
        files = {
            path: data.replace(before.encode(), after.encode())
            if path.endswith((".bpmn", ".toml"))
            else data
            for path, data in files.items()
        }
    pack = load_pack(files)
    site.database.run_tx(lambda tx, at: versions.publish(tx, pack, by="essai", now=at))


def send(browser: Browser, page: str, to: str, **fields: str) -> str:
    """Fill in a form of a page; where it leads."""
    keys = hidden_fields(browser.get(page).text)
    answer = browser.post(to, {"submission_key": keys["submission_key"], **fields})
    return answer.headers.get("Location", "") or f"{answer.status_code}\n{answer.text}"


def tried(browser: Browser, **more: str) -> str:
    """The page of a dry run from the first version to the second."""
    return send(browser, PAGE, PAGE, de="1", a="2", **more)


def plain(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).replace("\u00a0", " ").split())


def row(site: Site, page: str) -> Migration:
    with site.database.reading() as session:
        return session.get_one(Migration, UUID(page.rsplit("/", 1)[1]))


def followed(site: Site) -> list[int]:
    """The versions dossiers follow."""
    with site.database.reading() as session:
        found = select(ProcessDefinition.version).join(
            Dossier, Dossier.definition_id == ProcessDefinition.id
        )
        return sorted(session.scalars(found))


def test_dossiers_are_tried_moved_and_brought_back(site: Site, admin: Browser) -> None:
    publish(site, ("Vérifier la complétude", "Contrôler la complétude"))
    page = tried(admin)
    text = plain(admin.get(page).text)
    assert "Passent tels quels 3" in text
    assert followed(site) == [1, 1, 1]
    send(admin, page, f"{page}/lancer", qui="tous", motif="Nouveau règlement")
    assert followed(site) == [2, 2, 2]
    text = plain(admin.get(page).text)
    assert "Passés 3" in text
    assert "Nouveau règlement" in text
    assert row(site, page).status is MigrationStatus.DONE
    refused = send(admin, page, f"{page}/annuler", retour="  ")
    assert refused.startswith("422")
    assert "Dites pourquoi ces dossiers reviennent" in refused
    assert followed(site) == [2, 2, 2]
    assert admin.get(f"{page}/annuler").location == page
    send(admin, page, f"{page}/annuler", retour="Taux mal saisi")
    assert followed(site) == [1, 1, 1]
    text = plain(admin.get(page).text)
    assert "Revenus 3" in text
    assert "Motif du retour Taux mal saisi" in text


def test_the_journal_of_the_type_and_of_each_dossier_tell_the_change_and_the_way_back(
    site: Site, admin: Browser
) -> None:
    publish(site, ("Vérifier la complétude", "Contrôler la complétude"))
    page = tried(admin)
    send(admin, page, f"{page}/lancer", qui="tous", motif="Nouveau règlement")
    send(admin, page, f"{page}/annuler", retour="Taux mal saisi")
    told = plain(admin.get("/administration/types/investment_grant").text)
    assert "Changement de version lancé (version 2)" in told
    assert "De la version 1 à la version 2, 3 dossiers. Nouveau règlement" in told
    assert "Changement de version annulé (version 1)" in told
    assert "De la version 2 à la version 1, 3 dossiers. Taux mal saisi" in told
    with site.database.reading() as session:
        reference = session.scalars(select(Dossier.reference)).first()
    history = plain(admin.get(f"/dossiers/{reference}/historique").text)
    assert "Revenu de la version 2 à la version 1 de la procédure" in history
    assert "Motif : Taux mal saisi" in history


def test_a_step_that_is_gone_is_named_and_the_trial_done_again(
    site: Site, admin: Browser
) -> None:
    publish(site, ("CheckCompleteness", "ControlCompleteness"))
    page = tried(admin)
    text = admin.get(page).text
    assert "Attendent une étape 3" in plain(text)
    assert "garde son nom mais change d’identifiant" in text
    assert "n’existe plus dans la nouvelle version" not in text
    assert "(même nom)" in text
    chosen = {"etape-CheckCompleteness": "ControlCompleteness"}
    again = tried(admin, **chosen)
    assert "Passent tels quels 3" in plain(admin.get(again).text)
    send(admin, again, f"{again}/lancer", qui="tous", motif="Renommage")
    assert followed(site) == [2, 2, 2]


def test_a_few_dossiers_go_and_the_others_stay(site: Site, admin: Browser) -> None:
    publish(site, ("Vérifier la complétude", "Contrôler la complétude"))
    page = tried(admin)
    with site.database.reading() as session:
        reference = session.scalars(
            select(Dossier.reference).order_by(Dossier.reference)
        ).first()
    send(admin, page, f"{page}/lancer", qui="dossiers", dossier=str(reference), motif="Essai")
    assert followed(site) == [1, 1, 2]
    send(
        admin, page, f"{page}/lancer", qui="positions", position="CheckCompleteness", motif="x"
    )
    assert followed(site) == [2, 2, 2]


def test_the_dossiers_to_choose_say_whose_they_are_and_where_they_stand(
    site: Site, admin: Browser
) -> None:
    """Forty-nine boxes with a reference and a title: nobody knew which to tick."""
    publish(site, ("Vérifier la complétude", "Contrôler la complétude"))
    text = admin.get(tried(admin)).text
    one = plain(re.findall(r'<label class="choice" for="dossier-1">.*?</label>', text)[0])
    assert "Réaménagement de la médiathèque, Commercy" in one
    assert one.endswith("Vérifier la complétude")


def test_a_dry_run_whose_dossiers_have_gone_since_is_to_be_done_again(
    site: Site, admin: Browser
) -> None:
    """« Les 42 dossiers qui peuvent passer », launched, then 42 refusals."""
    publish(site, ("Vérifier la complétude", "Contrôler la complétude"))
    old, new = tried(admin), tried(admin)
    keys = hidden_fields(admin.get(old).text)
    send(admin, new, f"{new}/lancer", qui="tous", motif="Nouveau règlement")
    sent = {"submission_key": keys["submission_key"], "qui": "tous", "motif": "Encore"}
    answer = admin.post(f"{old}/lancer", sent)
    assert answer.status_code == 422
    assert "Cet essai à blanc est périmé : refaites-le." in plain(answer.text)
    assert row(site, old).status is MigrationStatus.PLANNED
    page = plain(admin.get(old).text)
    assert "3 dossiers ont changé de version depuis" in page
    assert "Refaire l’essai à blanc" in page
    assert "Faire passer ces dossiers" not in page
    assert "Aucun dossier en cours" in plain(admin.get(tried(admin)).text)


def test_the_dossiers_that_moved_and_came_back_are_listed(site: Site, admin: Browser) -> None:
    """« Passé 8 », and nobody could say which."""
    publish(site, ("Vérifier la complétude", "Contrôler la complétude"))
    page = tried(admin)
    with site.database.reading() as session:
        first, second, *_others = session.scalars(
            select(Dossier.reference).order_by(Dossier.reference)
        )
    send(admin, page, f"{page}/lancer", qui="dossiers", dossier=str(first), motif="Un")
    told = admin.get(page).text
    assert "Passé 1" in plain(told)
    listed = told[told.index("Voir les dossiers passés") :].split("</details>")[0]
    assert f"/dossiers/{first}" in listed
    assert str(second) not in listed
    send(admin, page, f"{page}/annuler", retour="Erreur")
    told = plain(admin.get(page).text)
    assert "Revenu 1" in told
    assert f"Voir les dossiers revenus {first}" in told


def test_the_journal_counts_those_that_came_back_not_those_that_were_to(
    site: Site, admin: Browser, service: Service
) -> None:
    """« De la version 2 à la version 1, 8 dossiers » when seven came back and one stayed."""
    publish(site, ("Vérifier la complétude", "Contrôler la complétude"))
    page = tried(admin)
    send(admin, page, f"{page}/lancer", qui="tous", motif="Nouveau règlement")
    with site.database.reading() as session:
        gone_on = session.scalars(select(Dossier.id)).first()
    assert gone_on
    officer = service.person("suivi@exemple.fr", Role.OFFICER)
    service.accept_pieces(officer, gone_on)
    service.complete(officer, gone_on, "CheckCompleteness", completeness="complete")
    send(admin, page, f"{page}/annuler", retour="Taux mal saisi")
    told = plain(admin.get(page).text)
    assert "Revenus 2" in told
    assert "Gardé 1" in told
    journal = plain(admin.get("/administration/types/investment_grant").text)
    assert (
        "De la version 2 à la version 1, 2 dossiers ; 1 dossier qui avait avancé n’y revient pas. "
        "Taux mal saisi"
    ) in journal


def test_what_is_missing_is_said_and_what_was_typed_is_kept(site: Site, admin: Browser) -> None:
    publish(site, ("Vérifier la complétude", "Contrôler la complétude"))
    page = tried(admin)
    answer = send(admin, page, f"{page}/lancer", qui="positions", motif="Pour voir")
    assert answer.startswith("422")
    assert "Cochez au moins une étape." in answer
    assert "Pour voir" in answer
    answer = send(admin, page, f"{page}/lancer", qui="dossiers", motif="Pour voir")
    assert answer.startswith("422")
    assert '<a href="#dossier-1">Cochez au moins un dossier.</a>' in answer
    assert "motif-error" not in answer
    answer = send(admin, page, f"{page}/lancer", qui="tous", motif=" ")
    assert "Dites pourquoi" in answer
    assert send(admin, PAGE, PAGE, de="1", a="1").startswith("422")
    assert send(admin, PAGE, PAGE, de="1", a="9").startswith("404")
    assert send(admin, PAGE, PAGE, de="x", a="2").startswith("404")
    assert followed(site) == [1, 1, 1]


def test_a_second_click_launches_nothing_twice(site: Site, admin: Browser) -> None:
    publish(site, ("Vérifier la complétude", "Contrôler la complétude"))
    page = tried(admin)
    keys = hidden_fields(admin.get(page).text)
    fields = {"submission_key": keys["submission_key"], "qui": "tous", "motif": "Une fois"}
    assert admin.post(f"{page}/lancer", fields).status_code == 303
    assert admin.post(f"{page}/lancer", fields).status_code == 303
    assert followed(site) == [2, 2, 2]


def test_a_draft_is_tried_on_the_dossiers_in_flight_before_it_is_published(
    site: Site, admin: Browser
) -> None:
    files = {
        path: data.replace(b"CheckCompleteness", b"ControlCompleteness")
        if path.endswith((".bpmn", ".toml"))
        else data
        for path, data in grant_pack().files.items()
    }
    keys = hidden_fields(admin.get("/administration/types").text)
    sent = {
        "submission_key": keys["submission_key"],
        "file": (io.BytesIO(write_archive(files)), "type.zip"),
    }
    draft = admin.post("/administration/brouillons", sent).headers["Location"]
    page = plain(admin.get(f"{draft}/dossiers").text)
    assert "Dossiers de la version 1" in page
    assert "Attendent une étape 3" in page
    assert "garde son nom mais change d’identifiant" in page
    assert followed(site) == [1, 1, 1]


def test_changed_rates_are_said_before_publishing_and_in_the_dry_run(
    site: Site, admin: Browser
) -> None:
    files = dict(grant_pack().files)
    head, tail = files["aid.dmn"].split(b'id="parameters_rule_4_output_2">', 1)
    files["aid.dmn"] = (
        head + b'id="parameters_rule_4_output_2">' + tail.replace(b"0.30", b"0.10", 1)
    )
    keys = hidden_fields(admin.get("/administration/types").text)
    sent = {
        "submission_key": keys["submission_key"],
        "file": (io.BytesIO(write_archive(files)), "type.zip"),
    }
    draft = admin.post("/administration/brouillons", sent).headers["Location"]
    page = plain(admin.get(draft).text)
    assert "Publier ne change aucun montant" in page
    assert "L’aide de 3 dossiers n’est pas encore calculée" in page
    assert "L’aide de 3 dossiers" in plain(admin.get(f"{draft}/dossiers").text)

    pack = load_pack(files)
    site.database.run_tx(lambda tx, at: versions.publish(tx, pack, by="essai", now=at))
    text = plain(admin.get(tried(admin)).text)
    assert "Les règles d’aide changent" in text
    assert "L’aide de 3 dossiers n’est pas encore calculée" in text


def test_only_administrators_come_here(site: Site, service: Service) -> None:
    assert service.now
    officer = site.signed_in(Role.OFFICER)
    assert officer.get(PAGE).status_code in {403, 404}


def test_the_type_and_the_history_lead_there_and_tell_it(site: Site, admin: Browser) -> None:
    publish(site, ("Vérifier la complétude", "Contrôler la complétude"))
    assert PAGE in admin.get("/administration/types/investment_grant").text
    page = tried(admin)
    send(admin, page, f"{page}/lancer", qui="tous", motif="Nouveau règlement")
    with site.database.reading() as session:
        reference = session.scalars(select(Dossier.reference)).first()
    told = plain(admin.get(f"/dossiers/{reference}/historique").text)
    assert "Passé de la version 1 à la version 2" in told
    assert "Motif : Nouveau règlement" in told
    answers = plain(admin.get(f"/dossiers/{reference}/demande").text)
    assert "Réaménagement de la médiathèque" in answers


def test_every_dossier_in_flight_is_counted_once_among_the_amounts(
    department: Department, tmp_path: Path
) -> None:
    """« 14 pas encore calculée », « 20 déjà votés » of 49: nothing was said of the 15 others."""
    department.dossier(until="ExamineRequest")
    department.dossier(until="CheckCompleteness")
    published(department, "aid.dmn", "parameters_rule_4_output_2", "<text>0.10</text>")
    admin = doors_of(department, tmp_path)("admin")
    text = plain(admin.get(tried(admin)).text)
    assert re.search(r"L’aide calculée de \d+ dossiers? pas encore votés? ne change pas", text)
    told = text[text.index("Les règles d’aide changent") : text.index("Dossiers par position")]
    safe, waiting, staying = (
        int(re.search(rf"{word} (\d+)", text)[1])  # type: ignore[index]
        for word in ("Passent tels quels", "Attendent une étape", "Restent sur leur version")
    )
    assert sum(map(int, re.findall(r"(\d+) dossiers?", told))) == safe + waiting + staying
