"""Which dates do dossiers wait for? The administrator's list: when, why, what will happen, and changing it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template, request, url_for

from app.catalogue.naming import node_name
from app.catalogue.published import DossierType
from app.domain.permissions import Permission
from app.engine.places import ArmedTimer
from app.models.dossier import Dossier
from app.models.process import DossierProcess, ProcessStatus
from app.queries import timers as queries
from app.queries.repairs import ByHand, dates_by_hand
from app.web.access import requires
from app.web.database import now, reading
from app.web.installation import console
from app.web.procedure_view import armed_timers
from app.web.timer_words import effect_sentence, why_of

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
        lines=_lines(page.rows),
        types=[
            (one.pack.key, str(one.pack.title)) for one in console().types.open_types(session)
        ],
        type_key=key,
        is_late=is_late,
        page_url=lambda number: url_for(
            "timers.listing", **{**request.args.to_dict(), "page": number}
        ),
    )


def _lines(rows: Sequence[tuple[DossierProcess, Dossier]]) -> list[Line]:
    """The armed dates of these dossiers, the next one first."""
    session, found = reading(), []
    chosen = dates_by_hand(session, [dossier.id for _process, dossier in rows])
    for process, dossier in rows:
        type_ = console().types.get(session, process.definition_id)
        for timer in armed_timers(type_, process):
            by_hand = chosen.get((dossier.id, timer.token, timer.part))
            found.append(_line(process, dossier, timer, type_, by_hand))
    return sorted(found, key=_due_at)


def _due_at(line: Line) -> datetime:
    return line.timer.due_at


def _line(
    process: DossierProcess,
    dossier: Dossier,
    timer: ArmedTimer,
    type_: DossierType,
    by_hand: ByHand | None,
) -> Line:
    return Line(
        dossier=dossier,
        timer=timer,
        name=node_name(type_, timer.node),
        host=node_name(type_, timer.host) if timer.host else "",
        effect=effect_sentence(timer, type_),
        why=why_of(timer, type_, by_hand),
        is_late=timer.due_at <= now(),
        is_stopped=process.status is ProcessStatus.INCIDENT,
    )
