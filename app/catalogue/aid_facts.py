"""Are these facts fit for the aid rules? Read from JSON, each one checked and refused in French.

A fact that is missing or null takes its default (see the public contract in `docs/`): amounts are
zero, answers are no, except the network agreement and the survey; a missing date or number makes
the rules that read it not applicable.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from app.domain.errors import Refusal
from app.domain.money import Money
from app.domain.status import ClaimKind
from app.engine.values import Value

_DECIMAL = re.compile(r"\d{1,13}(\.\d{1,12})?")
_SHARE = re.compile(r"\d{1,13}(\.\d{1,12})?|\d{1,9}/[1-9]\d{0,8}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_CENTS = 100
_SHOWN = 40
#: Beyond, a number is shown as it was written (1E+999999), never spelt out.
_DIGITS = 20


class BadFact(Refusal):
    """A fact given to the aid rules cannot be used."""

    sentence = "Le fait « {name} » {reason}."


class _Wrong(Exception):
    """What is wrong with a value, ending a sentence that names the fact."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class FactKind:
    """How a fact is read, and what it is worth when it is missing."""

    read: Callable[[object], Value]
    default: Value = None


def read_facts(facts: Mapping[str, object], kinds: Mapping[str, FactKind]) -> dict[str, Value]:
    """Every fact of `kinds`, checked and exact; the others are left out. Refuses BadFact."""
    return {name: _read(name, facts.get(name), kind) for name, kind in kinds.items()}


def require(facts: Mapping[str, Value], *names: str) -> None:
    """Refuses BadFact when one of these is missing."""
    for name in names:
        if facts[name] is None:
            raise BadFact(name=name, reason="manque")


def _read(name: str, given: object, kind: FactKind) -> Value:
    if given is None or given == "":
        return kind.default
    try:
        return kind.read(given)
    except _Wrong as wrong:
        raise BadFact(name=name, reason=wrong.reason) from None


def _shown(given: object) -> str:
    text = given if isinstance(given, str) else repr(given)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _decimal_text(given: object) -> str:
    """The digits that were written; a float counts as what it shows."""
    if isinstance(given, bool) or not isinstance(given, str | int | float | Decimal):
        return _shown(given)
    if isinstance(given, Decimal) and abs(given.adjusted()) <= _DIGITS:
        return f"{given:f}"
    return str(given).strip()


def _exact(given: object, pattern: re.Pattern[str], example: str) -> Fraction:
    if isinstance(given, Fraction) and given >= 0:
        return given
    text = str(given) if isinstance(given, Fraction) else _decimal_text(given)
    if pattern.fullmatch(text):
        return Fraction(text)
    if pattern.fullmatch(text.removeprefix("-")):
        raise _Wrong(f"vaut « {_shown(text)} » : il ne peut pas être négatif")
    raise _Wrong(
        f"vaut « {_shown(text)} », qui n’est pas un nombre : écrivez par exemple {example}"
    )


def amount(given: object) -> Value:
    """An amount in euros, zero or more, to the cent."""
    if isinstance(given, Money):
        given = given.exact
    euros = _exact(given, _DECIMAL, "12600.50")
    if (euros * _CENTS).denominator != 1:
        raise _Wrong(f"vaut « {_shown(str(given))} » : un montant a deux décimales au plus")
    return euros


def exact_amount(given: object) -> Value:
    """An amount in euros, zero or more, that was never rounded."""
    return _exact(given.exact if isinstance(given, Money) else given, _DECIMAL, "12600.50")


def number(given: object) -> Value:
    """An exact number, zero or more."""
    return _exact(given, _DECIMAL, "0.85")


def whole(given: object) -> Value:
    """A whole number, zero or more."""
    found = _exact(given, _DECIMAL, "820")
    if found.denominator != 1:
        raise _Wrong(f"vaut « {_shown(str(given))} », qui n’est pas un nombre entier")
    return found.numerator


def share(given: object) -> Value:
    """A part of one: `"0.45"`, or a ratio of areas such as `"2/3"`."""
    found = _exact(given, _SHARE, "0.45")
    if found > 1:
        raise _Wrong(f"vaut « {_shown(str(given))} » : une part va de 0 à 1")
    return found


def flag(given: object) -> Value:
    """True or false."""
    if not isinstance(given, bool):
        raise _Wrong(f"vaut « {_shown(given)} » : écrivez true ou false")
    return given


def day(given: object) -> Value:
    """A civil day, as its ISO text."""
    if type(given) is date:
        return given.isoformat()
    text = _shown(given)
    try:
        if isinstance(given, str) and _DAY.fullmatch(text):
            return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    raise _Wrong(f"vaut « {text} », qui n’est pas une date : écrivez par exemple 2026-03-20")


def word(given: object) -> Value:
    """A code."""
    if not isinstance(given, str):
        raise _Wrong(f"vaut « {_shown(given)} », qui n’est pas un code")
    return given


def one_of(*codes: str) -> Callable[[object], Value]:
    """One of these codes."""

    def read(given: object) -> Value:
        if given not in codes:
            raise _Wrong(f"vaut « {_shown(given)} », au lieu de {', '.join(codes)}")
        return str(given)

    return read


_APPLICANTS = one_of("commune", "epci", "association")
_ZERO = Fraction(0)
_AMOUNT = FactKind(amount, _ZERO)
_NO = FactKind(flag, default=False)
_YES = FactKind(flag, default=True)

#: The facts the aid rules know, by the names tables and manifests use.
AID_FACTS: Mapping[str, FactKind] = {
    "scheme": FactKind(word),
    "applicant_type": FactKind(_APPLICANTS),
    "population": FactKind(whole),
    "fiscal_potential_ratio": FactKind(number),
    "qualified_staff": _NO,
    "contract_or_label": _NO,
    "library_network": _NO,
    "eligible_cost": _AMOUNT,
    "library_share": FactKind(share, Fraction(1)),
    "total_cost": _AMOUNT,
    "private_funding": _AMOUNT,
    "other_public_funding": _AMOUNT,
    "start_date": FactKind(day),
    "waiver_date": FactKind(day),
    "complete_date": FactKind(day),
    "requested_amount": FactKind(amount),
    "first_library": _NO,
    "network_agreement": _YES,
    "survey_answered": _YES,
    "years_since_last_aid": FactKind(number),
    "republican_commitment": _NO,
    # What the department already gave this private body this year: above a threshold the law
    # asks for a convention (decree 2001-495, art. 1).
    "aid_already_this_year": _AMOUNT,
}

#: The facts of a payment. `real_cost` missing is what was justified.
PAYMENT_FACTS: Mapping[str, FactKind] = {
    "scheme": FactKind(word),
    "applicant_type": FactKind(_APPLICANTS),
    "kind": FactKind(one_of(*(kind.value for kind in ClaimKind))),
    "voted_aid": FactKind(amount),
    "base": FactKind(exact_amount),
    "total_cost": FactKind(amount),
    "library_share": FactKind(share, Fraction(1)),
    "justified": _AMOUNT,
    "real_cost": FactKind(amount),
    "real_private": _AMOUNT,
    "real_other_public": _AMOUNT,
    "already_paid": _AMOUNT,
}
