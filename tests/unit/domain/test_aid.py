"""Is an aid computed as the aid rules and the law say, for any figures?"""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain.aid import (
    Rounding,
    RoundingMode,
    aid_before_cap,
    bounded_rate,
    capped_aid,
    own_share,
    public_cap,
    retained_base,
    retained_cost,
    theoretical_aid,
)
from app.domain.money import Money

EURO_DOWN = Rounding(Fraction(1))
EUROS = st.integers(0, 10**10).map(Money)
RATES = st.fractions(0, 1, max_denominator=1000)


def euros(text: str) -> Money:
    return Money.parse(text)


def test_the_base_is_the_librarys_share_up_to_the_ceiling() -> None:
    cost = retained_cost(euros("100000"), Fraction(2, 3))
    assert cost == Fraction(200_000, 3)
    assert retained_base(cost, Fraction(60_000)) == 60_000
    assert retained_base(cost, None) == cost


def test_a_rate_stays_between_its_bounds() -> None:
    low, high = Fraction(1, 10), Fraction(1, 2)
    assert bounded_rate(Fraction(1, 20), low, high) == low
    assert bounded_rate(Fraction(11, 20), low, high) == high
    assert bounded_rate(Fraction(11, 20), None, None) == Fraction(11, 20)


def test_patronage_lowers_the_cap() -> None:
    cap = public_cap(euros("50000"), euros("10000"), euros("20000"), Fraction(4, 5))
    assert cap == 12_000


def test_the_cap_is_exact_and_may_be_negative() -> None:
    rate = Fraction(4, 5)
    assert public_cap(euros("100.01"), Money.zero(), Money.zero(), rate) == Fraction(
        80008, 1000
    )
    assert public_cap(euros("100"), euros("100"), euros("50"), rate) == -50


@pytest.mark.parametrize(
    ("mode", "step", "aid"),
    [
        (RoundingMode.DOWN, "1", "1234.00"),
        (RoundingMode.NEAREST, "1", "1235.00"),
        (RoundingMode.DOWN, "0.01", "1234.56"),
        (RoundingMode.NEAREST, "100", "1200.00"),
    ],
)
def test_the_rounding_is_the_one_in_force(mode: RoundingMode, step: str, aid: str) -> None:
    rounding = Rounding(Fraction(step), mode)
    assert theoretical_aid(Fraction("2469.13"), Fraction(1, 2), rounding).plain() == aid


def test_a_cap_is_never_passed_even_when_rounding_to_the_nearest() -> None:
    rounding = Rounding(Fraction(1), RoundingMode.NEAREST)
    assert capped_aid(euros("1000"), Fraction("999.99"), rounding) == euros("999")
    assert aid_before_cap(euros("1000"), euros("999.99"), rounding) == euros("999")


def test_no_cap_and_no_request_leave_the_aid_as_it_is() -> None:
    assert capped_aid(euros("1000"), None, EURO_DOWN) == euros("1000")
    assert aid_before_cap(euros("1000"), None, EURO_DOWN) == euros("1000")


def test_an_aid_is_never_negative() -> None:
    assert capped_aid(euros("1000"), Fraction(-5600), EURO_DOWN) == Money.zero()


@given(EUROS, EUROS, EUROS, RATES, RATES)
def test_public_money_never_passes_its_share(
    cost: Money, private: Money, public: Money, rate: Fraction, cap_rate: Fraction
) -> None:
    assume(private <= cost)
    theoretical = theoretical_aid(retained_cost(cost, Fraction(1)), rate, EURO_DOWN)
    cap = public_cap(cost, private, public, cap_rate)
    aid = capped_aid(theoretical, cap, EURO_DOWN)
    if aid.cents:
        assert (aid + public).exact <= cap_rate * (cost - private).exact
    assert Money.zero() <= aid <= theoretical


@given(EUROS, RATES, RATES, st.one_of(st.none(), EUROS))
def test_the_aid_never_passes_its_base_nor_the_request(
    cost: Money, share: Fraction, rate: Fraction, requested: Money | None
) -> None:
    base = retained_base(retained_cost(cost, share), Fraction(400_000))
    aid = aid_before_cap(theoretical_aid(base, rate, EURO_DOWN), requested, EURO_DOWN)
    assert aid.exact <= base * rate
    assert aid.cents % 100 == 0
    assert requested is None or aid <= requested


@given(EUROS, EUROS, EUROS, EUROS)
def test_every_financing_adds_up_to_the_cost(
    cost: Money, private: Money, public: Money, aid: Money
) -> None:
    assert own_share(cost, private, public, aid) + private + public + aid == cost
