"""How are amounts counted, read and shown? In whole cents, never in floats."""

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.domain.errors import AmountTooLarge, BadAmount

NBSP = "\u00a0"
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009]")
_AMOUNT = re.compile(r"-?(?P<euros>\d+)([.,]\d{1,2})?")
_DIGITS = 13


@dataclass(frozen=True, order=True, slots=True)
class Money:
    """An amount in euros, counted in whole cents; refuses a third decimal."""

    cents: int

    @classmethod
    def zero(cls) -> "Money":
        """Nothing at all."""
        return cls(0)

    @classmethod
    def euros(cls, whole: int) -> "Money":
        """A whole number of euros."""
        return cls(whole * 100)

    @classmethod
    def parse(cls, text: str) -> "Money":
        """The amount written by a person: « 12 600,50 € », « 12600.5 », « -5 ».

        Refuses BadAmount when the text is anything else or has a third decimal, AmountTooLarge.
        """
        cleaned = _SPACES.sub("", text).removesuffix("€")
        found = _AMOUNT.fullmatch(cleaned)
        if found is None:
            raise BadAmount(text=text.strip()[:40])
        if len(found["euros"]) > _DIGITS:
            raise AmountTooLarge
        return cls(int(Decimal(cleaned.replace(",", ".")) * 100))

    @classmethod
    def from_fraction(cls, euros: Fraction) -> "Money":
        """That many euros, rounded down to the cent (towards minus infinity)."""
        return cls(math.floor(euros * 100))

    def __add__(self, other: "Money") -> "Money":
        """Both amounts together."""
        return Money(self.cents + other.cents)

    def __sub__(self, other: "Money") -> "Money":
        """What is left; may be negative."""
        return Money(self.cents - other.cents)

    def __neg__(self) -> "Money":
        """The opposite amount."""
        return Money(-self.cents)

    def share(self, rate: Fraction) -> "Money":
        """That share of the amount (rate 0.45, not 45), rounded down to the cent."""
        return Money(math.floor(self.cents * rate))

    def floor_euro(self) -> "Money":
        """The whole euros of the amount, rounded down."""
        return Money(self.cents // 100 * 100)

    @property
    def exact(self) -> Fraction:
        """The amount in euros, exact."""
        return Fraction(self.cents, 100)

    def plain(self) -> str:
        """The amount for programs: `12600.50`, dot and two decimals."""
        sign = "-" if self.cents < 0 else ""
        return f"{sign}{abs(self.cents) // 100}.{abs(self.cents) % 100:02d}"

    def french(self, *, cents: bool | None = None) -> str:
        """The amount as read in French: « 12 600,50 € »; whole euros lose their cents unless asked."""
        whole, rest = divmod(abs(self.cents), 100)
        shown = f"{whole:,}".replace(",", NBSP)
        if cents or (cents is None and rest):
            shown += f",{rest:02d}"
        return f"{'−' if self.cents < 0 else ''}{shown}{NBSP}€"


def total(amounts: "list[Money] | tuple[Money, ...]") -> Money:
    """The sum of the amounts; zero when there is none."""
    return Money(sum(amount.cents for amount in amounts))
