"""Who may open what? Nothing opens that did not say for whom; the menu shows only what opens."""

import re

import pytest
from flask import Flask
from sqlalchemy import text

from app.domain.permissions import Permission, Role
from app.web.access import UndeclaredView, check_declared, public, requires, rule_of
from tests.integration.web.browser import Browser
from tests.integration.web.conftest import Site

#: Pages everybody may open, signed in or not; a new one is added here on purpose.
OPEN_TO_ALL = {
    "account.sign_in",
    "account.enter_by_password",
    "account.enter_as_persona",
    "account.sign_out",
    "account.choose_password",
    "account.keep_password",
    "public.home",
    "public.scheme",
    "public.legal",
    "public.accessibility",
    "public.privacy",
    "public.help_page",
    "public.choose_language",
    "public.browser_file",
    "public.robots",
    "health.alive",
    "health.ready",
    "health.metrics",
    "calendar.feed",  # by a private address
    "mail_preferences.leave",  # by the link of a mail
    "mail_preferences.leaving",
    "static",
}


def test_a_view_that_says_nothing_keeps_the_house_from_starting() -> None:
    app = Flask(__name__)
    app.add_url_rule("/oubli", "oubli", lambda: "")
    with pytest.raises(UndeclaredView):
        check_declared(app)


def test_only_a_short_list_of_pages_is_open_to_all(site: Site) -> None:
    found = {
        endpoint
        for endpoint, view in site.app.view_functions.items()
        if endpoint == "static" or rule_of(view).public
    }
    ours = {one for one in found if not one.startswith(("trial.", "demo."))}
    assert ours == OPEN_TO_ALL


def test_every_other_page_sends_a_visitor_to_sign_in(site: Site) -> None:
    browser = site.browser()
    for rule in site.app.url_map.iter_rules():
        view = site.app.view_functions[rule.endpoint]
        if (
            rule.endpoint == "static"
            or rule_of(view).public
            or "GET" not in (rule.methods or ())
        ):
            continue
        response = browser.get(example_of(rule.rule))
        assert response.status_code == 303, rule
        assert response.location.startswith("/connexion?next="), rule


def test_the_order_of_the_decorators_does_not_matter() -> None:
    @requires(Permission.ADMINISTER)
    def guarded() -> str:
        return ""

    @public
    def shown() -> str:
        return ""

    assert rule_of(guarded).any_of == {Permission.ADMINISTER}
    assert not rule_of(guarded).public
    assert rule_of(shown).public


@pytest.mark.parametrize(
    ("roles", "shown", "hidden"),
    [
        (
            (Role.OFFICER,),
            {"/a-traiter", "/dossiers", "/commissions", "/budget"},
            {"/pilotage"},
        ),
        ((Role.EXPERT,), {"/a-traiter", "/dossiers"}, {"/commissions", "/budget"}),
        ((Role.ELECTED,), {"/dossiers", "/commissions"}, {"/a-traiter", "/budget"}),
        ((Role.SUPERVISOR,), {"/pilotage", "/dossiers"}, {"/a-traiter", "/administration"}),
        ((Role.ADMIN,), {"/administration", "/dossiers"}, {"/a-traiter", "/pilotage"}),
    ],
)
def test_the_menu_shows_what_one_may_open_and_nothing_else(
    site: Site, roles: tuple[Role, ...], shown: set[str], hidden: set[str]
) -> None:
    menu = links_of(site.signed_in(*roles))
    assert shown <= menu
    assert not hidden & menu


def test_an_applicant_has_no_menu_of_the_staff(site: Site) -> None:
    menu = links_of(site.signed_in(Role.APPLICANT))
    assert not {"/a-traiter", "/dossiers", "/pilotage", "/administration"} & menu


def test_opening_every_page_changes_nothing(site: Site) -> None:
    browser = site.signed_in(*Role)
    before = contents(site)
    for rule in site.app.url_map.iter_rules():
        if "GET" in (rule.methods or ()):
            browser.get(example_of(rule.rule)).close()
    assert contents(site) == before


def links_of(browser: Browser) -> set[str]:
    page = browser.get("/mon-compte").text
    return {one.partition("?")[0] for one in re.findall(r'href="(/[^"]*)"', page)}


def example_of(rule: str) -> str:
    """A URL of that rule."""
    some_id = "00000000-0000-4000-8000-000000000000"
    with_ids = re.sub(r"<uuid:[^>]+>", some_id, rule)
    return re.sub(r"<[^>]+>", "1", with_ids)


def contents(site: Site) -> dict[str, list[tuple[object, ...]]]:
    """Everything the database holds."""
    with site.database.reading() as session:
        bind = session.get_bind()
        names = (
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
            if bind.dialect.name == "sqlite"
            else "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        )
        tables = session.execute(text(names)).scalars().all()
        return {
            name: sorted(
                (tuple(row) for row in session.execute(text(f'SELECT * FROM "{name}"'))),
                key=str,
            )
            for name in tables
        }
