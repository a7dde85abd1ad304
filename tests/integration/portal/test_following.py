"""Once filed, does the applicant know where the dossier is, and can they do what is awaited?"""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from werkzeug.test import TestResponse

from app.domain.status import ClaimStatus, DossierStatus
from tests import sample_files
from tests.integration.web.browser import Browser
from tests.stories import Department, Play
from tests.town import upload

SignIn = Callable[[str], Browser]
KEY = "cle-de-formulaire-0001"
REASON = "Le devis n’est pas daté."


@pytest.fixture
def mayor(sign_in: SignIn) -> Browser:
    return sign_in("mairie.commercy")


def _plain(response: TestResponse) -> str:
    return unescape(response.text).replace("\u00a0", " ")


def _home(play: Play) -> str:
    return f"/portail/demandes/{play.dossier_id}"


def _step_url(browser: Browser, play: Play) -> str:
    """The page of what is awaited first, as the progress page links it."""
    found = re.search(rf'"({_home(play)}/etapes/[^"#]+)"', browser.get(_home(play)).text)
    assert found is not None
    return found.group(1)


def _steps(page: str) -> list[str]:
    """The state of each macro-step on the bar."""
    bar = page[page.index('<ol class="steps"') :]
    return re.findall(r'<li class="(\w+)"', bar[: bar.index("</ol>")])


def _upload(browser: Browser, play: Play, kind: str, seed: int = 0) -> int:
    return upload(browser, play.dossier_id, kind, sample_files.pdf(seed=seed)).status_code


def _asked_for_quotes(department: Department) -> Play:
    play = department.dossier()
    play.do(
        "CheckCompleteness",
        completeness="missing",
        missing_pieces=[{"piece": "quotes", "reason": REASON}],
    )
    return play


def test_missing_pieces_are_told_sent_and_checked_again(
    department: Department, mayor: Browser
) -> None:
    play = _asked_for_quotes(department)
    page = _plain(mayor.get(_home(play)))
    assert "Nous attendons de vous : envoyer les pièces demandées" in page
    assert REASON in page
    url = _step_url(mayor, play)
    assert REASON in _plain(mayor.get(url))

    early = mayor.post(url, {"message": "Voici.", "submission_key": KEY})
    assert early.status_code == 422
    assert "Il manque des pièces obligatoires : Devis détaillés" in _plain(early)
    assert "Voici." in _plain(early)
    assert _upload(mayor, play, "quotes", seed=3) == 303
    sent = mayor.post(url, {"message": "Voici.", "submission_key": KEY})
    again = mayor.post(url, {"message": "Voici.", "submission_key": KEY})

    assert (sent.status_code, again.status_code) == (303, 303)
    assert play.open == ["CheckCompleteness"]
    assert "L’administration s’occupe de votre dossier" in _plain(mayor.get(_home(play)))
    other = mayor.post(url, {"message": "Autre chose.", "submission_key": "autre-cle-00000000"})
    assert other.status_code == 409
    assert "a déjà terminé cette tâche" in _plain(other)


def test_a_request_is_withdrawn_until_the_vote_and_not_after(
    department: Department, mayor: Browser
) -> None:
    play = department.dossier(until="ExamineRequest")
    assert "Retirer ma demande" in _plain(mayor.get(_home(play)))

    form = {"reason": "Projet abandonné", "submission_key": KEY}
    assert mayor.post(f"{_home(play)}/demarches/withdrawal", form).status_code == 303
    assert mayor.post(f"{_home(play)}/demarches/withdrawal", form).status_code == 303

    assert play.row.status is DossierStatus.WITHDRAWN
    page = _plain(mayor.get(_home(play)))
    assert "Retirer ma demande" not in page
    assert _steps(page) == ["done", "done", "stopped", "later", "later", "later"]
    late = department.dossier(until="MakeExecutory")
    told = mayor.post(
        f"{_home(late)}/demarches/withdrawal", {"submission_key": "autre-cle-00000001"}
    )
    assert told.status_code == 409
    assert "ne peut plus être retirée" in _plain(told)


def test_the_decision_and_the_house_stay_within_until_notified(
    department: Department, mayor: Browser
) -> None:
    play = department.dossier(until="MakeExecutory")
    before = _plain(mayor.get(_home(play)))
    assert "Aide accordée" not in before
    assert "schéma départemental" not in before
    assert "Fonds propres" in before, "the town hall rereads what it asked for"

    play.until("DeclareStart")

    after = _plain(mayor.get(_home(play)))
    assert "La décision" in after
    assert play.row.voted is not None
    assert play.row.voted.french().replace("\u00a0", " ") in after
    assert "schéma départemental" not in after


def test_the_start_is_declared_with_its_piece(department: Department, mayor: Browser) -> None:
    play = department.dossier(until="DeclareStart")
    url = _step_url(mayor, play)
    today = department.now.date()

    future = mayor.post(
        url,
        {"started_on": (today + timedelta(days=40)).isoformat(), "submission_key": KEY},
    )
    assert future.status_code == 422
    assert "Attendez que l’opération ait commencé" in _plain(future)
    answers = {"started_on": today.strftime("%d/%m/%Y"), "submission_key": KEY}
    bare = mayor.post(url, answers)
    assert bare.status_code == 422
    assert "Ordre de service" in _plain(bare)
    assert _upload(mayor, play, "start_order") == 303
    assert mayor.post(url, answers).status_code == 303

    assert play.open == ["ClaimPayment"]
    assert "demander un versement" in _plain(mayor.get(_home(play)))


FINAL = {
    "kind": "final",
    "spending-0-label": "Fourniture et pose",
    "spending-0-amount": "28 000,00 €",
    "real_cost": "28000",
    "real_other_public": "5 600",
    "real_private": "0",
    "certified": "oui",
    "submission_key": KEY,
}
PIECES = ("spending_statement", "invoices", "completion_certificate", "final_funding_plan")


def test_a_payment_is_claimed_explained_and_its_date_is_shown(
    department: Department, mayor: Browser
) -> None:
    play = department.dossier(until="DeclareStart").until("ClaimPayment")
    url = _step_url(mayor, play)

    longer = mayor.post(url, {**FINAL, "add-spending": "1"})
    assert (longer.status_code, longer.headers["Location"]) == (303, f"{url}#spending")
    typed = _plain(mayor.get(url))
    assert 'name="spending-1-label"' in typed
    assert "Fourniture et pose" in typed
    negative = mayor.post(url, {**FINAL, "real_cost": "-5"})
    assert negative.status_code == 422
    assert "positif" in _plain(negative)
    lower = mayor.post(url, {**FINAL, "real_cost": "1"})
    assert "Le coût définitif ne peut pas être inférieur" in _plain(lower)
    saved = mayor.post(url, {**FINAL, "then": "save"})
    assert "Attestation d’achèvement" in _plain(mayor.get(saved.headers["Location"]))
    bare = mayor.post(url, FINAL)
    assert bare.status_code == 422
    assert "Il manque des pièces obligatoires" in _plain(bare)
    for seed, kind in enumerate(PIECES):
        assert _upload(mayor, play, kind, seed) == 303
    assert "Fin de l’opération et demande du solde" in _plain(mayor.get(_home(play)))
    assert mayor.post(url, FINAL).status_code == 303
    claimed = _plain(mayor.get(_home(play)))
    assert "Solde demandé" in claimed
    assert "Fin de l’opération et demande du solde" not in claimed
    play.until("RecordPayerAnswer")
    assert "Calcul du versement" in _plain(mayor.get(_home(play)))
    play.usual("RecordPayerAnswer")

    page = _plain(mayor.get(_home(play)))
    assert re.search(r"[\d ]+(,\d\d)? € versés le \d+(er)? \w+ \d{4}", page)
    assert play.claims[0].status is ClaimStatus.PAID


def test_a_claim_sent_back_is_corrected_with_the_pieces_already_there(
    department: Department, mayor: Browser
) -> None:
    play = department.dossier(until="DeclareStart").until("ClaimPayment")
    url = _step_url(mayor, play)
    for seed, kind in enumerate(PIECES):
        _upload(mayor, play, kind, seed)
    assert mayor.post(url, FINAL).status_code == 303
    play.do("CheckClaim", claim_check="sent_back", reason="L’état n’est pas certifié.")
    assert "À corriger : L’état n’est pas certifié." in _plain(mayor.get(_home(play)))

    again = {**FINAL, "submission_key": "autre-cle-00000002"}
    assert _upload(mayor, play, "spending_statement", seed=99) == 303
    assert mayor.post(_step_url(mayor, play), again).status_code == 303

    assert [claim.status for claim in play.claims] == [ClaimStatus.SENT_BACK, ClaimStatus.FILED]


def test_more_time_is_asked_before_the_deadline(department: Department, mayor: Browser) -> None:
    play = department.dossier(until="DeclareStart")
    deadline = play.row.completion_deadline
    assert deadline is not None
    url = f"{_home(play)}/demarches/extension_request"

    early = mayor.post(url, {"extension_until": deadline.isoformat(), "reason": "Retard"})
    unreadable = mayor.post(url, {"extension_until": "l’an prochain", "reason": "Retard"})
    silent = mayor.post(url, {"extension_until": "2031-01-01", "reason": " "})

    assert [one.status_code for one in (early, unreadable, silent)] == [422, 422, 422]
    assert "doit suivre la date limite actuelle" in _plain(early)
    assert "Retard" in _plain(early)
    assert "Écrivez la date ainsi" in _plain(unreadable)
    assert "Pourquoi vous faut-il plus de temps" in _plain(silent)
    later = (deadline + timedelta(days=90)).isoformat()
    form = {"extension_until": later, "reason": "Livraison tardive", "submission_key": KEY}
    assert mayor.post(url, form).status_code == 303
    assert "ExamineExtension" in play.open
    assert "Prorogation demandée" in _plain(mayor.get(_home(play)))


def test_a_second_extension_waits_for_the_answer_to_the_first(
    department: Department, mayor: Browser
) -> None:
    play = department.dossier(until="DeclareStart")
    deadline = play.row.completion_deadline
    assert deadline is not None
    url = f"{_home(play)}/demarches/extension_request"
    assert f'"{url}"' in mayor.get(_home(play)).text
    until = deadline + timedelta(days=90)
    form = {"extension_until": until.isoformat(), "reason": "Retard", "submission_key": KEY}
    assert mayor.post(url, form).status_code == 303

    page = mayor.get(_home(play))
    assert f'"{url}"' not in page.text
    assert "en cours d’examen" in _plain(page)
    assert "n’attend pas cette démarche" in _plain(mayor.get(url))
    again = mayor.post(url, {**form, "submission_key": "cle-de-formulaire-0002"})
    assert again.status_code == 409
    assert "est déjà demandée et en cours d’examen" in _plain(again)
    assert play.open.count("ExamineExtension") == 1

    play.do("ExamineExtension", extension="refused", reason="Le délai suffit.")
    page = mayor.get(_home(play))
    assert f'"{url}"' in page.text
    assert "en cours d’examen" not in _plain(page)


def test_another_commune_sees_nothing_and_changes_nothing(
    department: Department, mayor: Browser, sign_in: SignIn
) -> None:
    play = _asked_for_quotes(department)
    url = _step_url(mayor, play)
    stranger, officer = sign_in("mairie.bar-le-duc"), sign_in("agent")

    for path in (_home(play), url, f"{_home(play)}/recepisse"):
        assert stranger.get(path).status_code == 404
        assert officer.get(path).status_code == 403
    for path in (
        url,
        f"{url}/brouillon",
        f"{_home(play)}/demarches/withdrawal",
        f"{_home(play)}/demarches/extension_request",
    ):
        assert stranger.post(path, {"submission_key": KEY}).status_code == 404
        assert officer.post(path, {"submission_key": KEY}).status_code == 403
    assert play.open == ["ProvidePieces"]


def test_the_list_says_what_awaits_first(department: Department, mayor: Browser) -> None:
    department.dossier(title="Ludothèque")
    asked = department.dossier(title="Bibliobus")
    asked.do(
        "CheckCompleteness",
        completeness="missing",
        missing_pieces=[{"piece": "quotes", "reason": REASON}],
    )

    page = _plain(mayor.get("/portail"))

    assert page.index("Bibliobus") < page.index("Ludothèque")
    assert "Envoyer les pièces demandées, au plus tard le" in page
