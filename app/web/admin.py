"""What does the functional administrator see? Types and their versions, incidents, mails, accounts."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.actions import mails as mail_actions
from app.domain.permissions import Permission
from app.queries import admin as queries
from app.queries import clock as clock_queries
from app.queries import incidents as incident_queries
from app.queries import types as type_queries
from app.web.access import actor, requires
from app.web.database import now, reading, write
from app.web.incident_cause import group_cause
from notifications.brake import open_pauses

pages = Blueprint("admin", __name__)
N_ = str  #: marks a text for translation; the page translates where it shows it
#: What each sweep of the clock does, in words.
SWEEPS = {
    "timers": N_("Dates des dossiers"),
    "dispatch": N_("Préparation des courriels"),
    "mail": N_("Envoi des courriels"),
    "returns": N_("Courriels revenus"),
    "reminders": N_("Relances"),
    "digests": N_("Récapitulatifs"),
    "reconciliation": N_("Vérification de la nuit"),
    "files": N_("Pièces déposées"),
    "jobs": N_("Étapes automatiques"),
    "migrations": N_("Changements de version"),
    "usual_delays": N_("Délais habituels"),
}


@pages.get("/administration")
@requires(Permission.ADMINISTER)
def show() -> str:
    """The state of the house, on one page; the accounts are searched there."""
    session, words = reading(), request.args.get("q", "").strip()[:80]
    return render_template(
        "admin/show.html",
        types=type_queries.types(session),
        incidents=incident_queries.groups(session),
        cause_of=lambda group: group_cause(session, group).sentence,
        mails=clock_queries.mail_queue(session),
        pauses=open_pauses(session),
        sweeps=SWEEPS,
        heartbeats=clock_queries.heartbeats(session),
        pulse=clock_queries.pulse(session, now=now()),
        night=clock_queries.last_check(session),
        accounts=queries.accounts(session, words=words, page=request.args.get("page", 1, int)),
        words=words,
        page_url=lambda number: url_for(
            "admin.show", q=words or None, page=number, _anchor="comptes"
        ),
    )


@pages.post("/administration/courriels/<uuid:mail_id>/renvoyer")
@requires(Permission.ADMINISTER)
def send_again(mail_id: UUID) -> Response:
    """Put a mail that was set aside back into the queue."""
    who = actor()
    write(lambda session, at: mail_actions.send_again(session, who, mail_id, now=at))
    flash(_("Le courriel sera envoyé de nouveau."), "ok")
    return redirect(url_for("mails.show"), 303)
