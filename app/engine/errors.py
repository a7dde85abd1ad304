"""What can go wrong in the engine room? What a person may meet, and what stops a dossier.

A `Refusal` is answered to the person who asked; an `EngineFault` is a defect of a diagram or of a
call, which the caller turns into an incident: the transaction is undone, the dossier stays where
it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.errors import Refusal


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a diagram that does not fit; `sentence` names the element in French."""

    element: str
    sentence: str


class DiagramRefused(Refusal):
    """The diagram cannot be run as drawn; `problems` says everything that is wrong at once."""

    sentence = "Le diagramme ne peut pas être utilisé : {summary}."

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0].sentence.rstrip(".") if self.problems else "il est vide"
        others = len(self.problems) - 1
        super().__init__(summary=first + (f" (et {others} autres)" if others > 0 else ""))


class StepNotOpen(Refusal):
    """The step was completed, cancelled or never opened."""

    sentence = "Cette étape n’est plus ouverte : le dossier a avancé entre-temps."

    def __init__(self, token: int) -> None:
        self.token = token
        super().__init__(token=token)


class EngineFault(Exception):
    """The dossier cannot move: an incident for the administrator. `element` is the node's id."""

    def __init__(self, element: str, sentence: str) -> None:
        self.element = element
        self.sentence = sentence
        super().__init__(f"{element} : {sentence}" if element else sentence)


class StuckProcess(EngineFault):
    """The dossier is not finished, and nothing could ever make it move again."""


class StepBudgetSpent(EngineFault):
    """The diagram goes round without ever waiting for anybody."""


class ForeignState(EngineFault):
    """The saved state was not written for this version of the diagram, or not by this engine."""


class ExpressionFailed(EngineFault):
    """An expression of the diagram has no usable result with today's values."""


class BadVariable(EngineFault):
    """A value given to the engine cannot be a routing variable."""
