"""Where does every dossier stand? The steering page: each number leads to its list."""

from collections.abc import Sequence

from flask import Blueprint, render_template, url_for

from app.catalogue.published import DossierType
from app.domain.civil import civil_day
from app.domain.permissions import Permission
from app.engine.diagram import NodeState, outline, render_diagram
from app.queries import clock as clock_queries
from app.queries.supervision import Picture, picture
from app.queries.usual_delays import at_risk
from app.web.access import requires
from app.web.database import now, reading
from app.web.dossier_view import Diagram
from app.web.installation import console
from app.web.usual_view import chance_words, usual_table

pages = Blueprint("supervision", __name__)
#: Delays about to be missed: on the steering page, and on their own.
SHOWN, LISTED = 8, 200


@pages.get("/pilotage")
@requires(Permission.SUPERVISE)
def show() -> str:
    """Counts by state, agent, step and age; the diagram with how many wait at each step."""
    session = reading()
    seen = picture(session, today=civil_day(now()))
    types = console().types.open_types(session)
    late = at_risk(session, _our_clocks(types), today=civil_day(now()))
    return render_template(
        "supervision/show.html",
        at_risk=late[:SHOWN],
        at_risk_count=len(late),
        chance=chance_words,
        picture=seen,
        diagrams=[
            (type_.pack.title, _diagram(type_.pack.diagram, seen, rank))
            for rank, type_ in enumerate(types)
        ],
        phases=[(phase.key, phase.title) for type_ in types for phase in type_.pack.phases],
        ages=[(_age(low, high), count) for low, high, count in seen.by_age],
        age_links=[(_age(low, high), count, low, high) for low, high, count in seen.by_age],
        pulse=clock_queries.pulse(session, now=now()),
    )


@pages.get("/pilotage/delais")
@requires(Permission.SUPERVISE)
def delays() -> str:
    """Usual delays, open dossiers counted, and every delay that will likely be missed."""
    session, today = reading(), civil_day(now())
    types = console().types.open_types(session)
    late = at_risk(session, _our_clocks(types), today=today)
    return render_template(
        "supervision/delays.html",
        tables=[(type_.pack.title, usual_table(session, type_.pack)) for type_ in types],
        at_risk=late[:LISTED],
        at_risk_count=len(late),
        chance=chance_words,
    )


def _our_clocks(types: Sequence[DossierType]) -> dict[str, dict[str, str]]:
    """The delays that are ours to keep, by type, with their titles."""
    return {
        type_.pack.key: {
            clock.key: clock.title.fr
            for clock in type_.pack.clocks
            if clock.whose == "administration"
        }
        for type_ in types
    }


def _age(low: int, high: int | None) -> str:
    if high is None:
        return f"plus de {low} jours"
    return f"{low} à {high} jours" if low else f"moins de {high} jours"


def _diagram(xml: bytes, seen: Picture, rank: int) -> Diagram:
    states = {
        load.step: NodeState.LATE if load.late else NodeState.CURRENT for load in seen.by_step
    }
    badges = {load.step: str(load.count) for load in seen.by_step}
    links = {load.step: url_for("dossiers.listing", etape=load.step) for load in seen.by_step}
    labels = {load.step: f"{load.count} dossiers" for load in seen.by_step}
    svg = render_diagram(
        xml, states=states, links=links, badges=badges, labels=labels, uid=f"type-{rank}"
    )
    return Diagram(svg=svg, outline=outline(xml, states=states))
