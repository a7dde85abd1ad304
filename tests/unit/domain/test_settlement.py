"""Is what is due on a claim right: advances, interim and final payments, and money to give back?"""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from app.domain.aid import Rounding
from app.domain.money import Money
from app.domain.settlement import (
    Award,
    Reality,
    Schedule,
    advance,
    entitlement,
    final,
    interim,
    real_cap,
)

EURO_DOWN = Rounding(Fraction(1))
AWARD = Award(Money.euros(12_600), Fraction(28_000))
HALF_BEFORE = Schedule(Fraction(0), Fraction(1, 2))
ADVANCE_THEN_MOST = Schedule(Fraction(1, 5), Fraction(4, 5))
NOTHING = Money.zero()
EUROS = st.integers(0, 10**9).map(Money)


def test_the_ratio_is_exact() -> None:
    assert AWARD.pro_rata == Fraction(9, 20)
    assert Award(Money.euros(1000), Fraction(3000)).pro_rata == Fraction(1, 3)


def test_a_partial_realisation_is_paid_in_proportion() -> None:
    right = entitlement(AWARD, Fraction("22345.67"), Fraction("13407.406"), EURO_DOWN)
    payment = final(AWARD, right, Money.euros(6300))
    assert right == Money.euros(10_055)
    assert payment.payable == Money.euros(3755)
    assert payment.release == Money.euros(2545)
    assert payment.recovery == NOTHING


def test_spending_beyond_the_base_never_raises_the_aid() -> None:
    assert entitlement(AWARD, Fraction(31_000), None, EURO_DOWN) == Money.euros(12_600)


def test_the_real_financing_may_lower_the_right() -> None:
    reality = Reality(Money.euros(28_000), Money.euros(5_000), Money.euros(10_000))
    cap = real_cap(reality, Fraction(4, 5))
    assert cap == 8_400
    assert entitlement(AWARD, Fraction(28_000), cap, EURO_DOWN) == Money.euros(8_400)
    assert entitlement(AWARD, Fraction(28_000), Fraction(-1), EURO_DOWN) == NOTHING


def test_an_advance_is_a_share_of_the_vote_whatever_was_spent() -> None:
    award = Award(Money.euros(228_000), Fraction(600_000))
    payment = advance(award, ADVANCE_THEN_MOST, NOTHING, EURO_DOWN)
    assert payment.payable == Money.euros(45_600)
    again = advance(award, ADVANCE_THEN_MOST, Money.euros(45_600), EURO_DOWN)
    assert again.payable == NOTHING


def test_an_interim_payment_stops_at_its_share_and_at_zero() -> None:
    right = Money.euros(10_055)
    assert interim(AWARD, right, HALF_BEFORE, NOTHING, EURO_DOWN).payable == Money.euros(6300)
    paid = Money.euros(7000)
    assert interim(AWARD, right, HALF_BEFORE, paid, EURO_DOWN).payable == NOTHING


def test_too_much_paid_is_to_be_given_back_at_the_end() -> None:
    payment = final(AWARD, Money.euros(5000), Money.euros(6300))
    assert payment.payable == Money.euros(-1300)
    assert payment.recovery == Money.euros(1300)
    assert payment.release == Money.euros(7600)


@given(EUROS, st.integers(1, 10**9), st.fractions(0, 10**7, max_denominator=100), EUROS)
def test_in_the_end_the_beneficiary_has_exactly_the_right(
    voted: Money, base_cents: int, spending: Fraction, paid: Money
) -> None:
    award = Award(voted, Fraction(base_cents, 100))
    right = entitlement(award, spending, None, EURO_DOWN)
    payment = final(award, right, paid)
    assert paid + payment.payable == right
    assert NOTHING <= right <= voted
    assert payment.release + right == voted


@given(EUROS, st.integers(1, 10**9), st.lists(st.integers(0, 10**7), min_size=2, max_size=2))
def test_spending_more_never_gives_less(
    voted: Money, base_cents: int, spendings: list[int]
) -> None:
    award = Award(voted, Fraction(base_cents, 100))
    less, more = sorted(Fraction(cents, 100) for cents in spendings)
    assert entitlement(award, less, None, EURO_DOWN) <= entitlement(
        award, more, None, EURO_DOWN
    )
