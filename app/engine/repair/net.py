"""Which sets of tokens may one (sub-)process hold, and can each of them always reach an end?

The diagram is read as a net of spots: a node that is occupied, or a flow that has arrived at a
join. Conditions are ignored: every way may be taken. A set of tokens is sound when its spots are
together in the normal life of the process, and no order of events leaves any of them waiting.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, combinations
from typing import Any, TypeAlias

from app.engine.spiff.events import (
    BoundaryEvent,
    Cancel,
    EndEvent,
    Error,
    EventGateway,
    Terminate,
)
from app.engine.spiff.flow import ExclusiveGateway, InclusiveGateway, ParallelGateway, Split
from app.engine.spiff.loops import Loop
from app.engine.together import Firing, Together, concurrency

#: A node; at a join, also the node whose flow has arrived ("" for a join that is about to be left).
Spot: TypeAlias = tuple[str, str]
Marking: TypeAlias = tuple[Spot, ...]
#: An inclusive choice with more ways out than this is looked at one way at a time, and all at once.
MAX_WAYS = 4
#: Markings looked at before giving up; blocks of forty nodes need a few hundred.
MAX_MARKINGS = 20_000


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that may happen: spots left and spots entered."""

    needs: Marking
    gives: Marking
    #: Everything else in the scope stops first.
    is_alone: bool = False
    #: May be entered again and again meanwhile, without leaving anything.
    repeats: Marking = ()


@dataclass(frozen=True, eq=False)
class Net:
    """One scope: what may happen at each spot."""

    specs: Mapping[str, Any]
    changes: Sequence[Change]
    #: What leaves each spot; a join's change stands under each of its spots.
    leaving: Mapping[Spot, Sequence[Change]]
    numbers: Mapping[Spot, int]
    together: Together
    #: The events attached to each node.
    attached: Mapping[str, Sequence[str]]

    def join_spots(self, join: str) -> list[Spot]:
        """The flows that enter a join."""
        return [(join, origin) for origin in self.specs[join]._inputs]


@lru_cache(maxsize=256)
def net_of(spec: Any) -> Net:  # noqa: ANN401 - SpiffWorkflow's specification
    """The net of one scope, made once per version of the diagram."""
    changes = list(_changes(spec))
    spots = sorted({spot for one in changes for spot in (*one.needs, *one.gives, *one.repeats)})
    numbers = {spot: number for number, spot in enumerate(spots)}
    leaving: dict[Spot, list[Change]] = {spot: [] for spot in spots}
    for one in changes:
        for spot in set(one.needs):
            leaving[spot].append(one)
    firings = [
        Firing(
            "",
            [numbers[spot] for spot in one.needs],
            [numbers[spot] for spot in one.gives],
            [numbers[spot] for spot in one.repeats],
        )
        for one in _each_arrival(changes, spec)
    ]
    together = concurrency(len(spots), firings)
    attached = {host: [one.name for one in events] for host, events in _attached(spec).items()}
    return Net(spec.task_specs, changes, leaving, numbers, together, attached)


def _attached(spec: Any) -> dict[str, list[Any]]:  # noqa: ANN401
    specs = spec.task_specs
    return {
        node.ways[0].target: [specs[way.target] for way in node.ways[1:]]
        for node in specs.values()
        if isinstance(node, Split)
    }


def _each_arrival(changes: Sequence[Change], spec: Any) -> Iterator[Change]:  # noqa: ANN401
    """For what may be together: an inclusive join may be passed by any one of its flows."""
    for one in changes:
        if one.needs and isinstance(spec.task_specs[one.needs[0][0]], InclusiveGateway):
            for spot in one.needs:
                yield Change((spot,), one.gives, one.is_alone, one.repeats)
        else:
            yield one


# ---------------------------------------------------------------- how a diagram becomes a net


def _changes(spec: Any) -> Iterator[Change]:  # noqa: ANN401
    specs = spec.task_specs
    bodies = {node.task_spec for node in specs.values() if isinstance(node, Loop)}
    events = _attached(spec)
    yield Change((), ((spec.start.name, ""),))
    for name, node in specs.items():
        if isinstance(node, Split) or name in bodies:
            continue
        yield from _at(specs, name, events.get(name, ()))


def _at(specs: Mapping[str, Any], name: str, events: Sequence[Any]) -> Iterator[Change]:
    node, here = specs[name], (name, "")
    repeats = tuple((one.name, "") for one in events if not one.cancel_activity)
    if _joins(node):
        yield Change(tuple((name, origin) for origin in node._inputs), (here,))
    if isinstance(node, EndEvent) and isinstance(
        node.event_definition, Terminate | Cancel | Error
    ):
        yield Change((here,), (), is_alone=True)
    else:
        for taken in _ways_out(node):
            yield Change((here,), _entered(specs, node, taken), repeats=repeats)
    for one in events:
        if one.cancel_activity:
            alone = isinstance(one, BoundaryEvent) and one.interrupts_scope
            yield Change((here,), ((one.name, ""),), is_alone=alone, repeats=repeats)


def _ways_out(node: Any) -> list[Sequence[Any]]:  # noqa: ANN401
    """Each set of flows that may be taken together."""
    ways = node.ways
    if isinstance(node, ExclusiveGateway | EventGateway):
        return [(way,) for way in ways]
    if isinstance(node, InclusiveGateway) and len(ways) > 1:
        sizes = range(1, len(ways) + 1) if len(ways) <= MAX_WAYS else (1, len(ways))
        return list(chain.from_iterable(combinations(ways, size) for size in sizes))
    return [ways]


def _entered(specs: Mapping[str, Any], node: Any, ways: Sequence[Any]) -> Marking:  # noqa: ANN401
    return tuple(sorted(spot_at(specs, way.target, node.name) for way in ways))


def spot_at(specs: Mapping[str, Any], target: str, origin: str) -> Spot:
    """Where a token stands that goes there from that node."""
    node = specs[target]
    if isinstance(node, Split):
        node = specs[node.ways[0].target]
    return (node.name, origin if _joins(node) else "")


def _joins(node: Any) -> bool:  # noqa: ANN401
    return isinstance(node, ParallelGateway | InclusiveGateway) and len(node._inputs) > 1


# ---------------------------------------------------------------- what is sound


def strangers(net: Net, marking: Marking) -> tuple[Spot, Spot] | None:
    """Two spots that are never occupied together in the normal life of the process, if any."""
    for number, one in enumerate(marking):
        for other in marking[number + 1 :]:
            if not net.together.allows(net.numbers[one], net.numbers[other]):
                return one, other
    return None


def stuck(net: Net, marking: Marking) -> Spot | None:
    """A spot that could be left waiting for ever, if any.

    Tokens do not disturb one another, so one token at a time is followed through all its choices:
    every way of being stuck is met (persistent sets; P. Godefroid, 1996). Whoever cannot be
    looked at whole is taken for stuck.
    """
    pending, seen = [tuple(sorted(marking))], set()
    while pending:
        here = pending.pop()
        if here in seen or not here:
            continue
        seen.add(here)
        changes = _next_changes(net, here)
        if not changes or len(seen) > MAX_MARKINGS:
            return here[0]
        pending.extend(_after(here, one) for one in changes)
    return None


def _after(here: Marking, change: Change) -> Marking:
    left = list(here)
    for spot in change.needs:
        if spot in left:
            left.remove(spot)
    return tuple(sorted([*([] if change.is_alone else left), *change.gives]))


def _next_changes(net: Net, here: Marking) -> Sequence[Change]:
    for spot in here:
        node = net.specs[spot[0]]
        if not spot[1]:
            return net.leaving[spot]
        if isinstance(node, InclusiveGateway):
            if not _awaits_more(net, node.name, here):
                return net.leaving[spot]
        elif all(
            here.count(need) >= node._inputs.count(need[1]) for need in net.join_spots(spot[0])
        ):
            return net.leaving[spot]
    return ()


def _awaits_more(net: Net, join: str, here: Marking) -> bool:
    """Whether an inclusive join waits for somebody who can still come (BPMN 2.0, 13.4.3)."""
    filled = {origin for node, origin in here if node == join}
    empty = [origin for origin in net.specs[join]._inputs if origin not in filled]
    to_empty, to_filled = _upstream(net, join, empty), _upstream(net, join, filled)
    return any(
        node in to_empty and node not in to_filled for node in _occupied(net, here, but=join)
    )


def _occupied(net: Net, marking: Marking, *, but: str) -> set[str]:
    """The nodes where a token stands, and the events attached to them: they wait as well."""
    nodes = {node for node, _origin in marking if node != but}
    return nodes.union(*(net.attached.get(node, ()) for node in nodes))


def _upstream(net: Net, join: str, nodes: Sequence[str] | set[str]) -> set[str]:
    """The nodes from which one of these is reached without passing the join."""
    found, queue = set(nodes), list(nodes)
    before = _before(net)
    while queue:
        for name in before.get(queue.pop(), ()):
            if name not in found and name != join:
                found.add(name)
                queue.append(name)
    return found


def unreachable_flows(net: Net, join: str, marking: Marking) -> list[Spot]:
    """The flows of a parallel join that nobody can bring a token any more, when others can.

    Nothing when no token will come to the join at all: nobody waits there then.
    """
    missing = [spot for spot in net.join_spots(join) if spot not in marking]
    nodes = _occupied(net, marking, but=join)
    lost = [spot for spot in missing if not nodes & _upstream(net, join, [spot[1]])]
    comes = len(missing) < len(net.join_spots(join)) or len(lost) < len(missing)
    return lost if comes else []


@lru_cache(maxsize=256)
def _before(net: Net) -> Mapping[str, Sequence[str]]:
    before: dict[str, list[str]] = {}
    for one in net.changes:
        for node, _origin in one.gives:
            if net.specs[node].attached:
                continue
            before.setdefault(node, []).extend(name for name, _ in one.needs)
    return before


def parallel_joins(net: Net) -> list[str]:
    """The joins that wait for every one of their flows."""
    return [
        name
        for name, node in net.specs.items()
        if isinstance(node, ParallelGateway) and _joins(node)
    ]
