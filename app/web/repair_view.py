"""What may be repaired in a dossier? Where it stands, what was done, which dates run, which steps exist."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import url_for

from app.catalogue.naming import node_name
from app.catalogue.phases import phases_of
from app.catalogue.published import DossierType
from app.domain.status import TaskStatus
from app.engine.context import Context
from app.engine.diagram import Drawing, NodeState, outline, render_diagram
from app.engine.errors import EngineFault
from app.engine.places import ArmedTimer, PlaceKind, places, timers
from app.engine.repair import Repair, RepairKind, targets
from app.engine.run import Run
from app.models.dossier import Dossier
from app.models.task import Task
from app.queries import dossiers as queries
from app.web.database import now, reading
from app.web.repair_form import WORDS
from app.web.step_forms import type_of
from app.web.way_taken import way_of
from app.web.words import _, quoted


@dataclass(frozen=True)
class Standing:
    """One place where the dossier stands, and what may be done about it."""

    token: int
    node: str
    name: str
    what: str
    task: Task | None
    kinds: Sequence[RepairKind]


@dataclass(frozen=True)
class Phase:
    """The places of one phase: (node, what is said of it, whether the dossier stands there)."""

    title: str
    places: Sequence[tuple[str, str, bool]]


@dataclass(frozen=True)
class Bench:
    """Everything a repair may start from."""

    standing: Sequence[Standing]
    #: (node, name) of the steps that were done, the last one first.
    done: Sequence[tuple[str, str]]
    #: (node, name) of every place of the procedure, in its order.
    targets: Sequence[tuple[str, str]]
    timers: Sequence[ArmedTimer]
    #: The same places by phase.
    phases: Sequence["Phase"] = ()
    is_readable: bool = True

    def place(self, token: int | None) -> Standing | None:
        """The place of that token."""
        return next((one for one in self.standing if one.token == token), None)

    def timer(self, token: int | None, part: int) -> ArmedTimer | None:
        """The date of that token."""
        return next((t for t in self.timers if (t.token, t.part) == (token, part)), None)


def bench_of(dossier: Dossier) -> Bench:
    """The dossier as it can be repaired now."""
    session = reading()
    type_ = type_of(dossier)
    tasks = queries.tasks_of(session, dossier.id)
    by_token = {one.token: one for one in tasks if one.status is TaskStatus.OPEN}
    try:
        run = Run.resume(type_.definition, _state(dossier), Context(now=now()))
    except EngineFault:
        return Bench((), (), (), (), is_readable=False)
    done = [one.step for one in reversed(tasks) if one.status is TaskStatus.DONE]
    known = places_in_order(type_)
    names = dict(known)
    standing = [
        Standing(
            token=place.token,
            node=place.node,
            name=_instance(by_token.get(place.token), node_name(type_, place.node)),
            what=_WHAT[place.kind](),
            task=by_token.get(place.token),
            kinds=_MAY[place.kind],
        )
        for place in run.peek(places)
    ]
    return Bench(
        standing=standing,
        done=[(step, names[step]) for step in dict.fromkeys(done) if step in names],
        targets=known,
        timers=run.peek(timers),
        phases=_by_phase(type_, known, {one.node for one in standing}, set(done)),
    )


def _by_phase(
    type_: DossierType, known: Sequence[tuple[str, str]], here: set[str], done: set[str]
) -> list[Phase]:
    """The places in the order of the phases, then of the diagram; where the dossier is is said."""
    phase_of = phases_of(type_, [node for node, _name in known])
    titles = {"": _("Autres")} | {one.key: str(one.title) for one in type_.pack.phases}
    found: dict[str, list[tuple[str, str, bool]]] = {key: [] for key in titles}
    for node, name in known:
        said = name
        if node in here:
            said = _("%(step)s – en cours", step=name)
        elif node in done:
            said = _("%(step)s – déjà faite", step=name)
        found[phase_of[node]].append((node, said, node in here))
    ordered = [*(one.key for one in type_.pack.phases), ""]
    return [Phase(titles[key], found[key]) for key in ordered if found[key]]


def places_in_order(type_: DossierType) -> list[tuple[str, str]]:
    """(Node, name) of every place of a procedure, in the order of its outline."""
    known = targets(type_.definition)
    return [
        (item.id, node_name(type_, item.id))
        for item in outline(type_.pack.diagram)
        if item.id in known
    ]


def _state(dossier: Dossier) -> bytes:
    process = queries.process_of(reading(), dossier.id)
    return process.state if process is not None else b""


def _instance(task: Task | None, name: str) -> str:
    """One instance of a repetition is told by who it is for."""
    if task is not None and task.is_personal and task.assignee is not None:
        return _("%(step)s (%(who)s)", step=name, who=task.assignee.name)
    return name


_WHAT = {
    PlaceKind.STEP: lambda: _("tâche en cours"),
    PlaceKind.JOB: lambda: _("étape automatique en attente"),
    PlaceKind.EVENT: lambda: _("attente"),
    PlaceKind.JOIN: lambda: _("branche arrivée, attend les autres"),
}
_MAY: Mapping[PlaceKind, Sequence[RepairKind]] = {
    PlaceKind.STEP: (RepairKind.MOVE, RepairKind.SKIP, RepairKind.CANCEL),
    PlaceKind.JOB: (RepairKind.MOVE, RepairKind.SKIP, RepairKind.CANCEL),
    PlaceKind.EVENT: (RepairKind.MOVE, RepairKind.CANCEL),
    PlaceKind.JOIN: (RepairKind.MOVE, RepairKind.CANCEL),
}


def chooser_diagram(dossier: Dossier, bench: Bench, asked: Mapping[str, str]) -> Drawing:
    """The diagram as a way to choose: where the dossier stands first, then where it should go."""
    type_ = type_of(dossier)
    way = way_of(reading(), dossier)
    states = dict.fromkeys(way.path.nodes, NodeState.DONE)
    states |= {one.node: NodeState.CURRENT for one in bench.standing}
    if asked.get("faire") in {WORDS[RepairKind.MOVE], WORDS[RepairKind.REDO]}:
        links = {node: _link(dossier, {**asked, "vers": node}) for node, _name in bench.targets}
    else:
        move = WORDS[RepairKind.MOVE]
        links = {
            one.node: _link(dossier, {"faire": move, "jeton": str(one.token)})
            for one in bench.standing
        }
    return render_diagram(
        type_.pack.shown_diagram,
        states=states,
        links=links,
        taken=way.flows,
        uid="choose",
        say=_,
    )


def _link(dossier: Dossier, asked: Mapping[str, str]) -> str:
    page = url_for("repairs.choose", reference=dossier.reference)
    return f"{page}?{urlencode(asked)}#faire"


def before_and_after(facts: Mapping[str, Any], type_: DossierType) -> list[tuple[str, Drawing]]:
    """Where the dossier stands, and where it would; nothing when it stays where it is."""
    before, after = facts["places"]
    if before == after:
        return []
    around = {*before, *after}
    titles = (_("Avant"), _("Après"))
    return [
        (
            title,
            render_diagram(
                type_.pack.shown_diagram,
                states=dict.fromkeys(nodes, NodeState.CURRENT),
                around=around,
                title=_("%(when)s la réparation", when=title),
                uid=f"plan-{rank}",
                say=_,
            ),
        )
        for rank, (title, nodes) in enumerate(zip(titles, (before, after), strict=True))
    ]


def way_sentence(way: Repair, names: Mapping[int, str]) -> str:
    """How one way of doing a repair differs: what else it cancels, what no longer waits."""
    beside = [quoted(names.get(token, "")) for token in way.beside]
    if beside and way.fills:
        return _(
            "Retirer aussi %(steps)s ; le rassemblement n’attendra plus les branches absentes.",
            steps=", ".join(beside),
        )
    if beside:
        return _("Retirer aussi %(steps)s", steps=", ".join(beside))
    if way.fills:
        return _("Le rassemblement n’attendra plus les branches absentes")
    return _("Ne toucher à rien d’autre")
