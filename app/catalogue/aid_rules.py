"""What do the aid rules of a dossier type say? Its tables, ready to be asked; pure and shareable."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from app.catalogue.aid_calculation import AidResult, assess
from app.catalogue.aid_check import aid_problems
from app.catalogue.aid_facts import AID_FACTS, read_facts
from app.catalogue.aid_tables import AidTables, Deadlines
from app.catalogue.payment_calculation import Settlement, settle
from app.engine.decisions import DecisionModel, read_model
from app.engine.values import Value, admit

__all__ = ["AidResult", "AidRules", "Deadlines", "Settlement", "load_aid_rules"]

_CENTS = 100


@dataclass(frozen=True, slots=True)
class AidRules:
    """The decision tables of one version of a dossier type, and the calculations they drive."""

    model: DecisionModel

    @property
    def _tables(self) -> AidTables:
        return AidTables(self.model)

    def assess(self, facts: Mapping[str, object]) -> AidResult:
        """The aid of a project. Refuses BadFact, RulesBroken, DecisionRefused."""
        return assess(self._tables, facts)

    def explain(self, facts: Mapping[str, object]) -> dict[str, object]:
        """The aid of a project in its public form, ready for JSON; refuses as `assess`."""
        return self.assess(facts).as_json()

    def settlement(self, facts: Mapping[str, object]) -> Settlement:
        """What is due on a claim. Refuses BadFact, RulesBroken, DecisionRefused."""
        return settle(self._tables, facts)

    def settle(self, facts: Mapping[str, object]) -> dict[str, object]:
        """What is due on a claim in its public form, ready for JSON; refuses as `settlement`."""
        return self.settlement(facts).as_json()

    def deadlines(self, facts: Mapping[str, object]) -> Deadlines:
        """How many months the scheme gives to start and to finish."""
        return self._tables.deadlines(read_facts(facts, AID_FACTS))

    def decide(self, decision: str, facts: Mapping[str, Value]) -> Mapping[str, Value]:
        """One decision, as a diagram asks for it; facts that are missing take their defaults.

        The `aid` of the tables is, when nobody gives it, the amount the committee voted
        (`voted_cents`).
        """
        names: dict[str, Value] = {**facts, **read_facts(facts, AID_FACTS)}
        voted = facts.get("voted_cents")
        if "aid" in facts:
            names["aid"] = admit(facts["aid"])
        elif isinstance(voted, int):
            names["aid"] = Fraction(voted, _CENTS)
        return self.model.decide(decision, names).values

    def problems(self) -> list[str]:
        """What the tables lack to compute an aid, one French sentence each."""
        return list(aid_problems(self.model))


def load_aid_rules(files: Mapping[str, bytes]) -> AidRules:
    """The aid rules of a pack, from all its files; a pack without tables has empty rules.

    Refuses DiagramRefused with everything that is wrong in the tables.
    """
    tables = {path: data for path, data in files.items() if path.endswith(".dmn")}
    return AidRules(read_model(tables))
