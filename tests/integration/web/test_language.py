"""In which language are the pages? French, or English for who chose it; the shell is all translated."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from app.domain.permissions import Role
from tests.integration.web.conftest import Site

ROOT = Path(__file__).parents[3]
CATALOGUE = ROOT / "app/translations/en/LC_MESSAGES/messages.po"
SHELL = ("*.html", "account/*.html", "public/*.html", "errors/*.html")
DOORS = ("account", "errors", "forms", "shell", "sign_in", "public")


@pytest.fixture
def kind() -> str:
    """One database is enough: nothing here depends on which."""
    return "sqlite"


def test_french_is_spoken_whatever_the_browser_prefers(site: Site) -> None:
    page = site.browser().get("/connexion", headers={"Accept-Language": "en-GB,en"})
    assert '<html lang="fr"' in page.text
    assert "Se connecter" in page.text


def test_english_is_spoken_to_who_asked_for_it(site: Site) -> None:
    browser = site.browser()
    browser.get("/connexion")
    answer = browser.post("/langue", {"lang": "en", "next": "/connexion?"})
    assert (answer.status_code, answer.location) == (303, "/connexion")
    page = browser.get("/connexion").text
    assert '<html lang="en"' in page
    assert "Sign in" in page
    assert "Se connecter" not in page
    assert "Wrong address or password" in browser.sign_in("nobody@example.org", "x").text


def test_the_language_of_an_account_follows_its_person(site: Site) -> None:
    browser = site.signed_in(Role.OFFICER)
    browser.get("/mon-compte")
    browser.post("/langue", {"lang": "en", "next": "/mon-compte?"})
    elsewhere = site.browser()
    elsewhere.sign_in("agent@exemple.fr")
    page = elsewhere.get("/mon-compte").text
    assert "My account" in page
    assert "To do" in page


def test_the_answer_to_a_change_of_language_is_in_the_language_chosen(site: Site) -> None:
    browser = site.signed_in(Role.OFFICER)
    browser.get("/mon-compte")
    browser.post("/mon-compte", {"name": "Lucie", "language": "en"})
    assert "Your account is up to date." in browser.get("/mon-compte").text
    browser.post("/mon-compte", {"name": "Lucie", "language": "fr"})
    assert "Votre compte est à jour." in browser.get("/mon-compte").text


def test_the_role_of_an_account_is_said_in_english(site: Site) -> None:
    browser = site.signed_in(Role.EXPERT)
    browser.get("/mon-compte")
    browser.post("/langue", {"lang": "en", "next": "/mon-compte?"})
    page = browser.get("/mon-compte").text
    assert "Service consulté" not in page


def test_a_language_nobody_speaks_is_french(site: Site) -> None:
    browser = site.browser()
    browser.get("/connexion")
    browser.post("/langue", {"lang": "tlh"})
    assert '<html lang="fr"' in browser.get("/").text


def test_no_other_site_is_reached_through_the_choice_of_language(site: Site) -> None:
    browser = site.browser()
    browser.get("/connexion")
    answer = browser.post("/langue", {"lang": "en", "next": "//mechant.example/"})
    assert answer.location == "/"


def test_every_sentence_of_the_shell_is_translated() -> None:
    with CATALOGUE.open("rb") as file:
        known = {message.id: message.string for message in read_po(file, locale="en")}
    missing = [text for text in sentences() if not known.get(text)]
    assert missing == []


def test_a_translation_keeps_what_is_filled_in() -> None:
    with CATALOGUE.open("rb") as file:
        for message in read_po(file, locale="en"):
            if message.id and isinstance(message.id, str) and message.string:
                assert slots(message.id) == slots(str(message.string)), message.id


def sentences() -> Iterator[str]:
    """Every sentence marked in the shell, sign-in, public and error pages."""
    templates = ROOT / "app/web/templates"
    pages = [path for pattern in SHELL for path in templates.glob(pattern)]
    doors = [ROOT / f"app/web/{name}.py" for name in DOORS]
    for path in pages + doors:
        method = "jinja2" if path.suffix == ".html" else "python"
        keywords = {"_": None, "_later": None, "gettext": None}
        options = {"trimmed": "true"}
        for found in extract_from_file(method, path, keywords=keywords, options=options):
            text = found[1]
            if isinstance(text, str):
                yield text


def slots(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)s|%%", text))
