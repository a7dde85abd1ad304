"""Which dates do dossiers wait for? The administrator's list: when, why, what will happen, and changing it."""

from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for

from app.catalogue.naming import node_name
from app.catalogue.published import DossierType
from app.domain.permissions import Permission
from app.engine.places import ArmedTimer
from app.models.dossier import Dossier
from app.models.process import DossierProcess, ProcessStatus
from app.queries import timers as queries
from app.web.access import requires
from app.web.database import now, reading
from app.web.installation import console
from app.web.procedure_view import armed_timers
from app.web.timer_words import effect_sentence, why_that_day

pages = Blueprint("timers", __name__)


@dataclass(frozen=True)
class Line:
    """One armed date of one dossier, in words."""

    dossier: Dossier
    timer: ArmedTimer
    name: str
    host: str
    effect: str
    why: str
    is_late: bool
    #: An incident stops the dossier: its dates do not come.
    is_stopped: bool


@pages.get("/administration/minuteurs")
@requires(Permission.ADMINISTER)
def listing() -> str:
    """Every armed date, the next one first; late ones are those the clock has not fired yet."""
    session, key = reading(), request.args.get("type", "")[:60]
    is_late = request.args.get("retard") == "1"
    page = queries.timer_page(
        session,
        now=now(),
        type_key=key,
        is_late=is_late,
        page=request.args.get("page", 1, type=int),
    )
    return render_template(
        "admin/timers.html",
        page=page,
        lines=[line for process, dossier in page.rows for line in _lines(process, dossier)],
        types=[
            (one.pack.key, str(one.pack.title)) for one in console().types.open_types(session)
        ],
        type_key=key,
        is_late=is_late,
        page_url=lambda number: url_for(
            "timers.listing", **{**request.args.to_dict(), "page": number}
        ),
    )


def _lines(process: DossierProcess, dossier: Dossier) -> list[Line]:
    type_ = console().types.get(reading(), process.definition_id)
    return [_line(process, dossier, timer, type_) for timer in armed_timers(type_, process)]


def _line(
    process: DossierProcess, dossier: Dossier, timer: ArmedTimer, type_: DossierType
) -> Line:
    return Line(
        dossier=dossier,
        timer=timer,
        name=node_name(type_, timer.node),
        host=node_name(type_, timer.host) if timer.host else "",
        effect=effect_sentence(timer, type_),
        why=why_that_day(timer.written, type_),
        is_late=timer.due_at <= now(),
        is_stopped=process.status is ProcessStatus.INCIDENT,
    )
