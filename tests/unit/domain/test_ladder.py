"""Is the next reminder the right one, whatever the deadline and however long the clock slept?"""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.civil import PARIS
from app.domain.ladder import Ladder, Rung, next_rung, reached_rungs, schedule
from app.domain.working_days import FRANCE

STAFF = Ladder(
    "staff",
    (
        Rung("J-3", "reminder_task", ("assignee",), days=-3),
        Rung("J0", "reminder_task", ("assignee",)),
        Rung("J+5", "escalation", ("role:head",), days=5),
    ),
)
YEARS = st.dates(min_value=date(2024, 1, 1), max_value=date(2040, 12, 31))
INSTANTS = YEARS.map(lambda day: datetime(day.year, day.month, day.day, 7, tzinfo=UTC))
RUNGS = st.builds(
    Rung,
    key=st.uuids().map(str),
    mail=st.just("reminder_task"),
    to=st.just("assignee"),
    days=st.integers(min_value=-60, max_value=60),
    months=st.integers(min_value=-6, max_value=2),
)
LADDERS = st.builds(Ladder, name=st.just("any"), rungs=st.lists(RUNGS, max_size=8).map(tuple))


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def test_a_warning_on_a_sunday_leaves_on_the_friday_before() -> None:
    found = next_rung(STAFF, deadline=date(2026, 3, 18), after=paris("2026-03-01T10:00"))
    assert found is not None
    rung, at = found
    assert (rung.key, at) == ("J-3", paris("2026-03-13T08:00"))


def test_a_chaser_on_a_holiday_leaves_on_the_next_worked_day() -> None:
    late = next_rung(STAFF, deadline=date(2026, 5, 9), after=paris("2026-05-09T12:00"))
    assert late is not None
    rung, at = late
    assert (rung.key, at) == ("J+5", paris("2026-05-15T08:00"))  # the 14th is Ascension day


def test_eight_o_clock_is_eight_on_the_wall_on_both_sides_of_the_change_of_hour() -> None:
    around = schedule(STAFF, deadline=date(2026, 3, 30))
    assert [at.astimezone(PARIS).hour for _, at in around] == [8, 8, 8]
    assert [at.hour for _, at in around] == [7, 6, 6]


def test_after_three_weeks_of_outage_one_rung_leaves_and_the_earlier_ones_are_recorded() -> (
    None
):
    dues = schedule(STAFF, deadline=date(2026, 3, 18))
    reached = reached_rungs(dues, since=dues[0][1], now=dues[0][1] + timedelta(days=21))
    assert reached is not None
    assert reached.send.key == "J+5"
    assert [rung.key for rung in reached.superseded] == ["J-3", "J0"]


def test_a_task_opened_late_never_receives_the_warnings_of_its_past() -> None:
    found = next_rung(STAFF, deadline=date(2026, 3, 18), after=paris("2026-03-17T09:00"))
    assert found is not None
    assert found[0].key == "J0"


@given(LADDERS, YEARS)
def test_every_reminder_leaves_at_eight_on_a_working_day(
    ladder: Ladder, deadline: date
) -> None:
    for _, at in schedule(ladder, deadline=deadline):
        local = at.astimezone(PARIS)
        assert (local.hour, local.minute) == (8, 0)
        assert FRANCE.is_working(local.date())


@given(LADDERS, YEARS, INSTANTS)
def test_the_next_rung_is_later_and_none_is_skipped(
    ladder: Ladder, deadline: date, after: datetime
) -> None:
    found = next_rung(ladder, deadline=deadline, after=after)
    later = [at for _, at in schedule(ladder, deadline=deadline) if at > after]
    assert (found[1] if found else None) == min(later, default=None)


@given(LADDERS, YEARS, st.lists(st.integers(min_value=1, max_value=40), max_size=12))
def test_however_the_clock_sleeps_each_rung_is_sent_or_superseded_once(
    ladder: Ladder, deadline: date, naps: list[int]
) -> None:
    dues = schedule(ladder, deadline=deadline)
    now = datetime(deadline.year - 1, 1, 1, tzinfo=UTC)
    planned = next_rung(ladder, deadline=deadline, after=now)
    seen: list[str] = []
    for nap in [*naps, 1000]:
        now += timedelta(days=nap)
        if planned is None or planned[1] > now:
            continue
        reached = reached_rungs(dues, since=planned[1], now=now)
        assert reached is not None
        seen += [rung.key for rung in reached.superseded] + [reached.send.key]
        planned = next_rung(ladder, deadline=deadline, after=now)
    assert seen == [rung.key for rung, _ in dues]
