"""Which places of a diagram can hold a token at the same time, at most?

Conditions are ignored and every way is taken, so two places that are never together here are never
together at all.

Source: A. Kovalyov, « Concurrency relations and the safety problem for Petri nets », 1992.
"""

from collections import deque
from collections.abc import Iterator, Sequence
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


class TooTangled(Exception):
    """So many places lead to so many others that comparing them would take minutes."""


#: Pairs of places looked at: a hundred times what a large process needs, a few seconds of work.
MAX_PAIRS = 4_000_000


def concurrency(places: int, firings: Sequence[Firing]) -> Together:
    """The largest relation that the firings allow, from the one that needs nothing.

    Raises TooTangled rather than work for minutes.
    """
    beside = [0] * places
    reached = pairs = 0
    passed: set[str] = set()
    # Only what needs a place that has changed is looked at again.
    waiting = deque(rank for rank, firing in enumerate(firings) if not firing.needs)
    asking = _asking(firings)
    while waiting:
        firing = firings[waiting.popleft()]
        if not _enabled(firing, beside, reached):
            continue
        passed.add(firing.node)
        given, changed, looked = _fire(firing, beside)
        pairs += looked
        if pairs > MAX_PAIRS:
            raise TooTangled
        changed.update(_numbers(given & ~reached))
        reached |= given
        again = {rank for place in changed for rank in asking.get(place, ())}
        waiting.extend(sorted(again.difference(waiting)))
    return Together(tuple(beside), frozenset(passed))


def _asking(firings: Sequence[Firing]) -> dict[int, list[int]]:
    """For each place, the firings that need it."""
    found: dict[int, list[int]] = {}
    for rank, firing in enumerate(firings):
        for place in firing.needs:
            found.setdefault(place, []).append(rank)
    return found


def _numbers(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def _enabled(firing: Firing, beside: Sequence[int], reached: int) -> bool:
    needed = sum(1 << place for place in set(firing.needs))
    if reached & needed != needed:
        return False
    return all(not needed & ~(1 << place) & ~beside[place] for place in firing.needs)


def _fire(firing: Firing, beside: list[int]) -> tuple[int, set[int], int]:
    """Adds what the firing brings together: places reached, places changed, pairs looked at."""
    around = -1 if firing.needs else 0
    for place in firing.needs:
        around &= beside[place]
    gives = {*firing.gives, *firing.repeats}
    given = sum(1 << place for place in gives)
    changed = {
        place
        for place in gives
        if _add(
            beside,
            place,
            around | (given & ~(1 << place)) | ((place in firing.repeats) << place),
        )
    }
    changed |= {other for other in _numbers(around) if _add(beside, other, given)}
    # A set of places is one long number: sixty-four of them are read at once.
    looked = (len(gives) + around.bit_count()) * (1 + len(beside) // 64)
    return given, changed, looked


def _add(beside: list[int], place: int, bits: int) -> bool:
    before = beside[place]
    beside[place] = before | bits
    return beside[place] != before
