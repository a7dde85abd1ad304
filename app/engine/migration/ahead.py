"""Which variables does the new version read ahead of a dossier, that nothing will have set by then?

A forward analysis from where the tokens stand: at each node, the names that are set whatever way
was taken. What a version may read unset from its own start is its author's business, not ours.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from app.engine.migration.reading import is_repetition
from app.engine.migration.version import Change, Version
from app.engine.spiff.events import Catching, Timer
from app.engine.spiff.flow import ParallelGateway, ScriptTask, Split
from app.engine.spiff.loops import Loop, StandardLoop, _ForEach
from app.engine.spiff.scopes import DossierWorkflow, Scope, SubProcess
from app.engine.spiff.task import Way

_Names = frozenset[str]
_NOTHING: _Names = frozenset()
_CONSTANTS = frozenset({"null", "true", "false", "facts"})
_IN_LOOPS = frozenset(
    {"loopCounter", "nrOfInstances", "nrOfCompletedInstances", "nrOfActiveInstances"}
)
#: A loop settles in a few rounds; a union at a join might not, and need not.
_MOST_ROUNDS = 50


def unset_ahead(change: Change, new: DossierWorkflow) -> dict[str, str]:
    """Name → id of the step that would read it, for each name nobody will have given."""
    version = change.new
    known = frozenset(new.variables) | _always(version)
    authors = _unset_from_start(version)
    found: dict[str, str] = {}
    # What stands in a scope goes on when it closes: the inner scopes give what they set.
    given: dict[int, _Names] = {}
    for scope in sorted(new.scopes(), key=lambda one: -one.depth):
        walk = _Walk(version, scope.spec)
        for token in scope.tasks.values():
            if token.is_live and not is_repetition(token):
                inside = known | _locals(scope) | given.get(token.id, _NOTHING)
                walk.stand(str(token.task_spec.name), inside)
        ends = walk.run()
        if scope.owner is not None:
            given[scope.owner.id] = ends
        for name, step in walk.unset.items():
            if (name, step) not in authors:
                found.setdefault(name, step)
    return found


def _always(version: Version) -> _Names:
    return version.facts | version.brought | _CONSTANTS


@lru_cache(maxsize=128)
def names_read(version: Version) -> _Names:
    """Every name that something in the version may read."""
    specs = version.definition.specs
    return frozenset(
        name
        for spec in (specs.top, *specs.inner.values())
        for node in spec.task_specs.values()
        for name in _reads(spec, node, entering=True)
    )


@lru_cache(maxsize=128)
def _unset_from_start(version: Version) -> frozenset[tuple[str, str]]:
    """(name, step) pairs that the version may read unset when a dossier begins in it."""
    spec = version.definition.specs.top
    walk = _Walk(version, spec)
    walk.stand(spec.start.name, _always(version))
    walk.run()
    return frozenset((name, step) for name, steps in walk.places.items() for step in steps)


def _locals(scope: Scope) -> _Names:
    names: set[str] = set()
    while scope.owner is not None:
        above = scope.owner.above
        if above is not None and isinstance(above.task_spec, Loop):
            names |= _loop_names(above.task_spec)
        scope = scope.owner.workflow
    return frozenset(names)


def _loop_names(loop: Any) -> _Names:  # noqa: ANN401 - Spiff is untyped
    repeat = loop.repeat if isinstance(loop, _ForEach) else None
    own = _given_names(repeat.element, repeat.result) if repeat is not None else _NOTHING
    return _IN_LOOPS | own


@dataclass
class _Walk:
    """The names set at each node of one scope, from the nodes where somebody stands."""

    version: Version
    spec: Any
    unset: dict[str, str] = field(default_factory=dict)
    places: dict[str, set[str]] = field(default_factory=dict)
    _standing: dict[str, _Names] = field(default_factory=dict)
    #: node → node before it → names set when one comes from there.
    _came: dict[str, dict[str, _Names]] = field(default_factory=dict)

    def stand(self, node: str, known: _Names) -> None:
        """Somebody stands at that node, and these names are set there."""
        self._standing[node] = self._standing.get(node, known) & known

    def run(self) -> _Names:
        """Reads everything ahead; gives the names set when the scope ends."""
        pending = deque(self._standing)
        for _ in range(_MOST_ROUNDS * len(self.spec.task_specs)):
            if not pending:
                break
            pending.extend(self._pass(pending.popleft()))
        nodes = self.spec.task_specs
        reached = {*self._standing, *self._came}
        ends = [self._after(name) for name in reached if not nodes[name].ways]
        self._read_all(reached)
        return frozenset.intersection(*ends) if ends else _NOTHING

    def _before(self, name: str) -> _Names:
        came = list(self._came.get(name, {}).values())
        if name in self._standing:
            came.append(self._standing[name])
        if not came:
            return _NOTHING
        if isinstance(self.spec.task_specs[name], ParallelGateway):
            return frozenset.union(*came)
        return frozenset.intersection(*came)

    def _after(self, name: str) -> _Names:
        return self._before(name) | self._given(name)

    def _pass(self, name: str) -> Iterator[str]:
        """Goes through a node; gives the nodes after it that now know something else."""
        is_holder = isinstance(self.spec.task_specs[name], Split)
        known = self._before(name) if is_holder else self._after(name)
        yield from self._give(name, self.spec.task_specs[name].ways, known)
        holder = self.spec.task_specs.get(f"{name}.BoundaryEventSplit")
        if holder is not None and name in self._standing:
            yield from self._give(holder.name, holder.ways[1:], self._standing[name])

    def _give(self, source: str, ways: Iterable[Way], known: _Names) -> Iterator[str]:
        for way in ways:
            before = self._came.setdefault(way.target, {})
            if before.get(source) != known:
                before[source] = known
                yield way.target

    def _given(self, name: str) -> _Names:
        node = self.spec.task_specs[name]
        body = self.spec.task_specs[node.task_spec] if isinstance(node, Loop) else node
        given = set(self.version.sets.get(str(node.bpmn_id), ()))
        if isinstance(body, ScriptTask):
            given |= body.program.assigned
        if isinstance(body, SubProcess):
            given |= self._inside(name, node, body)
        if isinstance(node, _ForEach):
            # Nobody knows how many repetitions there will be: none may be.
            given = set(_given_names(node.repeat.results))
        return frozenset(given)

    def _inside(self, name: str, node: Any, body: Any) -> _Names:  # noqa: ANN401 - the same
        """What a sub-process that is entered from here sets; what it reads is read here."""
        if name in self._standing:
            return _NOTHING
        known = self._before(name)
        if isinstance(node, Loop):
            known |= _loop_names(node)
        inner = self.version.definition.specs.inner[body.spec]
        found, ends = _walked(self.version, inner, known)
        for missing, step in found:
            self._note(missing, step)
        return ends

    def _read_all(self, reached: Iterable[str]) -> None:
        for name in reached:
            known = self._before(name)
            node = self.spec.task_specs[name]
            standing = name in self._standing
            for read in _reads(self.spec, node, entering=not standing):
                if read not in known | (
                    _loop_names(node) if isinstance(node, Loop) else _NOTHING
                ):
                    self._note(read, str(node.bpmn_id or name))

    def _note(self, name: str, step: str) -> None:
        self.unset.setdefault(name, step)
        self.places.setdefault(name, set()).add(step)


@lru_cache(maxsize=4096)
def _walked(
    version: Version,
    spec: Any,  # noqa: ANN401 - the same
    known: _Names,
) -> tuple[frozenset[tuple[str, str]], _Names]:
    walk = _Walk(version, spec)
    walk.stand(spec.start.name, known)
    ends = walk.run()
    return frozenset(
        (name, step) for name, steps in walk.places.items() for step in steps
    ), ends


def _reads(spec: Any, node: Any, *, entering: bool) -> _Names:  # noqa: ANN401 - the same
    """The names that a node reads when it is entered, and when it is left."""
    names: set[str] = set()
    body = spec.task_specs[node.task_spec] if isinstance(node, Loop) else node
    for way in node.ways:
        if way.condition is not None:
            names |= way.condition.names
    if isinstance(body, ScriptTask):
        names |= body.program.names
    if isinstance(node, StandardLoop) and node.condition is not None:
        names |= node.condition.names
    if isinstance(node, _ForEach):
        entered = (node.repeat.items, node.repeat.count) if entering else ()
        names |= _all_names(*entered, node.repeat.until)
    # An event attached is armed when its activity is entered, and never again.
    if isinstance(node, Catching) and entering:
        names |= _all_names(*(part.computed for part in node.parts if isinstance(part, Timer)))
    return frozenset(names)


def _given_names(*names: str | None) -> _Names:
    return frozenset(name for name in names if name is not None)


def _all_names(*expressions: Any) -> set[str]:  # noqa: ANN401 - the same
    return {name for one in expressions if one is not None for name in one.names}
