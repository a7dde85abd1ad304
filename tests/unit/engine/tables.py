"""How does a test write a decision table? As a few Python lists, turned into DMN."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from app.engine.decisions import DecisionModel, read_model

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"
Row = tuple[Sequence[str], Sequence[str]]


@dataclass(frozen=True)
class ATable:
    """A table of one or several inputs and outputs; `rows` are (tests, results)."""

    rows: Sequence[Row]
    policy: str = "UNIQUE"
    aggregation: str = ""
    inputs: Sequence[str] = ("amount",)
    outputs: Sequence[str] = ("rate",)
    id: str = "decision"
    requires: Sequence[str] = ()
    input_types: Sequence[str] = ()
    output_types: Sequence[str] = ()
    output_values: Sequence[str] = ()
    input_values: Sequence[str] = ()
    defaults: Sequence[str] = ()
    notes: Sequence[str] = field(default=())

    def xml(self) -> str:
        """The decision, as a modeler writes it."""
        aggregation = f' aggregation="{self.aggregation}"' if self.aggregation else ""
        needed = "".join(
            f'<informationRequirement><requiredDecision href="#{one}"/></informationRequirement>'
            for one in self.requires
        )
        return (
            f"<decision id={quoteattr(self.id)} name={quoteattr(self.id)}>{needed}"
            f'<decisionTable id="t_{self.id}" hitPolicy="{self.policy}"{aggregation}>'
            f"{self._inputs()}{self._outputs()}{self._rules()}</decisionTable></decision>"
        )

    def _inputs(self) -> str:
        return "".join(
            f'<input id="i{rank}" label={quoteattr(text)}>'
            f'<inputExpression typeRef="{_at(self.input_types, rank)}">'
            f"<text>{escape(text)}</text></inputExpression>"
            f"{_values('inputValues', self.input_values, rank)}</input>"
            for rank, text in enumerate(self.inputs)
        )

    def _outputs(self) -> str:
        return "".join(
            f'<output id="o{rank}" name={quoteattr(name)} typeRef="{_at(self.output_types, rank)}">'
            f"{_values('outputValues', self.output_values, rank)}"
            f"{_values('defaultOutputEntry', self.defaults, rank)}</output>"
            for rank, name in enumerate(self.outputs)
        )

    def _rules(self) -> str:
        return "".join(
            f'<rule id="r{rank}">{self._note(rank)}'
            + "".join(f"<inputEntry><text>{escape(cell)}</text></inputEntry>" for cell in tests)
            + "".join(
                f"<outputEntry><text>{escape(cell)}</text></outputEntry>" for cell in results
            )
            + "</rule>"
            for rank, (tests, results) in enumerate(self.rows, start=1)
        )

    def _note(self, rank: int) -> str:
        note = _at(self.notes, rank - 1)
        return f"<description>{escape(note)}</description>" if note else ""


def _at(items: Sequence[str], rank: int) -> str:
    return items[rank] if rank < len(items) else ""


def _values(tag: str, items: Sequence[str], rank: int) -> str:
    text = _at(items, rank)
    return f"<{tag}><text>{escape(text)}</text></{tag}>" if text else ""


def document(*decisions: str) -> bytes:
    """A DMN file with these decisions."""
    return (
        f'<definitions xmlns="{NAMESPACE}" id="d" name="d" namespace="x">'
        f"{''.join(decisions)}</definitions>"
    ).encode()


def model(*tables: ATable) -> DecisionModel:
    """The model made of these tables."""
    return read_model({"test.dmn": document(*(table.xml() for table in tables))})


def formula(decision_id: str, text: str, *requires: str, variable: str = "") -> str:
    """A decision that is one expression."""
    needed = "".join(
        f'<informationRequirement><requiredDecision href="#{one}"/></informationRequirement>'
        for one in requires
    )
    named = f'<variable name="{variable}"/>' if variable else ""
    return (
        f'<decision id="{decision_id}" name="{decision_id}">{named}{needed}'
        f"<literalExpression><text>{escape(text)}</text></literalExpression></decision>"
    )
