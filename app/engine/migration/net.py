"""From here, whatever people decide, can the scope always come to its end? The game of tokens.

Data are forgotten: every way of a choice may be taken, every attached event may happen. All the
markings that matter are visited; a marking from which the end is out of reach is a blockage.
A token that need not wait for another one is moved alone, first: the order does not change where
the joins stop (persistent sets).

Source: W. van der Aalst, « Verification of workflow nets », 1997 (soundness);
P. Godefroid, « Partial-Order Methods for the Verification of Concurrent Systems », 1996.
"""

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations
from typing import Any, TypeAlias

from app.engine.spiff.events import Cancel, EndEvent, EventGateway, Terminate
from app.engine.spiff.flow import ExclusiveGateway, InclusiveGateway, ParallelGateway, Split
from app.engine.spiff.scopes import Scope
from app.engine.spiff.task import COMPLETED

#: (node, node it came from); the second one matters at a join only.
Spot: TypeAlias = tuple[str, str]
Marking: TypeAlias = tuple[Spot, ...]
MOST_MARKINGS = 4_000
_MOST_TOKENS = 64
_ALL_SUBSETS = 6


class Net:
    """The moves of one scope."""

    def __init__(self, spec: Any) -> None:  # noqa: ANN401 - Spiff is untyped
        self._nodes = spec.task_specs
        self._ways: dict[str, list[tuple[bool, Marking]]] = {}

    def entered(self, target: str, source: str) -> Spot:
        """Where a token stands once it has come by that flow."""
        node = self._nodes[target]
        if isinstance(node, Split):
            target = node.ways[0].target
            node = self._nodes[target]
        return (target, source if self._is_join(target) else "")

    def _is_join(self, name: str) -> bool:
        node = self._nodes[name]
        joins = isinstance(node, ParallelGateway | InclusiveGateway)
        return joins and len(node._inputs) > 1

    def _leaving(self, name: str, ways: Any) -> Marking:  # noqa: ANN401 - the same
        return tuple(self.entered(way.target, name) for way in ways)

    def _alternatives(self, name: str) -> list[tuple[bool, Marking]]:
        """Each way to leave a node: whether it empties the scope, and what it gives."""
        if name not in self._ways:
            self._ways[name] = list(self._left(name))
        return self._ways[name]

    def _left(self, name: str) -> Iterator[tuple[bool, Marking]]:
        node = self._nodes[name]
        if isinstance(node, ExclusiveGateway | EventGateway):
            yield from ((False, self._leaving(name, (way,))) for way in node.ways)
        elif isinstance(node, InclusiveGateway):
            yield from ((False, self._leaving(name, chosen)) for chosen in _subsets(node.ways))
        else:
            ends = isinstance(node, EndEvent) and isinstance(
                node.event_definition, Terminate | Cancel
            )
            yield ends, self._leaving(name, node.ways)
        split = self._nodes.get(f"{name}.BoundaryEventSplit")
        for way in split.ways[1:] if split is not None else ():
            event = self._nodes[way.target]
            if event.cancel_activity:
                yield event.interrupts_scope, self._leaving(way.target, event.ways)

    def next_of(self, marking: Marking) -> list[Marking]:
        """The markings that may follow."""
        for spot in marking:
            if not self._is_join(spot[0]):
                rest = _without(marking, [spot])
                return [
                    given if empties else _with(rest, given)
                    for empties, given in self._alternatives(spot[0])
                ]
        return self._joined(marking)

    def _joined(self, marking: Marking) -> list[Marking]:
        for name in sorted({spot[0] for spot in marking}, key=self._is_patient):
            used = self._used(name, marking)
            if used:
                rest = _without(marking, used)
                return [_with(rest, given) for _, given in self._alternatives_of_join(name)]
        return []

    def _alternatives_of_join(self, name: str) -> list[tuple[bool, Marking]]:
        return self._alternatives(name)

    def _is_patient(self, name: str) -> bool:
        return bool(self._nodes[name].patient)

    def _used(self, name: str, marking: Marking) -> list[Spot]:
        """The tokens a join takes when it is passed; none when it waits."""
        node = self._nodes[name]
        arrived = {spot for spot in marking if spot[0] == name}
        filled = {source for _, source in arrived}
        empty = [source for source in node._inputs if source not in filled]
        if not self._is_patient(name):
            wanted = Counter(node._inputs)
            have = Counter(source for at, source in marking if at == name)
            if any(have[source] < number for source, number in wanted.items()):
                return []
            return [(name, source) for source in wanted.elements()]
        if empty:
            to_empty, to_filled = node._upstream(empty), node._upstream(filled)
            if any(at in to_empty and at not in to_filled for at, _ in marking if at != name):
                return []
        return sorted(arrived)

    def trouble(self, marking: Marking) -> Marking | None:
        """A marking that may come of this one and never ends; None when there is none.

        A dossier with too many possible futures is in trouble too: it cannot be proved.
        """
        following: dict[Marking, list[Marking]] = {}
        pending = [_with((), marking)]
        while pending:
            here = pending.pop()
            if here in following:
                continue
            if len(following) >= MOST_MARKINGS or len(here) > _MOST_TOKENS:
                return here
            following[here] = self.next_of(here)
            pending.extend(following[here])
        return _stuck(following)


def _stuck(following: dict[Marking, list[Marking]]) -> Marking | None:
    """A marking that does not lead to the end, those that go nowhere first."""
    before: dict[Marking, list[Marking]] = {}
    for here, after in following.items():
        for there in after:
            before.setdefault(there, []).append(here)
    good: set[Marking] = set()
    pending: list[Marking] = [()] if () in following else []
    while pending:
        here = pending.pop()
        if here not in good:
            good.add(here)
            pending.extend(before.get(here, ()))
    bad = [here for here in following if here not in good]
    return min(bad, key=lambda here: (bool(following[here]), len(here), here), default=None)


def _subsets(ways: Any) -> Iterator[Any]:  # noqa: ANN401 - the same
    if len(ways) <= _ALL_SUBSETS:
        for size in range(1, len(ways) + 1):
            yield from combinations(ways, size)
    else:
        yield from ((way,) for way in ways)
        yield from combinations(ways, 2)
        yield ways


def _with(marking: Marking, more: Marking) -> Marking:
    return tuple(sorted((*marking, *more)))


def _without(marking: Marking, used: list[Spot]) -> Marking:
    rest = list(marking)
    for spot in used:
        rest.remove(spot)
    return tuple(rest)


@lru_cache(maxsize=1024)
def net_of(spec: Any) -> Net:  # noqa: ANN401 - the same
    """The net of a scope, made once."""
    return Net(spec)


@lru_cache(maxsize=1024)
def is_sound(spec: Any) -> bool:  # noqa: ANN401 - the same
    """Whether a scope that begins always can end, data forgotten."""
    net = net_of(spec)
    first = tuple(net.entered(way.target, spec.start.name) for way in spec.start.ways)
    return net.trouble(first) is None


def marking_of(scope: Scope) -> Marking:
    """The spots where the tokens of an open scope stand; attached events go with their activity."""
    found: list[Spot] = []
    for token in scope.tasks.values():
        if token.task_spec.attached or token._state == COMPLETED or not token.is_live:
            continue
        above = token.above
        if (
            above is not None
            and getattr(above.task_spec, "task_spec", None) == token.task_spec.name
        ):
            continue
        found.append((str(token.task_spec.name), str(token.internal_data.get("from", ""))))
    return tuple(sorted(found))
