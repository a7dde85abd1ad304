"""When does a mail that waits for a digest leave alone? Nothing waits for a digest nobody makes."""

from datetime import datetime, timedelta

from app.domain.civil import civil_day
from app.domain.working_days import FRANCE, WorkingCalendar, at_hour

#: Morning digests are made before; what they left leaves alone.
_ALONE_HOUR = 12


def alone_at(now: datetime, calendar: WorkingCalendar = FRANCE) -> datetime:
    """When a mail held now leaves by itself: at noon, the next working day."""
    return at_hour(calendar.on_or_after(civil_day(now) + timedelta(days=1)), _ALONE_HOUR)
