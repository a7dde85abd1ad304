"""What does the clock run, and how does a process start it?"""

from app.jobs.clock import Clock
from app.jobs.running import RunningClock, run_clock, sweep, tick

__all__ = ["Clock", "RunningClock", "run_clock", "sweep", "tick"]
