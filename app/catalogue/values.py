"""What do the facts and answers of a dossier mean to the expressions of a pack?

Answers and facts are stored as JSON (amounts as `"12600.50"`, rates as `"0.45"`, days as ISO
texts); expressions compute on exact numbers.
"""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from functools import lru_cache

from app.catalogue.contract import Fact
from app.catalogue.days import french_day
from app.domain.money import Money
from app.domain.working_days import FRANCE, WorkingCalendar
from app.engine.clock import date_add
from app.engine.expressions import (
    ExpressionRefused,
    Function,
    Value,
    compile_expression,
)

Names = Mapping[str, Value]
#: Twenty years: days are counted one by one, so a pack may not ask for a million of them.
MAX_WORKING_DAYS = 5_000
_NUMBERS = ("euros", "ratio", "percent")


def value_of(kind: str, given: object) -> Value:
    """The value of a JSON fact of that type; what cannot be read is unknown (None)."""
    if given is None or given == "":
        return None
    if kind in _NUMBERS:
        return _number_of(str(given))
    if isinstance(given, bool | int | str):
        return given
    if isinstance(given, list | tuple):
        return [one for one in given if isinstance(one, bool | int | str)]
    return None


@lru_cache(maxsize=4096)
def _number_of(text: str) -> Fraction | None:
    """The number a text says; every fact is read again at each step, so it is kept."""
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        return None


def json_of(kind: str, value: Value) -> object:
    """The JSON form of a computed value."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, Fraction | int):
        if kind == "euros":
            return Money.from_fraction(Fraction(value)).plain()
        return decimal_of(Fraction(value)) if kind in _NUMBERS else _whole(value)
    return value


def _whole(value: Fraction | int) -> object:
    return value if isinstance(value, int) else decimal_of(value)


def decimal_of(number: Fraction) -> str:
    """The number as a plain decimal, cut after ten places."""
    scaled = number * 10**10
    whole, rest = divmod(abs(scaled.numerator) // scaled.denominator, 10**10)
    text = f"{whole}.{rest:010d}".rstrip("0").rstrip(".")
    return f"-{text}" if number < 0 else text


def in_french(kind: str, value: Value) -> str:
    """The value as people read it: an amount, a percentage, a day in words…"""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(in_french("text", one) for one in value)
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, int | Fraction):
        return _number_in_french(kind, Fraction(value))
    return _day_in_french(str(value)) if kind == "date" else str(value)


def _day_in_french(text: str) -> str:
    """The day in words; what is no day is shown as it is, for a person to see and correct."""
    try:
        return french_day(date.fromisoformat(text[:10]))
    except ValueError:
        return text


def _number_in_french(kind: str, number: Fraction) -> str:
    if kind == "euros":
        return Money.from_fraction(number).french()
    if kind in _NUMBERS:
        return f"{decimal_of(number * 100)}\u00a0%".replace(".", ",")
    return decimal_of(number).replace(".", ",")


def facts_as_values(facts: Mapping[str, Fact], given: Mapping[str, object]) -> dict[str, Value]:
    """Every declared fact, unknown ones as None, ready for expressions."""
    return {name: value_of(fact.type, given.get(name)) for name, fact in facts.items()}


def exact(names: Names, name: str) -> Fraction:
    """The number of that name; zero when it is not one."""
    value = names[name]
    return Fraction(value) if isinstance(value, int | Fraction) else Fraction(0)


def money(names: Names, name: str) -> Money:
    """The amount of that name, in euros there; zero when it is not one."""
    return Money.from_fraction(exact(names, name))


def compute(source: str, names: Names, functions: Mapping[str, Function]) -> Value:
    """The value of an expression; None while something it reads is still unknown.

    Refuses ExpressionRefused when everything is known and it still has no value: the pack is wrong.
    """
    expression = compile_expression(source)
    try:
        return expression.evaluate(names, functions)
    except ExpressionRefused:
        if any(names.get(name) is None for name in expression.names):
            return None
        raise


def holds(source: str | None, names: Names, functions: Mapping[str, Function]) -> bool:
    """Is this condition true? Nothing and `always` are, `never` is not, the unknown is not."""
    if source is None or source == "always":
        return True
    if source == "never":
        return False
    return bool(compute(source, names, functions))


def calendar_functions(today: date, calendar: WorkingCalendar = FRANCE) -> dict[str, Function]:
    """What may be asked of the calendar: `today()`, `date_add(day, days=)`, `working_days(n)`.

    `calendar` says which days are worked in this installation.
    """

    def working_days(count: Value) -> Value:
        if not isinstance(count, int) or isinstance(count, bool):
            raise TypeError
        if abs(count) > MAX_WORKING_DAYS:
            raise ValueError
        return calendar.add_working_days(today, count).isoformat()

    return {"today": today.isoformat, "date_add": date_add, "working_days": working_days}
