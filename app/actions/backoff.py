"""When is a job that failed tried again, and when is a person called? One ladder, for every job."""

from datetime import timedelta

#: After the first failure, the second, …; the last wait is repeated.
WAITS = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
)
#: From that many failures on an incident is open; the tries go on, and success closes it.
INCIDENT_AFTER = 3
#: About a week of tries: then only a person starts again.
GIVE_UP_AFTER = 34


def wait_after(failures: int) -> timedelta:
    """How long to wait after that many failures."""
    return WAITS[min(max(failures, 1), len(WAITS)) - 1]
