"""What would a careless migration do? Each mutant forgets one thing the proof looks at."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import app.engine.migration.building as building
from app.engine.migration.building import Building
from app.engine.migration.places import Place, places_of
from app.engine.migration.version import Change

#: The module, which the package hides behind the function of that name.
_PROVE = sys.modules["app.engine.migration.prove"]
Undo = Callable[[], None]


def _replace(where: Any, name: str, value: Any) -> Undo:
    before = getattr(where, name)
    setattr(where, name, value)
    return lambda: setattr(where, name, before)


def _by_number(change: Change, place: Place) -> Place:
    """A place goes to the node of the same rank in the other file."""
    before = [*places_of(change.old.definition).named.values()]
    after = [*places_of(change.new.definition).named.values()]
    return after[before.index(place) % len(after)]


MUTANTS: dict[str, Callable[[], Undo]] = {
    "joins are not looked at": lambda: _replace(_PROVE, "_blockages", lambda *_: []),
    "nodes are found by their number": lambda: _replace(Change, "moved", _by_number),
    "any step may stand for another kind": lambda: _replace(
        building, "difference", lambda *_: None
    ),
    "what a loop remembers is forgotten": lambda: _replace(Building, "_memory", lambda *_: {}),
}


@contextmanager
def mutated(name: str) -> Iterator[None]:
    """The proof, with that mutant in it."""
    undo = MUTANTS[name]()
    try:
        yield
    finally:
        undo()
