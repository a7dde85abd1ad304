"""What does one read when something fails? What happened, what was kept, and a number for bugs."""

import logging
from pathlib import Path

import pytest
from sqlalchemy import text

from app.actions.console import Console
from app.catalogue.published import PublishedTypes
from app.database import open_database
from app.domain import errors
from app.domain.errors import Refusal
from app.domain.permissions import Role
from app.factory import create_app
from app.settings import Settings
from app.web.database import reading
from app.web.errors import status_of
from tests.integration.web.browser import Browser
from tests.integration.web.conftest import KEY, Site


def test_what_does_not_exist_and_what_one_may_not_see_read_the_same(site: Site) -> None:
    browser = site.signed_in(Role.OFFICER)
    absent, hidden = browser.get("/absent"), browser.get("/essai/perdu")
    assert absent.status_code == hidden.status_code == 404
    assert "n’existe pas, ou vous n’y avez pas accès" in absent.text
    assert "n’existe pas, ou vous n’y avez pas accès" in hidden.text


def test_a_right_one_does_not_have_is_refused_and_noted(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    browser = site.signed_in(Role.OFFICER)
    with caplog.at_level(logging.WARNING, "liasse.security"):
        response = browser.get("/essai/admin")
    assert response.status_code == 403
    assert "Accès refusé" in response.text
    assert "/essai/admin" in caplog.text


def test_a_dossier_that_moved_gives_back_what_was_typed(site: Site) -> None:
    browser = site.signed_in(Role.OFFICER)
    browser.get("/mon-compte")
    response = browser.post("/essai/change", {"motif": "Toiture à refaire"})
    assert response.status_code == 409
    assert "Le dossier a changé pendant votre lecture" in response.text
    assert "Toiture à refaire" in response.text
    assert "non enregistré" in response.text
    assert "Renvoyer" not in response.text  # it could only fail again
    assert "À traiter" in response.text  # with one's own menu


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (errors.NotFound(), 404),
        (errors.NotAllowed(), 403),
        (errors.TaskAlreadyDone(by="Paul", at="hier"), 409),
        (errors.DossierChanged(), 409),
        (errors.KeyReused(), 422),
        (errors.BadAmount(text="x"), 422),
    ],
)
def test_each_refusal_has_its_status(refusal: Refusal, status: int) -> None:
    assert status_of(refusal) == status


def test_a_bug_shows_its_number_and_nothing_else(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    response = site.browser().get("/essai/panne")
    assert response.status_code == 500
    assert "hunter2" not in response.text
    assert "RuntimeError" not in response.text
    [record] = [one for one in caplog.records if one.name == "liasse.web"]
    number = record.getMessage()[1:9]
    assert number in response.text
    assert "hunter2" in caplog.text


def test_what_one_typed_is_never_in_the_log(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    browser = site.signed_in(Role.OFFICER)
    with caplog.at_level(logging.DEBUG):
        browser.post("/essai", {"motif": "dossier-medical"}, token="faux")
        browser.sign_in("agent@exemple.fr", "mauvais-secret")
    assert "dossier-medical" not in caplog.text
    assert "mauvais-secret" not in caplog.text


def test_a_forged_line_cannot_enter_the_log(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    browser = site.signed_in(Role.OFFICER)
    browser.post("/essai%0aWARNING tout va bien", {"a": "1"}, token="faux")
    assert all("\n" not in record.getMessage() for record in caplog.records)


def test_a_script_is_answered_in_json(site: Site) -> None:
    browser = site.signed_in(Role.OFFICER)
    wanted = {"Accept": "application/json"}
    response = browser.get("/essai/perdu", headers=wanted)
    assert response.status_code == 404
    assert "n’existe pas" in response.get_json()["error"]
    broken = browser.get("/essai/panne", headers=wanted)
    assert len(broken.get_json()["incident"]) == 8


def test_a_get_cannot_write(site: Site) -> None:
    with site.app.test_request_context("/"), pytest.raises(Exception, match=r"(?i)read.?only"):
        reading().execute(text("DELETE FROM person"))


def test_a_database_that_is_away_says_so_and_keeps_the_form(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path,
        database_url="postgresql+psycopg://nobody@127.0.0.1:1/liasse",
        secret_key=KEY,
        base_url="http://localhost",
        storage_url=f"file:{tmp_path}",
    )
    away = open_database(settings.database_url)
    app = create_app(
        settings, database=away, console=Console(types=PublishedTypes(), ladders={})
    )
    browser = Browser(app.test_client())
    browser.client.set_cookie("liasse", "x" * 43)
    page = browser.get("/")
    assert page.status_code == 503
    assert page.headers["Retry-After"] == "15"
    sent = browser.post("/mon-compte", {"name": "Lucie Marchand"}, token="abc.def")
    assert sent.status_code == 503
    assert "Lucie Marchand" in sent.text
    assert "abc.def" in sent.text
    assert browser.get("/sante").status_code == 200
    assert browser.get("/sante/pret").status_code == 503
    assert browser.get("/sante/pret").get_json()["checks"]["database"] == "unreachable"
