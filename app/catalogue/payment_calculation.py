"""How much is due on this claim, and why? The tables of payments and the arithmetic together."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from app.catalogue.aid_calculation import exact_text
from app.catalogue.aid_facts import AID_FACTS, PAYMENT_FACTS, BadFact, read_facts, require
from app.catalogue.aid_sentences import euros, percent
from app.catalogue.aid_tables import AidTables
from app.catalogue.values import exact, money
from app.domain import settlement as arithmetic
from app.domain.aid import Rounding
from app.domain.money import Money
from app.domain.settlement import Award, Payment, Reality, Schedule
from app.domain.status import ClaimKind
from app.engine.values import Value


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a claim gives; `payable` is negative when too much was paid."""

    pro_rata: Fraction
    payment: Payment
    explanation: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """The public form: decimal strings in euros, the ratio as a decimal."""
        return {
            "pro_rata": exact_text(self.pro_rata),
            "entitlement": self.payment.entitlement.plain(),
            "payable": self.payment.payable.plain(),
            "release": self.payment.release.plain(),
            "recovery": self.payment.recovery.plain(),
            "explanation": list(self.explanation),
        }


def settle(tables: AidTables, facts: Mapping[str, object]) -> Settlement:
    """Apply the rules of payment. Refuses BadFact, RulesBroken, DecisionRefused."""
    # Tables may read facts of the request that a claim does not repeat: they take their defaults.
    names = {**read_facts({}, AID_FACTS), **read_facts(facts, PAYMENT_FACTS)}
    require(names, "scheme", "kind", "voted_aid")
    tables.parameters(names)
    return _Claim(names, tables).settlement()


class _Claim:
    """One claim under calculation."""

    def __init__(self, names: Mapping[str, Value], tables: AidTables) -> None:
        self.names = names
        self.tables = tables
        self.rounding: Rounding = tables.rounding(names)
        self.on = tables.pro_rata_on(names)
        self.award = Award(money(self.names, "voted_aid"), self._reference())
        self.paid = money(self.names, "already_paid")
        self.said: list[str] = []

    def _reference(self) -> Fraction:
        """The amount the voted aid is a share of."""
        require(self.names, self.on)
        reference = exact(self.names, self.on)
        if not reference:
            raise BadFact(name=self.on, reason="vaut 0 : l’aide ne se rapporte à rien")
        return reference

    def settlement(self) -> Settlement:
        """What is due, by kind of claim."""
        schedule, _ = self.tables.schedule({**self.names, "aid": self.award.voted.exact})
        payment = self._payment(ClaimKind(str(self.names["kind"])), schedule)
        return Settlement(self.award.pro_rata, payment, tuple(self.said))

    def _payment(self, kind: ClaimKind, schedule: Schedule) -> Payment:
        if kind is ClaimKind.ADVANCE:
            return self._advance(schedule)
        right = self._entitlement()
        if kind is ClaimKind.INTERIM:
            return self._interim(right, schedule)
        return self._final(right)

    def _advance(self, schedule: Schedule) -> Payment:
        payment = arithmetic.advance(self.award, schedule, self.paid, self.rounding)
        if not schedule.advance_rate:
            self.said.append("Le règlement des aides ne prévoit pas d’avance pour cette aide.")
            return payment
        self.said.append(
            f"Avance : {percent(schedule.advance_rate)} de l’aide votée de "
            f"{euros(self.award.voted)}, soit {euros(payment.entitlement)}."
        )
        return self._due(payment)

    def _interim(self, right: Money, schedule: Schedule) -> Payment:
        payment = arithmetic.interim(self.award, right, schedule, self.paid, self.rounding)
        if not schedule.interim_rate:
            self.said.append("Le règlement des aides ne prévoit pas d’acompte pour cette aide.")
            return payment
        ceiling = self.rounding.down(self.award.voted.exact * schedule.interim_rate)
        if right > ceiling:
            self.said.append(
                f"Avant le solde, les versements ne dépassent pas "
                f"{percent(schedule.interim_rate)} de l’aide votée, soit {euros(ceiling)}."
            )
        return self._due(payment)

    def _final(self, right: Money) -> Payment:
        payment = arithmetic.final(self.award, right, self.paid)
        self._due(payment)
        if payment.release.cents:
            self.said.append(
                f"Reste de l’aide votée qui ne sera pas versé : {euros(payment.release)}."
            )
        return payment

    def _due(self, payment: Payment) -> Payment:
        paid = f"{euros(self.paid)} déjà versés"
        if payment.recovery.cents:
            self.said.append(
                f"À reverser par le bénéficiaire : {euros(payment.recovery)} ({paid})."
            )
        else:
            self.said.append(f"À verser : {euros(payment.payable)} ({paid}).")
        return payment

    def _entitlement(self) -> Money:
        spending = self._spending()
        earned = self.rounding.apply(min(spending, self.award.base) * self.award.pro_rata)
        self.said.append(
            f"Droit acquis au prorata : {euros(earned)} = "
            f"{euros(min(spending, self.award.base))} × {euros(self.award.voted)} "
            f"÷ {euros(self.award.base)}."
        )
        if spending > self.award.base:
            self.said.append(
                f"Les dépenses justifiées ({euros(spending)}) dépassent la base retenue : "
                "elles n’augmentent pas l’aide."
            )
        return arithmetic.entitlement(self.award, spending, self._cap(earned), self.rounding)

    def _spending(self) -> Fraction:
        justified = exact(self.names, "justified")
        # A ratio on the total cost already counts the whole operation, library or not.
        return (
            justified * exact(self.names, "library_share") if self.on == "base" else justified
        )

    def _cap(self, earned: Money) -> Fraction | None:
        rate = self.tables.public_cap_rate(self.names)
        if rate is None:
            return None
        known = "justified" if self.names["real_cost"] is None else "real_cost"
        reality = Reality(
            money(self.names, known),
            money(self.names, "real_private"),
            money(self.names, "real_other_public"),
        )
        cap = arithmetic.real_cap(reality, rate)
        effect = "il réduit le droit" if cap < earned.exact else "il ne réduit pas le droit"
        self.said.append(
            f"Plafond des aides publiques sur les financements réels : {euros(cap)} = "
            f"{percent(rate)} × ({euros(reality.cost)} − {euros(reality.private)}) "
            f"− {euros(reality.other_public)} ; {effect}."
        )
        return cap
