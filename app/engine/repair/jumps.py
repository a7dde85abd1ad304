"""What does a dossier jump over when it is moved forward? The nodes between, certain or only possible.

The diagram is read without its ways back: a dossier sent back jumps over nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from app.engine.parse import Definition
from app.engine.repair.net import net_of

_CHOICES = frozenset({"exclusiveGateway", "inclusiveGateway", "eventBasedGateway"})
_SCOPES = frozenset({"subProcess", "transaction", "callActivity"})
_NOTHING: frozenset[str] = frozenset()
#: Node → the nodes one may go to from there, by drawn flow; and by an event attached to it.
Ways: TypeAlias = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Jumped:
    """The nodes between where a dossier stood and where it goes, in the order of the diagram."""

    #: The dossier would have gone through them whatever was answered.
    surely: tuple[str, ...] = ()
    #: It could have gone through them.
    perhaps: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class _Forward:
    """A diagram without its ways back."""

    order: Sequence[str]
    flows: Ways
    events: Ways

    def after(self, node: str) -> Sequence[str]:
        return (*self.flows.get(node, ()), *self.events.get(node, ()))

    def reached(self, sources: Collection[str]) -> frozenset[str]:
        """What may come after these nodes, themselves included."""
        found = set(sources)
        for node in self.order:
            if node in found:
                found.update(self.after(node))
        return frozenset(found)

    def leading(self, target: str) -> frozenset[str]:
        """The nodes that may lead to the target."""
        found = {target}
        for node in reversed(self.order):
            if found.intersection(self.after(node)):
                found.add(node)
        return frozenset(found - {target})


def jumped(definition: Definition, leaving: Collection[str], target: str) -> Jumped:
    """What is jumped over from the nodes that are left to the node that opens."""
    forward = _forward(definition)
    leading = forward.leading(target)
    left = [node for node in leaving if node in leading]
    if not left:
        return Jumped()
    forced = _forced(definition, forward, leading, target)
    certain = _NOTHING.union(*(forced[node] for node in left))
    between = (forward.reached(left) & leading) - set(leaving)
    return Jumped(
        surely=tuple(node for node in forward.order if node in between & certain),
        perhaps=tuple(node for node in forward.order if node in between - certain),
    )


def still_ahead(definition: Definition, standing: Collection[str]) -> frozenset[str]:
    """The nodes where a dossier may still go without being sent back, those where it stands included."""
    return _forward(definition).reached(standing)


def _forced(
    definition: Definition, forward: _Forward, leading: frozenset[str], target: str
) -> Mapping[str, frozenset[str]]:
    """For each node that leads to the target, those that every way there goes through."""
    forced: dict[str, frozenset[str]] = {target: _NOTHING}

    def known(nodes: Sequence[str]) -> list[frozenset[str]]:
        return [forced[node] for node in nodes if node in forced]

    for node in reversed(forward.order):
        if node not in leading:
            continue
        ways = known(forward.flows.get(node, ()))
        if ways and definition.nodes[node].kind not in _CHOICES:
            ways = [_NOTHING.union(*ways)]
        ways += known(forward.events.get(node, ()))
        forced[node] = frozenset({node}) | frozenset.intersection(*ways)
    return forced


@lru_cache(maxsize=64)
def _forward(definition: Definition) -> _Forward:
    flows, events = _drawn(definition)
    entered = {node for ways in (flows, events) for nodes in ways.values() for node in nodes}
    starts = [node for node in definition.nodes if node not in entered]
    back: set[tuple[str, str]] = set()
    order: list[str] = []
    seen: set[str] = set()
    for start in (*starts, *definition.nodes):
        if start not in seen:
            order[:0] = _walked(start, lambda node: (*flows[node], *events[node]), seen, back)

    def kept(ways: Ways) -> Ways:
        return {
            node: [to for to in nodes if (node, to) not in back] for node, nodes in ways.items()
        }

    return _Forward(order, kept(flows), kept(events))


def _walked(
    start: str,
    after: Callable[[str], Sequence[str]],
    seen: set[str],
    back: set[tuple[str, str]],
) -> list[str]:
    """The nodes not yet seen, each before those that follow it; the ways back are noted."""
    done: list[str] = []
    path: dict[str, Iterator[str]] = {start: iter(after(start))}
    seen.add(start)
    while path:
        here = next(reversed(path))
        following = next(path[here], None)
        if following is None:
            done.append(here)
            del path[here]
        elif following in path:
            back.add((here, following))
        elif following not in seen:
            seen.add(following)
            path[following] = iter(after(following))
    return done[::-1]


def _drawn(
    definition: Definition,
) -> tuple[defaultdict[str, list[str]], defaultdict[str, list[str]]]:
    """Where one may go from each node; a scope leads to its beginnings, its ends to what follows it."""
    flows: defaultdict[str, list[str]] = defaultdict(list)
    events: defaultdict[str, list[str]] = defaultdict(list)
    for one in definition.flows:
        flows[one.source].append(one.target)
    specs = definition.specs
    for spec in (specs.top, *specs.inner.values()):
        for host, names in net_of(spec).attached.items():
            events[host] += [name for name in names if name in definition.nodes]
    entered = {node for targets in flows.values() for node in targets}
    for node in definition.nodes.values():
        inside = [
            one for one in definition.nodes.values() if one.scope == _inner(definition, node.id)
        ]
        begins = [
            one.id for one in inside if one.kind == "startEvent" and one.id not in entered
        ]
        if node.kind in _SCOPES and begins:
            for end in inside:
                if end.kind == "endEvent":
                    flows[end.id] += flows[node.id]
            flows[node.id] = begins
    return flows, events


def _inner(definition: Definition, node: str) -> str:
    """The scope a node opens: itself when it is drawn inside, else the process it calls."""
    for spec in (definition.specs.top, *definition.specs.inner.values()):
        drawn = spec.task_specs.get(node)
        inner = getattr(drawn, "spec", None)
        if isinstance(inner, str):
            return inner
    return node
