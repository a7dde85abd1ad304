"""How is an activity repeated in the token reference? For each element, or while a condition holds."""

from tests.unit.engine.graph import Loop, Node
from tests.unit.engine.happenings import Happenings
from tests.unit.engine.spots import Room, Spot


class Repetitions(Happenings):
    """Activities done several times."""

    def _spot(self, node: Node, room: Room, via: str = "") -> Spot:
        raise NotImplementedError

    def _enter(self, spot: Spot) -> None:
        raise NotImplementedError

    def _repeat(self, spot: Spot, loop: Loop) -> None:
        if loop.kind == "while":
            if loop.test_before and self._is_over(spot, loop):
                self._ready(spot)
                return
            spot.state = "busy"
            self._one_more(spot, 0)
            return
        found = self._evaluate(spot, loop.source or "")
        spot.items = list(range(found)) if loop.most is not None else list(found)
        if not spot.items:
            self._publish(spot, loop)
            self._ready(spot)
            return
        spot.state = "busy"
        first = spot.items if loop.kind == "together" else spot.items[:1]
        for rank in range(len(first)):
            self._one_more(spot, rank)

    def _one_more(self, spot: Spot, rank: int) -> None:
        one = self._spot(spot.node, spot.room)
        one.loop, one.rank = spot, rank
        loop = spot.node.loop
        if loop is not None and loop.element is not None:
            one.own[loop.element] = spot.items[rank]
        spot.repeats.append(one)
        self._enter(one)

    def _repeated(self, spot: Spot, one: Spot) -> None:
        """One repetition is over."""
        loop = spot.node.loop
        assert loop is not None
        spot.done += 1
        if loop.result is not None:
            spot.results[one.rank] = one.own.get(loop.result)
        over = self._is_over(spot, loop) if loop.kind == "while" else self._enough(spot, one)
        spot.repeats.remove(one)
        if over:
            for other in list(spot.repeats):
                self._cancel(other)
            spot.repeats.clear()
            self._publish(spot, loop)
            self._ready(spot)
        elif loop.kind != "together":
            self._one_more(spot, spot.done)

    def _is_over(self, spot: Spot, loop: Loop) -> bool:
        if loop.most is not None and spot.done >= loop.most:
            return True
        if loop.until is None:
            return False
        return not self._evaluate(spot, loop.until, {"loopCounter": spot.done})

    def _enough(self, spot: Spot, one: Spot) -> bool:
        loop = spot.node.loop
        assert loop is not None
        if spot.done == len(spot.items):
            return True
        if loop.until is None:
            return False
        counts = {
            "nrOfInstances": len(spot.items),
            "nrOfCompletedInstances": spot.done,
            "nrOfActiveInstances": sum(other is not one for other in spot.repeats),
        }
        return bool(self._evaluate(one, loop.until, counts))

    def _publish(self, spot: Spot, loop: Loop) -> None:
        if loop.results is not None:
            found = [value for _, value in sorted(spot.results.items())]
            self._write(spot, {loop.results: found})
