"""Which civil day is it in France at that instant, and how does a French reader write both?"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
NBSP = "\u00a0"
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)


WEEK = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def civil_day(instant: datetime) -> date:
    """The day on the wall calendar in Paris; refuses a naive instant."""
    if instant.tzinfo is None:
        raise ValueError("an instant must be aware")
    return instant.astimezone(PARIS).date()


def french_day(day: date) -> str:
    """« 1er mars 2026 »."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number}\u00a0{MONTHS[day.month - 1]}\u00a0{day.year}"


def weekday_name(day: date) -> str:
    """« lundi »."""
    return WEEK[day.weekday()]


def french_instant(instant: datetime) -> str:
    """« le 20 mars 2026 à 10 h 42 »."""
    local = instant.astimezone(PARIS)
    return f"le {french_day(local.date())} à {local.hour}\u00a0h\u00a0{local.minute:02d}"
