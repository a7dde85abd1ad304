"""Are people found among many? Words, organisations, pages of fifty, the order of a directory."""

import re
from datetime import datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from app.domain.permissions import Role
from app.models.people import (
    MemberRole,
    Membership,
    Organisation,
    OrganisationKind,
    Person,
    PersonRole,
)
from tests.integration.web.browser import Browser
from tests.integration.web.conftest import Site

_SHOWN = re.compile(r'class="title">([^<]+)<')


def shown(browser: Browser, query: str = "") -> list[str]:
    """The names on the page of accounts, in order."""
    page = browser.get(f"/administration{query}")
    assert page.status_code == 200
    return _SHOWN.findall(page.text)


def people_the_site(site: Site) -> Browser:
    """Sixty town halls, one of them in Épinal, and the administrator."""

    def add(session: Session, now: datetime) -> None:
        town = Organisation(id=uuid4(), kind=OrganisationKind.COMMUNE, name="Commune d’Étain")
        session.add(town)
        for rank in range(60):
            person = Person(
                id=uuid4(),
                email=f"mairie{rank:02d}@exemple.fr",
                name=f"Agent {rank:02d}" if rank else "Élise Œuvrard",
                created_at=now,
            )
            if rank == 0:
                person.memberships = [
                    Membership(organisation_id=town.id, role=MemberRole.MANAGER)
                ]
            session.add(person)

    site.database.run_tx(add)
    return site.signed_in(Role.ADMIN)


def test_an_account_is_found_by_name_address_or_organisation_without_accents(
    site: Site,
) -> None:
    browser = people_the_site(site)
    assert shown(browser, "?q=elise+oeuvrard") == ["Élise Œuvrard"]
    assert shown(browser, "?q=etain") == ["Élise Œuvrard"]
    assert shown(browser, "?q=mairie07%40exemple") == ["Agent 07"]
    assert "Aucun compte ne correspond" in browser.get("/administration?q=personne").text


def test_accounts_are_read_fifty_at_a_time_in_the_order_of_a_directory(site: Site) -> None:
    browser = people_the_site(site)
    first, second = shown(browser), shown(browser, "?page=2")
    assert (len(first), len(second)) == (50, 11)
    assert (first + second)[-2:] == ["Élise Œuvrard", "Lucie Marchand"]
    assert shown(browser, "?page=99") == second
    assert shown(browser, "?q=agent&page=2")[0] == "Agent 51"


def test_a_stand_in_is_chosen_in_the_order_of_a_directory(site: Site) -> None:
    def add(session: Session, now: datetime) -> None:
        for name in ("Zoé", "Émile", "Élise"):
            role = PersonRole(role=Role.OFFICER)
            address = f"{name}@exemple.fr"
            session.add(Person(email=address, name=name, created_at=now, roles=[role]))

    site.database.run_tx(add)
    page = site.signed_in(Role.OFFICER).get("/compte/notifications")
    names = re.findall(r"<option[^>]*>(Zoé|Élise|Émile)<", page.text)
    assert names == ["Élise", "Émile", "Zoé"]
