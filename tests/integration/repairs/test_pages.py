"""Can a dossier be repaired in a browser without scripts, and what is read when it cannot?"""

import pytest

from tests.integration.repairs.conftest import Open
from tests.integration.repairs.workshop import Workshop
from tests.integration.web.browser import Browser, hidden_fields


def page_of(shop: Workshop) -> str:
    return f"/dossiers/{shop.play.row.reference}/reparer"


def ask(browser: Browser, shop: Workshop, **fields: object) -> str:
    """The page of the plan, and what its form holds."""
    browser.get(page_of(shop))
    return browser.post(f"{page_of(shop)}/plan", fields).text


def agree(browser: Browser, shop: Workshop, plan: str, **more: object) -> int:
    fields = hidden_fields(plan) | {"motif": "Étape ouverte par erreur."} | more
    return browser.post(f"{page_of(shop)}/appliquer", fields).status_code


def test_a_dossier_is_repaired_in_three_pages_and_the_history_tells_why(
    examined: Workshop, opened: Open
) -> None:
    browser = opened("admin")
    token = examined.place("ExamineRequest").token
    assert "Instruire la demande" in browser.get(page_of(examined)).text
    form = browser.get(f"{page_of(examined)}?faire=deplacer&jeton={token}").text
    assert "Vers quelle étape" in form

    plan = ask(browser, examined, faire="deplacer", jeton=token, vers="ConsultServices")
    assert "n’est plus à faire" in plan
    assert "Aucun courriel ne part" in plan
    assert examined.play.open == ["ExamineRequest"]
    assert agree(browser, examined, plan) == 303

    assert examined.play.open == ["ConsultServices"]
    history = browser.get(f"/dossiers/{examined.play.row.reference}/historique").text
    assert "vers « Choisir les services à consulter »" in history.replace("\xa0", " ")
    assert "Étape ouverte par erreur." in history


def test_a_double_click_and_the_back_button_do_it_once(
    examined: Workshop, opened: Open
) -> None:
    browser = opened("admin")
    token = examined.place("ExamineRequest").token
    plan = ask(browser, examined, faire="deplacer", jeton=token, vers="ConsultServices")

    assert agree(browser, examined, plan) == 303
    assert agree(browser, examined, plan) == 303

    assert len(examined.play.told("repaired")) == 1


def test_a_plan_seen_before_the_dossier_moved_is_refused_with_a_sentence(
    examined: Workshop, opened: Open
) -> None:
    browser = opened("admin")
    token = examined.place("ExamineRequest").token
    plan = ask(browser, examined, faire="deplacer", jeton=token, vers="ConsultServices")
    examined.play.usual("ExamineRequest")

    fields = hidden_fields(plan) | {"motif": "Trop tard."}
    answer = browser.post(f"{page_of(examined)}/appliquer", fields)

    assert answer.status_code == 409
    assert "Le dossier a changé depuis que ce plan a été établi" in answer.text
    assert examined.play.open == ["HeadVisa"]


def test_without_a_reason_the_plan_is_shown_again(examined: Workshop, opened: Open) -> None:
    browser = opened("admin")
    token = examined.place("ExamineRequest").token
    plan = ask(browser, examined, faire="deplacer", jeton=token, vers="ConsultServices")

    assert agree(browser, examined, plan, motif="  ") == 422
    assert examined.play.open == ["ExamineRequest"]


def test_a_step_is_skipped_with_the_answer_that_chooses_the_path(
    examined: Workshop, opened: Open
) -> None:
    browser = opened("admin")
    token = examined.place("ExamineRequest").token
    form = browser.get(f"{page_of(examined)}?faire=passer&jeton={token}").text
    assert 'name="proposal"' in form
    assert 'name="proposed_amount"' not in form

    unanswered = browser.post(f"{page_of(examined)}/plan", {"faire": "passer", "jeton": token})
    assert unanswered.status_code == 422
    plan = ask(browser, examined, faire="passer", jeton=token, proposal="grant")
    assert "Aucun formulaire n’est rempli" in plan
    assert agree(browser, examined, plan) == 303
    assert examined.play.open == ["HeadVisa"]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"faire": "voler"},
        {"faire": "deplacer", "jeton": "1"},
        {"faire": "deplacer", "jeton": "zut", "vers": "HeadVisa"},
        {"faire": "deplacer", "jeton": "999999", "vers": "HeadVisa"},
        {"faire": "annuler", "jeton": ""},
        {"faire": "refaire", "vers": "CompletenessGateway"},
        {"faire": "refaire", "vers": "nulle part"},
        {"faire": "passer", "jeton": "999"},
        {"faire": "date", "jeton": "1", "le": "31/12/2026"},
        {"faire": "echeance", "jeton": "1", "partie": "x"},
        {"reparation": "[]"},
        {"reparation": "{"},
        {"reparation": '{"kind": "move", "tokens": "abc", "target": []}'},
    ],
)
def test_what_cannot_be_done_is_said_and_never_breaks(
    examined: Workshop, opened: Open, fields: dict[str, str]
) -> None:
    browser = opened("admin")
    browser.get(page_of(examined))
    answer = browser.post(f"{page_of(examined)}/plan", fields)
    assert answer.status_code == 422
    assert "La réparation n’est pas possible ainsi" in answer.text


@pytest.mark.parametrize("reparation", ["", "{}", "[1]", '{"kind": "cancel", "tokens": [99]}'])
def test_a_form_tampered_with_changes_nothing(
    examined: Workshop, opened: Open, reparation: str
) -> None:
    browser = opened("admin")
    browser.get(page_of(examined))
    fields = {"reparation": reparation, "motif": "x", "submission_key": "k" * 24}
    assert browser.post(f"{page_of(examined)}/appliquer", fields).status_code in {409, 422}
    assert examined.play.open == ["ExamineRequest"]


@pytest.mark.parametrize("login", ["agent", "elu", "expert.drac"])
def test_others_do_not_open_the_page(examined: Workshop, opened: Open, login: str) -> None:
    assert opened(login).get(page_of(examined)).status_code in {403, 404}


def test_two_persons_repair_what_touches_money(paid: Workshop, opened_on_paid: Open) -> None:
    admin, finances = opened_on_paid("admin"), opened_on_paid("finances")
    plan = ask(admin, paid, faire="refaire", vers="CommitFunds")
    assert "Reste écrit, sans changement" in plan
    assert agree(admin, paid, plan) == 303
    assert paid.play.open == ["ClaimPayment"]

    listing = finances.get("/reparations").text
    url = "/reparations/" + listing.split('href="/reparations/')[1].split('"')[0]
    assert "Vous avez proposé cette réparation" in admin.get(url).text
    assert admin.post(f"{url}/plan").status_code == 403
    finances.get(url)
    shown = finances.post(f"{url}/plan").text
    digest = hidden_fields(shown)["plan"]
    key = hidden_fields(shown)["submission_key"]
    answer = finances.post(f"{url}/confirmer", {"plan": digest, "submission_key": key})

    assert answer.status_code == 303
    assert paid.play.open == ["CommitFunds"]
    assert admin.post(f"{url}/ecarter").status_code == 409
