"""Are amounts exact, whatever is done to them?"""

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import BadAmount
from app.domain.money import Money, total

AMOUNTS = st.integers(-(10**12), 10**12).map(Money)
RATES = st.fractions(0, 1, max_denominator=10_000)


@given(AMOUNTS)
def test_what_is_shown_is_read_back(amount: Money) -> None:
    assert Money.parse(amount.plain()) == amount
    assert Money.parse(amount.french().replace("−", "-")) == amount
    assert Decimal(amount.plain()) * 100 == amount.cents


@given(AMOUNTS, AMOUNTS, AMOUNTS)
def test_sums_hold_to_the_cent(a: Money, b: Money, c: Money) -> None:
    assert (a + b) + c == a + (b + c)
    assert a + b - b == a
    assert a - a == Money.zero()
    assert a + -a == Money.zero()
    assert total([a, b, c]).cents == a.cents + b.cents + c.cents


@given(AMOUNTS, RATES)
def test_a_share_and_its_rest_never_exceed_the_whole(amount: Money, rate: Fraction) -> None:
    parts = amount.share(rate) + amount.share(1 - rate)
    assert amount.cents - 1 <= parts.cents <= amount.cents


@given(AMOUNTS)
def test_whole_euros_are_below_by_less_than_one_euro(amount: Money) -> None:
    floor = amount.floor_euro()
    assert floor.cents % 100 == 0
    assert 0 <= amount.cents - floor.cents < 100


@given(st.fractions(-(10**9), 10**9))
def test_a_fraction_of_euros_is_cut_to_the_cent(euros: Fraction) -> None:
    assert Money.from_fraction(euros).cents == math.floor(euros * 100)
    assert 0 <= euros - Money.from_fraction(euros).exact < Fraction(1, 100)


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("12 600,50 €", 1_260_050),
        ("12\u00a0600,5", 1_260_050),
        ("12\u202f600.50", 1_260_050),
        ("0", 0),
        ("-5", -500),
        ("  7,05\u00a0€ ", 705),
    ],
)
def test_people_write_amounts_in_many_ways(text: str, cents: int) -> None:
    assert Money.parse(text) == Money(cents)


@pytest.mark.parametrize(
    "text",
    ["", "€", "douze", "1,234", "1.2.3", "1e5", "--5", "12,", ",5", "1" * 14, "NaN"],
)
def test_what_is_not_an_amount_is_refused(text: str) -> None:
    with pytest.raises(BadAmount):
        Money.parse(text)


def test_amounts_read_as_in_french() -> None:
    assert Money(1_260_050).french() == "12\u00a0600,50\u00a0€"
    assert Money.euros(12_600).french() == "12\u00a0600\u00a0€"
    assert Money.euros(12_600).french(cents=True) == "12\u00a0600,00\u00a0€"
    assert Money(-5).french() == "−0,05\u00a0€"
    assert Money(-5).plain() == "-0.05"
