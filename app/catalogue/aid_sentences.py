"""How is a calculation told to the people it concerns? French sentences, each with its figures.

The labels come from the tables; the sentences a table writes may hold `{names}` of facts and
results, replaced by their values.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from app.catalogue.aid_facts import AID_FACTS, PAYMENT_FACTS, amount, exact_amount
from app.catalogue.aid_tables import PLACE, Bonus, Bounds, Parameters
from app.domain.aid import Rounding, RoundingMode
from app.domain.civil import french_day
from app.domain.money import Money
from app.engine.values import Value, decimal_text, is_number

NBSP = "\u00a0"
_SMALLEST_SHOWN = 100
#: The results that sentences may name, besides the facts.
_AMOUNTS = frozenset(
    {"aid", "smallest_aid", "floor", "ceiling", "retained_cost", "advance", "interim_ceiling"}
) | {
    name
    for name, kind in {**AID_FACTS, **PAYMENT_FACTS}.items()
    if kind.read in {amount, exact_amount}
}
_PERCENTS = frozenset({"library_share", "public_cap_rate", "base_rate"})
_DAYS = frozenset({"start_date", "waiver_date", "complete_date"})


def euros(given: Fraction | Money) -> str:
    """An amount as it is read: exact amounts are shown to the cent."""
    return (given if isinstance(given, Money) else Money.from_fraction(given)).french()


def percent(rate: Fraction) -> str:
    """A rate as it is read, with two decimals at most: « 45 % », « 18,24 % »."""
    hundredths = round(rate * 100 * _SMALLEST_SHOWN)
    text = decimal_text(Fraction(abs(hundredths), _SMALLEST_SHOWN)).replace(".", ",")
    return f"{'−' if hundredths < 0 else ''}{text}{NBSP}%"


def filled(template: str, names: Mapping[str, Value]) -> str:
    """The sentence of a table with its `{names}` replaced; an unknown one is left as it is."""

    def replace(found: re.Match[str]) -> str:
        name = found[1]
        return _said(name, names[name]) if name in names else found[0]

    return PLACE.sub(replace, template)


def _said(name: str, value: Value) -> str:
    if name in _DAYS and isinstance(value, str):
        return french_day(date.fromisoformat(value))
    if not is_number(value) or not isinstance(value, int | Fraction):
        return "" if value is None else str(value)
    if name in _AMOUNTS:
        return euros(Fraction(value))
    if name in _PERCENTS:
        return percent(Fraction(value))
    return decimal_text(value).replace(".", ",")


def rate_sentence(
    parameters: Parameters, bonuses: Sequence[Bonus], bounds: Bounds, rate: Fraction
) -> str:
    """The rate as a sum, and the bound that changed it if one did."""
    total = parameters.base_rate + sum((bonus.points for bonus in bonuses), Fraction(0))
    terms = [f"{percent(parameters.base_rate)} ({parameters.label})"]
    for bonus in bonuses:
        sign = "−" if bonus.points < 0 else "+"
        terms.append(f"{sign} {percent(abs(bonus.points))} ({bonus.label})")
    written = " ".join(terms)
    if rate == total:
        return f"Taux : {percent(rate)} = {written}."
    which = "maximum" if rate == bounds.highest else "minimum"
    return (
        f"Taux : {percent(rate)}, {which} du règlement des aides, "
        f"au lieu de {percent(total)} = {written}."
    )


def base_sentence(
    eligible: Fraction, library_share: Fraction, parameters: Parameters, base: Fraction
) -> str:
    """What the rate applies to, and why it is not the whole spending."""
    counted = f"dépenses éligibles de {euros(eligible)}"
    if library_share != 1:
        counted += f" × {percent(library_share)} pour la bibliothèque"
    if parameters.ceiling is not None and base < eligible * library_share:
        return f"Base retenue : {euros(base)}, plafond du dispositif ({counted})."
    return f"Base retenue : {euros(base)} ({counted})."


def theoretical_sentence(base: Fraction, rate: Fraction, aid: Money, rounding: Rounding) -> str:
    """The aid before any cap, and how it was rounded."""
    rounded = ""
    if aid.exact != base * rate:
        way = "inférieur" if rounding.mode is RoundingMode.DOWN else "le plus proche"
        unit = "à l’euro" if rounding.step == 1 else f"au multiple de {euros(rounding.step)}"
        rounded = f", arrondie {unit} {way}"
    return f"Aide théorique : {euros(aid)} = {euros(base)} × {percent(rate)}{rounded}."


def requested_sentence(requested: Money) -> str:
    """The request asked for less than the rules would give."""
    return f"L’aide est limitée au montant demandé : {euros(requested)}."


def cap_sentence(
    rate: Fraction, amounts: Mapping[str, Fraction], cap: Fraction, *, binds: bool
) -> str:
    """The public cap, written out, and whether it reduces the aid."""
    written = (
        f"{percent(rate)} × ({euros(amounts['cost'])} de coût "
        f"− {euros(amounts['private'])} de financement privé) "
        f"− {euros(amounts['other_public'])} d’autres aides publiques"
    )
    effect = "il réduit l’aide" if binds else "il ne réduit pas l’aide"
    return f"Plafond des aides publiques : {euros(cap)} = {written} ; {effect}."


def aid_sentence(aid: Money, own: Money, of: Fraction, what: str) -> str:
    """What is proposed, and what is left to the applicant: how much, and which share of `of`."""
    share = f", soit {percent(own.exact / of)} {what}" if of > 0 and own.cents >= 0 else ""
    return (
        f"Aide proposée : {euros(aid)} ; il reste {euros(own)} à la charge du demandeur{share}."
    )


def cost_warning(cost: Fraction, eligible: Fraction) -> str:
    """The figures do not fit together."""
    return (
        f"Attention : le coût total ({euros(cost)}) est inférieur "
        f"aux dépenses éligibles ({euros(eligible)})."
    )
