"""What is in a dossier, and where does it stand? The list, and the page of one dossier with its tabs."""

from datetime import date
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.catalogue.naming import node_name
from app.catalogue.renamed import every_name, present_names
from app.domain.civil import civil_day
from app.domain.folding import fold
from app.domain.permissions import Permission
from app.domain.status import DossierStatus
from app.models.dossier import Dossier
from app.queries import dossiers as queries
from app.queries.documents import pieces_of
from app.queries.dossiers import Listing
from app.web.access import actor, requires
from app.web.asking import ask_page, send_ask
from app.web.chips import chips_of
from app.web.database import now, reading
from app.web.dossier_page import dossier_page
from app.web.dossier_view import answer_sections, events_of
from app.web.installation import console
from app.web.procedure_view import procedure_of
from app.web.standalone import standalone
from app.web.step_forms import type_of

pages = Blueprint("dossiers", __name__)
_YEARS = range(2000, 2101)
_READERS = (Permission.READ_ALL_DOSSIERS, Permission.READ_ASKED_DOSSIERS)


@pages.get("/dossiers")
@requires(*_READERS)
def listing() -> str:
    """Every dossier one may read, narrowed by the query string."""
    wanted = listing_wanted()
    page = queries.listing(
        reading(), actor(), wanted, today=_today(), page=request.args.get("page", 1, type=int)
    )
    types = console().types.open_types(reading())
    return render_template(
        "dossiers/list.html",
        page=page,
        wanted=wanted,
        statuses=DossierStatus,
        chips=chips_of(wanted, types),
        schemes=[(one.code, one.title.fr) for type_ in types for one in type_.pack.schemes],
        page_url=lambda number: url_for("dossiers.listing", **{**request.args, "page": number}),
    )


@pages.get("/recherche")
@requires(*_READERS)
def search() -> Response:
    """The search of the top bar: straight to the dossier of that reference, else the list."""
    words = request.args.get("q", "").strip()[:80]
    wanted = Listing(words=fold(words))
    page = queries.listing(reading(), actor(), wanted, today=_today())
    if page.total == 1:
        reference = page.dossiers[0].reference
        return redirect(url_for("dossiers.show", reference=reference))
    return redirect(url_for("dossiers.listing", q=words))


@pages.get("/dossiers/<reference>")
@requires(*_READERS)
def show(reference: str) -> str:
    """The dossier in short: facts, position in the procedure, latest events."""
    dossier = _dossier(reference)
    session = reading()
    return dossier_page(
        "dossiers/show.html",
        dossier,
        procedure=procedure_of(session, dossier, is_whole=False),
        events=events_of(session, dossier)[:6],
        opinions=queries.opinions_of(session, dossier.id),
        pieces=pieces_of(session, type_of(dossier).pack, dossier),
    )


@pages.get("/dossiers/<reference>/demande")
@requires(*_READERS)
def request_tab(reference: str) -> str:
    """Everything that was answered, form by form."""
    dossier = _dossier(reference)
    return dossier_page(
        "dossiers/request.html", dossier, sections=answer_sections(reading(), dossier)
    )


@pages.get("/dossiers/<reference>/pieces")
@requires(*_READERS)
def pieces_tab(reference: str) -> str:
    """The pieces: read, accept, refuse with a reason."""
    dossier = _dossier(reference)
    pieces = pieces_of(reading(), type_of(dossier).pack, dossier)
    return dossier_page("dossiers/pieces.html", dossier, pieces=pieces)


@pages.get("/dossiers/<reference>/avis")
@requires(*_READERS)
def opinions_tab(reference: str) -> str:
    """What the consulted services said."""
    dossier = _dossier(reference)
    return dossier_page(
        "dossiers/opinions.html", dossier, opinions=queries.opinions_of(reading(), dossier.id)
    )


@pages.get("/dossiers/<reference>/financement")
@requires(Permission.READ_ALL_DOSSIERS)
def money_tab(reference: str) -> str:
    """The aid with its explanation, the decision, the commitments and the payments."""
    dossier = _dossier(reference)
    session = reading()
    return dossier_page(
        "dossiers/money.html",
        dossier,
        agenda=queries.agenda_of(session, dossier.id),
        acts=queries.acts_of(session, dossier.id),
        commitments=queries.commitments_of(session, dossier.id),
        claims=queries.claims_of(session, dossier.id),
    )


@pages.get("/dossiers/<reference>/procedure")
@requires(*_READERS)
def procedure_tab(reference: str) -> str:
    """The diagram with the position of the dossier, and the same as a list."""
    dossier = _dossier(reference)
    return dossier_page(
        "dossiers/procedure.html",
        dossier,
        procedure=procedure_of(reading(), dossier, is_whole=True),
        name_of=lambda node: node_name(type_of(dossier), node),
    )


@pages.get("/dossiers/<reference>/procedure.svg")
@requires(*_READERS)
def procedure_svg(reference: str) -> Response:
    """The drawing alone, to be kept or put in a report; its colours are those of paper."""
    dossier = _dossier(reference)
    drawing = procedure_of(reading(), dossier, is_whole=True).diagram.svg
    answer = Response(standalone(drawing), mimetype="image/svg+xml")
    name = f"{dossier.reference}-procedure.svg"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@pages.get("/dossiers/<reference>/historique")
@requires(Permission.READ_ALL_DOSSIERS)
def history_tab(reference: str) -> str:
    """Everything that happened, who did it and when."""
    dossier = _dossier(reference)
    return dossier_page("dossiers/history.html", dossier, events=events_of(reading(), dossier))


@pages.get("/dossiers/<reference>/demarches/<name>")
@requires(Permission.READ_ALL_DOSSIERS)
def ask(reference: str, name: str) -> str:
    """What the type lets this person ask of the dossier at any time."""
    return ask_page(_dossier(reference), name, "dossiers/ask.html")


@pages.post("/dossiers/<reference>/demarches/<name>")
@requires(Permission.READ_ALL_DOSSIERS)
def send_asked(reference: str, name: str) -> Response | tuple[str, int]:
    """Send it."""
    back = url_for("dossiers.show", reference=reference)
    return send_ask(_dossier(reference), name, "dossiers/ask.html", lambda: back)


def listing_wanted() -> Listing:
    """The filters of the query string; unknown values are ignored."""
    status, type_key = request.args.get("etat", ""), request.args.get("type", "")[:60]
    step, waits_at = (request.args.get(name, "")[:60] for name in ("etape", "attente"))
    names = present_names(reading(), console().types) if step or waits_at else {}
    return Listing(
        words=fold(request.args.get("q", "")[:80]),
        status=DossierStatus(status) if status in set(DossierStatus) else None,
        phase=request.args.get("phase", "")[:40],
        scheme=request.args.get("dispositif", "")[:30],
        officer_id=request.args.get("agent", type=UUID),
        is_late=request.args.get("retard") == "1",
        step=step,
        step_names=every_name(names, step, type_key) if step else (),
        waits_at=waits_at,
        wait_names=every_name(names, waits_at, type_key) if waits_at else (),
        type_key=type_key,
        filed_in=_year(request.args.get("depose", type=int)),
        is_live=request.args.get("en_cours") == "1",
        voted_in=_year(request.args.get("votes", type=int)),
        is_unassigned=request.args.get("agent") == "aucun",
        age_min=request.args.get("age_min", type=int),
        age_max=request.args.get("age_max", type=int),
    )


def _year(given: int | None) -> int | None:
    return given if given is not None and given in _YEARS else None


def _dossier(reference: str) -> Dossier:
    return queries.by_reference(reading(), actor(), reference)


def _today() -> date:
    return civil_day(now())
