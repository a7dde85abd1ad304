"""Do people read why a date is that date, and may officers enter what they learnt late?"""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import update
from werkzeug.test import TestResponse

from app.domain.civil import french_day
from app.models.clock import DossierClock
from app.models.task import Task
from tests.integration.web.browser import Browser
from tests.stories import Department

SignIn = Callable[[str], Browser]


def plain(answer: TestResponse) -> str:
    """The page with plain spaces."""
    return answer.text.replace("\u00a0", " ")


def entered(browser: Browser, url: str, **typed: object) -> TestResponse:
    """The form of a fact, sent as the page sends it."""
    fields = {"submission_key": uuid4().hex, "kind": "extend", "replaces": "", "until": ""}
    return browser.post(url, {**fields, **typed})


def test_each_date_of_a_dossier_says_why(department: Department, sign_in: SignIn) -> None:
    browser = sign_in("agent")
    play = department.dossier()

    page = plain(browser.get(f"/dossiers/{play.row.reference}/delais"))

    assert "Délais légaux" in page
    assert "Silence valant refus" in page
    assert "2 mois, de quantième à quantième" in page
    assert "Contrôle de complétude" in page
    assert "15 jours ouvrés, samedis et dimanches non comptés" in page


def test_the_applicant_reads_the_dates_that_concern_them(
    department: Department, sign_in: SignIn
) -> None:
    play = department.dossier()
    told = sign_in("mairie.commercy").get(f"/portail/demandes/{play.dossier_id}")
    page = plain(told)

    assert "Les dates à connaître" in page
    assert "la demande est considérée comme refusée" in page
    assert "Pourquoi cette date ?" in page
    assert "Corriger" not in page


def test_a_day_we_missed_is_not_promised_again(department: Department, sign_in: SignIn) -> None:
    play = department.dossier()
    yesterday = play.today - timedelta(days=1)
    department.database.run_tx(
        lambda session, _at: session.execute(update(DossierClock).values(due_on=yesterday))
    )

    page = plain(sign_in("mairie.commercy").get(f"/portail/demandes/{play.dossier_id}"))

    assert "Nous vous disons si votre dossier est complet avant cette date" not in page
    assert "nous avons pris du retard. Votre dossier est bien suivi" in page
    assert "la demande est considérée comme refusée" in page, "what the law says stays true"


def test_an_officer_extends_a_delay_and_the_page_says_the_new_date(
    department: Department, sign_in: SignIn
) -> None:
    browser = sign_in("agent")
    play = department.dossier()
    url = f"/dossiers/{play.row.reference}/delais/completeness"
    today = play.today.isoformat()

    told = entered(browser, url, on=today, count="5", reason="Dossier volumineux.")

    assert told.status_code == 303
    page = plain(browser.get(f"/dossiers/{play.row.reference}/delais"))
    assert "Nouvelle échéance" in page
    assert "Prorogé de 5 jours ouvrés" in page
    assert "prorogé de 5 jours ouvrés (Dossier volumineux.)" in page
    assert "Déjà prorogé de 5 jours ouvrés sur 10 : une seule prorogation" in page
    history = plain(browser.get(f"/dossiers/{play.row.reference}/historique"))
    assert "Délai « Contrôle de complétude » : échéance du" in history


def test_the_corrected_day_of_a_request_is_the_one_shown_and_moves_every_delay(
    department: Department, sign_in: SignIn
) -> None:
    browser = sign_in("agent")
    play = department.dossier()
    day = play.today - timedelta(days=4)
    home = f"/dossiers/{play.row.reference}"

    told = entered(
        browser,
        f"{home}/delais/silence_public",
        kind="start",
        replaces="0",
        on=day.isoformat(),
        reason="Reçue sur papier.",
    )

    assert told.status_code == 303
    page = plain(browser.get(f"{home}/delais"))
    assert "Le délai « Contrôle de complétude », qui dépend du même fait" in page
    assert page.count(f"Demande reçue le {french_day(day)}".replace("\u00a0", " ")) == 2
    assert f"déposé le {french_day(day)}".replace("\u00a0", " ") in page
    receipt = plain(
        sign_in("mairie.commercy").get(f"/portail/demandes/{play.dossier_id}/recepisse")
    )
    assert f"Reçue le {french_day(day)}.".replace("\u00a0", " ") in receipt


def test_what_is_wrong_is_said_where_it_was_typed(
    department: Department, sign_in: SignIn
) -> None:
    browser = sign_in("agent")
    play = department.dossier()
    url = f"/dossiers/{play.row.reference}/delais/completeness"
    today = play.today.isoformat()
    wrong = (
        ({"on": today, "count": "5", "reason": ""}, "reason", "Dites pourquoi"),
        ({"on": today, "count": "", "reason": "Trop."}, "count", "Dites de combien"),
        (
            {"on": today, "count": "99", "reason": "Trop."},
            "count",
            "dépasserait le maximum permis (10 jours ouvrés)",
        ),
        ({"on": "31/02/2026", "count": "5", "reason": "Trop."}, "on", "n’existe pas"),
        ({"on": "", "count": "5", "reason": "Trop."}, "on", "Écrivez la date"),
        ({"on": "2100-01-01", "count": "5", "reason": "Trop."}, "on", "pas encore eu lieu"),
        ({"on": "1950-01-01", "count": "5", "reason": "Trop."}, "on", "vérifiez l’année"),
    )
    for typed, field, sentence in wrong:
        told = entered(browser, url, **typed)
        assert told.status_code == 422
        page = plain(told)
        said = page[page.index(f'id="completeness-extend--{field}-error"') :]
        box = said[: said.index(">", said.index("<input"))]
        assert sentence in box
        assert 'aria-invalid="true"' in box
        assert f'value="{typed[field]}"' in box
        assert page.count('aria-invalid="true"') == 1
    assert entered(browser, url, on=today, kind="rien", reason="x").status_code == 404
    assert entered(browser, url + "x", on=today, count="1", reason="x").status_code == 404


def test_a_date_corrected_says_when_it_was_replaced(
    department: Department, sign_in: SignIn
) -> None:
    browser = sign_in("agent")
    play = department.dossier()
    url = f"/dossiers/{play.row.reference}/delais"
    before = (play.today - timedelta(days=2)).isoformat()

    told = entered(
        browser, url + "/silence_public", kind="start", replaces="0", on=before, reason="Reçue."
    )

    assert told.status_code == 303
    page = plain(browser.get(url))
    assert re.search(r"demande reçue <span[^>]*>\(date remplacée le \d+(er)? \w+ \d{4}\)", page)


def test_a_finished_task_is_no_longer_late(department: Department, sign_in: SignIn) -> None:
    browser = sign_in("agent")
    play = department.dossier()
    task = play.task("CheckCompleteness")
    past = play.today - timedelta(days=48)
    department.run(
        lambda session: session.execute(
            update(Task).where(Task.id == task.id).values(due_on=past)
        )
    )
    assert "Retard de" in plain(browser.get(f"/taches/{task.id}"))

    play.usual("CheckCompleteness")

    page = plain(browser.get(f"/taches/{task.id}"))
    assert "Échéance" in page
    assert "Retard de" not in page


def test_who_only_reads_is_offered_nothing_and_may_enter_nothing(
    department: Department, sign_in: SignIn
) -> None:
    browser = sign_in("elu")
    play = department.dossier()
    url = f"/dossiers/{play.row.reference}/delais"

    assert "Proroger" not in browser.get(url).text
    told = entered(browser, url + "/completeness", on="2026-01-01", count="1", reason="x")
    assert told.status_code == 403
    assert sign_in("expert.drac").get(url).status_code in (403, 404)
