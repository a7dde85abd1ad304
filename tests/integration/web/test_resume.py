"""What becomes of what one typed when the session ends meanwhile? It is shown again, and can be sent."""

from io import BytesIO

import pytest
from sqlalchemy import delete

from app.domain.permissions import Role
from app.models.people import WebSession
from tests.integration.web.browser import PASSWORD, Browser, hidden_fields
from tests.integration.web.conftest import Site

TYPED = {
    "motif": "Une toiture « à refaire »,\nsans attendre",
    "montant": "12 600,50",
    "submission_key": "k" * 32,
}


@pytest.fixture
def kind() -> str:
    """One database is enough: nothing here depends on which."""
    return "sqlite"


def test_what_was_typed_survives_the_end_of_the_session(site: Site) -> None:
    browser = expired(site)
    asked = browser.post("/essai?tri=date", TYPED)
    assert asked.status_code == 401
    assert "Votre connexion a expiré" in asked.text

    form = hidden_fields(asked.text)
    again = browser.post(
        "/connexion", form | {"email": "agent@exemple.fr", "password": PASSWORD}
    )
    assert again.status_code == 200
    assert "vérifiez et renvoyez" in again.text
    assert "Une toiture « à refaire »" in again.text
    assert 'action="/essai?tri=date"' in again.text

    kept = hidden_fields(again.text)
    assert {name: kept[name] for name in TYPED} == TYPED
    assert browser.post("/essai?tri=date", kept).status_code == 200
    assert {name: site.received[0][name] for name in TYPED} == TYPED


def test_it_survives_a_mistyped_password_too(site: Site) -> None:
    browser = expired(site)
    form = hidden_fields(browser.post("/essai", TYPED).text)
    wrong = browser.post("/connexion", form | {"email": "agent@exemple.fr", "password": "faux"})
    assert wrong.status_code == 422
    form = hidden_fields(wrong.text)
    again = browser.post(
        "/connexion", form | {"email": "agent@exemple.fr", "password": PASSWORD}
    )
    assert "12 600,50" in again.text


def test_nothing_is_recorded_before_it_is_sent_again(site: Site) -> None:
    browser = expired(site)
    form = hidden_fields(browser.post("/essai", TYPED).text)
    browser.post("/connexion", form | {"email": "agent@exemple.fr", "password": PASSWORD})
    assert site.received == []


def test_passwords_and_files_do_not_travel(site: Site) -> None:
    browser = expired(site)
    fields = TYPED | {"password": "hunter2", "file": (BytesIO(b"contenu secret"), "a.txt")}
    asked = browser.post("/essai", fields)
    form = hidden_fields(asked.text)
    again = browser.post(
        "/connexion", form | {"email": "agent@exemple.fr", "password": PASSWORD}
    )
    assert "hunter2" not in again.text
    assert "contenu secret" not in again.text
    assert "Les fichiers joints" in again.text


def test_a_very_long_form_is_not_carried_and_the_page_says_so(site: Site) -> None:
    browser = expired(site)
    asked = browser.post("/essai", {"motif": "x" * 300_000})
    assert asked.status_code == 401
    assert "votre saisie est conservée" not in asked.text
    assert "sealed" not in hidden_fields(asked.text)


def test_what_travels_cannot_be_altered(site: Site) -> None:
    browser = expired(site)
    form = hidden_fields(browser.post("/essai", TYPED).text)
    form["sealed"] = form["sealed"][:-3] + "abc"
    response = browser.post(
        "/connexion", form | {"email": "agent@exemple.fr", "password": PASSWORD}
    )
    assert response.status_code == 303


def test_another_site_cannot_slip_a_form_into_the_sign_in_page(site: Site) -> None:
    browser = expired(site)
    told = {"Origin": "https://mechant.example"}
    response = browser.post("/essai", TYPED, headers=told)
    assert response.status_code == 403
    assert "12 600,50" not in response.text


def test_a_background_save_is_told_in_its_own_language(site: Site) -> None:
    browser = expired(site)
    response = browser.post("/essai", TYPED, headers={"Accept": "application/json"})
    assert response.status_code == 401
    assert "expiré" in response.get_json()["error"]


def expired(site: Site) -> Browser:
    """A browser whose session ended while its person was typing."""
    browser = site.signed_in(Role.OFFICER)
    browser.get("/mon-compte")
    site.database.run_tx(lambda tx, _at: tx.execute(delete(WebSession)))
    return browser
