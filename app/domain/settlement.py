"""How much is due on a payment claim? The arithmetic of advances, interim and final payments.

The entitlement grows with the spending that is justified, at the rate of the vote, and never goes
beyond the voted aid nor the public cap computed again on the real financing.
"""

from dataclasses import dataclass
from fractions import Fraction

from app.domain.aid import Rounding, public_cap
from app.domain.money import Money


@dataclass(frozen=True, slots=True)
class Award:
    """What was voted: the aid, and the base it was computed on (euros, exact, above zero)."""

    voted: Money
    base: Fraction

    @property
    def pro_rata(self) -> Fraction:
        """The exact share of the base that the aid pays."""
        return self.voted.exact / self.base


@dataclass(frozen=True, slots=True)
class Reality:
    """What the operation really cost and who really paid, to date."""

    cost: Money
    private: Money
    other_public: Money


@dataclass(frozen=True, slots=True)
class Schedule:
    """What may be paid before the end, as shares of the voted aid, cumulated."""

    advance_rate: Fraction
    interim_rate: Fraction


@dataclass(frozen=True, slots=True)
class Payment:
    """What a claim gives.

    `entitlement` is the right acquired to date, all payments together; `payable` is what is due
    now, negative when the last claim shows that too much was paid; `release` is what the vote had
    set aside and will never be paid.
    """

    entitlement: Money
    payable: Money
    release: Money

    @property
    def recovery(self) -> Money:
        """What the beneficiary must give back."""
        return max(-self.payable, Money.zero())


def entitlement(
    award: Award, spending: Fraction, cap: Fraction | None, rounding: Rounding
) -> Money:
    """The right acquired by that spending (euros, exact, already reduced to the library's share).

    Spending beyond the base never raises the aid; the ratio is never rounded, only the result is.
    """
    earned = rounding.apply(min(spending, award.base) * award.pro_rata)
    bounded = min(award.voted, earned)
    if cap is not None:
        bounded = min(bounded, rounding.down(cap))
    return max(bounded, Money.zero())


def real_cap(reality: Reality, rate: Fraction) -> Fraction:
    """The public cap on the real figures (euros, exact). Source: CGCT, art. L1111-10 III."""
    return public_cap(reality.cost, reality.private, reality.other_public, rate)


def advance(award: Award, schedule: Schedule, paid: Money, rounding: Rounding) -> Payment:
    """A share of the voted aid, given at the start, whatever was spent."""
    right = rounding.down(award.voted.exact * schedule.advance_rate)
    return Payment(right, max(right - paid, Money.zero()), Money.zero())


def interim(
    award: Award, right: Money, schedule: Schedule, paid: Money, rounding: Rounding
) -> Payment:
    """What the spending earned, within the share payable before the end; never negative."""
    ceiling = rounding.down(award.voted.exact * schedule.interim_rate)
    return Payment(right, max(min(right, ceiling) - paid, Money.zero()), Money.zero())


def final(award: Award, right: Money, paid: Money) -> Payment:
    """The rest, to be paid or given back; what the project did not earn is released."""
    return Payment(right, right - paid, award.voted - right)
