"""What may a routing variable hold, and how is it written into the saved state? Small exact values."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from app.engine.errors import BadVariable
from app.engine.values import Trouble, Value, admit

MAX_DEPTH = 4
#: JSON readers keep whole numbers exact up to here.
_MAX_JSON_INT = 2**53
_EXACT = "/"


def checked(updates: Mapping[str, object]) -> dict[str, Value]:
    """Copies of the values, exact and bounded; refuses BadVariable for anything else."""
    return {_name(name): _copied(name, value, MAX_DEPTH) for name, value in updates.items()}


def _name(name: object) -> str:
    if not isinstance(name, str) or not name.isidentifier() or name.startswith("_"):
        raise BadVariable("", f"« {name} » n’est pas un nom de variable.")
    return name


def _copied(name: str, value: object, depth: int) -> Value:
    if depth == 0:
        raise BadVariable("", f"La variable « {name} » est trop imbriquée.")
    try:
        exact = admit(value)
    except Trouble as trouble:
        raise BadVariable(
            "", f"La variable « {name} » est refusée : {trouble.reason}."
        ) from None
    if isinstance(exact, list | tuple):
        return [_copied(name, item, depth - 1) for item in exact]
    if isinstance(exact, Mapping):
        return {_name(key): _copied(name, item, depth - 1) for key, item in exact.items()}
    return exact


def dump_values(values: Mapping[str, Any]) -> dict[str, object]:
    """The values as JSON holds them; fractions and very large numbers are written as texts."""
    return {name: _to_json(value) for name, value in values.items()}


def load_values(written: Mapping[str, Any]) -> dict[str, Any]:
    """The values that `dump_values` wrote."""
    return {name: _from_json(value) for name, value in written.items()}


def _to_json(value: object) -> object:
    if isinstance(value, dict):
        return dump_values(value)
    if isinstance(value, list):
        return [_to_json(item) for item in value]
    if isinstance(value, Fraction) or (type(value) is int and abs(value) >= _MAX_JSON_INT):
        return {_EXACT: str(value)}
    return value


def _from_json(value: object) -> object:
    if isinstance(value, dict):
        if _EXACT in value:
            exact = Fraction(value[_EXACT])
            return exact.numerator if exact.denominator == 1 else exact
        return load_values(value)
    if isinstance(value, list):
        return [_from_json(item) for item in value]
    return value
