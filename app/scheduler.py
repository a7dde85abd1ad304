"""When does the clock tick? APScheduler only ticks: what is due is rows of the database.

Its own defaults lose work (a run one second late is dropped) and its stores double it between
processes. Here each tick is late rather than lost, merged when several were missed, never run
twice at once; nothing is stored, so any number of clocks may tick side by side.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger


@dataclass(frozen=True)
class Tick:
    """Something to run again and again, so many seconds apart."""

    name: str
    every: timedelta
    run: Callable[[], None]


class Scheduler:
    """Runs its ticks in threads of its own until it is stopped."""

    def __init__(self, ticks: Sequence[Tick], zone: ZoneInfo) -> None:
        self._scheduler = BackgroundScheduler(
            timezone=zone,
            executors={"default": ThreadPoolExecutor(max(1, len(ticks)))},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        for tick in ticks:
            trigger = IntervalTrigger(seconds=tick.every.total_seconds(), timezone=zone)
            self._scheduler.add_job(tick.run, trigger, id=tick.name, name=tick.name)

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()

    def stop(self) -> None:
        """End the ticks; waits for those that run."""
        self._scheduler.shutdown(wait=True)
