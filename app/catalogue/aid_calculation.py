"""What aid does this project get, by which rule, and who decides? Tables and arithmetic together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.catalogue import aid_sentences as say
from app.catalogue.aid_facts import AID_FACTS, read_facts, require
from app.catalogue.aid_tables import AidTables, Authority, Parameters, Reason
from app.catalogue.values import exact, money
from app.domain import aid as arithmetic
from app.domain.aid import Rounding
from app.domain.money import Money
from app.domain.settlement import Schedule
from app.engine.values import Value, decimal_text

INELIGIBLE = "ineligible"
PROPOSED = "proposed"
_PLACES = 10
PUBLIC_MONEY = "des financements publics"
WHOLE_COST = "du coût"


@dataclass(frozen=True, slots=True)
class Instalment:
    """A payment to come: `share` and `up_to` are cumulated with the payments before it."""

    kind: str
    share: Fraction
    up_to: Money

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        return {"kind": self.kind, "share": exact_text(self.share), "up_to": self.up_to.plain()}


@dataclass(frozen=True, slots=True)
class AidResult:
    """The outcome of the aid rules; amounts are None when the request is not eligible."""

    decision: str
    reasons: tuple[str, ...]
    explanation: tuple[str, ...]
    rate: Fraction | None = None
    base: Fraction | None = None
    theoretical: Money | None = None
    public_cap: Fraction | None = None
    aid: Money | None = None
    own_share: Money | None = None
    authority: Authority | None = None
    instalments: tuple[Instalment, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The public form: decimal strings in euros, rates of one, codes."""
        authority = self.authority
        return {
            "decision": self.decision,
            "reasons": list(self.reasons),
            "rate": None if self.rate is None else exact_text(self.rate),
            "base": None if self.base is None else euros_text(self.base),
            "theoretical": None if self.theoretical is None else self.theoretical.plain(),
            "public_cap": None if self.public_cap is None else euros_text(self.public_cap),
            "aid": None if self.aid is None else self.aid.plain(),
            "own_share": None if self.own_share is None else self.own_share.plain(),
            "explanation": list(self.explanation),
            "authority": authority.authority if authority else None,
            "act": authority.act if authority else None,
            "convention_required": authority.convention_required if authority else None,
            "instalments": [instalment.as_json() for instalment in self.instalments],
        }


def exact_text(number: Fraction) -> str:
    """The number as a decimal: two places at least, cut after ten when it has no end."""
    scale = 10**_PLACES
    places = decimal_text(Fraction(number * scale // 1, scale))
    whole, _, decimals = places.partition(".")
    return f"{whole}.{decimals.ljust(2, '0')}"


def euros_text(euros: Fraction) -> str:
    """The exact amount, with its two decimals at least."""
    whole = Money.from_fraction(euros)
    return whole.plain() if whole.exact == euros else exact_text(euros)


def assess(tables: AidTables, facts: Mapping[str, object]) -> AidResult:
    """Apply the aid rules to the facts. Refuses BadFact, RulesBroken, DecisionRefused."""
    names = read_facts(facts, AID_FACTS)
    require(names, "scheme", "applicant_type")
    parameters = tables.parameters(names)
    project = _Project(names, tables.rounding(names), parameters)
    reasons = tables.reasons(names)
    if reasons:
        return AidResult(
            INELIGIBLE,
            tuple(reason.code for reason in reasons),
            tuple(project.reason(reason) for reason in reasons),
        )
    return project.result(tables)


class _Project:
    """One eligible project under calculation: what is known of it, and what is told."""

    def __init__(
        self, names: Mapping[str, Value], rounding: Rounding, parameters: Parameters
    ) -> None:
        self.names = names
        self.rounding = rounding
        self.parameters = parameters
        self.cost, self.private = (
            money(self.names, "total_cost"),
            money(self.names, "private_funding"),
        )
        self.other_public = money(self.names, "other_public_funding")
        self.eligible = money(self.names, "eligible_cost")
        self.share = exact(self.names, "library_share")
        self.retained = arithmetic.retained_cost(self.eligible, self.share)
        self.said: list[str] = []

    def reason(self, reason: Reason) -> str:
        """Why the project is not eligible, in a sentence."""
        known = {**self.names, **reason.known, "retained_cost": self.retained}
        return say.filled(reason.sentence or reason.code, known)

    def result(self, tables: AidTables) -> AidResult:
        """The aid, from the rate to the instalments."""
        rate = self._rate(tables)
        base = arithmetic.retained_base(self.retained, self.parameters.ceiling)
        self._say(say.base_sentence(self.eligible.exact, self.share, self.parameters, base))
        theoretical = arithmetic.theoretical_aid(base, rate, self.rounding)
        self._say(say.theoretical_sentence(base, rate, theoretical, self.rounding))
        uncapped = self._within_request(theoretical)
        cap_rate = tables.public_cap_rate(self.names)
        cap = self._cap(cap_rate, uncapped)
        given = arithmetic.capped_aid(uncapped, cap, self.rounding)
        own = arithmetic.own_share(self.cost, self.private, self.other_public, given)
        names = {
            **self.names,
            "retained_cost": self.retained,
            "aid": given.exact,
            "uncapped_aid": uncapped.exact,
            "public_cap_rate": cap_rate,
        }
        outcome = tables.outcome(names)
        authority: Authority | None = None
        instalments: tuple[Instalment, ...] = ()
        if outcome.decision != PROPOSED:
            self._say(say.filled(outcome.sentence, {**names, **outcome.known}))
        else:
            self._say(self._told_aid(given, own, is_capped=cap is not None))
            authority, instalments = self._next(tables, names, given)
        if self.cost < self.eligible:
            self._say(say.cost_warning(self.cost.exact, self.eligible.exact))
        return AidResult(
            outcome.decision,
            () if outcome.reason is None else (outcome.reason,),
            tuple(self.said),
            rate,
            base,
            theoretical,
            cap,
            given,
            own,
            authority,
            instalments,
        )

    def _told_aid(self, given: Money, own: Money, *, is_capped: bool) -> str:
        # Where the law caps public money, the owner's part is measured against public money.
        if is_capped:
            return say.aid_sentence(given, own, (self.cost - self.private).exact, PUBLIC_MONEY)
        return say.aid_sentence(given, own, self.cost.exact, WHOLE_COST)

    def _say(self, sentence: str) -> None:
        self.said.append(sentence)

    def _rate(self, tables: AidTables) -> Fraction:
        bonuses, bounds = tables.bonuses(self.names), tables.rate_bounds(self.names)
        total = self.parameters.base_rate + sum(
            (bonus.points for bonus in bonuses), Fraction(0)
        )
        rate = arithmetic.bounded_rate(total, bounds.lowest, bounds.highest)
        self._say(say.rate_sentence(self.parameters, bonuses, bounds, rate))
        return rate

    def _within_request(self, theoretical: Money) -> Money:
        if self.names["requested_amount"] is None:
            return theoretical
        requested = money(self.names, "requested_amount")
        within = arithmetic.aid_before_cap(theoretical, requested, self.rounding)
        if within < theoretical:
            self._say(say.requested_sentence(requested))
        return within

    def _cap(self, rate: Fraction | None, uncapped: Money) -> Fraction | None:
        if rate is None:
            return None
        cap = arithmetic.public_cap(self.cost, self.private, self.other_public, rate)
        amounts = {
            "cost": self.cost.exact,
            "private": self.private.exact,
            "other_public": self.other_public.exact,
        }
        binds = arithmetic.capped_aid(uncapped, cap, self.rounding) < uncapped
        self._say(say.cap_sentence(rate, amounts, cap, binds=binds))
        return cap

    def _next(
        self, tables: AidTables, names: Mapping[str, Value], given: Money
    ) -> tuple[Authority, tuple[Instalment, ...]]:
        authority = tables.authority(names)
        self._say(say.filled(authority.sentence, names))
        schedule, sentence = tables.schedule(names)
        instalments = instalments_of(given, schedule, self.rounding)
        ceilings = {one.kind: one.up_to.exact for one in instalments}
        told = {
            **names,
            "advance": ceilings.get("advance"),
            "interim_ceiling": ceilings.get("interim"),
        }
        self._say(say.filled(sentence, told))
        return authority, tuple(instalments)


def instalments_of(aid: Money, schedule: Schedule, rounding: Rounding) -> Sequence[Instalment]:
    """The payments of an aid: advance and interim ones when the rules give them, then the rest."""
    early = [("advance", schedule.advance_rate), ("interim", schedule.interim_rate)]
    found = [
        Instalment(kind, share, rounding.down(aid.exact * share))
        for kind, share in early
        if share
    ]
    return (*found, Instalment("final", Fraction(1), aid))
