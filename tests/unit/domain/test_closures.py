"""Are the days the service closes counted as closed, and do they say why?"""

from datetime import date

from app.domain.working_days import FRANCE, Closure, WorkingCalendar

CLOSED = WorkingCalendar(
    closures=(Closure(date(2026, 12, 28), date(2026, 12, 31), "fermeture de fin d’année"),)
)


def test_a_closure_is_not_worked_and_says_why() -> None:
    assert not CLOSED.is_working(date(2026, 12, 29))
    assert CLOSED.why_closed(date(2026, 12, 29)) == "fermeture de fin d’année"
    assert CLOSED.on_or_after(date(2026, 12, 28)) == date(2027, 1, 4)


def test_the_calendar_of_the_law_ignores_it() -> None:
    assert CLOSED.of_the_law.is_working(date(2026, 12, 29))


def test_a_holiday_has_its_french_name() -> None:
    assert FRANCE.why_closed(date(2026, 4, 6)) == "lundi de Pâques"
    assert FRANCE.why_closed(date(2026, 12, 25)) == "Noël"
    assert FRANCE.why_closed(date(2026, 3, 1)) == "dimanche"
    assert FRANCE.why_closed(date(2026, 3, 2)) == ""


def test_saturdays_are_workable_and_holidays_are_not() -> None:
    assert FRANCE.is_workable(date(2026, 3, 7))
    assert not FRANCE.is_workable(date(2026, 5, 1))
    assert FRANCE.workable_between(date(2026, 3, 2), date(2026, 3, 9)) == 6
