"""How long is one signed in? As long as the row lives; the cookie alone is worth nothing."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update

from app.actions.links import Links
from app.actions.people import set_active, set_roles
from app.domain.actor import SYSTEM
from app.domain.permissions import Role
from app.models.people import Person, WebSession
from tests.integration.web.browser import PASSWORD
from tests.integration.web.conftest import KEY, Site


def test_the_cookie_is_for_the_server_alone(site: Site) -> None:
    site.person("agent@exemple.fr", Role.OFFICER)
    told = site.browser().sign_in("agent@exemple.fr").headers.getlist("Set-Cookie")
    [cookie] = [one for one in told if one.startswith("liasse=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert "Expires" not in cookie


def test_behind_https_the_browser_itself_guards_the_cookies(
    make_site: Callable[..., Site],
) -> None:
    site = make_site(base_url="https://aides.exemple.fr")
    site.person("agent@exemple.fr", Role.OFFICER)
    browser = site.browser("https://aides.exemple.fr")
    told = browser.sign_in("agent@exemple.fr").headers.getlist("Set-Cookie")
    assert told
    assert all(one.startswith("__Host-liasse") and "Secure" in one for one in told)


def test_the_database_holds_no_token_that_could_be_used(site: Site) -> None:
    browser = site.signed_in(Role.OFFICER)
    cookie = browser.client.get_cookie("liasse")
    assert cookie is not None
    with site.database.reading() as session:
        [row] = session.scalars(select(WebSession)).all()
    assert len(cookie.value) >= 43
    assert cookie.value not in (row.token_hash, row.csrf_secret)


def test_a_cookie_replayed_after_signing_out_is_worth_nothing(site: Site) -> None:
    browser = site.signed_in(Role.OFFICER)
    stolen = browser.client.get_cookie("liasse")
    assert stolen is not None
    browser.get("/mon-compte")
    assert browser.post("/deconnexion").status_code == 303
    thief = site.browser()
    thief.client.set_cookie("liasse", stolen.value)
    assert thief.get("/essai").status_code == 303
    with site.database.reading() as session:
        assert session.scalars(select(WebSession)).all() == []


def test_signing_in_gives_a_new_token_and_ends_the_old_one(site: Site) -> None:
    browser = site.signed_in(Role.OFFICER)
    before = browser.client.get_cookie("liasse")
    browser.sign_in("agent@exemple.fr")
    after = browser.client.get_cookie("liasse")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    old = site.browser()
    old.client.set_cookie("liasse", before.value)
    assert old.get("/essai").status_code == 303


def test_a_token_chosen_by_somebody_else_is_never_adopted(site: Site) -> None:
    site.person("agent@exemple.fr", Role.OFFICER)
    browser = site.browser()
    browser.client.set_cookie("liasse", "x" * 43)
    browser.sign_in("agent@exemple.fr")
    cookie = browser.client.get_cookie("liasse")
    assert cookie is not None
    assert cookie.value != "x" * 43


def test_a_session_ends_after_twelve_hours_whatever_one_does(site: Site) -> None:
    browser = site.signed_in(Role.OFFICER)
    with site.database.reading() as session:
        [row] = session.scalars(select(WebSession)).all()
    assert row.expires_at - row.created_at == timedelta(hours=12)
    age(site, expires_at=row.created_at)
    assert browser.get("/essai").status_code == 303


def test_a_session_ends_two_hours_after_the_last_thing_done(site: Site, now: datetime) -> None:
    browser = site.signed_in(Role.OFFICER)
    age(site, last_write_at=now - timedelta(hours=2, minutes=1))
    assert browser.get("/essai").status_code == 303


def test_doing_something_keeps_the_session_alive_and_reading_does_not(
    site: Site, now: datetime
) -> None:
    browser = site.signed_in(Role.OFFICER)
    long_ago = now - timedelta(hours=1)
    age(site, last_write_at=long_ago)
    browser.get("/mon-compte")
    assert last_write(site) == long_ago
    assert browser.post("/essai").status_code == 200
    assert last_write(site) > long_ago


def test_closing_an_account_ends_its_sessions_at_once(site: Site) -> None:
    browser = site.signed_in(Role.OFFICER)
    person_id = the_person(site)
    site.database.run_tx(lambda tx, _at: set_active(tx, SYSTEM, person_id, active=False))
    assert browser.get("/essai").status_code == 303


def test_a_role_taken_away_is_gone_at_the_next_click(site: Site) -> None:
    browser = site.signed_in(Role.OFFICER)
    person_id = the_person(site)
    site.database.run_tx(lambda tx, _at: set_roles(tx, SYSTEM, person_id, roles=[Role.ELECTED]))
    assert browser.get("/essai").status_code == 403


def test_a_new_password_ends_every_other_session(site: Site) -> None:
    browser = site.signed_in(Role.OFFICER)
    other = site.browser()
    other.sign_in("agent@exemple.fr")
    browser.get("/mon-compte")
    form = {
        "current_password": PASSWORD,
        "password": "un tout autre secret",
        "again": "un tout autre secret",
    }
    assert browser.post("/mon-compte/mot-de-passe", form).status_code == 303
    assert browser.get("/essai").status_code == 200
    assert other.get("/essai").status_code == 303
    assert site.browser().sign_in("agent@exemple.fr").status_code == 422
    assert site.browser().sign_in("agent@exemple.fr", form["password"]).status_code == 303


def test_a_new_password_wants_the_current_one_and_no_easy_one(site: Site) -> None:
    browser = site.signed_in(Role.OFFICER)
    refused = [
        ("faux", "un tout autre secret", "pas le bon"),
        (PASSWORD, "court", "au moins 12"),
        (PASSWORD, "motdepasse1234", "se devine"),
        (PASSWORD, "Lucie12345678", "se devine"),
        (PASSWORD, "aaaaaaaaaaaaaaaa", "se devine"),
        (PASSWORD, "x" * 129, "au plus 128"),
    ]
    for current, chosen, sentence in refused:
        browser.get("/mon-compte")
        form = {"current_password": current, "password": chosen, "again": chosen}
        response = browser.post("/mon-compte/mot-de-passe", form)
        assert response.status_code == 422
        assert sentence in response.text


def test_a_link_lets_its_owner_choose_a_password_once(site: Site, now: datetime) -> None:
    person_id = site.person("agent@exemple.fr", Role.OFFICER)
    link = f"/mot-de-passe/{token_for(site, person_id, now)}"
    browser = site.browser()
    assert "agent@exemple.fr" in browser.get(link).text
    chosen = {"password": "un tout autre secret", "again": "un tout autre secret"}
    assert browser.post(link, chosen).status_code == 303
    assert site.browser().sign_in("agent@exemple.fr", chosen["password"]).status_code == 303
    assert "ne sert plus" in site.browser().get(link).text


def test_a_link_dies_after_thirty_minutes_and_cannot_be_forged(
    site: Site, now: datetime
) -> None:
    person_id = site.person("agent@exemple.fr", Role.OFFICER)
    old = token_for(site, person_id, now - timedelta(minutes=31))
    good = token_for(site, person_id, now)
    for token in (old, good[:-2] + "xx", "n-importe-quoi"):
        assert "ne sert plus" in site.browser().get(f"/mot-de-passe/{token}").text


def age(site: Site, **values: datetime) -> None:
    site.database.run_tx(lambda tx, _at: tx.execute(update(WebSession).values(**values)))


def last_write(site: Site) -> datetime:
    with site.database.reading() as session:
        return session.scalars(select(WebSession.last_write_at)).one()


def the_person(site: Site) -> UUID:
    with site.database.reading() as session:
        return session.scalars(select(Person.id)).one()


def token_for(site: Site, person_id: UUID, at: datetime) -> str:
    with site.database.reading() as session:
        return Links(KEY).make(session.get_one(Person, person_id), now=at)
