"""How is a dossier repaired on the screen? Choose, see the plan, give a reason, confirm; alone or by two."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.actions import repair_kept as kept
from app.actions import repairs as actions
from app.actions.repair_kept import Wished
from app.catalogue.naming import node_name
from app.domain.errors import ReasonMissing, Refusal
from app.domain.permissions import Permission
from app.engine.repair import Repair, RepairKind, RepairRefused
from app.models.base import Json
from app.models.dossier import Dossier
from app.models.repair import RepairPlan, RepairProposal
from app.queries import dossiers as dossier_queries
from app.queries import repairs as queries
from app.web.access import actor, requires
from app.web.database import now, reading, write
from app.web.incident_cause import cause_of
from app.web.installation import console
from app.web.once import accept
from app.web.repair_form import (
    KINDS,
    AnswersMissing,
    FormIncomplete,
    check_day,
    repair_asked,
    skip_form,
)
from app.web.repair_told import told
from app.web.repair_view import before_and_after, bench_of, chooser_diagram, way_sentence
from app.web.repair_words import repair_sentence
from app.web.step_forms import type_of
from app.web.words import _, sentence_of

pages = Blueprint("repairs", __name__)
pages.context_processor(lambda: {"repair_sentence": repair_sentence})
_REPAIR = Permission.REPAIR_DOSSIERS
_ASKED = ("faire", "jeton", "vers", "partie", "le")


@pages.get("/dossiers/<reference>/reparer")
@requires(_REPAIR)
def choose(reference: str) -> str:
    """Where the dossier stands, and what may be done about it."""
    return _chooser(_dossier(reference), request.args.to_dict())


@pages.get("/dossiers/<reference>/reparer/plan")
@requires(_REPAIR)
def plan_missing(reference: str) -> Response:
    """The address of a refused form, opened again: back to the choice."""
    return redirect(url_for("repairs.choose", reference=reference), 303)


@pages.post("/dossiers/<reference>/reparer/plan")
@requires(_REPAIR)
def look(reference: str) -> Response | tuple[str, int]:
    """Make the plan of a repair and open its page; nothing of the dossier is done yet."""
    dossier, who = _dossier(reference), actor()
    try:
        wished = _wished(dossier)
        plan_id = write(
            lambda session, at: kept.look(session, console(), who, dossier.id, wished, now=at)
        )
    except (FormIncomplete, RepairRefused) as refusal:
        asked = request.form.to_dict()
        return _chooser(dossier, asked, error=_in_words(refusal, dossier)), 422
    return redirect(url_for("repairs.plan", reference=reference, plan_id=plan_id), 303)


@pages.get("/dossiers/<reference>/reparer/plan/<uuid:plan_id>")
@requires(_REPAIR)
def plan(reference: str, plan_id: UUID) -> str:
    """What the repair would change, as it was found."""
    dossier = _dossier(reference)
    return _plan(dossier, queries.plan(reading(), plan_id, dossier_id=dossier.id))


@pages.post("/dossiers/<reference>/reparer/plan/<uuid:plan_id>")
@requires(_REPAIR)
def apply(reference: str, plan_id: UUID) -> Response | tuple[str, int]:
    """Do what was shown, or propose it to a second person when money is touched."""
    dossier, who = _dossier(reference), actor()
    shown = queries.plan(reading(), plan_id, dossier_id=dossier.id)
    repair, agreed = kept.chosen(shown), kept.agreed(shown, request.form.get("motif", ""))
    do = actions.propose if shown.facts["touches_money"] else actions.apply

    def once(session: Any, at: Any) -> Json:  # noqa: ANN401 - the door's session and instant
        do(session, console(), who, dossier.id, repair, agreed=agreed, now=at)
        return {}

    try:
        accept(once)
    except ReasonMissing as refusal:
        return _plan(dossier, shown, error=sentence_of(refusal)), 422
    if do is actions.propose:
        flash(_("La réparation est proposée : une autre personne doit la confirmer."), "ok")
    else:
        flash(_("Le dossier est réparé. Le motif est écrit dans son historique."), "ok")
    return redirect(url_for("dossiers.show", reference=reference), 303)


@pages.get("/reparations")
@requires(_REPAIR, Permission.CONFIRM_REPAIRS)
def listing() -> str:
    """The repairs that wait for a second person."""
    return render_template("repairs/list.html", waiting=queries.waiting(reading()), who=actor())


@pages.get("/reparations/<uuid:proposal_id>")
@requires(_REPAIR, Permission.CONFIRM_REPAIRS)
def proposal(proposal_id: UUID) -> str:
    """One proposal as its author saw it; once it was reviewed, as it would be done now."""
    found = queries.proposal(reading(), proposal_id)
    if not request.args.get("plan"):
        return _proposal(found, found.plan)
    session, dossier_id = reading(), found.dossier_id
    shown = queries.plan_named(session, request.args["plan"], dossier_id=dossier_id)
    is_its = shown.proposal_id == proposal_id and queries.still_holds(session, shown, now=now())
    return (
        _proposal(found, shown.facts, shown.digest) if is_its else _proposal(found, found.plan)
    )


@pages.post("/reparations/<uuid:proposal_id>/plan")
@requires(Permission.CONFIRM_REPAIRS)
def review(proposal_id: UUID) -> Response:
    """The plan as it would be done now, to be confirmed."""
    who = actor()
    plan_id = write(
        lambda session, at: kept.look_at_proposal(session, console(), who, proposal_id, now=at)
    )
    return redirect(url_for("repairs.proposal", proposal_id=proposal_id, plan=plan_id), 303)


@pages.post("/reparations/<uuid:proposal_id>/confirmer")
@requires(Permission.CONFIRM_REPAIRS)
def confirm(proposal_id: UUID) -> Response:
    """Do what somebody else proposed."""
    who, digest = actor(), request.form.get("plan", "")
    reference = queries.proposal(reading(), proposal_id).dossier.reference

    def once(session: Any, at: Any) -> Json:  # noqa: ANN401 - the door's session and instant
        actions.confirm(session, console(), who, proposal_id, plan=digest, now=at)
        return {}

    accept(once)
    flash(_("Le dossier est réparé. Vos deux noms sont écrits dans son historique."), "ok")
    return redirect(url_for("dossiers.show", reference=reference), 303)


@pages.post("/reparations/<uuid:proposal_id>/ecarter")
@requires(_REPAIR, Permission.CONFIRM_REPAIRS)
def drop(proposal_id: UUID) -> Response:
    """Set a proposal aside."""
    who = actor()
    write(lambda session, at: actions.drop(session, who, proposal_id, now=at).id)
    flash(_("La proposition est écartée : le dossier reste comme il est."), "ok")
    return redirect(url_for("repairs.listing"), 303)


# ---------------------------------------------------------------- how


def _dossier(reference: str) -> Dossier:
    return dossier_queries.by_reference(reading(), actor(), reference)


def _wished(dossier: Dossier) -> Wished:
    """The repair of the form: filled in now, or that of a plan shown before with another way."""
    if request.form.get("plan"):
        shown = queries.plan_named(reading(), request.form["plan"], dossier_id=dossier.id)
        return Wished(Repair.from_json(shown.asked), request.form.get("maniere", 0, type=int))
    repair = repair_asked(request.form)
    if repair.kind is RepairKind.RESCHEDULE:
        check_day(repair, bench_of(dossier).timer(repair.tokens[0], repair.part))
    if repair.kind is not RepairKind.SKIP:
        return Wished(repair)
    place = bench_of(dossier).place(repair.tokens[0])
    form = skip_form(dossier, place.node if place else "", request.form)
    if not form.validate():
        raise AnswersMissing
    variables = form.submission().variables
    return Wished(Repair(RepairKind.SKIP, repair.tokens, variables=variables))


def _chooser(dossier: Dossier, asked: dict[str, str], error: str = "") -> str:
    bench = bench_of(dossier)
    token = int(asked["jeton"]) if asked.get("jeton", "").isdecimal() else None
    kind, place = KINDS.get(asked.get("faire", "")), bench.place(token)
    part = int(asked["partie"]) if asked.get("partie", "").isdecimal() else 0
    given = {name: asked[name] for name in _ASKED if asked.get(name)}
    is_skip = kind is RepairKind.SKIP and place is not None
    incident = dossier_queries.open_incident(reading(), dossier.id)
    return render_template(
        "repairs/choose.html",
        dossier=dossier,
        bench=bench,
        kind=kind,
        place=place,
        timer=bench.timer(token, part),
        asked=given,
        error=error,
        diagram=chooser_diagram(dossier, bench, given) if bench.is_readable else None,
        form=skip_form(dossier, place.node, request.form or None)
        if is_skip and place
        else None,
        waiting=queries.waiting(reading(), dossier_id=dossier.id),
        name_of=lambda node: node_name(type_of(dossier), node),
        incident=incident,
        cause=cause_of(reading(), dossier, incident.cause) if incident else None,
    )


def _plan(dossier: Dossier, shown: RepairPlan, error: str = "") -> str:
    type_, facts = type_of(dossier), shown.facts
    names = {one.token: one.name for one in bench_of(dossier).standing}
    found = [Repair.from_json(one) for one in shown.ways["found"]]
    return render_template(
        "repairs/plan.html",
        dossier=dossier,
        shown=shown,
        parts=told(facts, type_, dossier),
        drawings=before_and_after(facts, type_),
        ways=[(rank, way_sentence(one, names)) for rank, one in enumerate(found)],
        is_current=queries.still_holds(reading(), shown, now=now()),
        reason=request.form.get("motif", ""),
        error=error,
    )


def _proposal(found: RepairProposal, facts: Json, digest: str = "") -> str:
    dossier = found.dossier
    type_ = type_of(dossier)
    waiting = queries.waiting(reading(), dossier_id=dossier.id)
    return render_template(
        "repairs/proposal.html",
        dossier=dossier,
        proposal=found,
        is_current=any(one.proposal.id == found.id and one.is_current for one in waiting),
        is_mine=found.proposed_by_id == actor().person_id,
        may_confirm=actor().may(Permission.CONFIRM_REPAIRS),
        digest=digest,
        facts=facts,
        parts=told(facts, type_, dossier),
        drawings=before_and_after(facts, type_),
    )


def _in_words(refusal: Refusal, dossier: Dossier) -> str:
    """The sentence of a refusal, the nodes of the diagram called by their names."""
    type_ = type_of(dossier)
    named = {
        key: node_name(type_, str(value)) if key in {"place", "other"} else value
        for key, value in refusal.subject.items()
    }
    return refusal.sentence.format(**named)
