"""Can every join be passed by somebody?

A parallel join whose flows exclude each other (two ways of one choice, say) would hold the dossier
for ever: what is refused is certain, what is not said may still depend on data.
"""

from collections.abc import Iterator, Sequence

from app.engine.errors import Problem
from app.engine.lint.drawn import Scope, has_definition, name_of, problem, within
from app.engine.lint.paths import following
from app.engine.normalise import definitions
from app.engine.together import Firing, TooTangled, concurrency
from app.engine.xml import Element, children, local

#: Each beginning is looked at by itself.
MAX_STARTS = 16


def dead_joins(scope: Scope) -> Iterator[Problem]:
    """Parallel joins that no dossier could ever pass."""
    joins = [
        node
        for node in scope.of_kind("parallelGateway")
        if len(scope.entering.get(name_of(node), ())) > 1
    ]
    if not joins:
        return
    starts, after = list(scope.of_kind("startEvent")), following(scope)
    # A dossier begins once: by its plain start, or by the first of the others that happens.
    begins = [one for one in starts if not definitions(one)] or starts
    for start in begins:
        try:
            passed = _passed(scope, start, others=len(begins) - 1)
        except TooTangled:
            yield problem(scope.element, "est trop enchevêtré pour être vérifié : découpez-le")
            return
        met = within([name_of(start)], after)
        never = "ne peut jamais être franchie : ses chemins s’excluent"
        if len(starts) > 1:
            begun = " ".join((start.get("name") or "").split()) or name_of(start)
            never = f"ne peut pas être franchie par un dossier qui commence par « {begun} »"
        for node in joins:
            if name_of(node) in met - passed:
                yield problem(node, never)


def uncertain_joins(scope: Scope) -> Iterator[Problem]:
    """Parallel joins that wait for an event that may never happen.

    An event beside an activity that does not interrupt it is forgotten when the activity ends:
    a join that needs its path, besides the normal course, would then wait for ever.
    """
    certain = within(
        [name_of(node) for node in scope.of_kind("startEvent")],
        {
            name: [one for one in targets if _may_go(scope, one)]
            for name, targets in following(scope).items()
        },
    )
    for node in scope.of_kind("parallelGateway"):
        sources = {flow.get("sourceRef", "") for flow in scope.entering.get(name_of(node), ())}
        if sources & certain and sources - certain and name_of(node) in certain:
            yield problem(
                node, "attend un événement qui n’interrompt pas, et qui peut ne jamais venir"
            )


def _may_go(scope: Scope, name: str) -> bool:
    """The node is not an event that happens beside its activity."""
    node = scope.nodes.get(name)
    return node is None or node.get("cancelActivity", "true") == "true"


def _passed(scope: Scope, start: Element, *, others: int) -> frozenset[str]:
    """The nodes that a dossier begun there could pass, whatever the conditions say."""
    if others >= MAX_STARTS:
        raise TooTangled
    numbers = {name_of(flow): number for number, flow in enumerate(scope.flows)}
    never = {name_of(one) for one in scope.of_kind("startEvent")} - {name_of(start)}
    moves = [move for move in _moves(scope, numbers) if move.node not in never]
    return concurrency(len(numbers), moves).passed


def _moves(scope: Scope, numbers: dict[str, int]) -> Iterator[Firing]:
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
                yield Firing(name, needs, numbered(way), repeats)


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
