"""What may an expression hold, and what may be done with it? Exact numbers, texts, lists, facts.

Numbers are `int` or `Fraction`, never floats; dates are ISO texts. Every operation is bounded: no
value grows past `MAX_TEXT`, `MAX_LIST` or `MAX_BITS`, so that no expression can exhaust the machine.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

Number: TypeAlias = int | Fraction
Scalar: TypeAlias = bool | int | Fraction | str | None
Value: TypeAlias = "Scalar | Sequence[Value] | Mapping[str, Value]"
Function: TypeAlias = Callable[..., Value]

MAX_TEXT = 10_000
MAX_LIST = 1_000
MAX_BITS = 256
_MAX_ROUNDING = 9
# `isinstance` asks Fraction's abstract class each time: ten times slower than looking at the type.
_NUMBERS = frozenset({int, Fraction})


class Trouble(Exception):
    """An operation that has no meaning; `reason` ends a French sentence."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def admit(value: object) -> Value:
    """The value as expressions see it: exact, bounded, of a known kind.

    Floats and decimals become the fraction that was written, dates their ISO text. Refuses
    anything else (objects, functions, bytes, sets).
    """
    kind = type(value)
    if value is None or kind is bool:
        return value  # type: ignore[return-value]  # bool or None, as just checked
    admitter = _ADMIT.get(kind)
    if admitter is not None:
        return admitter(value)
    for family, by_family in _FAMILIES:
        if isinstance(value, family):
            return by_family(value)
    raise Trouble(f"une valeur de type « {kind.__name__} » n’est pas utilisable ici")


def _number(value: object) -> Value:
    if isinstance(value, int):
        return bounded(int(value))
    return bounded(value) if isinstance(value, Fraction) else _too_large()


def _text(value: object) -> Value:
    text = str(value) if type(value) is not str else value
    if len(text) > MAX_TEXT:
        raise Trouble("le texte est trop long")
    return text


def _approximate(value: object) -> Value:
    text = repr(value) if isinstance(value, float) else str(value)
    try:
        return bounded(Fraction(text)) if len(text) <= MAX_BITS // 4 else _too_large()
    except ValueError:
        raise Trouble("ce nombre n’est pas fini") from None


def _iso(value: object) -> Value:
    return value.isoformat() if isinstance(value, date) else str(value)


def _list(value: object) -> Value:
    if not isinstance(value, Sequence) or len(value) > MAX_LIST:
        raise Trouble("la liste est trop longue")
    return value


def _mapping(value: object) -> Value:
    return value if isinstance(value, Mapping) else _too_large()


def _too_large() -> Value:
    raise Trouble("le nombre est trop grand")


_ADMIT: dict[type, Callable[[object], Value]] = {
    int: _number,
    Fraction: _number,
    str: _text,
    list: _list,
    tuple: _list,
    dict: _mapping,
    float: _approximate,
    Decimal: _approximate,
}
_FAMILIES: tuple[tuple[type, Callable[[object], Value]], ...] = (
    (str, _text),
    (int, _number),
    (Fraction, _number),
    (date, _iso),
    (Mapping, _mapping),
)


def bounded(number: Number) -> Number:
    """The number itself, an `int` when it is whole; refuses what is too large to be an amount."""
    if max(number.numerator.bit_length(), number.denominator.bit_length()) > MAX_BITS:
        raise Trouble("le nombre est trop grand")
    return number.numerator if number.denominator == 1 else number


def is_number(value: Value) -> bool:
    """An exact number; true and false are not numbers."""
    return type(value) in _NUMBERS


def number_of(value: Value) -> Number:
    """The value when it is a number, refused otherwise."""
    if type(value) in _NUMBERS:
        return value  # type: ignore[return-value]  # one of the two exact kinds, as just checked
    raise Trouble(f"un nombre est attendu, pas {kind_of(value)}")


def kind_of(value: Value) -> str:
    """What the value is, in French, for a refusal."""
    if value is None:
        return "une valeur vide"
    if isinstance(value, bool):
        return "un oui/non"
    if isinstance(value, str):
        return "un texte"
    if isinstance(value, int | Fraction):
        return "un nombre"
    return "un ensemble de faits" if isinstance(value, Mapping) else "une liste"


def items_of(value: Value) -> list[Value]:
    """The elements of a list."""
    if isinstance(value, str | Mapping) or not isinstance(value, Sequence):
        raise Trouble(f"une liste est attendue, pas {kind_of(value)}")
    return [admit(item) for item in value]


def equal(left: Value, right: Value) -> bool:
    """The same value of the same kind: 1 is not true, and lists compare one by one."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(map(_same_item, left, right))
    return bool(left == right)


def _same_item(left: object, right: object) -> bool:
    a, b = admit(left), admit(right)
    if isinstance(a, list | tuple | Mapping) or isinstance(b, list | tuple | Mapping):
        raise Trouble("on ne compare pas des listes de listes")
    return equal(a, b)


def before(left: Value, right: Value) -> bool:
    """Strictly less: two numbers, or two texts (so ISO dates)."""
    if isinstance(left, str) and isinstance(right, str):
        return left < right
    if is_number(left) and is_number(right):
        return number_of(left) < number_of(right)
    raise Trouble(f"on ne compare pas {kind_of(left)} et {kind_of(right)}")


def contains(item: Value, container: Value) -> bool:
    """`item in container`: an element of a list, a part of a text, a key of facts."""
    if isinstance(container, str):
        if not isinstance(item, str):
            raise Trouble(f"on ne cherche pas {kind_of(item)} dans un texte")
        return item in container
    if isinstance(container, Mapping):
        return isinstance(item, str) and item in container
    return any(equal(item, other) for other in items_of(container))


def add(left: Value, right: Value) -> Value:
    """Sum of numbers, or two texts or two lists end to end."""
    if isinstance(left, str) and isinstance(right, str):
        return _text(left + right)
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return _list([*left, *right])
    return bounded(number_of(left) + number_of(right))


def subtract(left: Value, right: Value) -> Value:
    """Difference of numbers."""
    return bounded(number_of(left) - number_of(right))


def multiply(left: Value, right: Value) -> Value:
    """Product of numbers; texts and lists are never repeated."""
    return bounded(number_of(left) * number_of(right))


def divide(left: Value, right: Value) -> Value:
    """Exact quotient."""
    return bounded(Fraction(number_of(left)) / _divisor(right))


def floor_divide(left: Value, right: Value) -> Value:
    """Whole part of the quotient, downwards."""
    return bounded(Fraction(number_of(left)) // _divisor(right))


def modulo(left: Value, right: Value) -> Value:
    """Remainder of the whole division."""
    return bounded(Fraction(number_of(left)) % _divisor(right))


def negate(value: Value) -> Value:
    """The opposite number."""
    return bounded(-number_of(value))


def _divisor(value: Value) -> Fraction:
    number = number_of(value)
    if number == 0:
        raise Trouble("on ne divise pas par zéro")
    return Fraction(number)


def decimal_text(number: Number) -> str:
    """The number as a decimal when it has one (« 0.45 »), as a fraction otherwise (« 1/3 »)."""
    exact = Fraction(number)
    places, power = 0, 1
    while exact.denominator and power % exact.denominator and places < MAX_BITS:
        places, power = places + 1, power * 10
    if power % exact.denominator:
        return f"{exact.numerator}/{exact.denominator}"
    digits = str(abs(exact.numerator) * (power // exact.denominator)).rjust(places + 1, "0")
    text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return f"-{text}" if exact < 0 else text


def rounded(value: Value, places: Value = 0) -> Value:
    """Rounded to that many decimals, one half away from zero."""
    number, digits = Fraction(number_of(value)), number_of(places)
    if not isinstance(digits, int) or not 0 <= digits <= _MAX_ROUNDING:
        raise Trouble("le nombre de décimales va de 0 à 9")
    scaled = math.floor(abs(number) * 10**digits + Fraction(1, 2))
    return bounded(Fraction(scaled if number >= 0 else -scaled, 10**digits))


def _length(value: Value) -> Value:
    if isinstance(value, str | Mapping):
        return len(value)
    return len(items_of(value))


def _least(*values: Value) -> Value:
    return _extreme(values, lambda kept, other: before(other, kept))


def _greatest(*values: Value) -> Value:
    return _extreme(values, before)


def _extreme(values: Sequence[Value], replaces: Callable[[Value, Value], bool]) -> Value:
    candidates = items_of(values[0]) if len(values) == 1 else list(values)
    if not candidates:
        raise Trouble("la liste est vide")
    best = candidates[0]
    for other in candidates[1:]:
        best = other if replaces(best, other) else best
    return best


def _sum(values: Value) -> Value:
    return bounded(sum((number_of(item) for item in items_of(values)), 0))


def _as_text(value: Value) -> Value:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: ""}[value]
    if isinstance(value, int | Fraction):
        return decimal_text(value)
    if isinstance(value, str):
        return value
    raise Trouble(f"on n’écrit pas {kind_of(value)} comme un texte")


def _as_integer(value: Value) -> Value:
    if isinstance(value, str):
        text = value.strip()
        if not text.removeprefix("-").isdecimal() or len(text) > MAX_BITS // 4:
            raise Trouble("ce texte n’est pas un nombre entier")
        return bounded(int(text))
    return math.trunc(number_of(value))


BUILT_IN: Mapping[str, Function] = {
    "len": _length,
    "min": _least,
    "max": _greatest,
    "sum": _sum,
    "abs": lambda value: abs(number_of(value)),
    "any": lambda values: any(items_of(values)),
    "all": lambda values: all(items_of(values)),
    "round": rounded,
    "floor": lambda value: math.floor(number_of(value)),
    "ceiling": lambda value: math.ceil(number_of(value)),
    "str": _as_text,
    "int": _as_integer,
}
