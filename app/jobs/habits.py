"""When are usual delays measured again? Once a day, by whichever clock comes first."""

from datetime import datetime

from app.actions import usual_delays
from app.catalogue.renamed import present_names
from app.domain.civil import civil_day
from app.jobs.clock import Clock


def sweep_usual_delays(clock: Clock, now: datetime | None) -> int:
    """Measure what is usual, when nobody did today; how many curves were written.

    It is read outside of the transaction that writes it: nobody waits for the reading. Two clocks
    that measure at once write the same curves one after the other.
    """
    at = now or clock.now()
    with clock.database.reading() as session:
        last = usual_delays.last_measured(session)
        if last is not None and civil_day(last) >= civil_day(at):
            return 0
        if clock.beaten.get("measured") == _day_start(at):
            return 0
        names = present_names(session, clock.console.types)
        found = usual_delays.measure(session, today=civil_day(at), names=names)
    clock.beaten["measured"] = _day_start(at)
    return clock.database.run_tx(
        lambda session, _: usual_delays.rewrite(session, found, now=at)
    )


def _day_start(at: datetime) -> datetime:
    """Names the day, so that a house with nothing to measure is not read again every minute."""
    return at.replace(hour=0, minute=0, second=0, microsecond=0)
