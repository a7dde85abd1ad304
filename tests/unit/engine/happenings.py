"""How do events happen in the token reference, and what do expressions see there?"""

from collections import deque
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from app.engine.clock import time_functions
from app.engine.expressions import compile_expression
from app.engine.timers import due, is_literal, parse_cycle
from tests.unit.engine.graph import Flow, Node, Part
from tests.unit.engine.spots import Decide, Room, Spot

NOTHING: Mapping[str, Any] = {}


class Happenings:
    """What the moves of tokens are built on."""

    now: datetime
    facts: dict[str, Any]
    given: dict[str, Any]
    decide: Decide | None
    variables: dict[str, Any]
    queue: deque[Spot]
    sent: list[str]
    top: Room

    def _rooms(self) -> list[Room]:
        raise NotImplementedError

    def _cancel(self, spot: Spot) -> None:
        raise NotImplementedError

    def _ready(self, spot: Spot) -> None:
        raise NotImplementedError

    def _finish(
        self, spot: Spot, flows: list[Flow] | None = None, *, passed: bool = False
    ) -> None:
        raise NotImplementedError

    def _arrive(self, room: Room, node: Node, via: str, *, passed: bool = False) -> None:
        raise NotImplementedError

    # ---------------------------------------------------------------- who stands where

    def _spots(self) -> Iterator[Spot]:
        for room in self._rooms():
            yield from room.watch
            for spot in room.spots:
                yield spot
                yield from spot.attached
                yield from spot.repeats

    def _open(self, kinds: frozenset[str]) -> list[Spot]:
        """What waits for somebody, in the order it was opened."""
        found = [s for s in self._spots() if s.state == "open" and s.node.kind in kinds]
        return sorted(found, key=lambda spot: spot.number)

    def _waiting(self) -> list[Spot]:
        found = [s for s in self._spots() if s.state == "waiting" and s.parts]
        return sorted(found, key=lambda spot: spot.number)

    # ---------------------------------------------------------------- waiting

    def _await(self, spot: Spot) -> None:
        """The spot waits for what its node says; a gateway, for what follows it."""
        spot.state = "waiting"
        nodes = spot.room.graph.nodes
        spot.parts = (
            [part for flow in spot.node.leaving for part in nodes[flow.target].parts]
            if spot.node.kind == "eventBasedGateway"
            else list(spot.node.parts)
        )
        for index, part in enumerate(spot.parts):
            if part.kind == "timer":
                self._set_timer(spot, index, part)

    def _set_timer(self, spot: Spot, index: int, part: Part) -> None:
        text = part.text or ""
        written = text if is_literal(text) else self._evaluate(spot, text)
        if part.form == "timeCycle":
            cycle = parse_cycle(str(written))
            first = cycle.start or cycle.every.after(self.now)
            spot.cycle[index] = (cycle, first, 1)
            spot.at[index] = first
        else:
            spot.at[index] = due(written, self.now, self.given.get("working_days"))

    def _happen(self, spot: Spot, index: int) -> None:
        if spot.state != "waiting":
            return
        spot.seen.add(index)
        if spot.node.all_of and len(spot.seen) < len(spot.parts):
            spot.at.pop(index, None)
            return
        spot.by = index
        if spot.watches is not None:
            self._leave_the_watch(spot)
        self._ready(spot)

    def _leave_the_watch(self, spot: Spot) -> None:
        """An event beside an activity or a room becomes a token, and may stop what it watched."""
        host = spot.watches
        if isinstance(host, Spot):
            host.attached.remove(spot)
            if spot.node.interrupts:
                self._cancel(host)
        elif isinstance(host, Room):
            host.watch.remove(spot)
            if spot.node.interrupts:
                for other in [*host.spots, *host.watch]:
                    self._cancel(other)
        spot.room.spots.append(spot)

    def _happened(self, spot: Spot) -> None:
        """Goes on from an event that has happened."""
        by, host = spot.by, spot.watches
        assert by is not None
        if spot.node.kind == "eventBasedGateway":
            nodes = spot.room.graph.nodes
            owners = [f for f in spot.node.leaving for _ in nodes[f.target].parts]
            self._finish(spot, [owners[by]], passed=True)
            return
        self._again(spot, by)
        if isinstance(host, Room):
            spot.room.spots.remove(spot)
            spot.state = "gone"
            self._arrive(spot.room, _watcher(spot), "")
        else:
            self._finish(spot)

    def _again(self, spot: Spot, by: int) -> None:
        """A cycle, or an event beside what goes on, is awaited again."""
        part, host = spot.parts[by], spot.watches
        if host is None:
            again = by in spot.cycle
        else:
            lasts = host.state != "gone" if isinstance(host, Spot) else bool(host.course)
            again = not spot.node.interrupts and lasts
        if not again:
            return
        next_ = Spot(spot.node, spot.room, self._next_number(), watches=host, aside=spot.aside)
        next_.parts, next_.state = spot.parts, "waiting"
        over = part.kind == "timer" and not (
            by in spot.cycle and self._next_turn(spot, next_, by)
        )
        others = [
            index
            for index, one in enumerate(spot.parts)
            if index != by and (one.kind != "timer" or index in spot.at)
        ]
        if over and (spot.node.all_of or not others):
            return
        # The other things it waits for are still awaited, as they were.
        next_.at |= {index: moment for index, moment in spot.at.items() if index != by}
        next_.cycle |= {index: cycle for index, cycle in spot.cycle.items() if index != by}
        next_.held = spot.held | ({by} if part.kind == "condition" else set())
        holder = (
            host.attached
            if isinstance(host, Spot)
            else host.watch
            if isinstance(host, Room)
            else spot.room.spots
        )
        holder.append(next_)

    def _next_number(self) -> int:
        raise NotImplementedError

    def _next_turn(self, spot: Spot, next_: Spot, by: int) -> bool:
        """The next occurrence still to come: those an outage hid count as one."""
        cycle, first, passed = spot.cycle[by]
        moment = cycle.every.after(first, passed)
        while (cycle.count is None or passed < cycle.count) and moment <= self.now:
            passed += 1
            moment = cycle.every.after(first, passed)
        if cycle.count is not None and passed >= cycle.count:
            return False
        next_.at[by], next_.cycle[by] = moment, (cycle, first, passed + 1)
        return True

    def _timers(self) -> bool:
        moments = [
            (moment, spot.number, index, spot)
            for spot in self._waiting()
            for index, moment in spot.at.items()
            if moment <= self.now
        ]
        if not moments:
            return False
        _, _, index, spot = min(moments, key=lambda entry: entry[:3])
        self._happen(spot, index)
        return True

    def _conditions(self) -> bool:
        for spot in self._waiting():
            for index, part in enumerate(spot.parts):
                asked = part.kind == "condition" and index not in spot.seen
                if asked and self._became_true(spot, index, part.text or ""):
                    self._happen(spot, index)
                    return True
        return False

    def _became_true(self, spot: Spot, index: int, text: str) -> bool:
        names = self._names(spot)
        known = compile_expression(text).names <= names.keys()
        true = known and bool(self._evaluate(spot, text))
        if index not in spot.held:
            return true
        if not true:
            spot.held.discard(index)
        return False

    # ---------------------------------------------------------------- what reaches whom

    def _deliver(
        self, name: str, kinds: set[str], payload: Mapping[str, Any] = NOTHING
    ) -> bool:
        found = [
            (spot, index)
            for spot in self._waiting()
            for index, part in enumerate(spot.parts)
            if part.kind in kinds and part.text == name
        ]
        for spot, index in found:
            self._write(spot, payload)
            self._happen(spot, index)
        return bool(found)

    def _climb_from(self, spot: Spot, kind: str, code: str | None) -> bool:
        """An error of this activity, then of what it stands in."""
        host = spot.loop or spot
        return self._catch(host.attached, kind, code) or self._climb(
            host.room, kind, code, aside=host.aside
        )

    def _climb(self, room: Room, kind: str, code: str | None, *, aside: bool) -> bool:
        """Outwards: the event sub-processes of the room, then those attached to its activity."""
        if not aside and self._catch(room.watch, kind, code):
            return True
        return room.owner is not None and self._climb_from(room.owner, kind, code)

    def _catch(self, events: list[Spot], kind: str, code: str | None) -> bool:
        found = [
            (part.text is None, event.number, index, event)
            for event in events
            if event.state == "waiting"
            for index, part in enumerate(event.parts)
            if part.kind == kind and part.text in {None, code}
        ]
        if not found:
            return False
        _, _, index, event = min(found, key=lambda entry: entry[:3])
        self._happen(event, index)
        return True

    # ---------------------------------------------------------------- what expressions see

    def _around(self, spot: Spot) -> Iterator[Spot]:
        """The repetitions the spot stands in, from the inside out."""
        current: Spot | None = spot
        while current is not None:
            if isinstance(current.watches, Spot):
                current = current.watches
            if current.loop is not None:
                yield current
                current = current.loop
            current = current.room.owner

    def _names(self, spot: Spot) -> dict[str, Any]:
        seen = {"facts": self.facts, **self.facts, **self.variables}
        for one in reversed(list(self._around(spot))):
            seen.update({"loopCounter": one.rank, **one.own})
        return seen

    def _functions(self) -> dict[str, Any]:
        return {**time_functions(self.now), **self.given}

    def _evaluate(self, spot: Spot, text: str, extra: Mapping[str, Any] | None = None) -> Any:
        names = {**self._names(spot), **(extra or {})}
        return compile_expression(text).evaluate(names, self._functions())

    def _write(self, spot: Spot, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            for one in self._around(spot):
                loop = one.node.loop
                if loop is not None and name in {loop.element, loop.result} - {None}:
                    one.own[name] = value
                    break
            else:
                self.variables[name] = value


def _watcher(event: Spot) -> Node:
    """The event sub-process that this start event belongs to."""
    return next(
        node
        for node in event.room.graph.watchers
        if node.inner is not None and event.node in node.inner.nodes.values()
    )
