"""Does every page say who may open it, in French, and can a page that reads never write?"""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Blueprint
from sqlalchemy import select

from app.database import Database
from app.factory import create_app
from app.models.people import Organisation, OrganisationKind
from app.settings import Settings
from app.web.access import UndeclaredView, public, rule_of
from app.web.database import reading, write
from app.web.errors import Application

#: Open to everybody, signed in or not. A line added here is a decision: say why in the review.
PUBLIC = {
    "account.choose_password",  # by the link of a mail
    "account.enter_as_persona",  # the demo's, which listens on this machine only
    "account.enter_by_password",
    "account.keep_password",
    "account.sign_in",
    "account.sign_out",
    "calendar.feed",  # by its signed address: calendars have no password
    "health.alive",
    "health.metrics",  # guarded by a token or by the address
    "health.ready",
    "mail_preferences.leave",  # the one-click link of a mail, signed (RFC 8058)
    "mail_preferences.leaving",  # the page that link shows
    "public.accessibility",
    "public.browser_file",
    "public.choose_language",
    "public.help_page",
    "public.home",
    "public.legal",
    "public.privacy",
    "public.robots",
    "public.scheme",
}
#: URLs are French words; these are the names programs expect.
NOT_FRENCH = {"/metrics", "/robots.txt", "/static/<path:filename>"}
SEGMENT = re.compile(
    r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]{2,4})?|<(?:(?:uuid|int|path|date|string)[^:>]*:)?[a-z_]+>(\.[a-z]{2,4})?"
)


@pytest.fixture
def site(database: Database, tmp_path: Path) -> Application:
    """The application on an empty database."""
    return application(database, tmp_path)


def application(database: Database, tmp_path: Path, *more: Blueprint) -> Application:
    """The application, with these pages besides its own."""
    settings = Settings(
        data_dir=tmp_path,
        database_url=str(database.engine.url),
        secret_key="0123456789abcdef" * 2,
    )
    return create_app(settings, database=database, more=more)


def is_french(url: str) -> bool:
    """Lower-case words with hyphens, and typed places."""
    return url in NOT_FRENCH or all(SEGMENT.fullmatch(part) for part in url.split("/") if part)


def pages(view: object, methods: tuple[str, ...] = ("GET",)) -> Blueprint:
    """A page of one's own at /essai."""
    blueprint = Blueprint("trial", __name__)
    blueprint.add_url_rule("/essai", "show", view, methods=methods)  # type: ignore[arg-type]  # any view
    return blueprint


def test_every_page_says_who_may_open_it(site: Application) -> None:
    open_to_all = {
        endpoint
        for endpoint, view in site.view_functions.items()
        if endpoint != "static" and rule_of(view).public
    }
    assert open_to_all == PUBLIC


def test_a_page_that_says_nothing_keeps_the_house_closed(
    database: Database, tmp_path: Path
) -> None:
    with pytest.raises(UndeclaredView):
        application(database, tmp_path, pages(lambda: "Bonjour"))


def test_every_address_is_french_and_typed(site: Application) -> None:
    assert [str(rule) for rule in site.url_map.iter_rules() if not is_french(str(rule))] == []


def test_an_address_in_capitals_or_with_underscores_is_seen() -> None:
    assert not is_french("/mes_taches")
    assert not is_french("/Dossiers/<reference>")
    assert is_french("/taches/<uuid:task_id>/pieces")


def test_no_page_answers_both_reading_and_writing(site: Application) -> None:
    """Two views: what a GET shows and what a POST does are two rights and two tests."""
    both = [
        str(r) for r in site.url_map.iter_rules() if {"GET", "POST"} <= (r.methods or set())
    ]
    assert both == []


def is_empty(database: Database) -> bool:
    """Nobody wrote an organisation."""
    with database.reading() as session:
        return session.scalars(select(Organisation)).first() is None


def a_commune() -> Organisation:
    """Something to write."""
    return Organisation(id=uuid4(), kind=OrganisationKind.COMMUNE, name="Bar-le-Duc")


def test_a_page_that_reads_cannot_write_even_if_it_tries(
    database: Database, tmp_path: Path
) -> None:
    @public
    def sly() -> str:
        reading().add(a_commune())
        reading().commit()
        return "écrit"

    answer = application(database, tmp_path, pages(sly)).test_client().get("/essai")
    assert answer.status_code >= 500
    assert is_empty(database)


def test_a_page_that_reads_cannot_run_an_action_either(
    database: Database, tmp_path: Path
) -> None:
    @public
    def bold() -> str:
        write(lambda session, _now: session.add(a_commune()))
        return "écrit"

    answer = application(database, tmp_path, pages(bold)).test_client().get("/essai")
    assert answer.status_code >= 500
    assert is_empty(database)
