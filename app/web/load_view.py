"""How loaded is each step of a type? On the diagram, in its twin in words, and in a table: the same figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from app.catalogue.naming import node_name
from app.catalogue.published import DossierType
from app.engine.diagram import NodeState, outline, render_diagram
from app.queries.steps import Among, StepLoad, WaitLoad
from app.web.procedure_view import Diagram
from app.web.words import _, ngettext

#: Median ages, in days, from which a step is warmer on the diagram.
HEAT = (0, 8, 15, 31, 61)


@dataclass(frozen=True)
class Load:
    """One line: a step where people are awaited, or a place where dossiers wait."""

    node: str
    name: str
    count: int
    url: str
    late: int = 0
    late_url: str = ""
    median_days: int | None = None

    @property
    def sentence(self) -> str:
        """« 12 dossiers, dont 3 en retard, ancienneté médiane de 8 jours »."""
        parts = [ngettext("un dossier", "%(num)s dossiers", self.count)]
        if self.late:
            parts.append(ngettext("dont un en retard", "dont %(num)s en retard", self.late))
        if self.median_days is not None:
            parts.append(
                ngettext(
                    "ancienneté médiane d’un jour",
                    "ancienneté médiane de %(num)s jours",
                    self.median_days,
                )
                if self.median_days
                else _("arrivés aujourd’hui")
            )
        return ", ".join(parts)


@dataclass(frozen=True)
class TypeLoad:
    """The load of one type."""

    title: str
    diagram: Diagram
    lines: Sequence[Load]


def type_load(
    type_: DossierType,
    steps: Sequence[StepLoad],
    waits: Sequence[WaitLoad],
    among: Among,
    *,
    rank: int,
) -> TypeLoad:
    """The figures of one type, drawn and told; each leads to its list of dossiers."""
    key = type_.pack.key
    lines = [_step_line(type_, one, among) for one in steps if one.type_key == key]
    known = {one.node for one in lines}
    lines += [
        _wait_line(type_, one, among)
        for one in waits
        if one.type_key == key and one.node not in known and one.node in type_.definition.nodes
    ]
    by_node = {one.node: one for one in lines}
    states = {
        n: NodeState.LATE if one.late else NodeState.CURRENT for n, one in by_node.items()
    }
    notes = {node: one.sentence for node, one in by_node.items()}
    links = {node: one.url for node, one in by_node.items()}
    svg = render_diagram(
        type_.pack.shown_diagram,
        links=links,
        states={node: state for node, state in states.items() if state is NodeState.LATE},
        badges={node: str(one.count) for node, one in by_node.items()},
        labels=notes,
        heat={node: heat_of(one.median_days) for node, one in by_node.items()},
        uid=f"type-{rank}",
        say=_,
    )
    told = outline(type_.pack.shown_diagram, states=states, links=links, notes=notes, say=_)
    return TypeLoad(str(type_.pack.title), Diagram(svg, told), lines)


def heat_of(median_days: int | None) -> int:
    """From 1 (fresh) to 5 (two months and more); a wait without age is fresh."""
    return sum(1 for days in HEAT if (median_days or 0) >= days)


def _step_line(type_: DossierType, one: StepLoad, among: Among) -> Load:
    where: dict[str, Any] = {"etape": one.step, "type": one.type_key, **_narrow(among)}
    return Load(
        node=one.step,
        name=node_name(type_, one.step) if one.step in type_.definition.nodes else one.name,
        count=one.count,
        url=url_for("dossiers.listing", **where),
        late=one.late,
        late_url=url_for("dossiers.listing", **where) + "&retard=1",
        median_days=one.median_days,
    )


def _wait_line(type_: DossierType, one: WaitLoad, among: Among) -> Load:
    where: dict[str, Any] = {"attente": one.node, "type": one.type_key, **_narrow(among)}
    name = node_name(type_, one.node)
    return Load(one.node, name, one.count, url_for("dossiers.listing", **where))


def _narrow(among: Among) -> dict[str, str]:
    chosen = {"dispositif": among.scheme, "depose": str(among.filed_in or "")}
    return {name: value for name, value in chosen.items() if value}
