"""When is a step due that opens on that day? What the pack says, on the calendar of the house."""

from datetime import date, timedelta

from app.catalogue.contract import Deadline
from app.domain.working_days import WorkingCalendar


def due_after(deadline: Deadline, day: date, calendar: WorkingCalendar) -> date:
    """The last day of a deadline that is a length of time; `day` does not count."""
    if deadline.working_days is not None:
        return calendar.add_working_days(day, deadline.working_days)
    if deadline.months is not None:
        return calendar.add_months(day, deadline.months)
    return day + timedelta(days=deadline.days or 0)
