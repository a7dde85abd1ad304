"""Can a dossier be repaired in a browser without scripts, and what is read when it cannot?"""

import pytest

from tests.integration.repairs.workshop import Workshop
from tests.integration.web.browser import Browser, hidden_fields
from tests.integration.web.doors import Open


def page_of(shop: Workshop) -> str:
    return f"/dossiers/{shop.play.row.reference}/reparer"


def ask(browser: Browser, shop: Workshop, **fields: object) -> str:
    """The address of the plan, which a browser is sent to."""
    browser.get(page_of(shop))
    answer = browser.post(f"{page_of(shop)}/plan", fields)
    assert answer.status_code == 303
    return answer.location


def agree(browser: Browser, plan: str, reason: str = "Étape ouverte par erreur.") -> int:
    """Confirm the plan of that address, as its page does."""
    fields = hidden_fields(browser.get(plan).text) | {"motif": reason}
    return browser.post(plan, fields).status_code


def test_a_dossier_is_repaired_in_three_pages_and_the_history_tells_why(
    examined: Workshop, opened: Open
) -> None:
    browser = opened("admin")
    token = examined.place("ExamineRequest").token
    assert "Instruire la demande" in browser.get(page_of(examined)).text
    form = browser.get(f"{page_of(examined)}?faire=deplacer&jeton={token}").text
    assert "Vers quelle étape" in form

    plan = ask(browser, examined, faire="deplacer", jeton=token, vers="ConsultServices")
    told = browser.get(plan).text
    assert "n’est plus à faire" in told
    assert "Aucun courriel ne part" in told
    assert examined.play.open == ["ExamineRequest"]
    assert agree(browser, plan) == 303

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

    sent = hidden_fields(browser.get(plan).text) | {"motif": "Erreur."}
    assert browser.post(plan, sent).status_code == 303
    assert browser.post(plan, sent).status_code == 303

    assert len(examined.play.told("repaired")) == 1


def test_a_plan_seen_before_the_dossier_moved_is_refused_with_a_sentence(
    examined: Workshop, opened: Open
) -> None:
    browser = opened("admin")
    token = examined.place("ExamineRequest").token
    plan = ask(browser, examined, faire="deplacer", jeton=token, vers="ConsultServices")
    fields = hidden_fields(browser.get(plan).text) | {"motif": "Trop tard."}
    examined.play.usual("ExamineRequest")

    answer = browser.post(plan, fields)

    assert answer.status_code == 409
    assert "Le dossier a changé depuis que ce plan a été établi" in answer.text
    assert examined.play.open == ["HeadVisa"]


def test_the_plan_says_that_no_amount_is_voted(examined: Workshop, opened: Open) -> None:
    browser = opened("admin")
    token = examined.place("ExamineRequest").token
    plan = ask(browser, examined, faire="deplacer", jeton=token, vers="CommitFunds")

    assert "Aucun montant n’est voté pour ce dossier" in browser.get(plan).text


def test_an_answer_to_a_task_done_meanwhile_is_not_lost_without_a_word(
    examined: Workshop, opened: Open
) -> None:
    browser = opened("agent")
    task = examined.play.task("ExamineRequest").id
    fields = hidden_fields(browser.get(f"/taches/{task}").text)
    examined.play.usual("ExamineRequest")

    answer = browser.post(f"/taches/{task}", fields | {"analysis": "Un avis tout autre."})

    assert answer.status_code == 409
    assert "Votre saisie n’a pas été enregistrée" in answer.text
    assert "Un avis tout autre." in answer.text


def test_without_a_reason_the_plan_is_shown_again(examined: Workshop, opened: Open) -> None:
    browser = opened("admin")
    token = examined.place("ExamineRequest").token
    plan = ask(browser, examined, faire="deplacer", jeton=token, vers="ConsultServices")

    assert agree(browser, plan, "  ") == 422
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
    assert "Aucun formulaire n’est rempli" in browser.get(plan).text
    assert agree(browser, plan) == 303
    assert examined.play.open == ["HeadVisa"]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"faire": "voler"},
        {"faire": "deplacer", "jeton": "1"},
        {"faire": "deplacer", "jeton": "zut", "vers": "HeadVisa"},
        {"faire": "deplacer", "jeton": "999999", "vers": "HeadVisa"},
        {"faire": "retirer", "jeton": ""},
        {"faire": "refaire", "vers": "CompletenessGateway"},
        {"faire": "refaire", "vers": "nulle part"},
        {"faire": "passer", "jeton": "999"},
        {"faire": "date", "jeton": "1", "le": "31/12/2026"},
        {"faire": "echeance", "jeton": "1", "partie": "x"},
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


@pytest.mark.parametrize("plan", ["", "zut", "4f0e9f3c-5d0b-4b4e-9f55-0d6a9e0c1b2a"])
def test_a_plan_that_does_not_exist_opens_nothing(
    examined: Workshop, opened: Open, plan: str
) -> None:
    browser = opened("admin")
    home = page_of(examined)
    if plan:
        assert browser.get(f"{home}/plan/{plan}").status_code == 404
        browser.get(home)
        assert browser.post(f"{home}/plan", {"plan": plan}).status_code == 404
    else:
        assert browser.get(f"{home}/plan").location == home
    assert examined.play.open == ["ExamineRequest"]


def test_a_plan_is_opened_again_harmlessly_and_says_when_the_dossier_has_moved(
    examined: Workshop, opened: Open
) -> None:
    """Back after a repair led to a page that asked to send the form again."""
    browser = opened("admin")
    token = examined.place("ExamineRequest").token
    plan = ask(browser, examined, faire="deplacer", jeton=token, vers="ConsultServices")
    assert agree(browser, plan) == 303

    again = browser.get(plan)

    assert again.status_code == 200
    assert "Ce plan n’est plus à jour" in again.text
    assert "Réparer le dossier</button>" not in again.text
    assert len(examined.play.told("repaired")) == 1


def test_destinations_are_ranged_by_phase_and_say_where_the_dossier_stands(
    examined: Workshop, opened: Open
) -> None:
    token = examined.place("ExamineRequest").token
    page = opened("admin").get(f"{page_of(examined)}?faire=deplacer&jeton={token}").text
    chooser = page.split('<select class="input" id="vers"')[1].split("</select>")[0]
    phases = [part.split('"')[0] for part in chooser.split('<optgroup label="')[1:]]
    inside = dict(zip(phases, chooser.split("<optgroup")[1:], strict=True))

    assert phases[:3] == ["Complétude", "Instruction", "Décision"]
    assert (
        '<option value="ExamineRequest" disabled>Instruire la demande – en cours'
        in (inside["Instruction"])
    )
    assert "Vérifier la complétude – déjà faite" in inside["Complétude"]
    assert 'value="CommitFunds"' in inside["Décision"]


def test_moving_forward_says_the_steps_jumped_over_and_what_will_not_happen(
    examined: Workshop, opened: Open
) -> None:
    browser = opened("admin")
    token = examined.place("ExamineRequest").token
    plan = ask(browser, examined, faire="deplacer", jeton=token, vers="SignConvention")
    told = " ".join(browser.get(plan).text.replace("\xa0", " ").split())

    assert "Ces étapes seront sautées : " in told
    assert "« Engager les crédits »" in told
    assert "sautées, elles n’écriront rien : " in told
    assert "Le délai « Notification de la décision » ne part pas" in told
    # The story is set in the past: that day is over for who reads the plan today.
    assert "Le délai « Instruction, jusqu’au vote » reste dépassé depuis le" in told
    assert "ne partira pas" in told
    assert "Proposer à une autre personne" in told


@pytest.mark.parametrize("login", ["agent", "elu", "expert.drac"])
def test_others_do_not_open_the_page(examined: Workshop, opened: Open, login: str) -> None:
    assert opened(login).get(page_of(examined)).status_code in {403, 404}


def test_two_persons_repair_what_touches_money(paid: Workshop, opened_on_paid: Open) -> None:
    admin, finances = opened_on_paid("admin"), opened_on_paid("finances")
    plan = ask(admin, paid, faire="refaire", vers="CommitFunds")
    assert "Reste écrit, sans changement" in admin.get(plan).text
    assert agree(admin, plan) == 303
    assert paid.play.open == ["ClaimPayment"]

    listing = finances.get("/reparations").text
    url = "/reparations/" + listing.split('href="/reparations/')[1].split('"')[0]
    assert "Vous avez proposé cette réparation" in admin.get(url).text
    assert admin.post(f"{url}/plan").status_code == 403
    finances.get(url)
    reviewed = finances.post(f"{url}/plan").location
    shown = finances.get(reviewed).text
    assert finances.get(reviewed).text.count("Confirmer et réparer") == 1
    digest = hidden_fields(shown)["plan"]
    key = hidden_fields(shown)["submission_key"]
    answer = finances.post(f"{url}/confirmer", {"plan": digest, "submission_key": key})

    assert answer.status_code == 303
    assert paid.play.open == ["CommitFunds"]
    assert admin.post(f"{url}/ecarter").status_code == 409
