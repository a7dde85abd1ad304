"""Are usual delays those of a table worked out by hand, open dossiers counted?"""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.usual_delays import ENOUGH, Curve, forecast, survival, usual

LIVES = st.lists(st.tuples(st.integers(0, 400), st.booleans()), min_size=1, max_size=80)


def test_a_table_worked_out_by_hand() -> None:
    """Ten dossiers: ended on days 3, 5, 5, 8, 12, 15; still open after 4, 8, 10, 20 days.

    day 3: 10 at risk, 1 ends: 9/10. day 5: 8 at risk (one left on day 4), 2 end: 6/8.
    day 8: 6 at risk, 1 ends (another leaves that day): 5/6. day 12: 3 at risk, 1 ends: 2/3.
    day 15: 2 at risk, 1 ends: 1/2.
    """
    ended = [(day, True) for day in (3, 5, 5, 8, 12, 15)]
    still = [(day, False) for day in (4, 8, 10, 20)]
    curve = survival(ended + still)

    assert [day for day, *_ in curve.points] == [3, 5, 8, 12, 15]
    shares = [share for _, share, _ in curve.points]
    assert shares == pytest.approx([0.9, 0.675, 0.5625, 0.375, 0.1875])
    assert curve.day_when(0.5) == 12
    assert curve.day_when(0.9) is None
    assert (curve.observed, curve.waiting) == (6, 4)


def test_the_textbook_remissions_of_leukaemia() -> None:
    """Freireich and others, 1963: 21 patients under 6-MP, the table of every textbook."""
    ended = (6, 6, 6, 7, 10, 13, 16, 22, 23)
    still = (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
    curve = survival([(day, True) for day in ended] + [(day, False) for day in still])

    told = {day: round(share, 3) for day, share, _ in curve.points}
    assert told == {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.69, 16: 0.627, 22: 0.538, 23: 0.448}
    spread = {day: terms for day, _, terms in curve.points}
    assert round(0.627451 * spread[16] ** 0.5, 3) == 0.114  # Greenwood's standard error


def test_without_open_dossiers_it_is_the_plain_share() -> None:
    curve = survival([(day, True) for day in range(1, 101)])

    assert curve.share_left(30) == pytest.approx(0.7)
    assert (curve.day_when(0.5), curve.day_when(0.9)) == (50, 90)


def test_forgetting_open_dossiers_would_flatter() -> None:
    """Fifty quick ones have ended and fifty slow ones have not: the mean of the ended lies."""
    quick = [(20 + n % 10, True) for n in range(50)]
    slow = [(100, False) for _ in range(50)]

    assert survival(quick).day_when(0.9) == 28
    assert survival(quick + slow).day_when(0.9) is None


def test_too_few_are_never_told() -> None:
    few = survival([(day, True) for day in range(ENOUGH - 1)])
    many = survival([(day, True) for day in range(ENOUGH)])

    assert usual(few) is None
    assert usual(many) is not None


def test_nothing_is_told_while_half_of_them_wait() -> None:
    curve = survival([(10, True)] * ENOUGH + [(50, False)] * 30)

    assert usual(curve) is None


def test_a_dossier_that_lasted_is_compared_with_those_that_lasted() -> None:
    """Half end by day 10, the others between day 91 and 140: at day 50, none of the quick are left."""
    curve = survival([(10, True)] * 50 + [(90 + n, True) for n in range(1, 51)])

    early = forecast(curve, age=0, due=60)
    late = forecast(curve, age=50, due=60)
    assert early is not None
    assert early.late is not None
    assert early.late.share == pytest.approx(0.5)
    assert late is not None
    assert late.late is not None
    assert late.late.share == pytest.approx(0.6)
    assert (late.soonest, late.expected, late.latest) == (45, 65, 85)


def test_beyond_all_that_was_seen_nothing_is_pretended() -> None:
    curve = survival([(10, True)] * 50)
    told = forecast(curve, age=30, due=5)

    assert told is not None
    assert told.late is None
    assert told.expected is None
    assert not told.is_likely_late


@given(LIVES)
def test_the_share_only_falls_and_stays_a_share(lives: list[tuple[int, bool]]) -> None:
    curve = survival(lives)
    shares = [curve.share_left(day) for day in range(0, 410, 5)]

    assert all(0 <= share <= 1 for share in shares)
    assert shares == sorted(shares, reverse=True)
    assert curve.observed + curve.waiting == len(lives)


def test_eight_of_ten_end_in_their_range() -> None:
    """On a year that was not looked at, 75 to 85 of a hundred end inside the range told."""
    draw = random.Random(7)

    def life() -> int:
        return round(draw.lognormvariate(4.2, 0.5))

    past = [(life(), draw.randint(60, 400)) for _ in range(600)]
    seen = survival([(min(one, seen_for), one <= seen_for) for one, seen_for in past])
    inside = told = 0
    for _ in range(4_000):
        length, age = life(), draw.randint(0, 60)
        if length <= age:
            continue
        said = forecast(seen, age=age, due=30)
        assert said is not None
        if said.soonest is not None and said.latest is not None:
            told += 1
            inside += said.soonest <= length - age <= said.latest
    assert told > 1_000
    assert 0.75 <= inside / told <= 0.85


def test_the_likelihood_of_being_late_is_what_happens() -> None:
    """Of those told 20, 50 and 80 of a hundred, about that many are late."""
    draw = random.Random(11)
    seen = survival([(round(draw.expovariate(1 / 60)), True) for _ in range(800)])
    late, of = Counter[int](), Counter[int]()
    for _ in range(6_000):
        length, age, due = (
            round(draw.expovariate(1 / 60)),
            draw.randint(0, 60),
            draw.randint(5, 90),
        )
        if length <= age:
            continue
        said = forecast(seen, age=age, due=due)
        assert said is not None
        if said.late is not None:
            bin_ = round(said.late.share * 5)
            of[bin_] += 1
            late[bin_] += length > age + due
    for bin_ in (1, 2, 3, 4):
        assert abs(late[bin_] / of[bin_] - bin_ / 5) < 0.07


def test_an_empty_past_tells_nothing() -> None:
    nothing = Curve((), 0, 0)

    assert usual(nothing) is None
    assert forecast(nothing, age=3, due=10) is None
