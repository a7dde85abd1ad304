"""What is known of a dossier when one of its forms is shown?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from app.catalogue.contract import Fact
from app.catalogue.values import calendar_functions, facts_as_values
from app.engine.expressions import Function, Value


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
