"""How does one see one's deadlines in one's own calendar? A private feed, read by Outlook and others."""

from datetime import timedelta
from hashlib import sha256

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from icalendar import Calendar, Event
from werkzeug.wrappers import Response

from app.actions import feeds as actions
from app.actions.feeds import Feeds
from app.queries.calendar import Day, DayKind, days_of
from app.queries.people import actor_of
from app.web.access import me, public, requires
from app.web.committee import BODIES
from app.web.database import now, reading, write
from app.web.installation import installation
from app.web.shell import today

pages = Blueprint("calendar", __name__)
#: How far back a feed goes: yesterday's session is still looked for.
_BEHIND = timedelta(days=30)
#: How often a calendar is asked to look again.
_REFRESH = timedelta(hours=4)
_BODIES = dict(BODIES)


@pages.get("/mon-compte/calendrier")
@requires()
def show() -> str:
    """The address of one's feed, how to use it, what it holds today."""
    session, person = reading(), me()
    token = _feeds().token(session, person.id)
    address = url_for("calendar.feed", token=token, _external=True) if token else None
    days = days_of(session, actor_of(person), since=today() - _BEHIND)
    return render_template(
        "account/calendar.html",
        person=person,
        address=address,
        webcal=address.replace("https:", "webcal:").replace("http:", "webcal:")
        if address
        else None,
        days=[(day, _title(day)) for day in days[:12]],
        more=max(0, len(days) - 12),
    )


@pages.post("/mon-compte/calendrier")
@requires()
def open_feed() -> Response:
    """Open one's feed, or change its address."""
    person_id = me().id
    is_open = _feeds().token(reading(), person_id) is not None
    write(lambda session, at: actions.open_feed(session, person_id, now=at))
    if is_open:
        flash(_("Votre calendrier a une nouvelle adresse. L’ancienne ne répond plus."))
    else:
        flash(_("Votre calendrier est ouvert : copiez son adresse."))
    return redirect(url_for("calendar.show"), 303)


@pages.post("/mon-compte/calendrier/fermer")
@requires()
def close_feed() -> Response:
    """Close one's feed."""
    person_id = me().id
    write(lambda session, _at: actions.close_feed(session, person_id))
    flash(_("Votre calendrier est fermé : son adresse ne répond plus."))
    return redirect(url_for("calendar.show"), 303)


@pages.get("/calendrier/<token>.ics")
@public
def feed(token: str) -> Response:
    """The feed itself: whoever has the address may read it, and nothing else."""
    session = reading()
    person = _feeds().person(session, token)
    days = days_of(session, actor_of(person), since=today() - _BEHIND)
    answer = make_response(_written(days))
    answer.headers["Content-Type"] = "text/calendar; charset=utf-8"
    answer.headers["Content-Disposition"] = "inline; filename=liasse.ics"
    answer.set_etag(sha256(answer.get_data()).hexdigest()[:32])
    return answer.make_conditional(request)


def _written(days: list[Day]) -> bytes:
    """The days as RFC 5545 writes them: whole days, free time, no alarm."""
    house = installation().settings
    calendar = Calendar()
    calendar.add("prodid", "-//Liasse//Calendrier//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("Liasse, %(name)s", name=house.authority_name))
    calendar.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", f"PT{_REFRESH // timedelta(hours=1)}H")
    for day in days:
        calendar.add_component(_event(day, house.base_url, house.hostname))
    written: bytes = calendar.to_ical()
    return written


def _event(day: Day, base_url: str, hostname: str) -> Event:
    event = Event()
    event.add("uid", f"{day.key}@{hostname}")
    event.add("dtstamp", day.changed_at or now())
    event.add("sequence", day.revision)
    event.add("dtstart", day.on)
    event.add("dtend", day.on + timedelta(days=1))
    event.add("summary", _title(day))
    event.add("description", f"{day.about}\n{base_url}{day.path}")
    event.add("url", f"{base_url}{day.path}")
    event.add("transp", "TRANSPARENT")
    event.add("categories", [_category(day.kind)])
    return event


def _title(day: Day) -> str:
    """What a calendar shows of a day, in a few words."""
    titles: dict[DayKind, str] = {
        DayKind.TASK: day.title,
        DayKind.SESSION: _BODIES.get(day.title, day.title),
        DayKind.AGENDA: _("Clôture de l’ordre du jour"),
        DayKind.START: _("Date limite de démarrage"),
        DayKind.COMPLETION: _("Date limite d’achèvement"),
        DayKind.LEGAL: _("Délai légal : %(delay)s", delay=day.title),
    }
    title = titles[day.kind]
    return f"{title}, {day.organisation}" if day.organisation else title


def _category(kind: DayKind) -> str:
    """The word a calendar sorts by."""
    words: dict[DayKind, str] = {
        DayKind.TASK: _("Échéances"),
        DayKind.SESSION: _("Séances"),
        DayKind.AGENDA: _("Séances"),
    }
    return words.get(kind) or str(_("Délais"))


def _feeds() -> Feeds:
    return Feeds(installation().settings.key)
