"""How much aid does a project get? The arithmetic, exact; every rate and threshold is an argument.

Amounts are excluding VAT. Nothing is rounded before the aid itself: amounts in euros that are still
exact are `Fraction`, amounts that are given or paid are `Money`.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from app.domain.money import Money

_HALF = Fraction(1, 2)


class RoundingMode(StrEnum):
    """Which way an aid is rounded."""

    DOWN = "down"  #: To the step below
    NEAREST = "nearest"  #: To the nearest step, one half upwards


@dataclass(frozen=True, slots=True)
class Rounding:
    """The rounding of the aid rules in force: to a number of euros (1: whole euros), one way."""

    step: Fraction
    mode: RoundingMode = RoundingMode.DOWN

    def apply(self, euros: Fraction) -> Money:
        """The amount rounded as the aid rules say."""
        shift = _HALF if self.mode is RoundingMode.NEAREST else 0
        return Money.from_fraction(math.floor(euros / self.step + shift) * self.step)

    def down(self, euros: Fraction) -> Money:
        """The amount rounded down, whatever the mode: a ceiling is never passed."""
        return Money.from_fraction(math.floor(euros / self.step) * self.step)


def retained_cost(eligible: Money, library_share: Fraction) -> Fraction:
    """The part of the eligible spending that serves the library, exact.

    In a building with several uses only the library's share counts (0 to 1).
    """
    return eligible.exact * library_share


def retained_base(cost: Fraction, ceiling: Fraction | None) -> Fraction:
    """What the rate applies to: the retained cost, up to the ceiling of the scheme if it has one."""
    return cost if ceiling is None else min(cost, ceiling)


def bounded_rate(rate: Fraction, lowest: Fraction | None, highest: Fraction | None) -> Fraction:
    """The rate kept between its bounds; a bound that is None does not bind."""
    if lowest is not None:
        rate = max(rate, lowest)
    return rate if highest is None else min(rate, highest)


def theoretical_aid(base: Fraction, rate: Fraction, rounding: Rounding) -> Money:
    """What the base and the rate give, before any cap."""
    return rounding.apply(base * rate)


def public_cap(cost: Money, private: Money, other_public: Money, rate: Fraction) -> Fraction:
    """The most this aid may be so that public money stays under `rate` of the public financing.

    `cost` of the whole operation, `private` money in it, `other_public` aids, exact and possibly
    negative. The owner must bring at least 20 % of what public persons bring: with cost C, private
    money P and public aids S, S ≤ 0.80 × (C − P), so patronage lowers the cap.
    Source: CGCT, art. L1111-10 III.
    """
    return rate * (cost.exact - private.exact) - other_public.exact


def aid_before_cap(theoretical: Money, requested: Money | None, rounding: Rounding) -> Money:
    """The theoretical aid, never more than what was asked for."""
    if requested is None:
        return theoretical
    return min(theoretical, rounding.down(requested.exact))


def capped_aid(aid: Money, cap: Fraction | None, rounding: Rounding) -> Money:
    """The aid brought under the cap if there is one, rounded down by it, never below zero."""
    if cap is None:
        return max(aid, Money.zero())
    return max(min(aid, rounding.down(cap)), Money.zero())


def own_share(cost: Money, private: Money, other_public: Money, aid: Money) -> Money:
    """What the project owner still has to bring once every other financing is counted."""
    return cost - private - other_public - aid
