"""In which phase of its type is a node of a diagram? Its own, else that of the nearest step before it."""

from collections.abc import Iterable, Mapping

from app.catalogue.published import DossierType


def phases_of(type_: DossierType, nodes: Iterable[str]) -> Mapping[str, str]:
    """Node → key of its phase, for nodes in the order of the diagram; "" before the first phase.

    A node nothing leads to (an event attached to a step) has the phase of the node told before it.
    """
    known = {phase.key for phase in type_.pack.phases}
    found: dict[str, str] = {}
    last = ""
    for node in nodes:
        before = (type_.pack.step(one).phase for one in upstream(type_, node))
        last = next((one for one in before if one and one in known), last)
        found[node] = last
    return found


def upstream(type_: DossierType, node: str) -> list[str]:
    """The node, then those that lead to it, the nearest first."""
    found = [node]
    for here in found:
        before = [one.source for one in type_.definition.flows if one.target == here]
        found += [one for one in dict.fromkeys(before) if one not in found]
    return found
