"""Where is my dossier? Its progress page, and what its applicant may still ask: to stop, to have more time."""

from datetime import date
from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.catalogue.pack import Pack
from app.domain.civil import civil_day
from app.domain.permissions import Permission
from app.domain.status import AFTER_AWARD, ClaimStatus, DossierStatus
from app.models.dossier import Dossier
from app.models.payment import PaymentClaim
from app.queries import dossiers as dossier_queries
from app.queries import portal as queries
from app.queries.documents import pieces_of
from app.queries.extensions import pending_extension
from app.web.access import actor, requires
from app.web.asking import ask_page, offered, send_ask
from app.web.clock_view import pressing
from app.web.database import now, reading
from app.web.dossier_view import phases_of, request_of
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


def _progress(dossier: Dossier) -> str:
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
        asks=offered(dossier),
        extension=pending_extension(session, dossier.id),
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


@pages.get("/portail/demandes/<uuid:dossier_id>/demarches/<name>")
@requires(Permission.FILE_REQUEST)
def ask(dossier_id: UUID, name: str) -> str:
    """What the type lets the applicant ask at any time: to stop, more time, another contact."""
    return ask_page(mine(dossier_id), name, "portal/ask.html")


@pages.post("/portail/demandes/<uuid:dossier_id>/demarches/<name>")
@requires(Permission.FILE_REQUEST)
def send_asked(dossier_id: UUID, name: str) -> Response | tuple[str, int]:
    """Send it."""
    back = url_for("portal.show", dossier_id=dossier_id)
    return send_ask(mine(dossier_id), name, "portal/ask.html", lambda: back)
