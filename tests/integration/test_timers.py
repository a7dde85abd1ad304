"""Does a date fire once, on time, whoever looks and however late? Dates are rows; clocks only look."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy.orm import Session

from app.actions import timers
from app.domain.errors import TaskCancelled
from app.domain.status import TaskStatus
from app.models.task import Task
from tests.stories import Department, Play

#: Pieces asked on that day are awaited for 30 days, and 15 more.
_AFTER = timedelta(days=45)


@pytest.fixture
def waiting(department: Department) -> Play:
    """A dossier that waits for pieces."""
    play = department.dossier()
    play.do(
        "CheckCompleteness",
        completeness="missing",
        missing_pieces=[{"piece": "quotes", "reason": "Illisible."}],
    )
    return play


def fire(play: Play, at: datetime) -> bool:
    house = play.house
    return house.database.run_tx(
        lambda session, now: (
            timers.fire(session, house.console, play.dossier_id, now=now) is not None
        ),
        now=at,
    )


def due(play: Play, at: datetime) -> bool:
    def look(session: Session) -> bool:
        return play.dossier_id in timers.due_dossiers(session, now=at)

    return play.house.read(look)


def test_a_date_is_due_from_the_first_instant_of_its_civil_day_in_paris(waiting: Play) -> None:
    day = waiting.today + _AFTER
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=1)

    assert waiting.process.due_at == midnight
    assert not due(waiting, midnight - timedelta(microseconds=1))
    assert not fire(waiting, midnight - timedelta(microseconds=1))
    assert due(waiting, midnight)
    assert fire(waiting, midnight)
    assert waiting.open == ["DecideNextStep"]


def test_four_clocks_that_look_at_once_fire_a_date_once(waiting: Play) -> None:
    at = waiting.house.now + _AFTER
    together = Barrier(4)

    def clock(_number: int) -> bool:
        together.wait()
        return fire(waiting, at)

    with ThreadPoolExecutor(4) as clocks:
        fired = list(clocks.map(clock, range(4)))

    assert sorted(fired) == [False, False, False, True]
    assert len(waiting.told("moved")) == 1
    assert waiting.open == ["DecideNextStep"]


def test_a_clock_stopped_for_months_catches_up_without_losing_a_date(
    department: Department,
) -> None:
    play = department.kept("ClaimPayment")
    deadline = play.row.completion_deadline
    assert deadline is not None

    play.wait(until=deadline + timedelta(days=120))

    assert play.open == ["ClaimPayment", "DecideLapse"]
    assert play.process.due_at is None


def test_a_date_that_no_longer_counts_does_nothing(waiting: Play) -> None:
    waiting.house.wait(days=1)
    waiting.usual("ProvidePieces")

    assert not due(waiting, waiting.house.now + _AFTER)
    assert not fire(waiting, waiting.house.now + _AFTER)
    assert waiting.told("moved") == []


def test_the_task_a_date_takes_away_is_cancelled_and_says_so(waiting: Play) -> None:
    task = waiting.task("ProvidePieces")
    waiting.house.now += _AFTER
    assert fire(waiting, waiting.house.now)

    gone = waiting.house.read(lambda session: session.get_one(Task, task.id))
    assert gone.status is TaskStatus.CANCELLED
    assert gone.next_reminder_at is None
    with pytest.raises(TaskCancelled):
        waiting.complete(task.id, waiting.applicant, "ProvidePieces", message="Trop tard ?")


def test_a_person_and_a_date_at_the_same_second_give_one_outcome(waiting: Play) -> None:
    """Whoever is first moves the dossier; the other finds it moved."""
    task = waiting.task("ProvidePieces")
    at = waiting.house.now + _AFTER
    waiting.house.wait(days=1)
    waiting.attach_requested()
    waiting.house.now = at
    together = Barrier(2)

    def person() -> str:
        together.wait()
        try:
            waiting.complete(task.id, waiting.applicant, "ProvidePieces", message="Voici.")
        except TaskCancelled:
            return "cancelled"
        return "done"

    def clock() -> bool:
        together.wait()
        return fire(waiting, at)

    with ThreadPoolExecutor(2) as both:
        sent, fired = both.submit(person), both.submit(clock)
        outcome = (sent.result(), fired.result())

    assert outcome in {("done", False), ("cancelled", True)}
    expected = ["CheckCompleteness"] if outcome[0] == "done" else ["DecideNextStep"]
    assert waiting.open == expected


def test_an_extension_moves_the_date_that_watches_the_works(department: Department) -> None:
    play = department.kept("AwaitSession").until("DeclareStart")
    first = play.row.start_deadline
    assert first is not None
    play.wait(until=first + timedelta(days=1))

    later = first + timedelta(days=90)
    play.do(
        "DecideStartLapse",
        start_lapse="more_time",
        start_deadline=later.isoformat(),
        reason="Le marché est attribué.",
    )

    assert play.task("DeclareStart").due_on == later
    play.wait(until=later)
    assert play.open == ["DeclareStart"]
    play.wait(days=1)
    assert play.open == ["DecideStartLapse"]


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
def test_a_date_is_one_civil_day_even_when_the_clocks_change(
    department: Department, day: date
) -> None:
    department.wait(until=day - timedelta(days=22))
    play = department.dossier(until="GiveOpinion")

    offset = 2 if day.month == 10 else 1
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=offset)
    assert play.process.due_at == midnight
    assert not fire(play, midnight - timedelta(seconds=1))
    assert fire(play, midnight)
    assert play.open == ["ExamineRequest"]
