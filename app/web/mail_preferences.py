"""How does somebody choose their mails, say who stands in for them, and leave a kind in one click?"""

from datetime import date
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.actions import absences as actions
from app.domain.errors import NotFound, Refusal
from app.domain.folding import alphabetical
from app.domain.mailing import Choice
from app.domain.permissions import Permission, Role
from app.models.people import Person
from app.queries.absences import absences_of
from app.queries.tasks import colleagues
from app.web.access import actor, me, public, requires, signed_link
from app.web.database import reading, write
from app.web.installation import installation
from app.web.shell import today
from app.web.words import sentence_of
from notifications import preferences
from notifications.kinds import KINDS, OPINIONS, WEEKLY, Kind, kind
from notifications.tags import Tags

pages = Blueprint("mail_preferences", __name__)


@pages.get("/compte/notifications")
@requires()
def show() -> str:
    """What one receives, and how."""
    return _page()


@pages.post("/compte/notifications")
@requires()
def save() -> Response:
    """Keep what one chose."""
    person_id = me().id
    chosen = {one.key: _chosen(one) for one in _kinds() if len(one.choices) > 1}
    write(lambda session, _at: preferences.choose(session, person_id, chosen))
    flash(_("Vos choix sont enregistrés."), "ok")
    return redirect(url_for("mail_preferences.show"), 303)


@pages.post("/compte/notifications/absence")
@requires(Permission.WORK_TASKS)
def declare() -> Response | tuple[str, int]:
    """Say that one is away, and who stands in."""
    who, day = actor(), today()
    first, last = _day("first_on"), _day("last_on")
    chosen = request.form.get("substitute", type=UUID)
    if first is None or last is None or chosen is None:
        missing = _("Donnez les deux jours et la personne qui vous remplace.")
        return _page(error=missing), 422
    try:
        write(
            lambda session, at: actions.declare(
                session, who, chosen, first_on=first, last_on=last, now=at, today=day
            )
        )
    except Refusal as refusal:
        return _page(error=sentence_of(refusal)), 422
    flash(_("Votre absence est enregistrée : votre suppléant recevra vos relances."), "ok")
    return redirect(url_for("mail_preferences.show"), 303)


@pages.post("/compte/notifications/absence/<uuid:absence_id>/annuler")
@requires(Permission.WORK_TASKS)
def cancel(absence_id: UUID) -> Response:
    """Come back."""
    who = actor()
    write(lambda session, at: actions.cancel(session, who, absence_id, now=at))
    flash(_("Cette absence est annulée."), "ok")
    return redirect(url_for("mail_preferences.show"), 303)


@pages.get("/desabonnement/<token>")
@public
def leaving(token: str) -> str:
    """What the link of a mail shows: a button, since reading changes nothing; then that it is done."""
    person_id, left = _left(token)
    chosen = preferences.choices_of(reading(), person_id).get(left.key)
    done = chosen is Choice.NEVER
    return render_template("account/leave.html", kind=left, token=token, done=done)


@pages.post("/desabonnement/<token>")
@signed_link
def leave(token: str) -> Response | str:
    """Leave a kind of mails, from the page or from a mail program: it follows no redirect (RFC 8058)."""
    person_id, left = _left(token)
    write(lambda session, _at: preferences.choose(session, person_id, {left.key: Choice.NEVER}))
    if request.form.get("List-Unsubscribe"):
        return render_template("account/leave.html", kind=left, token=token, done=True)
    return redirect(url_for("mail_preferences.leaving", token=token), 303)


def _left(token: str) -> tuple[UUID, Kind]:
    secret = installation().settings.secret_key
    found = Tags.of(secret).leaver(token) if secret else None
    left = kind(found[1]) if found else None
    if found is None or left is None or not left.is_optional:
        raise NotFound
    if reading().get(Person, found[0]) is None:
        raise NotFound
    return found[0], left


def _page(*, error: str | None = None) -> str:
    session, person = reading(), me()
    works = actor().may(Permission.WORK_TASKS)
    return render_template(
        "account/notifications.html",
        person=person,
        kinds=_kinds(),
        chosen=preferences.choices_of(session, person.id),
        works=works,
        absences=absences_of(session, person.id, since=today()) if works else [],
        candidates=_candidates() if works else [],
        error=error,
    )


def _kinds() -> list[Kind]:
    """The kinds this person may receive: the service's, an applicant's, or both."""
    who, is_member = actor(), bool(me().memberships)
    is_staff = bool(set(who.roles) - {Role.APPLICANT})
    apart = {WEEKLY: who.may(Permission.SUPERVISE), OPINIONS: Role.EXPERT in who.roles}
    return [
        one
        for one in KINDS
        if (is_staff if one.for_staff else is_member) and apart.get(one.key, True)
    ]


def _candidates() -> list[Person]:
    """Who may stand in: those who share a role, by name."""
    found = {one.id: one for role in actor().roles for one in colleagues(reading(), role)}
    found.pop(me().id, None)
    return alphabetical(found.values(), lambda one: one.name)


def _chosen(one: Kind) -> Choice:
    given = request.form.get(one.key, "")
    return Choice(given) if given in one.choices else one.choices[0]


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        return None
