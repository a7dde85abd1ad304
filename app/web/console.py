"""Which console do the doors hand to actions? Built once per process, from the settings."""

from app.actions.console import Console
from app.catalogue.published import PublishedTypes
from notifications.schedules import load_ladders


def build_console() -> Console:
    """The published types and the ladders of reminders of this installation."""
    return Console(types=PublishedTypes(), ladders=load_ladders())
