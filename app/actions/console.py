"""What do actions need besides the database? Types, storage, ladders, calendar: the console."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.catalogue.published import PublishedTypes
from app.domain.ladder import Ladder
from app.domain.working_days import FRANCE, WorkingCalendar


@dataclass(frozen=True)
class Console:
    """What the doors build once and hand to every action."""

    types: PublishedTypes
    ladders: Mapping[str, Ladder]
    calendar: WorkingCalendar = FRANCE
