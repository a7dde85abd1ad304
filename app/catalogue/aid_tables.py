"""What do the tables of the aid rules say of a project? Each decision, in typed words.

The names below are the contract between the tables of a dossier type and the calculation: a table
may read any fact, but it bears this name and gives these results. No figure is written here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from app.catalogue.aid_facts import BadFact
from app.domain.aid import Rounding, RoundingMode
from app.domain.errors import Refusal
from app.domain.settlement import Schedule
from app.engine.decisions import DecisionModel, DecisionResult, MatchedRule
from app.engine.values import Value, is_number

#: decision -> the results it must give.
RESULTS: Mapping[str, tuple[str, ...]] = {
    "parameters": (
        "section",
        "base_rate",
        "floor",
        "ceiling",
        "no_cumul_years",
    ),
    "eligibility": ("reasons",),
    "bonuses": ("points",),
    "rate_bounds": ("min_rate", "max_rate"),
    "rounding": ("rounding_step", "rounding_mode"),
    "public_cap": ("public_cap_rate",),
    "minimum_aid": ("decision", "reason"),
    "authority": ("authority", "act", "convention_required"),
    "instalments": ("advance_rate", "interim_rate"),
    "settlement": ("pro_rata_on",),
    "deadlines": ("start_months", "completion_months"),
}
#: What the sentence of a rule may name besides the facts and what its table reads.
TOLD = frozenset({"retained_cost", "public_cap_rate", "advance", "interim_ceiling"})
PLACE = re.compile(r"\{(\w+)\}")


class RulesBroken(Refusal):
    """The tables do not give what the calculation needs."""

    sentence = "Les règles d’aide ne sont pas utilisables : la table « {table} » {reason}."


@dataclass(frozen=True, slots=True)
class Parameters:
    """What the scheme says, before any bonus."""

    section: str
    base_rate: Fraction
    label: str
    floor: Fraction | None
    ceiling: Fraction | None


@dataclass(frozen=True, slots=True)
class Bonus:
    """Points added to the rate, or taken from it, and why."""

    points: Fraction
    label: str


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between which rates an aid must stay; None does not bind."""

    lowest: Fraction | None
    highest: Fraction | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a computed aid: proposed, or under the minimum, and why."""

    decision: str
    reason: str | None
    sentence: str
    known: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a request is not eligible: its code, what its rule says, what the sentence may name."""

    code: str
    sentence: str
    known: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Authority:
    """Who decides, by which act."""

    authority: str
    act: str
    convention_required: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How many months the beneficiary has, from the notification; None: no such deadline."""

    start: int | None
    completion: int | None


@dataclass(frozen=True, slots=True)
class AidTables:
    """The decisions of a dossier type, asked by name."""

    model: DecisionModel

    def parameters(self, names: Mapping[str, Value]) -> Parameters:
        """What the scheme of these facts says. Refuses BadFact when no table knows it."""
        result = self._decide("parameters", names)
        given = result.values
        if given["base_rate"] is None:
            reason = f"vaut « {str(names['scheme'])[:40]} », qui n’est pas un dispositif de ces règles"
            raise BadFact(name="scheme", reason=reason)
        return Parameters(
            str(given["section"]),
            _number("parameters", given, "base_rate"),
            _label(result),
            _optional("parameters", given, "floor"),
            _optional("parameters", given, "ceiling"),
        )

    def reasons(self, names: Mapping[str, Value]) -> list[Reason]:
        """Every reason why the request is not eligible."""
        result = self._decide("eligibility", names)
        known = _known(result)
        return [
            Reason(str(rule.values["reasons"]), rule.annotation, known)
            for rule in result.matched
        ]

    def bonuses(self, names: Mapping[str, Value]) -> list[Bonus]:
        """The points that change the rate, those worth nothing left out."""
        matched = self._decide("bonuses", names).matched
        found = [
            Bonus(_number("bonuses", rule.values, "points"), _of_rule(rule)) for rule in matched
        ]
        return [bonus for bonus in found if bonus.points]

    def rate_bounds(self, names: Mapping[str, Value]) -> Bounds:
        """The rates between which the aid must stay."""
        given = self._decide("rate_bounds", names).values
        return Bounds(
            _optional("rate_bounds", given, "min_rate"),
            _optional("rate_bounds", given, "max_rate"),
        )

    def rounding(self, names: Mapping[str, Value]) -> Rounding:
        """How aids and payments are rounded."""
        given = self._decide("rounding", names).values
        step = _number("rounding", given, "rounding_step")
        mode = str(given["rounding_mode"])
        if step <= 0 or mode not in list(RoundingMode):
            raise RulesBroken(table="rounding", reason="donne un arrondi impossible")
        return Rounding(step, RoundingMode(mode))

    def public_cap_rate(self, names: Mapping[str, Value]) -> Fraction | None:
        """The share that public aids may not pass, None when no cap applies."""
        given = self._decide("public_cap", names).values
        return _optional("public_cap", given, "public_cap_rate")

    def outcome(self, names: Mapping[str, Value]) -> Outcome:
        """What becomes of the aid: `names` holds `aid` and `uncapped_aid` too."""
        result = self._decide("minimum_aid", names)
        reason = result.values["reason"]
        decision = str(result.values["decision"])
        code = None if reason is None else str(reason)
        return Outcome(decision, code, _label(result), _known(result))

    def authority(self, names: Mapping[str, Value]) -> Authority:
        """Who decides of that `aid`."""
        result = self._decide("authority", names)
        given = result.values
        return Authority(
            str(given["authority"]),
            str(given["act"]),
            given["convention_required"] is True,
            _label(result),
        )

    def schedule(self, names: Mapping[str, Value]) -> tuple[Schedule, str]:
        """How that `aid` is paid, and what the rule says of it."""
        result = self._decide("instalments", names)
        advance = _number("instalments", result.values, "advance_rate")
        interim = _number("instalments", result.values, "interim_rate")
        return Schedule(advance, interim), _label(result)

    def pro_rata_on(self, names: Mapping[str, Value]) -> str:
        """What the payments are in proportion to: `base` or `total_cost`."""
        on = str(self._decide("settlement", names).values["pro_rata_on"])
        if on not in {"base", "total_cost"}:
            raise RulesBroken(
                table="settlement", reason="ne donne ni « base » ni « total_cost »"
            )
        return on

    def deadlines(self, names: Mapping[str, Value]) -> Deadlines:
        """The deadlines of the scheme."""
        given = self._decide("deadlines", names).values
        months = [
            _optional("deadlines", given, name)
            for name in ("start_months", "completion_months")
        ]
        start, completion = (None if one is None else int(one) for one in months)
        return Deadlines(start, completion)

    def _decide(self, decision: str, names: Mapping[str, Value]) -> DecisionResult:
        if decision not in self.model:
            raise RulesBroken(table=decision, reason="manque")
        result = self.model.decide(decision, names)
        missing = [name for name in RESULTS[decision] if name not in result.values]
        if missing:
            raise RulesBroken(table=decision, reason=f"ne donne pas « {missing[0]} »")
        return result


def _known(result: DecisionResult) -> dict[str, Value]:
    """The results of the decisions that one was built on."""
    return {name: value for one in result.trace.values() for name, value in one.values.items()}


def _of_rule(rule: MatchedRule) -> str:
    return rule.annotation or f"règle {rule.number}"


def _label(result: DecisionResult) -> str:
    return _of_rule(result.matched[0]) if result.matched else ""


def _number(table: str, given: Mapping[str, Value], name: str) -> Fraction:
    found = _optional(table, given, name)
    if found is None:
        raise RulesBroken(table=table, reason=f"ne donne pas de nombre pour « {name} »")
    return found


def _optional(table: str, given: Mapping[str, Value], name: str) -> Fraction | None:
    found = given[name]
    if found is None:
        return None
    if not is_number(found) or not isinstance(found, int | Fraction):
        raise RulesBroken(table=table, reason=f"ne donne pas de nombre pour « {name} »")
    return Fraction(found)
