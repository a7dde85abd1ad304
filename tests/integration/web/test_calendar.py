"""Can people follow their deadlines from their own calendar, and nobody else's?"""

import re
from datetime import timedelta

from icalendar import Calendar

from app.actions import committee, people
from app.domain.actor import SYSTEM
from app.domain.permissions import Role
from tests.town import Site, Town, site, town

__all__ = ["site", "town"]
_ADDRESS = re.compile(r'value="(http://localhost/calendrier/[^"]+\.ics)"')


def opened(site: Site, email: str) -> str:
    """The address of the feed that person opens."""
    browser = site.browser(email)
    assert browser.post("/mon-compte/calendrier").status_code == 303
    [address] = _ADDRESS.findall(browser.get("/mon-compte/calendrier").text)
    return str(address).removeprefix("http://localhost")


def events(site: Site, address: str) -> dict[str, object]:
    """What a calendar program reads at that address: the day of each title."""
    answer = site.app.test_client().get(address)
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    read = Calendar.from_ical(answer.data)
    return {str(one["SUMMARY"]): one.decoded("DTSTART") for one in read.walk("VEVENT")}


def test_an_officer_finds_the_tasks_to_do_in_their_calendar(site: Site) -> None:
    service = site.town.service
    dossier_id = service.filed(site.town.mayor, site.town.commune)
    task = service.task(dossier_id, "CheckCompleteness")

    found = events(site, opened(site, "agent@dept.fr"))

    assert found == {f"{task.name}, Commercy": task.due_on}


def test_a_town_hall_finds_the_pieces_it_owes_and_a_neighbour_does_not(site: Site) -> None:
    town = site.town
    dossier_id = town.service.filed(town.mayor, town.commune)
    town.service.complete(
        town.officer,
        dossier_id,
        "CheckCompleteness",
        completeness="missing",
        missing_pieces="deliberation",
        **{"missing_pieces-deliberation-reason": "Illisible."},
    )
    task = town.service.task(dossier_id, "ProvidePieces")

    found = events(site, opened(site, "mairie@commercy.fr"))
    assert found[f"{task.name}, Commercy"] == task.due_on
    [silence] = [title for title in found if title.startswith("Délai légal")]
    assert silence == "Délai légal\u00a0: Silence valant refus, Commercy"
    assert events(site, opened(site, "mairie@verdun.fr")) == {}


def test_the_sessions_and_the_closing_of_their_agendas_are_in_it(site: Site) -> None:
    service = site.town.service
    office = service.person("assemblees@dept.fr", Role.COMMITTEE_OFFICE)
    held_on = (service.now + timedelta(days=40)).date()
    service.run(
        lambda session: committee.create_session(
            session,
            office,
            body="standing_committee",
            held_on=held_on,
            place="Hôtel du Département ; salle, 2e étage",
            agenda_closes_on=held_on - timedelta(days=12),
            now=service.now,
        )
    )

    assert events(site, opened(site, "elu@dept.fr")) == {
        "Commission permanente": held_on,
        "Clôture de l’ordre du jour": held_on - timedelta(days=12),
    }


def test_an_address_that_was_changed_or_closed_answers_no_more(site: Site) -> None:
    first = opened(site, "agent@dept.fr")
    second = opened(site, "agent@dept.fr")
    visitor = site.app.test_client()
    assert (visitor.get(first).status_code, visitor.get(second).status_code) == (404, 200)

    site.officer.post("/mon-compte/calendrier/fermer")
    assert visitor.get(second).status_code == 404
    assert visitor.get(opened(site, "agent@dept.fr")).status_code == 200
    assert visitor.get(second).status_code == 404


def test_an_address_made_up_or_of_a_closed_account_answers_nothing(site: Site) -> None:
    address = opened(site, "agent@dept.fr")
    visitor = site.app.test_client()
    for made_up in ("x", address[-30:-4], address.split("/")[-1][:-6]):
        assert visitor.get(f"/calendrier/{made_up}.ics").status_code == 404

    officer_id = site.town.officer.person_id
    assert officer_id is not None
    site.town.service.run(
        lambda session: people.set_active(session, SYSTEM, officer_id, active=False)
    )
    assert visitor.get(address).status_code == 404


def test_a_calendar_that_has_it_already_is_told_so(site: Site) -> None:
    site.town.service.filed(site.town.mayor, site.town.commune)
    address = opened(site, "agent@dept.fr")
    visitor = site.app.test_client()
    etag = visitor.get(address).headers["ETag"]

    again = visitor.get(address, headers={"If-None-Match": etag})

    assert (again.status_code, again.data) == (304, b"")


def test_titles_that_would_break_a_line_are_escaped(site: Site, town: Town) -> None:
    town.service.filed(
        town.mayor, town.commune, title="Mobilier, « jeunesse » ; très long " + "à" * 80
    )
    raw = site.app.test_client().get(opened(site, "agent@dept.fr")).data
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    [event] = Calendar.from_ical(raw).walk("VEVENT")
    assert "Mobilier, « jeunesse » ; très long" in str(event["DESCRIPTION"])
