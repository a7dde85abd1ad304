"""Where is my dossier? Its progress page, and what its applicant may still ask: to stop, to have more time."""

from datetime import date, datetime
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.actions import dossiers as actions
from app.catalogue.days import parse_day
from app.catalogue.pack import Pack
from app.domain.civil import civil_day
from app.domain.permissions import Permission
from app.domain.status import AFTER_AWARD, ClaimStatus, DossierStatus
from app.models.base import Json
from app.models.dossier import Dossier
from app.models.payment import PaymentClaim
from app.queries import dossiers as dossier_queries
from app.queries import portal as queries
from app.queries.documents import pieces_of
from app.web.access import actor, requires
from app.web.clock_view import pressing
from app.web.database import now, reading
from app.web.dossier_view import phases_of, request_of
from app.web.installation import console
from app.web.once import accept
from app.web.portal.blueprint import may_write, mine, pages
from app.web.portal.draft import draft_page
from app.web.portal.home import scheme_of
from app.web.portal.story import coming, history_of, standing_of, task_url
from app.web.present import short_date
from app.web.step_forms import type_of
from app.web.usual_view import usual_sentences

#: From then on the calculation of a claim is final enough to be read by who claimed.
_COMPUTED = frozenset(
    {
        ClaimStatus.CERTIFIED,
        ClaimStatus.ORDERED,
        ClaimStatus.PAID,
        ClaimStatus.RECOVERED,
        ClaimStatus.NOTHING_DUE,
    }
)
#: The decision is the applicant's to read once it was notified.
_NOTIFIED = AFTER_AWARD | {
    DossierStatus.SETTLED,
    DossierStatus.CLOSED,
    DossierStatus.LAPSED,
}
_LONGEST_REASON = 2_000


@pages.get("/portail/dossiers/<reference>")
@requires(Permission.FILE_REQUEST)
def show_by_reference(reference: str) -> Response:
    """The address written in mails: a reference people can read leads to their request."""
    dossier = dossier_queries.by_reference(reading(), actor(), reference)
    return redirect(url_for("portal.show", dossier_id=dossier.id), 303)


@pages.get("/portail/demandes/<uuid:dossier_id>")
@requires(Permission.FILE_REQUEST)
def show(dossier_id: UUID) -> str:
    """One request: to be finished while a draft, to be followed afterwards."""
    dossier = mine(dossier_id)
    if dossier.status is DossierStatus.DRAFT:
        return draft_page(dossier)
    return _progress(dossier)


def _progress(dossier: Dossier, *, extension: dict[str, str] | None = None) -> str:
    session = reading()
    pack = type_of(dossier).pack
    tasks = queries.applicant_tasks(session, dossier.id)
    return render_template(
        "portal/show.html",
        dossier=dossier,
        scheme=scheme_of(dossier),
        phases=_phases(dossier, pack),
        standing=standing_of(dossier, tasks),
        task_url=task_url,
        pieces=pieces_of(session, pack, dossier),
        claims=dossier_queries.claims_of(session, dossier.id),
        is_computed=_is_computed,
        coming=coming(dossier),
        usual=usual_sentences(session, dossier.type_key, dossier.scheme)
        if dossier.status.is_before_vote
        else [],
        delays=[
            one for one in pressing(session, dossier, pack, civil_day(now())) if one.spec.public
        ],
        history=history_of(dossier),
        request_section=request_of(session, dossier),
        shows_decision=dossier.status in _NOTIFIED and dossier.voted is not None,
        may_write=may_write(dossier),
        may_withdraw=dossier.status.is_before_vote,
        may_extend=dossier.status in AFTER_AWARD and dossier.completion_deadline is not None,
        extension=extension or {},
        failed=request.args.get("piece", ""),
    )


def _phases(dossier: Dossier, pack: Pack) -> list[dict[str, str]]:
    """The macro-steps, with dates short enough for a narrow page."""
    found = phases_of(dossier, pack)
    for phase, shown in zip(pack.phases, found, strict=True):
        on = dossier.phase_dates.get(phase.key)
        shown["note"] = short_date(date.fromisoformat(on)) if on and shown["note"] else ""
    return found


def _is_computed(claim: PaymentClaim) -> bool:
    return claim.status in _COMPUTED


@pages.post("/portail/demandes/<uuid:dossier_id>/retrait")
@requires(Permission.FILE_REQUEST)
def withdraw(dossier_id: UUID) -> Response:
    """Take the request back for good."""
    mine(dossier_id)
    who = actor()
    reason = request.form.get("reason", "").strip()[:_LONGEST_REASON]

    def do(session: Session, at: datetime) -> Json:
        actions.withdraw(session, console(), who, dossier_id, reason=reason, now=at)
        return {}

    accept(do)
    flash(_("Votre demande est retirée. Nous vous en envoyons la confirmation."), "ok")
    return redirect(url_for("portal.show", dossier_id=dossier_id), 303)


@pages.post("/portail/demandes/<uuid:dossier_id>/prolongation")
@requires(Permission.FILE_REQUEST)
def extend(dossier_id: UUID) -> Response | tuple[str, int]:
    """Ask for more time to finish."""
    dossier = mine(dossier_id)
    typed = {name: request.form.get(name, "").strip() for name in ("until", "reason")}
    errors, until = _extension_errors(dossier, typed)
    if until is None or errors:
        return _progress(dossier, extension={**typed, **errors}), 422
    who, wanted = actor(), until.isoformat()

    def do(session: Session, at: datetime) -> Json:
        actions.ask_extension(
            session,
            console(),
            who,
            dossier_id,
            until=wanted,
            reason=typed["reason"][:_LONGEST_REASON],
            now=at,
        )
        return {}

    accept(do)
    flash(_("Votre demande de prolongation est envoyée ; vous lirez la réponse ici."), "ok")
    return redirect(url_for("portal.show", dossier_id=dossier_id), 303)


def _extension_errors(
    dossier: Dossier, typed: dict[str, str]
) -> tuple[dict[str, str], date | None]:
    errors: dict[str, str] = {}
    until = None
    try:
        until = parse_day(typed["until"])
    except ValueError as error:
        errors["until_error"] = str(error)
    after = max(dossier.completion_deadline or date.min, civil_day(now()))
    if until is not None and until <= after:
        errors["until_error"] = _("La nouvelle date doit suivre la date limite actuelle.")
    if not typed["reason"]:
        errors["reason_error"] = _("Dites pourquoi il vous faut plus de temps.")
    return errors, until
