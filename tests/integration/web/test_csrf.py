"""Can another site make one's browser act? No form is accepted without its token, or from elsewhere."""

from collections.abc import Callable

import pytest

from app.domain.permissions import Role
from tests.integration.web.browser import PASSWORD
from tests.integration.web.conftest import Site

POSTS = ["/essai", "/essai/public", "/connexion", "/deconnexion", "/langue", "/mon-compte"]


@pytest.fixture
def kind() -> str:
    """One database is enough: nothing here depends on which."""
    return "sqlite"


@pytest.mark.parametrize("url", POSTS)
def test_no_form_is_accepted_without_its_token(site: Site, url: str) -> None:
    browser = site.signed_in(Role.OFFICER)
    for token in ("", "faux", f"{browser.token[:-4]}0000"):
        assert browser.post(url, {"a": "1"}, token=token).status_code == 400
    assert site.received == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://mechant.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:9000"},
        {"Origin": "http://localhost.mechant.example"},
        {"Origin": "", "Referer": "https://mechant.example/http://localhost/"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_no_form_is_accepted_from_another_site(site: Site, headers: dict[str, str]) -> None:
    browser = site.signed_in(Role.OFFICER)
    browser.get("/mon-compte")
    assert browser.post("/essai", {"a": "1"}, headers=headers).status_code == 403
    assert site.received == []


def test_a_form_of_ours_is_accepted_also_from_a_script(site: Site) -> None:
    browser = site.signed_in(Role.OFFICER)
    browser.get("/mon-compte")
    assert browser.post("/essai", {"a": "1"}).status_code == 200
    header = {"X-CSRF-Token": browser.token}
    assert browser.post("/essai", {"a": "2"}, token="", headers=header).status_code == 200
    assert [one["a"] for one in site.received] == ["1", "2"]


def test_the_public_address_of_the_service_is_an_origin_of_its_own(
    make_site: Callable[..., Site],
) -> None:
    site = make_site(base_url="https://aides.exemple.fr")
    site.person("agent@exemple.fr", Role.OFFICER)
    browser = site.browser("https://aides.exemple.fr")
    assert browser.sign_in("agent@exemple.fr").status_code == 303


def test_the_token_of_one_session_is_no_good_in_another(site: Site) -> None:
    one = site.signed_in(Role.OFFICER)
    one.get("/mon-compte")
    two = site.signed_in(Role.OFFICER, email="agent2@exemple.fr")
    assert two.post("/essai", {"a": "1"}, token=one.token).status_code == 400


def test_the_token_of_a_visitor_is_no_good_once_signed_in(site: Site) -> None:
    site.person("agent@exemple.fr", Role.OFFICER)
    browser = site.browser()
    browser.get("/connexion")
    visitor = browser.token
    browser.post("/connexion", {"email": "agent@exemple.fr", "password": PASSWORD})
    assert browser.post("/essai", {"a": "1"}, token=visitor).status_code == 400


def test_a_visitor_s_token_is_no_good_in_another_browser(site: Site) -> None:
    site.person("agent@exemple.fr", Role.OFFICER)
    one, two = site.browser(), site.browser()
    one.get("/connexion")
    two.get("/connexion")
    form = {"email": "agent@exemple.fr", "password": PASSWORD}
    assert two.post("/connexion", form, token=one.token).status_code == 400


def test_a_page_opened_before_signing_in_elsewhere_still_signs_in(site: Site) -> None:
    site.person("agent@exemple.fr", Role.OFFICER)
    browser = site.browser()
    browser.get("/connexion")
    first_tab = browser.token
    browser.sign_in("agent@exemple.fr")
    form = {"email": "agent@exemple.fr", "password": PASSWORD}
    assert browser.post("/connexion", form, token=first_tab).status_code == 303


def test_an_expired_form_keeps_what_was_typed(site: Site) -> None:
    browser = site.signed_in(Role.OFFICER)
    response = browser.post("/essai", {"motif": "Toiture à refaire"}, token="périmé")
    assert response.status_code == 400
    assert "Toiture à refaire" in response.text
    assert browser.post("/essai", {"motif": "Toiture à refaire"}).status_code == 200


def test_what_another_site_typed_is_never_shown_as_ours(site: Site) -> None:
    browser = site.signed_in(Role.OFFICER)
    silent = {"Origin": ""}
    response = browser.post("/essai", {"motif": "piège"}, token="", headers=silent)
    assert response.status_code == 400
    assert "piège" not in response.text
