"""Which console do the doors hand to actions? Built once per process, from the settings."""

from app.actions.console import Console
from app.catalogue.published import PublishedTypes
from app.domain.working_days import FRANCE, Closure, WorkingCalendar
from app.settings import Settings
from notifications.schedules import load_ladders


def build_console(calendar: WorkingCalendar = FRANCE) -> Console:
    """The published types, the ladders of reminders and the working days of this installation."""
    return Console(types=PublishedTypes(), ladders=load_ladders(), calendar=calendar)


def calendar_of(settings: Settings) -> WorkingCalendar:
    """The working days of this installation: the law's, and the closures of the service."""
    return WorkingCalendar(
        alsace_moselle=settings.alsace_moselle,
        closures=tuple(Closure(first, last, why) for first, last, why in settings.closures),
    )
