"""How does each type of question read, check and store an answer? The WTForms fields of Liasse.

A question has three shapes: what the person typed (`typed`), what it means (`data`), and what is
stored (`to_json`). Every refusal is a French sentence shown under the question.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, ClassVar, Protocol

from wtforms.fields.core import Field as WTFormsField
from wtforms.form import BaseForm
from wtforms.utils import unset_value as UNSET  # noqa: N812 - a constant
from wtforms.validators import StopValidation

from app.catalogue import widgets
from app.catalogue.contract import Field
from app.catalogue.days import french_day, parse_day
from app.catalogue.values import decimal_of, in_french, value_of
from app.domain.errors import BadAmount
from app.domain.lookups import Lookups
from app.domain.money import Money
from app.engine.expressions import Value

__all__ = ["UNSET", "Posted", "Question", "parse_euros"]

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BLANKS = re.compile(r"[\s\u00a0\u202f\u2009]")
_SHORT, _LONG = 200, 8_000


class Posted(Protocol):
    """The items a browser sent."""

    def __iter__(self) -> Iterator[str]: ...

    def getlist(self, key: str, /) -> Sequence[str]: ...


class Question(WTFormsField):  # type: ignore[misc]  # WTForms carries no types
    """A question declared in a pack; subclasses say how an answer reads."""

    kind: ClassVar[str] = "text"
    missing: ClassVar[str] = "Répondez à cette question."
    input_type: ClassVar[str] = "text"
    input_mode: ClassVar[str] = ""
    widget: Any = staticmethod(widgets.text_input)

    def __init__(self, *, spec: Field, lookups: Lookups, **options: Any) -> None:  # noqa: ANN401
        super().__init__(label=str(spec.label), description=str(spec.help), **options)
        self.spec = spec
        self.lookups = lookups
        self.typed = ""
        self.data: Any = None
        self.flags.required = spec.required

    # -- reading

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed; raises ValueError with the sentence to show."""
        self.typed = _CONTROL.sub("", valuelist[0]).strip() if valuelist else ""
        self.data = None
        if self.typed:
            self.data = self.parse(self.typed)

    def process_data(self, value: object) -> None:
        """Read what was stored; what no longer makes sense is left blank."""
        self.data = None if value is None else self.from_json(value)
        self.typed = "" if self.data is None else self.show(self.data)

    def parse(self, text: str) -> Any:  # noqa: ANN401
        """What the typed text means. Raises ValueError with a French sentence."""
        return text

    def from_json(self, stored: object) -> Any:  # noqa: ANN401
        """What the stored answer means, None when it is unreadable."""
        try:
            return self.parse(str(stored))
        except ValueError:
            return None

    def show(self, data: Any) -> str:  # noqa: ANN401
        """The answer as the person would type it."""
        return str(data)

    # -- giving

    def to_json(self) -> object:
        """The answer as it is stored."""
        return self.data

    def value(self) -> Value:
        """The answer as expressions see it."""
        return value_of(self.kind, self.to_json())

    def routing(self) -> Value:
        """The answer as the process sees it: scalars and lists of scalars."""
        stored = self.to_json()
        return stored if isinstance(stored, str | int | bool | list | None) else None

    def fact_values(self) -> dict[str, object]:
        """The facts of the dossier this answer updates."""
        return {self.spec.fact: self.to_json()} if self.spec.fact else {}

    def reading(self) -> str:
        """The answer as people read it in a recapitulation."""
        return "" if self.data is None else self.show(self.data)

    @classmethod
    def encode(cls, name: str, stored: object) -> Iterable[tuple[str, str]]:
        """The form items a browser would send for this stored answer."""
        if stored is not None:
            yield name, str(stored)

    # -- checking

    @property
    def answered(self) -> bool:
        """There is an answer."""
        return self.data is not None and self.data != ""

    def pre_validate(self, form: BaseForm) -> None:  # noqa: ARG002 - WTForms calls it so
        """Stop at the first thing wrong: unreadable, missing, then impossible."""
        if self.process_errors:
            raise StopValidation
        if not self.answered:
            raise StopValidation(self.missing if self.spec.required else "")
        try:
            self.check()
        except ValueError as error:
            raise StopValidation(str(error)) from None

    def check(self) -> None:
        """Refuse an answer that reads well but cannot be; raises ValueError with a sentence."""

    def bound_sentence(self, *, least: bool, bound: Value) -> str:
        """The sentence shown when the answer is beyond a bound."""
        shown = self.show_value(bound)
        return f"Il faut au moins {shown}." if least else f"Il faut au plus {shown}."

    def show_value(self, value: Value) -> str:
        """A bound as people read it."""
        return in_french(self.kind, value)


class TextQuestion(Question):
    """A line of text."""

    def parse(self, text: str) -> str:
        """The line, its blanks made plain."""
        return " ".join(text.split())

    def check(self) -> None:
        """Refuse a text that is too long."""
        limit = self.spec.max_length or _SHORT
        if len(self.data) > limit:
            raise ValueError(f"Ce texte dépasse {limit} caractères ({len(self.data)}).")


class LongTextQuestion(TextQuestion):
    """Several lines of text."""

    kind = "longtext"
    widget = staticmethod(widgets.text_area)

    def parse(self, text: str) -> str:
        """The lines, with plain line ends."""
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def check(self) -> None:
        """Refuse a text that is too long."""
        limit = self.spec.max_length or _LONG
        if len(self.data) > limit:
            raise ValueError(f"Ce texte dépasse {limit} caractères ({len(self.data)}).")


#: Of the largest whole number one may answer.
_DIGITS = 12


class IntegerQuestion(Question):
    """A whole number."""

    kind = "integer"
    missing = "Indiquez un nombre."
    input_mode = "numeric"

    def parse(self, text: str) -> int:
        """The number, blanks between thousands accepted."""
        plain = _BLANKS.sub("", text)
        if not re.fullmatch(r"-?\d+", plain):
            raise ValueError("Écrivez un nombre entier, par exemple 820.")
        if len(plain.removeprefix("-")) > _DIGITS:
            raise ValueError("Ce nombre est trop grand : douze chiffres au plus.")
        return int(plain)


class EurosQuestion(Question):
    """An amount in euros, never below zero."""

    kind = "euros"
    missing = "Indiquez un montant."
    input_mode = "decimal"
    widget = staticmethod(widgets.amount_input)

    def parse(self, text: str) -> Money:
        """The amount, as « 12 600,50 € » or 12600.50."""
        return parse_euros(text)

    def show(self, data: Money) -> str:
        """The amount with a comma, without the sign."""
        return data.french(cents=bool(data.cents % 100)).removesuffix("\u00a0€")

    def to_json(self) -> object:
        """The amount as `"12600.50"`."""
        return None if self.data is None else self.data.plain()

    def routing(self) -> Value:
        """The amount in cents."""
        return None if self.data is None else self.data.cents

    def reading(self) -> str:
        """The amount with its sign."""
        return "" if self.data is None else self.data.french()


class PercentQuestion(Question):
    """A share of a whole, kept as an exact fraction of one."""

    kind = "percent"
    missing = "Indiquez un pourcentage."
    input_mode = "decimal"
    widget = staticmethod(widgets.percent_input)

    def parse(self, text: str) -> Fraction:
        """The share written « 45 », « 45 % » or « 33,3 »."""
        plain = _BLANKS.sub("", text).removesuffix("%").replace(",", ".")
        try:
            number = Fraction(Decimal(plain)) / 100
        except (InvalidOperation, ValueError, OverflowError):
            raise ValueError("Écrivez un pourcentage, par exemple 45 ou 33,3.") from None
        if not 0 <= number <= 1:
            raise ValueError("Un pourcentage est compris entre 0 et 100.")
        return number

    def from_json(self, stored: object) -> Fraction | None:
        """The stored share, `"0.45"`."""
        found = value_of("percent", stored)
        return Fraction(found) if isinstance(found, Fraction | int) else None

    def to_json(self) -> object:
        """The share as `"0.45"`."""
        return None if self.data is None else decimal_of(self.data)

    def show(self, data: Fraction) -> str:
        """The share as a percentage, without the sign."""
        return decimal_of(data * 100).replace(".", ",")

    def reading(self) -> str:
        """The percentage."""
        return "" if self.data is None else f"{self.show(self.data)}\u00a0%"

    @classmethod
    def encode(cls, name: str, stored: object) -> Iterable[tuple[str, str]]:
        """The percentage a person would type."""
        found = value_of("percent", stored)
        if isinstance(found, Fraction | int):
            yield name, decimal_of(Fraction(found) * 100)


class DateQuestion(Question):
    """A civil day."""

    kind = "date"
    missing = "Indiquez une date."
    input_type = "date"

    def parse(self, text: str) -> date:
        """The day, ISO or French."""
        return parse_day(text)

    def show(self, data: date) -> str:
        """The ISO day a date input wants."""
        return data.isoformat()

    def to_json(self) -> object:
        """The ISO day."""
        return None if self.data is None else self.data.isoformat()

    def reading(self) -> str:
        """The day in words."""
        return "" if self.data is None else french_day(self.data)

    def bound_sentence(self, *, least: bool, bound: Value) -> str:
        """The sentence for a day too early or too late."""
        shown = self.show_value(bound)
        if least:
            return f"La date doit être le {shown} ou plus tard."
        return f"La date doit être le {shown} ou plus tôt."


def parse_euros(text: str) -> Money:
    """An amount of zero or more. Raises ValueError with a French sentence."""
    try:
        amount = Money.parse(text)
    except BadAmount as refusal:
        raise ValueError(refusal.message) from None
    if amount.cents < 0:
        raise ValueError("Le montant doit être positif ou nul.")
    return amount
