"""How long is a delay? A count of days, of working days, or of months by the rules of law."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.civil import NBSP


class Unit(StrEnum):
    """In what a delay is counted."""

    DAYS = "days"  #: Calendar days, Sundays and holidays included
    WORKING_DAYS = "working_days"  #: Jours ouvrés: days the office is open
    WORKABLE_DAYS = "workable_days"  #: Jours ouvrables: every day but Sundays and holidays
    MONTHS = "months"  #: De quantième à quantième
    YEARS = "years"  #: Twelve months each


_WORDS = {
    Unit.DAYS: ("jour", "jours"),
    Unit.WORKING_DAYS: ("jour ouvré", "jours ouvrés"),
    Unit.WORKABLE_DAYS: ("jour ouvrable", "jours ouvrables"),
    Unit.MONTHS: ("mois", "mois"),
    Unit.YEARS: ("an", "ans"),
}
#: Counted day after day on a calendar of its own.
OWN_CALENDAR = frozenset({Unit.WORKING_DAYS, Unit.WORKABLE_DAYS})


@dataclass(frozen=True, slots=True)
class Duration:
    """So many units: 15 working days, 2 months."""

    count: int
    unit: Unit

    @property
    def months(self) -> int:
        """Its months, years included; 0 for a count of days."""
        return self.count * {Unit.MONTHS: 1, Unit.YEARS: 12}.get(self.unit, 0)

    @property
    def days(self) -> int:
        """Its calendar days; 0 for anything else."""
        return self.count if self.unit is Unit.DAYS else 0

    def adds_to(self, other: "Duration") -> bool:
        """May it lengthen the other? Days and months do; working days add to working days only."""
        return self.unit is other.unit or not {self.unit, other.unit} & OWN_CALENDAR

    def __str__(self) -> str:
        """« 15 jours ouvrés », « 2 mois », « 1 an »."""
        one, many = _WORDS[self.unit]
        return f"{self.count}{NBSP}{one if self.count < 2 else many}"
