"""Where does every dossier stand? The steering page: each number leads to its list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, render_template, request, url_for

from app.catalogue.published import DossierType
from app.catalogue.renamed import present_names
from app.domain.civil import civil_day
from app.domain.permissions import Permission
from app.domain.usual_delays import Usual
from app.queries import clock as clock_queries
from app.queries.steps import Among, step_loads, wait_loads, years_filed
from app.queries.supervision import AgeLoad, picture
from app.queries.usual_delays import ANSWER, at_risk, told
from app.web.access import requires
from app.web.database import now, reading
from app.web.installation import console
from app.web.load_view import type_load
from app.web.usual_view import chance_words, usual_table
from app.web.words import _, ngettext

pages = Blueprint("supervision", __name__)
#: Delays about to be missed: on the steering page, and on their own.
SHOWN, LISTED = 8, 200
#: The steering page looks that far; the page of delays looks farther.
SOON = timedelta(days=30)


@dataclass(frozen=True)
class Bar:
    """One bar: what it counts, how many, the same in words with its unit, and the list behind."""

    label: str
    count: int
    figure: str
    late: int = 0  #: The part of it drawn as late
    url: str = ""


@pages.get("/pilotage")
@requires(Permission.SUPERVISE)
def show() -> str:
    """Counts by state, agent, step and age; the diagram with how many wait at each step."""
    session = reading()
    today, among = civil_day(now()), _among()
    seen = picture(session, today=today)
    types = console().types.open_types(session)
    names = present_names(session, console().types)
    risks = at_risk(
        session,
        _our_clocks(types),
        voted=_voted(types),
        today=today,
        limit=SHOWN,
        ahead=SOON,
        names=names,
    )
    steps = step_loads(session, among, today=today, names=names)
    waits = wait_loads(session, among, names=names)
    return render_template(
        "supervision/show.html",
        risks=risks,
        chance=chance_words,
        usual=_usual(types),
        picture=seen,
        loads=[
            type_load(type_, steps, waits, among, rank=rank) for rank, type_ in enumerate(types)
        ],
        among=among,
        year_choices=[(one, str(one)) for one in years_filed(session)],
        schemes=[(one.code, one.title.fr) for type_ in types for one in type_.pack.schemes],
        phases=[(phase.key, phase.title) for type_ in types for phase in type_.pack.phases],
        ages=[_bar(one) for one in seen.by_age],
        pulse=clock_queries.pulse(session, now=now()),
    )


@pages.get("/pilotage/delais")
@requires(Permission.SUPERVISE)
def delays() -> str:
    """Usual delays, open dossiers counted, and every delay that will likely be missed."""
    session, today = reading(), civil_day(now())
    types = console().types.open_types(session)
    names = present_names(session, console().types)
    risks = at_risk(
        session,
        _our_clocks(types),
        voted=_voted(types),
        today=today,
        limit=LISTED,
        names=names,
    )
    return render_template(
        "supervision/delays.html",
        tables=[(one.pack.title, usual_table(session, one.pack, names)) for one in types],
        risks=risks,
        chance=chance_words,
    )


def _usual(types: Sequence[DossierType]) -> Usual | None:
    """From a complete file to the vote, for the type most dossiers of which were voted."""
    found = [told(reading(), type_.pack.key, None, ANSWER) for type_ in types]
    known = [one.usual for one in found if one is not None]
    return max(known, key=lambda one: one.observed, default=None)


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


def _voted(types: Sequence[DossierType]) -> set[tuple[str, str]]:
    """The delays that only a vote ends, by type."""
    return {
        (type_.pack.key, clock.key)
        for type_ in types
        for clock in type_.pack.clocks
        if clock.ends_by_vote
    }


def _among() -> Among:
    """The filters of the query string; unknown values count nothing."""
    year = request.args.get("depose", type=int)
    known = year if year is not None and 2000 <= year <= 2100 else None
    return Among(scheme=request.args.get("dispositif", "")[:30], filed_in=known)


def _bar(load: AgeLoad) -> Bar:
    """The bar of an age: how many dossiers, how many of them late, and their list."""
    figure = ngettext("%(num)s dossier", "%(num)s dossiers", load.dossiers)
    return Bar(
        _age(load.low, load.high),
        load.dossiers,
        _("%(count)s, dont %(late)s en retard", count=figure, late=load.late)
        if load.late
        else figure,
        late=load.late,
        url=url_for("dossiers.listing", en_cours=1, age_min=load.low, age_max=load.high),
    )


def _age(low: int, high: int | None) -> str:
    if high is None:
        return _("%(low)s jours ou plus", low=low)
    if low:
        return _("%(low)s à %(high)s jours", low=low, high=high - 1)
    return _("moins de %(high)s jours", high=high)
