"""What does every answer say to the browser, and which requests are not even read?"""

from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from app.domain.permissions import Role
from app.settings import Settings
from tests.integration.web.browser import Browser
from tests.integration.web.conftest import Site

PAGES = ["/", "/connexion", "/aide", "/introuvable", "/essai/panne", "/sante", "/mon-compte"]


@pytest.fixture
def kind() -> str:
    """One database is enough: nothing here depends on which."""
    return "sqlite"


@pytest.mark.parametrize("url", PAGES)
def test_every_answer_carries_the_headers_that_protect(site: Site, url: str) -> None:
    headers = site.browser().get(url).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in headers


def test_https_is_remembered_by_browsers(make_site: Callable[..., Site]) -> None:
    site = make_site(base_url="https://aides.exemple.fr")
    headers = site.browser("https://aides.exemple.fr").get("/").headers
    assert headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_our_own_files_are_kept_under_the_name_of_their_content(site: Site) -> None:
    browser = site.browser()
    page = browser.get("/connexion").text
    [start] = [part for part in page.split('"') if part.startswith("/static/ui.css?v=")]
    answer = browser.get(start)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    answer.close()


@pytest.mark.parametrize("host", ["mechant.example", "localhost.mechant.example", "a@b", ""])
def test_an_unknown_host_name_is_refused(site: Site, host: str) -> None:
    response = site.app.test_client().get("/", headers={"Host": host})
    assert response.status_code == 400
    assert "mechant" not in response.text


def test_a_forged_forwarded_header_changes_nothing_without_a_proxy(site: Site) -> None:
    forged = {"X-Forwarded-For": "10.9.9.9", "X-Forwarded-Host": "mechant.example"}
    response = site.app.test_client().get("/connexion", headers=forged)
    assert response.status_code == 200
    assert "mechant" not in response.text


def test_behind_one_proxy_only_the_last_address_counts(
    make_site: Callable[..., Site],
) -> None:
    site = make_site(trusted_proxies=1)
    forged = {"X-Forwarded-For": "127.0.0.1, 10.1.2.3"}
    assert site.app.test_client().get("/metrics", headers=forged).status_code == 404


def test_a_form_too_heavy_is_refused_before_it_is_read(site: Site) -> None:
    browser = site.signed_in(Role.OFFICER)
    browser.get("/mon-compte")
    response = browser.post("/essai", {"motif": "x" * 2_100_000})
    assert response.status_code == 413
    assert "trop lourd" in response.text


def test_a_body_announced_as_two_gigabytes_is_not_awaited(site: Site) -> None:
    browser = site.signed_in(Role.OFFICER)
    response = browser.client.post(
        "/essai",
        base_url="http://localhost",
        headers={"Origin": "http://localhost"},
        content_type="application/x-www-form-urlencoded",
        environ_overrides={"CONTENT_LENGTH": str(2 << 30)},
    )
    assert response.status_code == 413


def test_files_are_taken_up_to_the_limit_where_files_are_expected(
    make_site: Callable[..., Site],
) -> None:
    site = make_site(max_upload_mb=3)
    browser = site.signed_in(Role.OFFICER)
    browser.get("/mon-compte")
    assert send_file(browser, 2_900_000).text == "2900000"
    assert send_file(browser, 4_100_000).status_code == 413


def test_a_form_of_ten_thousand_fields_is_refused(site: Site) -> None:
    browser = site.signed_in(Role.OFFICER)
    browser.get("/mon-compte")
    many = [(f"champ{number}", "1") for number in range(10_000)]
    assert send_parts(browser, "/essai", many).status_code == 413


def send_file(browser: Browser, size: int) -> TestResponse:
    """Send a file of so many octets."""
    return send_parts(browser, "/essai/fichier", [('file"; filename="plan.pdf', "x" * size)])


def send_parts(browser: Browser, url: str, parts: list[tuple[str, str]]) -> TestResponse:
    """Send a form with files, as a browser writes it."""
    body = "".join(
        f'--limite\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'
        for name, text in [("csrf_token", browser.token), *parts]
    )
    return browser.client.post(
        url,
        base_url=browser.origin,
        headers={"Origin": browser.origin},
        content_type="multipart/form-data; boundary=limite",
        data=f"{body}--limite--\r\n".encode(),
    )


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "CONNECT"])
def test_other_methods_do_not_open_pages(site: Site, method: str) -> None:
    assert site.app.test_client().open("/connexion", method=method).status_code == 405


def test_a_method_hidden_in_a_form_changes_nothing(site: Site) -> None:
    browser = site.signed_in(Role.OFFICER)
    browser.get("/mon-compte")
    hidden = {"X-HTTP-Method-Override": "DELETE"}
    assert browser.post("/essai", {"_method": "DELETE"}, headers=hidden).status_code == 200


def test_flask_s_own_cookie_says_nothing_of_who_is_signed_in(site: Site) -> None:
    browser = site.signed_in(Role.OFFICER)
    browser.get("/mon-compte")
    browser.post("/mon-compte", {"name": "Lucie M", "language": "fr"})
    cookie = browser.client.get_cookie("liasse-mots")
    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    browser.client.delete_cookie("liasse")
    assert browser.get("/essai").status_code == 303


@pytest.fixture
def debug_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody left FLASK_DEBUG in the environment."""
    monkeypatch.setenv("FLASK_DEBUG", "1")


@pytest.mark.usefixtures("debug_asked")
def test_debug_mode_cannot_be_had(make_site: Callable[..., Site], settings: Settings) -> None:
    site = make_site()
    assert not site.app.debug
    response = site.browser().get("/essai/panne")
    assert response.status_code == 500
    assert "hunter2" not in response.text
