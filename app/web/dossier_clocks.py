"""« Délais »: every delay of a dossier, why its date, and what an officer may enter of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import Blueprint, flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.actions import clock_facts as actions
from app.actions.clock_facts import Wanted
from app.catalogue.days import parse_day
from app.catalogue.renamed import present_names
from app.domain.civil import civil_day
from app.domain.errors import NotFound, Refusal
from app.domain.legal_clock.facts import FactKind
from app.domain.legal_clock.refusals import (
    ExtensionRefused,
    ExtensionWithoutLength,
    FactInTheFuture,
    FactTooEarly,
    FactWithoutReason,
    SuspensionWithoutEnd,
)
from app.domain.permissions import Permission
from app.models.base import Json
from app.models.dossier import Dossier
from app.queries import dossiers as queries
from app.queries.usual_delays import prospects_of
from app.web.access import actor, requires
from app.web.clock_view import by_basis, lines_of
from app.web.database import now, reading
from app.web.dossier_page import dossier_page
from app.web.installation import console
from app.web.once import accept
from app.web.present import long_date
from app.web.step_forms import type_of
from app.web.usual_view import outlook
from app.web.words import _, ngettext, quoted

pages = Blueprint("clocks", __name__)
_TYPED = ("kind", "on", "until", "count", "reason", "replaces")
#: The field each refusal speaks of.
_FIELDS: dict[type[Refusal], str] = {
    FactInTheFuture: "on",
    FactTooEarly: "on",
    SuspensionWithoutEnd: "until",
    ExtensionWithoutLength: "count",
    ExtensionRefused: "count",
    FactWithoutReason: "reason",
}


@dataclass(frozen=True)
class Wrong:
    """A form that was refused: which one, why, and what was typed in it."""

    form: str
    message: str
    #: The field to mend; empty when it is none of them.
    field: str
    typed: dict[str, str]


@pages.get("/dossiers/<reference>/delais")
@requires(Permission.READ_ALL_DOSSIERS)
def show(reference: str) -> str:
    """The delays of a dossier: those of the law, those of the aid rules, those that ended."""
    return _page(queries.by_reference(reading(), actor(), reference))


@pages.post("/dossiers/<reference>/delais/<clock>")
@requires(Permission.KEEP_CLOCKS)
def enter(reference: str, clock: str) -> Response | tuple[str, int]:
    """Enter a late fact, a correction, a suspension or an extension of one delay."""
    dossier = queries.by_reference(reading(), actor(), reference)
    typed = {name: request.form.get(name, "").strip()[:500] for name in _TYPED}
    who, dossier_id = actor(), dossier.id
    try:
        wanted = _wanted(clock, typed)

        def do(session: Session, at: datetime) -> Json:
            changed = actions.enter(session, console(), who, dossier_id, wanted, now=at)
            after = changed.after.isoformat() if changed.after else ""
            return {"after": after, "others": list(changed.others)}

        answer = accept(do)
    except (Refusal, ValueError) as refusal:
        if isinstance(refusal, NotFound):
            raise
        form = f"{clock}-{typed['kind']}-{typed['replaces']}"
        return _page(dossier, Wrong(form, str(refusal), _field(refusal, typed), typed)), 422
    flash(_told(str(answer["after"]), answer.get("others", ())), "ok")
    return redirect(url_for("clocks.show", reference=reference) + f"#{clock}", 303)


def _field(refusal: Exception, typed: dict[str, str]) -> str:
    """Which field a refusal speaks of."""
    if not isinstance(refusal, Refusal):
        try:
            parse_day(typed["on"])
        except ValueError:
            return "on"
        return "until"
    return next((name for kind, name in _FIELDS.items() if isinstance(refusal, kind)), "")


def _wanted(clock: str, typed: dict[str, str]) -> Wanted:
    """What was typed, understood. ValueError with a French sentence when a date is none."""
    if typed["kind"] not in set(FactKind):
        raise NotFound
    count, replaces = typed["count"], typed["replaces"]
    return Wanted(
        clock=clock,
        kind=FactKind(typed["kind"]),
        on=parse_day(typed["on"]),
        reason=typed["reason"],
        until=parse_day(typed["until"]) if typed["until"] else None,
        count=int(count) if count.isdecimal() and len(count) < 4 else None,
        replaces=int(replaces) if replaces.isdecimal() and len(replaces) < 6 else None,
    )


def _told(after: str, others: Sequence[str]) -> str:
    if after:
        day = long_date(date.fromisoformat(after))
        said = _("C’est enregistré. Nouvelle échéance : %(day)s.", day=day)
    else:
        said = _("C’est enregistré. L’échéance sera connue à la reprise du délai.")
    if not others:
        return said
    also = ngettext(
        "Le délai %(titles)s, qui dépend du même fait, est corrigé aussi.",
        "Les délais %(titles)s, qui dépendent du même fait, sont corrigés aussi.",
        len(others),
        titles=", ".join(map(quoted, others)),
    )
    return f"{said} {also}"


def _page(dossier: Dossier, wrong: Wrong | None = None) -> str:
    session, pack, today = reading(), type_of(dossier).pack, civil_day(now())
    lines = lines_of(session, dossier, pack, today)
    ours = [one.clock for one in lines if one.is_open and one.spec.whose == "administration"]
    voted = {one.key for one in pack.clocks if one.ends_by_vote}
    names = present_names(session, console().types) if ours else {}
    expected = prospects_of(session, dossier, ours, voted=voted, today=today, names=names)
    return dossier_page(
        "dossiers/clocks.html",
        dossier,
        groups=by_basis(lines),
        ended=[one for one in lines if not one.is_open],
        may_keep=actor().may(Permission.KEEP_CLOCKS) and not dossier.status.is_final,
        wrong=wrong,
        outlooks={
            key: outlook(one, pack, names, today, console().calendar)
            for key, one in expected.items()
        },
    )
