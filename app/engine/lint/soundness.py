"""Can every join be passed by somebody? Which flows can hold a token at the same time, at most.

A parallel join whose flows exclude each other (two ways of one choice, say) would hold the dossier
for ever. Conditions are ignored and every way is taken, so two flows that are never together here
are never together at all: what is refused is certain, what is not said may still depend on data.

Source: A. Kovalyov, « Concurrency relations and the safety problem for Petri nets », 1992.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.engine.errors import Problem
from app.engine.lint.drawn import Scope, has_definition, name_of, problem
from app.engine.normalise import definitions
from app.engine.xml import Element, children, local


@dataclass(frozen=True, slots=True)
class _Move:
    """A node that takes a token from each of `needs` and gives one to each of `gives`."""

    node: str
    needs: Sequence[int]
    gives: Sequence[int]
    #: Flows that may get several tokens while the node is occupied.
    repeats: Sequence[int] = ()


def dead_joins(scope: Scope) -> Iterator[Problem]:
    """Parallel joins that no dossier could ever pass."""
    joins = [
        node
        for node in scope.of_kind("parallelGateway")
        if len(scope.entering.get(name_of(node), ())) > 1
    ]
    if not joins:
        return
    passed = _passed(scope)
    for node in joins:
        if name_of(node) not in passed:
            yield problem(node, "ne peut jamais être franchie : ses chemins s’excluent")


def _passed(scope: Scope) -> set[str]:
    """The nodes that could be passed, whatever the conditions say."""
    numbers = {name_of(flow): number for number, flow in enumerate(scope.flows)}
    moves = list(_moves(scope, numbers))
    # together[f]: the flows that may hold a token while f does, as bits; reached: those that may.
    together = [0] * len(numbers)
    reached = 0
    passed: set[str] = set()
    changed = True
    while changed:
        before = (reached, *together)
        for move in moves:
            if _enabled(move, together, reached):
                passed.add(move.node)
                reached |= _fire(move, together)
        changed = before != (reached, *together)
    return passed


def _enabled(move: _Move, together: Sequence[int], reached: int) -> bool:
    needed = sum(1 << flow for flow in move.needs)
    if reached & needed != needed:
        return False
    return all(not needed & ~(1 << flow) & ~together[flow] for flow in move.needs)


def _fire(move: _Move, together: list[int]) -> int:
    """Adds what the move brings together; gives the flows it reaches."""
    beside = -1
    for flow in move.needs:
        beside &= together[flow]
    if not move.needs:
        beside = 0
    given = sum(1 << flow for flow in {*move.gives, *move.repeats})
    for flow in {*move.gives, *move.repeats}:
        together[flow] |= beside | (given & ~(1 << flow))
    for flow in move.repeats:
        together[flow] |= 1 << flow
    for other in range(len(together)):
        if beside >> other & 1:
            together[other] |= given
    return given


def _moves(scope: Scope, numbers: dict[str, int]) -> Iterator[_Move]:
    def numbered(flows: Sequence[Element]) -> list[int]:
        return [numbers[name_of(flow)] for flow in flows]

    for name, node in scope.nodes.items():
        stopping: list[list[Element]] = []
        repeating: list[list[Element]] = []
        for event in scope.events_of(name):
            interrupts = scope.nodes[event].get("cancelActivity", "true") == "true"
            (stopping if interrupts else repeating).extend(_ways_out(scope, event))
        repeats = [number for way in repeating for number in numbered(way)]
        for needs in _arrivals(node, numbered(scope.entering.get(name, ()))):
            for way in (*_ways_out(scope, name), *stopping):
                yield _Move(name, needs, numbered(way), repeats)


def _arrivals(node: Element, entering: list[int]) -> list[list[int]]:
    if local(node) == "startEvent":
        return [[]]
    if local(node) == "parallelGateway":
        return [entering] if entering else []
    return [[flow] for flow in entering]


def _ways_out(scope: Scope, name: str) -> list[list[Element]]:
    """Each way of leaving the node; conditional flows may all be taken together."""
    node = scope.nodes[name]
    if local(node) == "intermediateThrowEvent" and has_definition(node, "link"):
        wanted = {item.get("name") for item in definitions(node)}
        for event in scope.of_kind("intermediateCatchEvent"):
            if {item.get("name") for item in children(event, "linkEventDefinition")} & wanted:
                return _ways_out(scope, name_of(event))
    flows = scope.leaving.get(name, [])
    if local(node) in {"exclusiveGateway", "eventBasedGateway"}:
        return [[flow] for flow in flows]
    return [list(flows)]
