"""What must be known of two versions to move a dossier from one to the other?"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.engine.migration.places import Place
from app.engine.parse import Definition
from app.engine.values import Value

_NO_SETS: Mapping[str, frozenset[str]] = {}


@dataclass(frozen=True, eq=False)
class Version:
    """A version as the proof sees it: the diagram, and what the pack says of its variables."""

    definition: Definition
    #: Variables that the forms, effects and tables of each node give.
    sets: Mapping[str, frozenset[str]] = field(default_factory=lambda: _NO_SETS)
    #: Variables that messages bring: each may come before it is read.
    brought: frozenset[str] = frozenset()
    #: Names that are always known: the facts of the dossier.
    facts: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Change:
    """From one version to another: which step became which, which variables are given."""

    old: Version
    new: Version
    #: Old node id → new node id; a node that is not here keeps its id.
    mapping: Mapping[str, str] = field(default_factory=dict)
    #: Values for variables nobody has set.
    values: Mapping[str, Value] = field(default_factory=dict)

    def moved(self, place: Place) -> Place:
        """The place that stands for it in the new version."""
        return Place(place.role, self.mapping.get(place.of, place.of))
