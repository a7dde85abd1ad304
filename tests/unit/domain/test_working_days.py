"""Does the calendar know which days a French office is open?"""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.working_days import FRANCE, WorkingCalendar, add_working_days

ALSACE = WorkingCalendar(alsace_moselle=True)
DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2060, 12, 31))


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 4, 6), "lundi de Pâques"),
        (date(2026, 5, 14), "Ascension"),
        (date(2026, 5, 25), "lundi de Pentecôte"),
        (date(2026, 7, 14), "fête nationale"),
        (date(2026, 11, 11), "Armistice"),
        (date(2026, 11, 21), "samedi"),
        (date(2026, 11, 22), "dimanche"),
    ],
)
def test_the_office_is_closed_on_legal_holidays_and_at_weekends(day: date, why: str) -> None:
    assert not FRANCE.is_working(day), why


def test_alsace_and_moselle_have_two_more_holidays_and_the_meuse_has_not() -> None:
    for day in (date(2026, 4, 3), date(2025, 12, 26)):  # vendredi saint, saint Étienne
        assert FRANCE.is_working(day)
        assert not ALSACE.is_working(day)


def test_fifteen_working_days_jump_over_the_bridges_of_may() -> None:
    assert add_working_days(date(2026, 4, 30), 15) == date(2026, 5, 27)


def test_a_month_later_than_the_31st_is_the_last_day_of_the_month() -> None:
    assert FRANCE.add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert FRANCE.add_months(date(2024, 3, 31), -1) == date(2024, 2, 29)
    assert FRANCE.add_months(date(2026, 11, 30), 14) == date(2028, 1, 30)


@given(DAYS, st.integers(min_value=1, max_value=60), st.sampled_from([FRANCE, ALSACE]))
def test_n_working_days_later_is_worked_and_counts_n(
    day: date, count: int, calendar: WorkingCalendar
) -> None:
    later = calendar.add_working_days(day, count)
    assert calendar.is_working(later)
    assert calendar.between(day, later) == count
    assert calendar.add_working_days(day, count + 1) > later


@given(DAYS, st.integers(min_value=1, max_value=60))
def test_going_back_undoes_going_forth_from_a_worked_day(day: date, count: int) -> None:
    worked = FRANCE.on_or_after(day)
    assert FRANCE.add_working_days(FRANCE.add_working_days(worked, count), -count) == worked


@given(DAYS)
def test_the_nearest_worked_days_surround_the_day(day: date) -> None:
    before, after = FRANCE.on_or_before(day), FRANCE.on_or_after(day)
    assert before <= day <= after
    assert (before == day) == FRANCE.is_working(day) == (after == day)
    assert after - before < timedelta(days=6)
