"""Which places of a diagram can hold a token at the same time, at most?

Conditions are ignored and every way is taken, so two places that are never together here are never
together at all.

Source: A. Kovalyov, « Concurrency relations and the safety problem for Petri nets », 1992.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Firing:
    """What takes a token from each of `needs` and gives one to each of `gives`; places are numbers."""

    node: str
    needs: Sequence[int]
    gives: Sequence[int]
    #: Places that may get several tokens while the node is occupied.
    repeats: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Together:
    """What `concurrency` found."""

    #: For each place, the places that may hold a token while it does, as bits.
    beside: Sequence[int]
    #: The nodes that could be passed, whatever the conditions say.
    passed: frozenset[str]

    def allows(self, one: int, other: int) -> bool:
        """Both places may hold a token at once (a place and itself: two tokens)."""
        return bool(self.beside[one] >> other & 1)


def concurrency(places: int, firings: Sequence[Firing]) -> Together:
    """The largest relation that the firings allow, from the one that needs nothing."""
    beside = [0] * places
    reached = 0
    passed: set[str] = set()
    changed = True
    while changed:
        before = (reached, *beside)
        for firing in firings:
            if _enabled(firing, beside, reached):
                passed.add(firing.node)
                reached |= _fire(firing, beside)
        changed = before != (reached, *beside)
    return Together(tuple(beside), frozenset(passed))


def _enabled(firing: Firing, beside: Sequence[int], reached: int) -> bool:
    needed = sum(1 << place for place in set(firing.needs))
    if reached & needed != needed:
        return False
    return all(not needed & ~(1 << place) & ~beside[place] for place in firing.needs)


def _fire(firing: Firing, beside: list[int]) -> int:
    """Adds what the firing brings together; gives the places it reaches."""
    around = -1
    for place in firing.needs:
        around &= beside[place]
    if not firing.needs:
        around = 0
    given = sum(1 << place for place in {*firing.gives, *firing.repeats})
    for place in {*firing.gives, *firing.repeats}:
        beside[place] |= around | (given & ~(1 << place))
    for place in firing.repeats:
        beside[place] |= 1 << place
    for other in range(len(beside)):
        if around >> other & 1:
            beside[other] |= given
    return given
