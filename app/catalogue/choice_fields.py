"""How does a question with a closed list of answers read? Yes or no, one of a few, several persons."""

from collections.abc import Iterable, Sequence

from app.catalogue import widgets
from app.catalogue.fields import Question

_TRUE, _FALSE = ("oui", "true", "1", "on"), ("non", "false", "0")


class YesNoQuestion(Question):
    """Yes or no."""

    kind = "yesno"
    missing = "Répondez par oui ou par non."
    widget = staticmethod(widgets.radios)

    @property
    def options(self) -> list[tuple[str, str, str]]:
        """Value, label and help of each answer."""
        return [("oui", "Oui", ""), ("non", "Non", "")]

    def parse(self, text: str) -> bool:
        """The answer, as typed by a person or a program."""
        word = text.lower()
        if word not in (*_TRUE, *_FALSE):
            raise ValueError(self.missing)
        return word in _TRUE

    def show(self, data: bool) -> str:  # noqa: FBT001
        """The answer in words."""
        return "oui" if data else "non"

    def reading(self) -> str:
        """The answer in words, with a capital."""
        return "" if self.data is None else self.show(self.data).capitalize()

    @classmethod
    def encode(cls, name: str, stored: object) -> Iterable[tuple[str, str]]:
        """The radio a browser would send."""
        if stored is not None:
            yield name, "oui" if stored in (True, "oui", "true") else "non"


class AttestQuestion(YesNoQuestion):
    """A box to tick; when required, it must be ticked."""

    kind = "yesno"
    missing = "Cochez cette case pour continuer."
    widget = staticmethod(widgets.checkbox)

    @property
    def answered(self) -> bool:
        """The box is ticked, or nobody requires it."""
        return bool(self.data)

    def to_json(self) -> object:
        """True or false."""
        return bool(self.data)


class ChoiceQuestion(Question):
    """One answer among a few."""

    kind = "choice"
    missing = "Choisissez une réponse."
    widget = staticmethod(widgets.radios)

    @property
    def options(self) -> list[tuple[str, str, str]]:
        """Value, label and help of each answer."""
        return [(one.value, str(one.label), str(one.help)) for one in self.spec.choices]

    def parse(self, text: str) -> str:
        """One of the answers offered."""
        if all(text != value for value, _, _ in self.options):
            raise ValueError("Choisissez une des réponses proposées.")
        return text

    def reading(self) -> str:
        """The label of the answer."""
        return next((label for value, label, _ in self.options if value == self.data), "")


class PersonQuestion(ChoiceQuestion):
    """One person among those of a role."""

    kind = "person"
    missing = "Choisissez une personne."
    widget = staticmethod(widgets.select)

    @property
    def options(self) -> list[tuple[str, str, str]]:
        """The persons offered."""
        return [
            (one.id, one.name, one.detail) for one in self.lookups.persons(self.spec.role or "")
        ]


class ListedQuestion(ChoiceQuestion):
    """One thing of a list the house keeps, such as the envelopes of the budget."""

    kind = "listed"
    widget = staticmethod(widgets.select)

    @property
    def options(self) -> list[tuple[str, str, str]]:
        """What the list offers."""
        return [
            (one.id, one.name, one.detail) for one in self.lookups.lists(self.spec.list or "")
        ]


class MultiChoiceQuestion(ChoiceQuestion):
    """Any number of answers among a few."""

    kind = "multichoice"
    missing = "Choisissez au moins une réponse."
    widget = staticmethod(widgets.checkboxes)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read every box ticked, each once, in the order offered."""
        known = [value for value, _, _ in self.options]
        if any(one not in known for one in valuelist if one):
            raise ValueError("Choisissez parmi les réponses proposées.")
        self.data = [value for value in known if value in valuelist]

    def process_data(self, value: object) -> None:
        """Read the stored list."""
        chosen = value if isinstance(value, list | tuple) else []
        self.data = [known for known, _, _ in self.options if known in chosen]

    @property
    def answered(self) -> bool:
        """At least one box is ticked, or none is required."""
        return bool(self.data)

    def to_json(self) -> object:
        """The list of the answers."""
        return list(self.data or [])

    def reading(self) -> str:
        """The labels, one after the other."""
        return ", ".join(label for value, label, _ in self.options if value in self.data)

    @classmethod
    def encode(cls, name: str, stored: object) -> Iterable[tuple[str, str]]:
        """One item a box ticked."""
        for one in stored if isinstance(stored, list | tuple) else []:
            yield name, str(one)


class PersonsQuestion(MultiChoiceQuestion):
    """Several persons among those of a role."""

    kind = "persons"
    missing = "Choisissez au moins une personne."

    @property
    def options(self) -> list[tuple[str, str, str]]:
        """The persons offered."""
        return [
            (one.id, one.name, one.detail) for one in self.lookups.persons(self.spec.role or "")
        ]
