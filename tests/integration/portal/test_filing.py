"""Does a request get written, kept, corrected, checked and filed once, whatever is typed?"""

import re
from html import unescape
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.models.dossier import Answer, Dossier, Draft
from app.models.process import DossierProcess
from tests.integration.web.browser import Browser, hidden_fields
from tests.town import Site

KEY = "k" * 24


def _begin(site: Site, scheme: str = "LP-MOB") -> UUID:
    site.mayor.get("/portail/demandes/nouvelle")
    begun = site.mayor.post(
        "/portail/demandes/nouvelle",
        {
            "dispositif": scheme,
            "organisation": str(site.town.commune),
            "submission_key": f"{KEY}{scheme}",
        },
    )
    assert begun.status_code == 303
    return UUID(begun.headers["Location"].rpartition("/")[2])


def _answer(site: Site, draft: UUID, **changed: str) -> tuple[int, str]:
    """Send the questions; the status and the page, its spaces plain."""
    page = site.mayor.post(
        f"/portail/demandes/{draft}/questions", site.town.service.request(**changed)
    )
    return page.status_code, _plain(page.text)


def _plain(html: str) -> str:
    return unescape(html).replace("\u00a0", " ")


def _reproach(html: str, name: str) -> str:
    """The sentence under a question."""
    found = re.search(rf'id="{name}-error".*?Erreur : </span>(.*?)</span>', html, re.DOTALL)
    if found is None:
        found = re.search(
            rf'id="{name}" tabindex.*?<span class="error">.*?<span>(.*?)</span>',
            html,
            re.DOTALL,
        )
    assert found is not None, html
    return found.group(1)


def _join_pieces(site: Site, draft: UUID) -> None:
    service = site.town.service
    for kind in service.missing(draft):
        service.attach(site.town.mayor, draft, kind)


def _check_page(site: Site, draft: UUID) -> str:
    return _plain(site.mayor.get(f"/portail/demandes/{draft}/verification").text)


def _file(site: Site, draft: UUID, browser: Browser | None = None) -> dict[str, str]:
    """The form that files the request, as the check page gives it."""
    page = (browser or site.mayor).get(f"/portail/demandes/{draft}/verification")
    fields = hidden_fields(page.text)
    return {name: fields[name] for name in ("submission_key", "seen")}


def test_a_request_is_begun_answered_checked_and_filed(site: Site) -> None:
    draft = _begin(site)
    assert _answer(site, draft)[0] == 303
    _join_pieces(site, draft)
    check = _check_page(site, draft)
    assert "12 600,50 €" in check
    assert "Total : 20 000 €" in check

    filed = site.mayor.post(f"/portail/demandes/{draft}/depot", _file(site, draft))

    assert filed.status_code == 303
    receipt = _plain(site.mayor.get(filed.headers["Location"]).text)
    reference = site.town.service.dossier(draft).reference
    assert reference is not None
    assert f"Numéro de dossier : {reference}" in receipt
    followed = _plain(site.mayor.get(f"/portail/demandes/{draft}").text)
    assert "L’administration s’occupe de votre dossier" in followed
    assert "Nous vérifions que votre dossier est complet" in followed
    assert site.town.service.open_steps(draft) == ["CheckCompleteness"]


@pytest.mark.parametrize(
    "typed", ["bar le duc", "BAR-LE-DUC", "55029", "Commune de Bar-le-Duc"]
)
def test_a_commune_is_found_as_people_type_it(site: Site, typed: str) -> None:
    assert _answer(site, _begin(site), place=typed)[0] == 303


def test_enter_in_a_text_field_keeps_every_line(site: Site) -> None:
    draft = _begin(site)
    page = site.mayor.get(f"/portail/demandes/{draft}/questions").text
    first = re.search(r'<form method="post" class="form".*?<button ([^>]*)>', page, re.DOTALL)
    assert first is not None
    assert 'value="stay"' in first[1]

    kept = site.mayor.post(
        f"/portail/demandes/{draft}/questions", site.town.service.request(title="", then="stay")
    )

    assert kept.headers["Location"] == f"/portail/demandes/{draft}/questions"
    assert "12 600,50" in _plain(site.mayor.get(kept.headers["Location"]).text)


def test_filing_twice_files_once_and_shows_the_same_receipt(site: Site) -> None:
    draft = _begin(site)
    _answer(site, draft)
    _join_pieces(site, draft)
    form = _file(site, draft)

    places = {
        site.mayor.post(f"/portail/demandes/{draft}/depot", form).headers["Location"]
        for _ in range(3)
    }
    other_key = site.mayor.post(
        f"/portail/demandes/{draft}/depot", {**form, "submission_key": KEY}
    )

    assert len(places | {other_key.headers["Location"]}) == 1
    with site.town.service.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Answer)) == 1
        assert session.scalar(select(func.count()).select_from(DossierProcess)) == 1


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("requested_amount", "-5", "positif"),
        ("requested_amount", "douze mille", "n’est pas un montant"),
        ("requested_amount", "12,345", "n’est pas un montant"),
        ("requested_amount", "99 999 999", "Vous demandez plus que le coût du projet."),
        ("iban", "FR76 0000", "Cet IBAN contient une erreur"),
        ("start_date", "2020-01-01", "Cette date est passée."),
        ("start_date", "31/02/2027", "Cette date n’existe pas dans le calendrier."),
        ("end_date", "2020-01-01", "L’achèvement ne peut pas précéder le démarrage."),
        ("expenses-0-amount", "-5", "Ligne 1"),
        ("contact_email", "mairie", "Écrivez une adresse électronique complète"),
        ("title", "", "Répondez à cette question."),
        ("title", "x" * 5000, "dépasse 200 caractères"),
        ("place", "Atlantis", "commune"),
        ("years_since_last_aid", "-1", "au moins 0"),
        ("library_share", "140", "100"),
        ("first_library", "peut-être", "oui ou par non"),
    ],
)
def test_a_wrong_answer_gets_a_sentence_under_it_and_nothing_is_lost(
    site: Site, name: str, typed: str, said: str
) -> None:
    draft = _begin(site)

    status, page = _answer(site, draft, **{name: typed})

    assert status == 422
    question = "expenses" if name.startswith("expenses") else name
    assert said in _reproach(page, question)
    assert "Rayonnages" in page
    again = _plain(site.mayor.get(f"/portail/demandes/{draft}/questions").text)
    assert "Rayonnages" in again
    if name != "first_library":
        assert typed[:40].replace("-", "−") in again.replace("-", "−")


def test_a_funding_plan_that_does_not_balance_is_told_to_the_cent(site: Site) -> None:
    draft = _begin(site)

    status, page = _answer(site, draft, **{"funding-0-amount": "13 999,50"})

    assert status == 422
    assert "0,50 €" in _reproach(page, "funding")


def test_amounts_are_read_as_people_write_them(site: Site) -> None:
    draft = _begin(site)

    status, _page = _answer(
        site,
        draft,
        **{
            "expenses-0-amount": "12\u202f600,50\u00a0€",
            "expenses-1-amount": "7399.5",
            "requested_amount": "6 000 €",
        },
    )

    assert status == 303
    assert "Total : 20 000 €" in _check_page(site, draft)


def test_typing_is_kept_on_the_way_and_shared_in_the_organisation(site: Site) -> None:
    draft = _begin(site)
    site.mayor.get(f"/portail/demandes/{draft}/questions")

    kept = site.mayor.post(
        f"/portail/demandes/{draft}/brouillon",
        {"title": "Ludothèque", "start_date": "n’importe"},
    )

    assert kept.status_code == 200
    assert re.fullmatch(r"\d{1,2}\u00a0h(\u00a0\d\d)?", kept.get_json()["saved_at"])
    assert "Ludothèque" in site.mayor.get("/portail").text
    with site.town.service.database.reading() as session:
        assert session.scalar(select(Draft.data["title"][0].as_string())) == "Ludothèque"


def test_rows_are_added_and_removed_without_a_script(site: Site) -> None:
    draft = _begin(site)

    more = _edit_rows(site, draft, "add-expenses")
    assert 'name="expenses-2-label"' in more
    fewer = _edit_rows(site, draft, "remove-expenses-0")
    assert "Rayonnages" not in fewer
    assert "Banque d’accueil" in fewer


def _edit_rows(site: Site, draft: UUID, button: str) -> str:
    """The page after the button: it was asked for, not sent, so that it may be loaded again."""
    address = f"/portail/demandes/{draft}/questions"
    sent = site.mayor.post(address, site.town.service.request(**{button: "1"}))
    assert (sent.status_code, sent.headers["Location"]) == (303, f"{address}#expenses")
    return _plain(site.mayor.get(address).text)


def test_one_may_stop_anywhere_and_come_back(site: Site) -> None:
    draft = _begin(site)

    later = site.mayor.post(
        f"/portail/demandes/{draft}/questions", {"title": "À finir", "then": "later"}
    )

    assert later.status_code == 303
    overview = _plain(site.mayor.get(later.headers["Location"]).text)
    assert "questions à compléter" in overview
    assert "6 pièces à joindre" in overview


def test_a_request_is_not_filed_while_something_is_missing(site: Site) -> None:
    draft = _begin(site)
    _answer(site, draft)

    told = site.mayor.post(f"/portail/demandes/{draft}/depot", {"submission_key": KEY})

    assert told.status_code == 422
    page = _plain(told.text)
    assert "Votre demande ne peut pas encore être déposée" in page
    assert "Pièce à joindre : Délibération exécutoire" in page
    assert site.town.service.dossier(draft).reference is None


def test_what_is_filed_is_what_was_checked(site: Site) -> None:
    draft = _begin(site)
    _answer(site, draft)
    _join_pieces(site, draft)
    form = _file(site, draft)
    _answer(site, draft, title="Un autre projet")

    told = site.mayor.post(f"/portail/demandes/{draft}/depot", form)

    assert told.status_code == 409
    assert "a changé pendant votre lecture" in _plain(told.text)
    assert site.town.service.dossier(draft).reference is None


def test_a_filed_request_is_no_longer_written(site: Site) -> None:
    filed = site.town.service.filed(site.town.mayor, site.town.commune)

    for path in ("questions", "pieces", "verification"):
        assert site.mayor.get(f"/portail/demandes/{filed}/{path}").status_code == 409
    told = site.mayor.post(f"/portail/demandes/{filed}/questions", {"title": "Autre"})
    assert told.status_code == 409
    assert "déjà déposée sous le numéro" in _plain(told.text)


def test_a_draft_is_thrown_away_with_its_pieces(site: Site) -> None:
    draft = _begin(site)
    site.town.service.attach(site.town.mayor, draft, "deliberation")

    assert site.mayor.post(f"/portail/demandes/{draft}/abandon").status_code == 303

    assert site.mayor.get(f"/portail/demandes/{draft}").status_code == 404
    with site.town.service.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Dossier)) == 0


def test_what_was_said_last_time_is_proposed_again(site: Site) -> None:
    site.town.service.filed(site.town.mayor, site.town.commune, contact_phone="03 29 12 34 56")

    draft = _begin(site, "LP-NUM")

    page = _plain(site.mayor.get(f"/portail/demandes/{draft}/questions").text)
    assert "03 29 12 34 56" in page
    assert "Anne Colin" in page
    assert "Du mobilier neuf" not in page


def test_a_new_request_needs_an_aid_and_an_organisation(site: Site) -> None:
    site.mayor.get("/portail/demandes/nouvelle")

    told = site.mayor.post(
        "/portail/demandes/nouvelle", {"dispositif": "LP-XXX", "organisation": "nobody"}
    )

    assert told.status_code == 422
    page = _plain(told.text)
    assert "Choisissez l’aide que vous demandez." in page
    assert "Choisissez l’organisme" in page


def test_nobody_else_sees_or_touches_a_draft(site: Site) -> None:
    draft = _begin(site)
    neighbour, reader = site.browser("mairie@verdun.fr"), site.browser("lecteur@commercy.fr")

    for path in ("", "/questions", "/pieces", "/verification", "/recepisse"):
        assert neighbour.get(f"/portail/demandes/{draft}{path}").status_code == 404
        assert site.officer.get(f"/portail/demandes/{draft}{path}").status_code == 403
        assert reader.get(f"/portail/demandes/{draft}{path}").status_code in {200, 302}
    for path in ("questions", "brouillon", "depot", "abandon"):
        url = f"/portail/demandes/{draft}/{path}"
        assert neighbour.post(url, {"title": "Pirate"}).status_code == 404
        refused = reader.post(url, {"title": "Lecteur"}).status_code
        assert refused == 403 or (path == "depot" and refused == 422)
    assert site.town.service.dossier(draft).title == ""
