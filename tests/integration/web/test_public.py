"""What does a visitor read? The open schemes with what each asks, without signing in."""

from datetime import datetime
from pathlib import Path

import pytest

from app.actions.versions import publish
from app.catalogue.discover import read_pack_files
from app.catalogue.pack import load_pack
from app.domain.permissions import Role
from tests.integration.web.conftest import Site

PACK = Path(__file__).parents[3] / "processes" / "investment_grant"


@pytest.fixture
def kind() -> str:
    """One database is enough: nothing here depends on which."""
    return "sqlite"


@pytest.fixture
def published(site: Site, now: datetime) -> Site:
    """A site where the investment grant is open."""
    pack = load_pack(read_pack_files(PACK))
    site.database.run_tx(lambda tx, _at: publish(tx, pack, by="essai", now=now))
    return site


def test_nothing_open_is_said_kindly(site: Site) -> None:
    page = site.browser().get("/")
    assert page.status_code == 200
    assert "Aucun dispositif n’est ouvert" in page.text


def test_every_open_scheme_is_on_the_first_page(published: Site) -> None:
    page = published.browser().get("/").text
    for code in ("LP-BAT", "LP-MOB", "LP-NUM"):
        assert f'href="/dispositifs/{code}"' in page


def test_a_scheme_says_who_what_how_long_and_with_which_pieces(published: Site) -> None:
    page = published.browser().get("/dispositifs/LP-BAT").text
    for heading in ("Qui peut demander", "Pour quoi", "Pièces à préparer", "Combien de temps"):
        assert heading in page
    assert "Plans et tableau des surfaces" in page
    assert "Déposer une demande" in page


def test_pieces_of_other_schemes_are_not_asked(published: Site) -> None:
    assert (
        "Plans et tableau des surfaces"
        not in published.browser().get("/dispositifs/LP-NUM").text
    )


def test_a_scheme_that_does_not_exist_is_not_found(published: Site) -> None:
    assert published.browser().get("/dispositifs/LP-RIEN").status_code == 404


def test_applying_leads_through_sign_in_to_the_new_request(published: Site) -> None:
    browser = published.browser()
    asked = browser.get("/portail/demandes/nouvelle?dispositif=LP-MOB")
    assert asked.status_code == 303
    assert asked.location.startswith("/connexion?next=/portail/demandes/nouvelle")


@pytest.mark.parametrize(
    "url", ["/mentions-legales", "/accessibilite", "/donnees-personnelles", "/aide"]
)
def test_the_pages_the_law_asks_for_are_there(site: Site, url: str) -> None:
    page = site.browser().get(url)
    assert page.status_code == 200
    assert page.text.count("<h1") == 1


def test_accessibility_makes_no_false_claim(site: Site) -> None:
    assert "non audité" in site.browser().get("/accessibilite").text


def test_each_person_begins_at_their_own_page(site: Site) -> None:
    assert site.signed_in(Role.OFFICER).get("/accueil").location == "/a-traiter"


def test_search_engines_are_kept_out_of_what_is_private(site: Site) -> None:
    assert "Disallow: /" in site.browser().get("/robots.txt").text
