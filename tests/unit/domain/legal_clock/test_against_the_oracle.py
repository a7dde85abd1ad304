"""Do ten thousand generated lives of a delay end on the day a clerk would say, and say why?"""

import os
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.civil import civil_day
from app.domain.legal_clock.facts import FactKind
from app.domain.legal_clock.pauses import paused_days
from app.domain.legal_clock.reckoning import Reckoning, reckon
from app.domain.legal_clock.wording import explain
from tests.unit.domain.legal_clock.histories import History, history
from tests.unit.domain.legal_clock.oracle import Clerk, Wall, paris_day
from tests.unit.domain.legal_clock.replay import replay, said

#: `--long` plays them all; every day a tenth of them, always the same.
HISTORIES = 10_000
BATCH = 500
_BATCHES = range(0, HISTORIES if os.environ.get("LIASSE_LONG") else HISTORIES // 10, BATCH)


@pytest.mark.parametrize("first", _BATCHES)
def test_a_delay_ends_on_the_day_of_the_oracle(first: int) -> None:
    for seed in range(first, first + BATCH):
        lived = history(seed)
        wall = Wall(lived.calendar.alsace_moselle, lived.calendar.closures)
        told = Clerk(lived.rule, lived.facts, wall).tell(lived.today)
        found = reckon(lived.rule, lived.facts, lived.calendar)

        assert (found.due, found.state(lived.today).value) == (told.due, told.state), seed
        if found.run is not None and found.counted is not None:
            assert paused_days(found.pauses, found.run.origin, found.counted) == told.stopped, (
                seed
            )


@pytest.mark.parametrize("first", _BATCHES)
def test_a_date_is_found_again_from_its_own_explanation(first: int) -> None:
    for seed in range(first, first + BATCH):
        lived = history(seed)
        found = reckon(lived.rule, lived.facts, lived.calendar)
        if found.run is None:
            continue
        sentences = explain(found, lived.calendar)
        wall = Wall(lived.calendar.alsace_moselle, lived.calendar.closures)

        assert said(sentences) == found.due, (seed, sentences)
        assert replay(sentences, wall) == found.due, (seed, sentences)


@pytest.mark.parametrize("first", _BATCHES)
def test_a_late_fact_changes_what_comes_after_it_and_nothing_before(first: int) -> None:
    """What was told at an instant is told again for that instant, whatever was entered since."""
    for seed in range(first, first + BATCH):
        lived = history(seed)
        at = min(fact.recorded_at for fact in lived.facts) + timedelta(days=seed % 90)
        then = tuple(fact for fact in lived.facts if fact.recorded_at <= at)
        wall = Wall(lived.calendar.alsace_moselle, lived.calendar.closures)
        told = Clerk(lived.rule, then, wall).tell(lived.today)

        assert reckon(lived.rule, lived.facts, lived.calendar, known_at=at).due == told.due, (
            seed
        )


def test_the_histories_hold_what_they_promise() -> None:
    lives = [history(seed) for seed in range(1_000)]
    states = {_state(lived) for lived in lives}

    assert {"running", "suspended", "expired", "met", "late"} <= states
    assert sum(len(_reckoned(lived).pauses) > 1 for lived in lives) > 100
    assert sum(bool(_reckoned(lived).refused) for lived in lives) > 50
    assert sum(bool(_reckoned(lived).corrected) for lived in lives) > 100
    assert any(lived.facts[0].on.month == 2 and lived.facts[0].on.day == 29 for lived in lives)


def test_an_instant_belongs_to_the_same_day_for_both() -> None:
    for seed in range(1_000):
        for at in history(seed).instants:
            assert civil_day(at) == paris_day(at), at


def _reckoned(lived: History) -> Reckoning:
    return reckon(lived.rule, lived.facts, lived.calendar)


def _state(lived: History) -> str:
    return _reckoned(lived).state(lived.today).value


MUTANTS = {
    "a delay carried to a working day when it should not be": lambda lived: replace(
        lived, rule=replace(lived.rule, rolls_over=not lived.rule.rolls_over)
    ),
    "the day of the event counted": lambda lived: replace(
        lived, rule=replace(lived.rule, counts_first_day=not lived.rule.counts_first_day)
    ),
    "closures that move everything": lambda lived: replace(
        lived, rule=replace(lived.rule, minds_closures=not lived.rule.minds_closures)
    ),
    "extensions without a limit": lambda lived: replace(
        lived, rule=replace(lived.rule, most_extensions=9, longest_extension=None)
    ),
    "a suspension that ignores the time given": lambda lived: replace(
        lived,
        facts=tuple(
            replace(fact, until=None) if fact.kind is FactKind.SUSPEND else fact
            for fact in lived.facts
        ),
    ),
    "a correction that replaces nothing": lambda lived: replace(
        lived, facts=tuple(replace(fact, replaces=None) for fact in lived.facts)
    ),
    "facts taken in the order they were recorded": lambda lived: replace(
        lived,
        facts=tuple(
            replace(fact, on=max(one.on for one in lived.facts[: place + 1]))
            for place, fact in enumerate(lived.facts)
        ),
    ),
    "holidays of Alsace everywhere": lambda lived: replace(
        lived,
        calendar=replace(lived.calendar, alsace_moselle=not lived.calendar.alsace_moselle),
    ),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_clock_that_counts_wrong_is_caught(mutant: str) -> None:
    """The histories are rich enough for each of these mistakes to give another day."""
    caught = sum(
        _reckoned(MUTANTS[mutant](history(seed))).due != _reckoned(history(seed)).due
        for seed in range(1_000)
    )

    assert caught >= 3
