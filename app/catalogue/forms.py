"""How does a step of a pack become a form? One generic builder, no Python in the pack.

`form_class` gives a WTForms class; an instance reads what a browser sent (or stored answers),
says what is wrong in French, and gives a `Submission` for the actions.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, ClassVar

from wtforms.form import BaseForm
from wtforms.meta import DefaultMeta

from app.catalogue.choice_fields import (
    AttestQuestion,
    ChoiceQuestion,
    ListedQuestion,
    MultiChoiceQuestion,
    PersonQuestion,
    PersonsQuestion,
    YesNoQuestion,
)
from app.catalogue.computed_field import ComputedQuestion
from app.catalogue.contract import DocumentKind, Field, Step
from app.catalogue.fields import (
    DateQuestion,
    EurosQuestion,
    IntegerQuestion,
    LongTextQuestion,
    PercentQuestion,
    Question,
    TextQuestion,
)
from app.catalogue.identity_fields import (
    CommuneQuestion,
    EmailQuestion,
    EpciQuestion,
    IbanQuestion,
    PhoneQuestion,
    RnaQuestion,
    SiretQuestion,
)
from app.catalogue.lookups import Setting
from app.catalogue.pack import Pack
from app.catalogue.piece_fields import PiecesQuestion
from app.catalogue.row_fields import (
    FundingPlanQuestion,
    LinesQuestion,
    RowsQuestion,
)
from app.catalogue.values import compute, holds, json_of
from app.domain.lookups import Lookups
from app.engine.expressions import Function, Value

__all__ = ["Lookups", "Posted", "Question", "Setting", "StepForm", "Submission", "form_class"]


@dataclass(frozen=True)
class Submission:
    """What a valid form says: the answers to keep, the routing variables, the facts changed."""

    answers: dict[str, Any]
    variables: dict[str, Value] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)


class Posted(dict[str, list[str]]):
    """Form items as WTForms reads them, from a draft or from a program."""

    def getlist(self, key: str) -> list[str]:
        """Every value sent under that name."""
        return self.get(key, [])


QUESTIONS: dict[str, type[Question]] = {
    "text": TextQuestion,
    "longtext": LongTextQuestion,
    "integer": IntegerQuestion,
    "euros": EurosQuestion,
    "percent": PercentQuestion,
    "date": DateQuestion,
    "choice": ChoiceQuestion,
    "multichoice": MultiChoiceQuestion,
    "yesno": YesNoQuestion,
    "attest": AttestQuestion,
    "siret": SiretQuestion,
    "rna": RnaQuestion,
    "iban": IbanQuestion,
    "email": EmailQuestion,
    "phone": PhoneQuestion,
    "commune": CommuneQuestion,
    "epci": EpciQuestion,
    "pieces": PiecesQuestion,
    "lines": LinesQuestion,
    "funding_plan": FundingPlanQuestion,
    "persons": PersonsQuestion,
    "person": PersonQuestion,
    "listed": ListedQuestion,
    "computed": ComputedQuestion,
}


class FrenchMeta(DefaultMeta):  # type: ignore[misc]  # WTForms carries no types
    """No translation: every sentence is ours, in French."""

    locales: ClassVar[list[str]] = []


class StepForm(BaseForm):  # type: ignore[misc]  # WTForms carries no types
    """The form of one step of one dossier; `form["name"]` is a question of it.

    Questions are not attributes, so that a pack may call them as it likes.
    """

    step: ClassVar[Step]
    known: ClassVar[dict[str, Value]]
    calendar: ClassVar[dict[str, Function]]
    declared: ClassVar[dict[str, Any]]

    def __init__(
        self, formdata: object = None, *, data: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(self.declared, meta=FrenchMeta())
        self.process(formdata, data=data)
        self.names()  # computed questions are settled before anything is shown

    def questions(self) -> Iterator[Question]:
        """The questions, in the order of the manifest."""
        yield from self._fields.values()

    @property
    def edited(self) -> RowsQuestion | None:
        """The question that a row is added to or removed from: such a post checks nothing."""
        rows = (one for one in self.questions() if isinstance(one, RowsQuestion))
        return next((one for one in rows if one.edited), None)

    def names(self) -> dict[str, Value]:
        """What expressions may read: facts, variables, then the answers; computes as it goes."""
        names: dict[str, Value] = dict(self.known)
        names |= {one.short_name: None for one in self.questions()}
        for one in self.questions():
            if not holds(one.spec.show_if, names, self.calendar):
                continue
            if isinstance(one, ComputedQuestion) and one.spec.value:
                own = {one.short_name: self.known.get(one.short_name)}
                one.settle(compute(one.spec.value, names | own, self.calendar))
            names[one.short_name] = None if one.process_errors else one.value()
        return names

    def is_asked(self, question: Question) -> bool:
        """The question concerns this dossier, given the other answers."""
        return holds(question.spec.show_if, self.names(), self.calendar)

    def asked(self) -> list[Question]:
        """The questions that concern this dossier."""
        names = self.names()
        return [
            one for one in self.questions() if holds(one.spec.show_if, names, self.calendar)
        ]

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Check every question asked, then the rules between answers."""
        del extra_validators
        names = self.names()
        good = True
        for one in self.questions():
            if not holds(one.spec.show_if, names, self.calendar):
                one.errors = []
            elif not (one.validate(self) and self._within_bounds(one, names)):
                good = False
        return good and self._follows_rules(names)

    def _within_bounds(self, one: Question, names: Mapping[str, Value]) -> bool:
        if not one.answered:
            return True
        for source, least, own in (
            (one.spec.min, True, one.spec.min_sentence),
            (one.spec.max, False, one.spec.max_sentence),
        ):
            bound = compute(source, names, self.calendar) if source else None
            if bound is not None and _beyond(one.value(), bound, least=least):
                one.errors = [str(own) or one.bound_sentence(least=least, bound=bound)]
                return False
        return True

    def _follows_rules(self, names: Mapping[str, Value]) -> bool:
        good = True
        for rule in self.step.rules:
            if compute(rule.expect, names, self.calendar) is False:
                self._fields[rule.field].errors = [str(rule.sentence)]
                good = False
        return good

    def submission(self) -> Submission:
        """What the form says; call it on a valid form."""
        answers: dict[str, Any] = {}
        variables: dict[str, Value] = {}
        facts: dict[str, Any] = {}
        for one in self.asked():
            facts |= one.fact_values()
            if one.spec.variable:
                variables[one.spec.variable] = one.routing()
            if one.answered:
                answers[one.short_name] = one.to_json()
        return Submission(answers, variables, facts)

    @classmethod
    def encode(cls, answers: Mapping[str, object]) -> Posted:
        """Stored answers as the items a browser would send."""
        posted = Posted()
        for name, unbound in cls.declared.items():
            for key, text in unbound.field_class.encode(name, answers.get(name)):
                posted.setdefault(key, []).append(text)
        return posted


def form_class(
    pack: Pack, step_id: str, *, lookups: Lookups, setting: Setting
) -> type[StepForm]:
    """The form of a step, for one dossier as it stands: `form_class(…)(request.form, data=…)`."""
    step = pack.step(step_id)
    known = setting.names(pack.known_facts)
    functions = setting.functions
    declared: dict[str, Any] = {}
    for spec in step.fields:
        options: dict[str, Any] = {"spec": spec, "lookups": lookups}
        options["default"] = _default(spec, known, functions)
        if spec.type == "pieces":
            options["kinds"] = pieces_for(pack, spec.pieces_of, known, functions)
        declared[spec.name] = QUESTIONS[spec.type](**options)
    attributes = {"step": step, "known": known, "calendar": functions, "declared": declared}
    return type(f"{step_id}Form", (StepForm,), attributes)


def pieces_for(
    pack: Pack,
    step_id: str | None,
    names: Mapping[str, Value],
    functions: Mapping[str, Function],
) -> list[DocumentKind]:
    """The kinds of pieces offered at a step to a dossier with these facts."""
    step = step_id or pack.filing_step
    return [
        kind
        for kind in pack.documents
        if kind.step == step and holds(kind.offered, names, functions)
    ]


def _default(
    spec: Field, known: Mapping[str, Value], functions: Mapping[str, Function]
) -> object:
    if spec.default is None:
        return None
    return json_of(spec.type, compute(spec.default, known, functions))


def _beyond(answer: Value, bound: Value, *, least: bool) -> bool:
    if isinstance(answer, str) and isinstance(bound, str):
        return answer < bound if least else answer > bound
    if isinstance(answer, int | Fraction) and isinstance(bound, int | Fraction):
        return answer < bound if least else answer > bound
    return False
