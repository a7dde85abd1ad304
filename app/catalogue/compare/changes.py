"""What is one change, and in which order does somebody who runs the service want to read them?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.engine.diagram import Mark


class Group(StrEnum):
    """What a change is about; the most important first."""

    MONEY = "money"
    PEOPLE = "people"
    STEPS = "steps"
    TIME = "time"
    QUESTIONS = "questions"
    PIECES = "pieces"
    MAILS = "mails"
    TEXTS = "texts"
    OTHERS = "others"


#: The title of each group, as people read it.
TITLES: Mapping[Group, str] = {
    Group.MONEY: "Règles d’aide : taux, plafonds, conditions",
    Group.PEOPLE: "Qui fait quoi",
    Group.STEPS: "Étapes et chemins",
    Group.TIME: "Délais et relances",
    Group.QUESTIONS: "Questions des formulaires",
    Group.PIECES: "Pièces demandées",
    Group.MAILS: "Courriels",
    Group.TEXTS: "Textes et libellés",
    Group.OTHERS: "Autres fichiers",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs, in one French sentence; `step` is the node it is about, if any."""

    group: Group
    mark: Mark
    sentence: str
    step: str | None = None


@dataclass(frozen=True)
class Comparison:
    """All that differs, and what to mark on the diagram before and on the diagram after."""

    changes: tuple[Change, ...]
    before: Mapping[str, Mark]
    after: Mapping[str, Mark]

    @property
    def is_same(self) -> bool:
        """Nothing that a person would notice."""
        return not self.changes

    def groups(self) -> list[tuple[Group, Sequence[Change]]]:
        """The groups that are not empty, in their order."""
        found = [
            (group, [change for change in self.changes if change.group is group])
            for group in Group
        ]
        return [(group, changes) for group, changes in found if changes]


def added(group: Group, sentence: str, step: str | None = None) -> Change:
    """Something new."""
    return Change(group, Mark.ADDED, sentence, step)


def removed(group: Group, sentence: str, step: str | None = None) -> Change:
    """Something that is no longer there."""
    return Change(group, Mark.REMOVED, sentence, step)


def changed(group: Group, sentence: str, step: str | None = None) -> Change:
    """Something that is not as it was."""
    return Change(group, Mark.CHANGED, sentence, step)
