"""Can the mails of the demonstration be read, and can they do nothing but be read?"""

from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

from notifications.mailbox import Mailbox
from tests.integration.web.conftest import Site


@pytest.fixture
def kind() -> str:
    """One database is enough: nothing here depends on which."""
    return "sqlite"


def a_mail(folder: Path) -> str:
    message = EmailMessage()
    message["Subject"] = "Votre demande est complète <script>"
    message["From"] = "aides@demo.example"
    message["To"] = "mairie@demo.example"
    message["Date"] = "Mon, 23 Nov 2026 08:00:00 +0000"
    message.set_content("Bonjour, voir http://127.0.0.1:8000/portail <b>")
    message.add_alternative("<p>Bonjour</p><script>alert(1)</script>", subtype="html")
    return Mailbox(folder).put(message.as_bytes(), message_id="<1@demo.example>")


def test_mails_are_listed_and_read(make_site: Callable[..., Site], tmp_path: Path) -> None:
    site = make_site(demo=True, smtp_url=f"file:{tmp_path / 'courriels'}")
    name = a_mail(tmp_path / "courriels")
    browser = site.browser()
    page = browser.get("/demo/courriels").text
    assert "Votre demande est complète &lt;script&gt;" in page
    assert "mairie@demo.example" in page
    assert "Aucun courriel" in browser.get("/demo/courriels?a=autre@demo.example").text
    assert "Bonjour" in browser.get(f"/demo/courriels/{name}").text


def test_the_page_of_a_mail_is_shut_in_its_frame(
    make_site: Callable[..., Site], tmp_path: Path
) -> None:
    site = make_site(demo=True, smtp_url=f"file:{tmp_path / 'courriels'}")
    name = a_mail(tmp_path / "courriels")
    outer = site.browser().get(f"/demo/courriels/{name}")
    assert "<script>alert" not in outer.text
    inner = site.browser().get(f"/demo/courriels/{name}/page")
    policy = inner.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy


def test_a_name_that_is_no_mail_is_not_found(
    make_site: Callable[..., Site], tmp_path: Path
) -> None:
    site = make_site(demo=True, smtp_url=f"file:{tmp_path / 'courriels'}")
    for name in ("0" * 32, "..", "%2e%2e%2fliasse.db"):
        assert site.browser().get(f"/demo/courriels/{name}").status_code == 404


def test_a_real_service_has_no_such_page(site: Site) -> None:
    assert site.browser().get("/demo/courriels").status_code == 404
