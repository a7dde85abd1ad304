"""Do timers fire at the civil instants they say, once, whatever the outage?"""

from datetime import UTC, datetime, timedelta

import pytest

from app.catalogue.values import calendar_functions
from app.domain.civil import civil_day
from app.domain.working_days import WorkingCalendar
from app.engine.clock import PARIS, at, date_add
from app.engine.errors import ExpressionFailed
from app.engine.timers import (
    Duration,
    due,
    from_ms,
    is_literal,
    parse_cycle,
    parse_duration,
    parse_instant,
    to_ms,
)
from app.engine.values import Trouble, Value
from tests.unit.engine import drawing as d
from tests.unit.engine.playing import NOON, Played


def waiting(timer: str) -> bytes:
    return d.simple(d.catch("t", timer), d.user("a"), d.path("s", "t", "a", "e"))


def deadline(timer: str, *, stops: bool = True) -> bytes:
    """A step `a` with a timer that leads to a job `h`."""
    return d.simple(
        d.user("a"),
        d.attached("t", "a", timer, stops=stops),
        d.job("h"),
        d.end("e2"),
        d.path("s", "a", "e"),
        d.path("t", "h", "e2"),
    )


# -------------------------------------------------------------------- the language of time


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("P15D", Duration(days=15)),
        ("P1Y2M10DT2H30M", Duration(14, 10, timedelta(hours=2, minutes=30))),
        ("P2W", Duration(days=14)),
        ("P1W2D", Duration(days=9)),
        ("PT36H", Duration(time=timedelta(hours=36))),
        ("pt1.5s", Duration(time=timedelta(seconds=1.5))),
        ("PT0S", Duration()),
    ],
)
def test_durations_are_read(text: str, expected: Duration) -> None:
    assert parse_duration(text) == expected


@pytest.mark.parametrize(
    "text", ["P", "PT", "-P1D", "P1.5M", "P10", "P1D2H", "15 jours", "", "P9999999D"]
)
def test_what_is_not_a_duration_is_refused(text: str) -> None:
    with pytest.raises(Trouble):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-07-01", datetime(2026, 6, 30, 22, tzinfo=UTC)),
        ("2026-01-01", datetime(2025, 12, 31, 23, tzinfo=UTC)),
        ("2026-07-01T10:00", datetime(2026, 7, 1, 8, tzinfo=UTC)),
        ("2026-07-01T10:00:00Z", datetime(2026, 7, 1, 10, tzinfo=UTC)),
        ("2026-07-01T10:00:00+02:00", datetime(2026, 7, 1, 8, tzinfo=UTC)),
        ("2026-W05-1", datetime(2026, 1, 25, 23, tzinfo=UTC)),
    ],
)
def test_dates_without_an_offset_are_in_paris_summer_and_winter(
    text: str, expected: datetime
) -> None:
    assert parse_instant(text) == expected


@pytest.mark.parametrize("text", ["2026-02-30", "demain", "12:00", "2026-13-01T00:00"])
def test_what_is_not_a_date_is_refused(text: str) -> None:
    with pytest.raises(Trouble):
        parse_instant(text)


@pytest.mark.parametrize(
    "text", ["R0/P1D", "P1D", "R3/PT0S", "R3", "0 0 9 * *", "R3/P1D/2026-01-01"]
)
def test_what_is_not_a_repetition_is_refused(text: str) -> None:
    with pytest.raises(Trouble):
        parse_cycle(text)


def test_months_are_counted_on_the_calendar_at_the_same_hour_of_the_day() -> None:
    january = datetime(2026, 1, 31, 10, tzinfo=PARIS)
    assert parse_duration("P1M").after(january) == datetime(2026, 2, 28, 10, tzinfo=PARIS)
    assert parse_duration("P1M").after(january, 2) == datetime(2026, 3, 31, 10, tzinfo=PARIS)
    before_summer = datetime(2026, 3, 28, 10, tzinfo=PARIS)
    assert parse_duration("P1D").after(before_summer) == datetime(2026, 3, 29, 10, tzinfo=PARIS)
    assert parse_duration("PT24H").after(before_summer) == datetime(
        2026, 3, 29, 11, tzinfo=PARIS
    )


def test_civil_days_begin_in_paris() -> None:
    assert at("2026-07-01") == "2026-07-01T00:00:00+02:00"
    assert at("2026-12-01") == "2026-12-01T00:00:00+01:00"
    assert date_add("2026-01-31", months=1) == "2026-02-28"
    assert date_add("2026-02-27", days=3) == "2026-03-02"
    assert date_add("2024-02-29", years=1) == "2025-02-28"


def test_an_instant_is_kept_to_the_millisecond_and_never_early() -> None:
    moment = datetime(2026, 3, 20, 11, 0, 0, 1, tzinfo=UTC)
    assert from_ms(to_ms(moment)) == datetime(2026, 3, 20, 11, 0, 0, 1000, tzinfo=UTC)


@pytest.mark.parametrize("value", [None, "", "  ", 15, ["P1D"], "bientôt"])
def test_an_instant_that_does_not_exist_is_refused(value: Value) -> None:
    with pytest.raises(Trouble):
        due(value, NOON)


@pytest.mark.parametrize("text", ["PT1S", "P1M", "R3/P7D", "2026-03-20", "2026-W05-1", "R/P1M"])
def test_what_is_written_in_iso_is_not_an_expression(text: str) -> None:
    assert is_literal(text)
    assert not is_literal("${x}")
    assert not is_literal("at(limit)")


# -------------------------------------------------------------------- waiting


@pytest.mark.parametrize("written", ["P1D", '"P1D"', "${'P1D'}", "${length}"])
def test_a_duration_is_written_plainly_or_computed(written: str) -> None:
    played = Played(waiting(d.lasting(written)), variables={"length": "P1D"})
    assert played.steps == []
    assert played.at.due_at == NOON + timedelta(days=1)
    played.wait(hours=23.99)
    assert played.steps == []
    played.wait(hours=0.01)
    assert played.steps == ["a"]
    assert played.at.due_at is None


def test_a_date_computed_from_a_variable() -> None:
    played = Played(
        waiting(d.dated("${at(date_add(limit, days=15))}")), variables={"limit": "2026-03-20"}
    )
    assert played.at.due_at == datetime(2026, 4, 3, 22, tzinfo=UTC)


def test_a_date_computed_by_a_function_of_the_caller() -> None:
    played = Played(
        waiting(d.dated("working_days(10)")),
        functions={"working_days": lambda n: f"2026-04-{n}"},
    )
    assert played.at.due_at == datetime(2026, 4, 9, 22, tzinfo=UTC)


def test_a_duration_in_working_days_keeps_the_hour_and_skips_what_is_not_worked() -> None:
    # From Friday 20 March at noon: Easter Monday (6 April) is not worked, nor are week-ends.
    functions = calendar_functions(civil_day(NOON))
    played = Played(waiting(d.lasting("P15WD")), functions=functions)
    assert played.at.due_at == datetime(2026, 4, 13, 10, tzinfo=UTC)
    computed = Played(
        waiting(d.lasting("${limit}")), functions=functions, variables={"limit": "P1WD"}
    )
    assert computed.at.due_at == datetime(2026, 3, 23, 11, tzinfo=UTC)


def test_the_calendar_is_the_one_of_the_installation() -> None:
    # 3 April 2026 is Good Friday, worked in Bar-le-Duc and not in Strasbourg.
    alsace = calendar_functions(civil_day(NOON), WorkingCalendar(alsace_moselle=True))
    days = [
        Played(waiting(d.lasting("P10WD")), functions=functions).at.due_at
        for functions in (calendar_functions(civil_day(NOON)), alsace)
    ]
    assert [day.astimezone(PARIS).day for day in days if day] == [3, 7]


def test_working_days_without_a_calendar_are_a_fault_that_names_the_timer() -> None:
    with pytest.raises(ExpressionFailed, match="jours ouvrés") as failure:
        Played(waiting(d.lasting("P3WD")))
    assert failure.value.element == "t"


def test_a_date_already_past_fires_at_once() -> None:
    assert Played(waiting(d.dated("2020-01-01T00:00:00+01:00"))).steps == ["a"]


@pytest.mark.parametrize("limit", [None, "", "bientôt", 12])
def test_a_date_that_is_missing_or_wrong_is_a_fault_that_names_the_timer(limit: Value) -> None:
    with pytest.raises(ExpressionFailed) as failure:
        Played(waiting(d.dated("${limit}")), variables={"limit": limit})
    assert failure.value.element == "t"


def test_the_instant_is_settled_when_the_wait_begins() -> None:
    played = Played(deadline(d.dated("${limit}")), variables={"limit": "2026-04-01"})
    due_at = played.at.due_at
    played.wait(days=1)
    assert played.at.due_at == due_at


def test_a_loop_computes_its_instant_again_at_each_pass() -> None:
    drawn = d.simple(
        d.choice("m"),
        d.choice("x", "out"),
        d.catch("t", d.dated("${at(limit)}")),
        d.user("decide"),
        d.path("s", "m", "t", "decide", "x"),
        d.flow("x", "m", "more"),
        d.flow("x", "e", named="out"),
    )
    played = Played(drawn, variables={"limit": "2026-04-01"})
    played.wait(days=30)
    played.complete("decide", more=True, limit="2027-04-01")
    assert played.at.due_at == datetime(2027, 3, 31, 22, tzinfo=UTC)


# -------------------------------------------------------------------- attached timers


def test_a_deadline_interrupts_its_step() -> None:
    played = Played(deadline(d.lasting("P15D")))
    played.wait(days=15)
    assert (played.steps, played.jobs) == ([], ["h"])
    played.finish("h")
    assert played.done


def test_a_step_completed_in_time_takes_its_deadline_away() -> None:
    played = Played(deadline(d.lasting("P15D")))
    played.complete("a")
    assert played.done
    assert played.at.due_at is None


def test_a_person_who_completes_late_before_the_clock_ticks_is_in_time() -> None:
    played = Played(deadline(d.lasting("P15D")))
    played.now += timedelta(days=16)
    played.complete("a")
    assert played.done
    assert played.times("h") == 0


def test_a_reminder_fires_once_and_does_not_interrupt() -> None:
    played = Played(deadline(d.lasting("P1D"), stops=False))
    played.wait(days=1)
    assert (played.steps, played.jobs) == (["a"], ["h"])
    played.wait(days=5)
    assert played.jobs == ["h"]
    played.complete("a")
    played.finish("h")
    assert played.done


def test_a_cycle_fires_at_each_period_and_then_stops() -> None:
    played = Played(deadline(d.cycle("R3/P7D"), stops=False))
    noon = NOON.astimezone(PARIS)
    for number in range(1, 4):
        # Same wall-clock time, although the clocks change on 29 March.
        assert played.at.due_at == noon + timedelta(days=7 * number)
        played.wait(days=7)
        assert played.jobs == ["h"] * number
    assert played.at.due_at is None
    played.complete("a")
    assert not played.done
    for _ in range(3):
        played.finish("h")
    assert played.done


def test_a_step_completed_stops_its_cycle() -> None:
    played = Played(deadline(d.cycle("R/P1M"), stops=False))
    played.wait(days=40)
    played.complete("a")
    played.finish("h")
    assert played.done


def test_occurrences_missed_during_an_outage_count_as_one() -> None:
    played = Played(deadline(d.cycle("R5/P1D"), stops=False))
    played.wait(days=3.5)
    assert played.jobs == ["h"]
    assert played.at.due_at is not None
    played.wait(days=1)
    assert played.jobs == ["h", "h"]
    played.wait(days=10)
    assert played.jobs == ["h", "h", "h"]
    assert played.at.due_at is None


def test_a_cycle_by_months_keeps_the_day() -> None:
    played = Played(deadline(d.cycle("R/2026-03-31/P1M"), stops=False))
    seen = []
    for _ in range(4):
        due_at = played.at.due_at
        assert due_at is not None
        seen.append(due_at.astimezone(PARIS).date().isoformat())
        played.wait(seconds=(due_at - played.now).total_seconds())
    assert seen == ["2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30"]


def test_a_cycle_in_the_flow_goes_on_at_each_period() -> None:
    played = Played(waiting(d.cycle("R3/PT1H")))
    for number in range(1, 4):
        played.wait(hours=1)
        assert played.steps == ["a"] * number
    for _ in range(3):
        played.complete("a")
    assert played.done


def test_timers_due_together_fire_in_the_order_of_their_instants() -> None:
    drawn = d.simple(
        d.fork("g"),
        d.catch("t2", d.lasting("P2D")),
        d.catch("t1", d.lasting("P1D")),
        d.script("two", "order = order + [2]"),
        d.script("one", "order = order + [1]"),
        d.path("s", "g", "t2", "two", "e"),
        d.path("g", "t1", "one", "e"),
    )
    played = Played(drawn, variables={"order": []})
    played.wait(days=9)
    assert played.variables["order"] == [1, 2]
