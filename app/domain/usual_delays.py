"""How long does it usually take, and how likely is it to end in time? Told from open dossiers too.

The mean of closed dossiers lies: the slow ones are still open. Kaplan and Meier's estimate counts
them for as long as they have lasted (E. L. Kaplan, P. Meier, « Nonparametric Estimation from
Incomplete Observations », Journal of the American Statistical Association, 1958): at each day, the
share that goes on is multiplied by (1 - ended that day / still open that day). What ended
otherwise (a withdrawal) or has not ended yet leaves the count on its last day without ending.
"""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

#: Below this number of ends nothing is told: three dossiers are no habit.
ENOUGH = 20
#: Of ten like this one, eight end between the two ends of a range.
_TENTH, _NINE_TENTHS = 0.1, 0.9
#: How many standard errors hold eight estimates of ten.
_EIGHT_OF_TEN = 1.2816


@dataclass(frozen=True, slots=True)
class Curve:
    """The share of dossiers not yet at their end, day after day."""

    #: (day, share that goes on after it, sum of Greenwood's terms); days on which some ended.
    points: tuple[tuple[int, float, float], ...]
    #: How many ended, and how many had not when they were last seen.
    observed: int
    waiting: int

    @property
    def is_enough(self) -> bool:
        """Were enough ends seen to tell a habit?"""
        return self.observed >= ENOUGH

    def share_left(self, day: int) -> float:
        """The share that goes on after that many days; 1 before the first end."""
        place = self._place(day)
        return self.points[place][1] if place >= 0 else 1.0

    def day_when(self, share: float, *, age: int = 0) -> int | None:
        """In how many days that share of those that reached `age` has ended.

        None when too many are still open to know: the curve never comes so low.
        """
        base = self.share_left(age)
        for day, left, _ in self.points:
            if day > age and left <= base * (1 - share) + 1e-12:
                return day
        return None

    def chance_beyond(self, day: int, *, age: int) -> "Chance | None":
        """How likely one that has reached `age` is still open after `day`.

        None when it has already lasted longer than all that ended: nothing is known there.
        """
        base = self.share_left(age)
        if base <= 0 or not self.points or age >= self.points[-1][0]:
            return None
        left = self.share_left(day)
        spread = self._terms(day) - self._terms(age)
        share = left / base
        error = share * math.sqrt(max(spread, 0.0)) * _EIGHT_OF_TEN
        return Chance(share, max(share - error, 0.0), min(share + error, 1.0))

    def _place(self, day: int) -> int:
        return bisect_right(self.points, day, key=lambda point: point[0]) - 1

    def _terms(self, day: int) -> float:
        place = self._place(day)
        return self.points[place][2] if place >= 0 else 0.0


@dataclass(frozen=True, slots=True)
class Chance:
    """A likelihood, with the range that holds it eight times of ten (Greenwood's formula)."""

    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Usual:
    """What may be told of a delay: half within so many days, nine of ten within so many."""

    half: int
    nine_tenths: int | None
    observed: int


def survival(lives: Iterable[tuple[int, bool]]) -> Curve:
    """The curve of lives, each its length in days and whether its end was seen.

    Those that left without ending on a day were still there when the others ended that day.
    """
    return counted_survival(Counter(lives))


def counted_survival(lives: Counter[tuple[int, bool]]) -> Curve:
    """The same from counts: (length, whether its end was seen) -> how many."""
    ends, leaves = Counter[int](), Counter[int]()
    for (days, is_end), count in lives.items():
        (ends if is_end else leaves)[max(days, 0)] += count
    still = ends.total() + leaves.total()
    share, spread = 1.0, 0.0
    points = []
    for day in sorted(set(ends) | set(leaves)):
        if gone := ends[day]:
            share *= 1 - gone / still
            spread += gone / (still * (still - gone)) if still > gone else 0.0
            points.append((day, share, spread))
        still -= gone + leaves[day]
    return Curve(tuple(points), ends.total(), leaves.total())


def usual(curve: Curve) -> Usual | None:
    """What may be told; None when too few ended, or when half of them have not yet."""
    half = curve.day_when(0.5)
    if not curve.is_enough or half is None:
        return None
    return Usual(half, curve.day_when(_NINE_TENTHS), curve.observed)


@dataclass(frozen=True, slots=True)
class Forecast:
    """When one dossier will likely be at its end, and how likely it is to be late."""

    #: In how many days it is due.
    due: int
    #: None: it has lasted longer than anything seen, and no likelihood is known.
    late: Chance | None
    #: Days from now: most likely, and the ends of a range that holds eight of ten.
    expected: int | None
    soonest: int | None
    latest: int | None
    observed: int

    @property
    def is_likely_late(self) -> bool:
        """More likely late than not; where no likelihood is known, by what is expected."""
        if self.late is None:
            return self.expected is not None and self.expected > self.due
        return self.late.share >= 0.5


def forecast(curve: Curve, *, age: int, due: int) -> Forecast | None:
    """What is to be expected of one that has lasted `age` days and is due in `due` days.

    None when too few were seen to say anything.
    """
    if not curve.is_enough:
        return None
    ahead = [curve.day_when(share, age=age) for share in (0.5, _TENTH, _NINE_TENTHS)]
    expected, soonest, latest = (None if day is None else day - age for day in ahead)
    return Forecast(
        due=due,
        late=curve.chance_beyond(age + due, age=age),
        expected=expected,
        soonest=soonest,
        latest=latest,
        observed=curve.observed,
    )
