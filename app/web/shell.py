"""What stands around every page? Who is signed in, the menu of their roles, the name of the house."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import Flask, Response, g, request, send_from_directory, url_for

from app.assets.fetch import available, folder
from app.domain.actor import Actor
from app.domain.civil import civil_day
from app.domain.permissions import Permission, Role
from app.queries import incidents
from app.queries.tasks import rail_counts
from app.web import csrf
from app.web.access import me, somebody
from app.web.database import now, reading
from app.web.installation import installation
from app.web.language import language
from app.web.present import initials
from app.web.submission import submission_key
from app.web.words import _, ngettext


@dataclass(frozen=True)
class Me:
    """The person who is signed in, as pages show them."""

    name: str
    initials: str
    roles: tuple[Role, ...]
    #: The organisation of an applicant; None for the staff.
    organisation: str | None


@dataclass(frozen=True)
class Entry:
    """One line of the menu."""

    url: str
    icon: str
    label: str
    count: int | None = None
    here: bool = False
    #: What the figure counts; empty when the label says it.
    told: str = ""


@dataclass(frozen=True)
class Section:
    """A group of lines under a title."""

    title: str | None
    items: list[Entry] = field(default_factory=list)


@dataclass(frozen=True)
class _Line:
    """A line of the menu, before anybody looks: who may open it, where it leads."""

    any_of: frozenset[Permission]
    url: str
    icon: str
    label: Callable[[], str]
    count: str = ""


def _may(*any_of: Permission) -> frozenset[Permission]:
    return frozenset(any_of)


_WORK = _may(Permission.WORK_TASKS)
_READ = _may(Permission.READ_ALL_DOSSIERS, Permission.READ_ASKED_DOSSIERS)
_MENU: tuple[tuple[Callable[[], str] | None, tuple[_Line, ...]], ...] = (
    (
        None,
        (
            _Line(_WORK, "/a-traiter", "inbox", lambda: _("À traiter"), "all"),
            _Line(_WORK, "/a-traiter?vue=mes-taches", "check", lambda: _("Mes tâches"), "mine"),
            _Line(_WORK, "/a-traiter?vue=en-retard", "clock", lambda: _("En retard"), "late"),
            _Line(_READ, "/dossiers", "folder", lambda: _("Tous les dossiers")),
        ),
    ),
    (
        lambda: _("Décision et budget"),
        (
            _Line(
                _may(Permission.READ_SESSIONS), "/commissions", "gavel", lambda: _("Séances")
            ),
            _Line(_may(Permission.READ_BUDGET), "/budget", "euro", lambda: _("Budget")),
        ),
    ),
    (
        lambda: _("Pilotage"),
        (
            _Line(
                _may(Permission.SUPERVISE), "/pilotage", "chart", lambda: _("Tableau de bord")
            ),
            _Line(
                _may(Permission.REPAIR_DOSSIERS, Permission.CONFIRM_REPAIRS),
                "/reparations",
                "history",
                lambda: _("Réparations"),
            ),
            _Line(
                _may(Permission.ADMINISTER),
                "/administration",
                "gear",
                lambda: _("Administration"),
                "incidents",
            ),
            _Line(
                _may(Permission.ADMINISTER),
                "/administration/types",
                "files",
                lambda: _("Types de dossiers"),
            ),
        ),
    ),
    (
        lambda: _("Demandes"),
        (_Line(_may(Permission.FILE_REQUEST), "/portail", "send", lambda: _("Mes demandes")),),
    ),
)
#: Where somebody lands who is neither an applicant nor a supervisor: the first they may open.
_LANDINGS = (
    (Permission.WORK_TASKS, "/a-traiter"),
    (Permission.ADMINISTER, "/administration"),
    (Permission.READ_ALL_DOSSIERS, "/dossiers"),
)


def landing(actor: Actor) -> str:
    """The page somebody comes to after signing in."""
    if Role.SUPERVISOR in actor.roles:
        return "/pilotage"
    for permission, url in _LANDINGS:
        if actor.may(permission):
            return url
    return "/portail" if actor.may(Permission.FILE_REQUEST) else "/mon-compte"


def rail(actor: Actor) -> list[Section]:
    """The menu of this person: what they may not open is not in it."""
    counts = rail_counts(reading(), actor, today=today())
    if actor.may(Permission.ADMINISTER):
        counts["incidents"] = incidents.open_number(reading())
    sections = []
    for title, lines in _MENU:
        items = [_entry(line, counts) for line in lines if line.any_of & actor.permissions]
        if items:
            sections.append(Section(title() if title else None, items))
    return sections


def _entry(line: _Line, counts: Mapping[str, int]) -> Entry:
    path, _mark, query = line.url.partition("?")
    view = request.args.get("vue", "")
    wanted = query.removeprefix("vue=")
    here = request.path == path and view == wanted
    count = counts.get(line.count)
    told = _told(line.count, count) if count else ""
    return Entry(line.url, line.icon, line.label(), count, here=here, told=told)


def _told(what: str, count: int) -> str:
    """What the figure counts, where the label of the line does not say it."""
    if what != "incidents":
        return ""
    return ngettext("%(num)s incident ouvert", "%(num)s incidents ouverts", count)


def today() -> date:
    """The civil day in Paris, read once in the request."""
    return civil_day(now())


def shown_person(actor: Actor) -> Me:
    """The person as the top of the page shows them."""
    person = me()
    roles = tuple(sorted(actor.roles, key=list(Role).index))
    names = [one.organisation.name for one in person.memberships]
    return Me(person.name, initials(person.name), roles, names[0] if names else None)


def asset(place: str) -> str | None:
    """The URL of an outside browser file; None when it was never fetched."""
    data_dir = installation().settings.data_dir
    if place not in available(data_dir):
        return None
    return url_for("public.browser_file", lock=folder(data_dir).name, place=place)


def send_asset(lock: str, place: str) -> Response:
    """One outside browser file, named by the lock it belongs to."""
    data_dir = installation().settings.data_dir
    return send_from_directory(folder(data_dir).with_name(lock), place)


def _context() -> dict[str, Any]:
    actor = somebody()
    house = installation()
    shared: dict[str, Any] = {
        "authority_name": house.settings.authority_name,
        "contact": house.settings.contact,
        "is_demo": house.is_demo,
        "lang": language(),
        "me": None,
        "rail": [],
    }
    if g.get("liasse_degraded"):
        return shared
    shared["today"] = today()
    if actor is not None:
        shared |= {"me": shown_person(actor), "rail": rail(actor), "home": landing(actor)}
    return shared


def install(app: Flask) -> None:
    """Give the templates what the shells need; call once, when the application is made."""
    app.context_processor(_context)
    app.jinja_env.globals.update(
        asset=asset, csrf_token=csrf.csrf_token, submission_key=submission_key
    )
