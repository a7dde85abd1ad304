"""How is a value shown in a form that nobody types?"""

from collections.abc import Sequence
from fractions import Fraction

from app.catalogue import widgets
from app.catalogue.fields import Question
from app.catalogue.values import in_french, json_of
from app.domain.money import Money
from app.engine.expressions import Value


class ComputedQuestion(Question):
    """A value shown, never typed; the form computes it from what is known and answered."""

    kind = "computed"
    widget = staticmethod(widgets.output)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Nothing sent by a browser changes a computed value."""

    def process_data(self, value: object) -> None:  # noqa: ARG002 - WTForms calls it so
        """Nothing stored either: the value is computed again."""
        self.data = None

    def settle(self, value: Value) -> None:
        """Take the value computed by the form."""
        self.data = value
        self.typed = self.show(value) if value is not None else ""

    def show(self, data: Value) -> str:
        """The value in words, as its format says; codes read as the choices of the pack."""
        labels = {choice.value: str(choice.label) for choice in self.spec.choices}
        if isinstance(data, list | tuple):
            return "\n".join(labels.get(str(one), str(one)) for one in data) or "Aucun"
        return labels.get(str(data)) or in_french(self.spec.format, data)

    def to_json(self) -> object:
        """The value as facts are stored."""
        kind = {"percent": "ratio"}.get(self.spec.format, self.spec.format)
        return json_of(kind, self.data)

    def value(self) -> Value:
        """The value itself."""
        found: Value = self.data
        return found

    def routing(self) -> Value:
        """The value, amounts in cents."""
        if self.spec.format == "euros" and isinstance(self.data, int | Fraction):
            return Money.from_fraction(Fraction(self.data)).cents
        return super().routing()
