"""How do mails go? The queue, what failed or came back, sending again, and the hand on the brake."""

from datetime import datetime, timedelta
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.domain.permissions import Permission
from app.models.base import Json
from app.models.dossier import Dossier
from app.models.outbox import Mail
from app.queries import mails as queries
from app.queries.mails import Box
from app.web.access import actor, requires
from app.web.database import now, reading, write
from app.web.installation import installation
from app.web.once import accept
from app.web.words import _, ngettext, sentence_of
from notifications import brake, failing
from notifications import resend as resending
from notifications.names import name_of
from notifications.post import Post

pages = Blueprint("mails", __name__)
_HOUR = timedelta(hours=1)


@pages.get("/administration/courriels")
@requires(Permission.ADMINISTER)
def show() -> str:
    """The state of the post, one box at a time."""
    session, words = reading(), request.args.get("q", "").strip()[:80]
    chosen = _box()
    return render_template(
        "mails/show.html",
        page=queries.box(session, chosen, words=words, page=request.args.get("page", 1, int)),
        chosen=chosen,
        boxes=Box,
        words=words,
        name_of=name_of,
        pauses=brake.open_pauses(session),
        cases=failing.cases(session, actor()),
        doubtful=queries.doubtful(session),
        last_hour=queries.sent_since(session, now() - _HOUR),
        limits=post().limits,
        returns=queries.last_returns(session),
        page_url=lambda number: url_for("mails.show", **{**request.args, "page": number}),
    )


@pages.post("/administration/courriels/suspendre")
@requires(Permission.ADMINISTER)
def stop() -> Response:
    """Stop every sending."""
    who = actor()
    write(lambda session, at: brake.stop(session, who, now=at))
    flash(_("Les envois sont suspendus. Les courriels attendent, rien n’est perdu."), "ok")
    return redirect(url_for("mails.show"), 303)


@pages.post("/administration/courriels/reprendre/<uuid:pause_id>")
@requires(Permission.ADMINISTER)
def let_go(pause_id: UUID) -> Response:
    """Let mails leave again."""
    who = actor()
    write(lambda session, at: brake.let_go(session, who, pause_id, now=at))
    flash(_("Les envois reprennent."), "ok")
    return redirect(url_for("mails.show"), 303)


@pages.post("/courriels/<uuid:mail_id>/renvoyer")
@requires(Permission.WORK_TASKS, Permission.ADMINISTER)
def resend(mail_id: UUID) -> Response:
    """Send a mail again, once for one press of the button."""
    who, domain = actor(), post().domain

    def do(session: Session, at: datetime) -> Json:
        resending.resend(session, who, mail_id, domain=domain, now=at)
        mail = session.get_one(Mail, mail_id)
        dossier = session.get(Dossier, mail.dossier_id) if mail.dossier_id else None
        return {"reference": dossier.reference if dossier else None}

    reference = accept(do)["reference"]
    flash(_("Le courriel part de nouveau ; le premier reste dans l’historique."), "ok")
    if reference and who.may(Permission.READ_ALL_DOSSIERS):
        return redirect(url_for("dossiers.history_tab", reference=reference), 303)
    return redirect(url_for("mails.show"), 303)


@pages.get("/courriels/adresses/<uuid:failing_id>")
@requires(Permission.REVIEW_DOCUMENTS, Permission.ADMINISTER)
def address(failing_id: UUID) -> str:
    """One address that takes no mail, to be corrected."""
    case = failing.case(reading(), actor(), failing_id)
    return render_template("mails/address.html", case=case, typed=case.failing.address)


@pages.post("/courriels/adresses/<uuid:failing_id>")
@requires(Permission.REVIEW_DOCUMENTS, Permission.ADMINISTER)
def correct(failing_id: UUID) -> Response | tuple[str, int]:
    """Write the right address; what waited leaves."""
    who, domain = actor(), post().domain
    case = failing.case(reading(), who, failing_id)
    typed = request.form.get("address", "").strip()[:254]
    wants_resend = request.form.get("resend") == "1"
    try:
        left = write(
            lambda session, at: failing.correct(
                session, who, failing_id, typed, resend=wants_resend, domain=domain, now=at
            )
        )
    except (failing.AddressUnusable, failing.AddressOfAnother) as refusal:
        body = render_template(
            "mails/address.html", case=case, typed=typed, error=sentence_of(refusal)
        )
        return body, 422
    said = ngettext(
        "L’adresse est corrigée ; %(num)s courriel part.",
        "L’adresse est corrigée ; %(num)s courriels partent.",
        left,
    )
    flash(said, "ok")
    if case.reference and who.may(Permission.READ_ALL_DOSSIERS):
        return redirect(url_for("dossiers.show", reference=case.reference), 303)
    return redirect(url_for("mails.show"), 303)


def post() -> Post:
    """How mails leave this installation."""
    return Post.of(installation().settings)


def _box() -> Box:
    given = request.args.get("boite", Box.WAITING.value)
    return Box(given) if given in set(Box) else Box.WAITING
