"""What does a form ask of the rest of the house? Communes, EPCI, persons, and the dossier so far."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.catalogue.contract import Fact
from app.catalogue.values import calendar_functions, facts_as_values
from app.engine.expressions import Function, Value


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


def _nobody(_role: str) -> Sequence[Person]:
    return ()


@dataclass(frozen=True, slots=True)
class Lookups:
    """The questions a form may ask; each finds by code or by name, and gives what it found."""

    communes: Callable[[str], Sequence[Place]] = _no_place
    epcis: Callable[[str], Sequence[Place]] = _no_place
    persons: Callable[[str], Sequence[Person]] = _nobody
    #: What a list of the house offers: `envelopes`.
    lists: Callable[[str], Sequence[Person]] = _nobody


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known of the dossier when the form is shown: facts as JSON, variables, the day."""

    today: date
    facts: Mapping[str, object] = field(default_factory=dict)
    variables: Mapping[str, Value] = field(default_factory=dict)

    def names(self, facts: Mapping[str, Fact]) -> dict[str, Value]:
        """Everything expressions may read; variables win over facts of the same name."""
        return {**facts_as_values(facts, self.facts), **self.variables}

    @property
    def functions(self) -> dict[str, Function]:
        """The calendar of that day."""
        return calendar_functions(self.today)
