"""What may a form ask of the house? Communes, EPCI, persons, lists: questions answered elsewhere."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A commune or an EPCI: its official code and its name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody or something that may be chosen; `id` is its identifier as text."""

    id: str
    name: str
    detail: str = ""


def _no_place(_text: str) -> Sequence[Place]:
    return ()


def _no_places() -> Sequence[Place]:
    return ()


def _nobody(_role: str) -> Sequence[Person]:
    return ()


@dataclass(frozen=True, slots=True)
class Lookups:
    """The questions a form may ask; each finds by code or by name, and gives what it found."""

    communes: Callable[[str], Sequence[Place]] = _no_place
    epcis: Callable[[str], Sequence[Place]] = _no_place
    #: Every commune and every EPCI, to be proposed while one types.
    all_communes: Callable[[], Sequence[Place]] = _no_places
    all_epcis: Callable[[], Sequence[Place]] = _no_places
    persons: Callable[[str], Sequence[Person]] = _nobody
    #: What a list of the house offers: `envelopes`.
    lists: Callable[[str], Sequence[Person]] = _nobody
