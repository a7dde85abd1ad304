"""What does BPMN say happens? Tokens on a graph, with none of the engine's parts and no SpiffWorkflow.

The rules are those of BPMN 2.0, chapter 13, and where it leaves a choice those of
docs/spiffworkflow.md. It is slow, keeps everything in memory and is never saved.
"""

from collections import Counter, deque
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.engine.expressions import compile_script
from tests.unit.engine.graph import Flow, Node, read_graphs
from tests.unit.engine.repetitions import Repetitions
from tests.unit.engine.spots import (
    JOBS,
    JOINS,
    MAX_MOVES,
    PEOPLE,
    SCOPES,
    Decide,
    Room,
    Spot,
    TurnsRound,
)


class Tokens(Repetitions):
    """One dossier, as BPMN plays it."""

    def __init__(
        self,
        xml: bytes,
        *,
        now: datetime,
        process: str | None = None,
        called: tuple[bytes, ...] = (),
        facts: Mapping[str, Any] | None = None,
        functions: Mapping[str, Any] | None = None,
        decide: Decide | None = None,
        variables: Mapping[str, Any] | None = None,
    ) -> None:
        self.graphs = {}
        for one in (*reversed(called), xml):
            self.graphs.update(read_graphs(one))
        self.now, self.facts = now, dict(facts or {})
        self.given, self.decide = dict(functions or {}), decide
        self.variables: dict[str, Any] = dict(variables or {})
        self.numbers = 0
        self.queue: deque[Spot] = deque()
        self.sent: list[str] = []
        self.top = Room(self.graphs[process or next(iter(self.graphs))], None)
        self._begin(self.top)
        self._settle()

    # ---------------------------------------------------------------- what is seen

    @property
    def steps(self) -> list[tuple[str, tuple[int, ...]]]:
        """The open steps, each with its ranks in the repetitions around it, from the inside."""
        return sorted((s.node.id, self.path(s)) for s in self._open(PEOPLE))

    @property
    def jobs(self) -> list[tuple[str, tuple[int, ...]]]:
        return sorted((s.node.id, self.path(s)) for s in self._open(JOBS))

    @property
    def messages(self) -> list[str]:
        names = {
            part.text
            for spot in self._waiting()
            for part in spot.parts
            if part.kind in {"message", "signal"} and part.text
        }
        return sorted(names)

    @property
    def due_at(self) -> datetime | None:
        moments = [moment for spot in self._waiting() for moment in spot.at.values()]
        return min(moments, default=None)

    @property
    def done(self) -> bool:
        return not self.top.spots

    def path(self, spot: Spot) -> tuple[int, ...]:
        return tuple(one.rank for one in self._around(spot))

    # ---------------------------------------------------------------- what happens

    def complete(self, name: str, path: tuple[int, ...], variables: Mapping[str, Any]) -> None:
        """The step (or job) of that name is done."""
        self.sent = []
        spot = next(
            s for s in self._open(PEOPLE | JOBS) if s.node.id == name and self.path(s) == path
        )
        self._write(spot, variables)
        self._finish(spot)
        self._settle()

    def receive(self, name: str, payload: Mapping[str, Any] | None = None) -> bool:
        self.sent = []
        found = self._deliver(name, {"message", "signal"}, payload or {})
        self._settle()
        return found

    def fail(self, name: str, path: tuple[int, ...], code: str) -> bool:
        """A BPMN error on an open step or job."""
        self.sent = []
        spot = next(
            s for s in self._open(PEOPLE | JOBS) if s.node.id == name and self.path(s) == path
        )
        caught = self._climb_from(spot, "error", code)
        self._settle()
        return caught

    def wait_until(self, now: datetime) -> None:
        self.sent, self.now = [], now
        self._settle()

    # ---------------------------------------------------------------- coming and going

    def _next_number(self) -> int:
        self.numbers += 1
        return self.numbers

    def _spot(self, node: Node, room: Room, via: str = "") -> Spot:
        return Spot(node, room, self._next_number(), via=via)

    def _watch(self, room: Room) -> None:
        """The event sub-processes of the room may happen from now on."""
        for node in room.graph.watchers:
            assert node.inner is not None
            event = self._spot(node.inner.starts[0], room)
            event.watches, event.aside = room, True
            room.watch.append(event)
            self._await(event)

    def _begin(self, room: Room) -> None:
        """Puts the first token of a room."""
        self._watch(room)
        starts = room.graph.starts
        plain = [node for node in starts if not node.parts]
        if plain or len(starts) == 1:
            self._arrive(room, (plain or starts)[0], "")
            return
        first = Node("start", "eventBasedGateway", None, [])
        first.leaving = [Flow("", "start", node.id, None) for node in starts]
        self._arrive(room, first, "")

    def _arrive(self, room: Room, node: Node, via: str, *, passed: bool = False) -> None:
        spot = self._spot(node, room, via)
        spot.passed = passed
        spot.aside = node.is_watcher
        room.spots.append(spot)
        self._enter(spot)
        for beside in node.attached:
            event = self._spot(beside, room)
            event.watches = spot
            spot.attached.append(event)
            self._await(event)

    def _enter(self, spot: Spot) -> None:
        node = spot.node
        if node.loop is not None and spot.loop is None:
            self._repeat(spot, node.loop)
        elif node.kind in PEOPLE | JOBS:
            spot.state = "open"
        elif node.kind in SCOPES:
            self._open_room(spot)
        elif node.kind in JOINS and len(node.entering) > 1:
            spot.state = "waiting"
            if node.kind == "parallelGateway":
                self._join(spot)
        elif node.kind == "eventBasedGateway" or self._catches(spot):
            self._await(spot)
        else:
            self._ready(spot)

    def _open_room(self, spot: Spot) -> None:
        graph = spot.node.inner or self.graphs[spot.node.called or ""]
        spot.state, spot.inside = "busy", Room(graph, spot)
        if spot.node.is_watcher:
            # Its start event has happened: it is a plain beginning now.
            self._watch(spot.inside)
            self._arrive(spot.inside, graph.starts[0], "", passed=True)
        else:
            self._begin(spot.inside)

    def _catches(self, spot: Spot) -> bool:
        catching = {"startEvent", "intermediateCatchEvent", "receiveTask"}
        return spot.node.kind in catching and bool(spot.node.parts) and not spot.passed

    def _ready(self, spot: Spot) -> None:
        spot.state = "queued"
        self.queue.append(spot)

    def _finish(
        self, spot: Spot, flows: list[Flow] | None = None, *, passed: bool = False
    ) -> None:
        """The spot is left: by these flows, or by those that its node gives."""
        spot.state = "gone"
        for event in spot.attached:
            self._cancel(event)
        if spot.loop is not None:
            self._repeated(spot.loop, spot)
            return
        room = spot.room
        if spot in room.spots:
            room.spots.remove(spot)
        for flow in self._ways(spot) if flows is None else flows:
            self._arrive(room, room.graph.nodes[flow.target], flow.id, passed=passed)

    def _ways(self, spot: Spot) -> list[Flow]:
        node = spot.node
        choice = node.kind == "inclusiveGateway" or any(f.condition for f in node.leaving)
        if node.kind == "parallelGateway" or not choice:
            return node.leaving
        if len(node.leaving) == 1 and node.leaving[0].condition is None:
            return node.leaving
        if node.kind == "exclusiveGateway":
            true = next((f for f in node.leaving if self._is_true(spot, f, free=False)), None)
            return self._default(node) if true is None else [true]
        free = node.kind != "inclusiveGateway"
        chosen = [flow for flow in node.leaving if self._is_true(spot, flow, free=free)]
        return chosen or self._default(node)

    def _is_true(self, spot: Spot, flow: Flow, *, free: bool) -> bool:
        if flow.id == spot.node.default:
            return False
        if flow.condition is None:
            return free
        return bool(self._evaluate(spot, flow.condition))

    def _default(self, node: Node) -> list[Flow]:
        return [flow for flow in node.leaving if flow.id == node.default]

    def _cancel(self, spot: Spot) -> None:
        spot.state = "gone"
        for other in [*spot.attached, *spot.repeats]:
            self._cancel(other)
        if spot.inside is not None:
            self._empty(spot.inside)
        if spot in spot.room.spots:
            spot.room.spots.remove(spot)
        if spot in spot.room.watch:
            spot.room.watch.remove(spot)

    def _empty(self, room: Room) -> None:
        for spot in [*room.spots, *room.watch]:
            self._cancel(spot)

    # ---------------------------------------------------------------- what runs by itself

    def _settle(self) -> None:
        moves = 0
        while True:
            while self.queue:
                moves += 1
                if moves > MAX_MOVES:
                    raise TurnsRound
                spot = self.queue.popleft()
                if spot.state == "queued":
                    self._run(spot)
            if not (self._close() or self._timers() or self._conditions() or self._joins()):
                return

    def _run(self, spot: Spot) -> None:
        kind = spot.node.kind
        if spot.by is not None:
            self._happened(spot)
        elif kind == "exclusiveGateway":
            self._finish(spot)
        elif kind in {"endEvent", "intermediateThrowEvent", "sendTask"}:
            self._throw(spot)
        else:
            if kind == "scriptTask":
                script = compile_script(spot.node.script)
                self._write(spot, script.execute(self._names(spot), self._functions()))
            elif kind == "businessRuleTask":
                self._decide(spot)
            self._finish(spot)

    def _decide(self, spot: Spot) -> None:
        assert self.decide is not None
        found = dict(self.decide(spot.node.decision, self._names(spot)))
        if spot.node.result is not None:
            only = next(iter(found.values())) if len(found) == 1 else found
            found = {spot.node.result: only}
        self._write(spot, found)

    def _throw(self, spot: Spot) -> None:
        for part in spot.node.parts:
            if part.kind in {"message", "signal"}:
                if not self._deliver(part.text or "", {part.kind}) and part.kind == "message":
                    self.sent.append(part.text or "")
            elif part.kind in {"error", "escalation"}:
                self._climb(spot.room, part.kind, part.text, aside=False)
        if spot.state != "queued":
            return
        self._finish(spot)
        kinds = {part.kind for part in spot.node.parts}
        if kinds & {"terminate", "cancel"}:
            self._empty(spot.room)
            if "cancel" in kinds and spot.room.owner is not None:
                self._catch((spot.room.owner.loop or spot.room.owner).attached, "cancel", None)

    def _rooms(self) -> list[Room]:
        found = [self.top]
        for room in found:
            every = [one for spot in room.spots for one in (spot, *spot.repeats)]
            found.extend(one.inside for one in every if one.inside is not None)
        return found

    def _close(self) -> bool:
        closed = False
        for room in self._rooms():
            if room.watch and not room.course:
                for event in list(room.watch):
                    self._cancel(event)
                closed = True
            elif room.owner is not None and not room.spots and room.owner.state == "busy":
                room.owner.inside = None
                self._ready(room.owner)
                closed = True
        return closed

    def _join(self, spot: Spot) -> None:
        """One token by each flow; more of them wait for the next round."""
        missing = Counter(flow.id for flow in spot.node.entering)
        used = []
        for other in self._at(spot):
            if missing[other.via] > 0:
                missing[other.via] -= 1
                used.append(other)
        if not any(missing.values()):
            for other in used:
                if other is not spot:
                    self._cancel(other)
            self._ready(spot)

    def _at(self, spot: Spot) -> list[Spot]:
        return [s for s in spot.room.spots if s.node is spot.node and s.state == "waiting"]

    def _joins(self) -> bool:
        for room in self._rooms():
            for spot in room.spots:
                patient = spot.node.kind == "inclusiveGateway" and spot.state == "waiting"
                if patient and self._nobody_can_come(spot):
                    first: dict[str, Spot] = {}
                    for other in self._at(spot):
                        first.setdefault(other.via, other)
                    for other in first.values():
                        if other is not spot:
                            self._cancel(other)
                    self._ready(spot)
                    return True
        return False

    def _nobody_can_come(self, spot: Spot) -> bool:
        """BPMN 2.0, 13.4.3: nobody reaches an empty flow without reaching a filled one."""
        filled = {other.via for other in self._at(spot)}
        empty = [flow for flow in spot.node.entering if flow.id not in filled]
        full = [flow for flow in spot.node.entering if flow.id in filled]
        to_empty = self._upstream(spot, empty)
        to_filled = self._upstream(spot, full)
        standing = {
            one.node.id
            for other in spot.room.spots
            for one in (other, *other.attached)
            if one.node is not spot.node and one.state != "gone"
        }
        return not standing & (to_empty - to_filled)

    def _upstream(self, spot: Spot, flows: list[Flow]) -> set[str]:
        nodes = spot.room.graph.nodes
        seen: set[str] = set()
        queue = [flow.source for flow in flows]
        while queue:
            name = queue.pop()
            if name in seen or name == spot.node.id:
                continue
            seen.add(name)
            node = nodes[name]
            before = nodes[node.host].entering if node.host else node.entering
            queue.extend(flow.source for flow in before)
        return seen
