"""What was found wrong in a file of tables? One French sentence each, naming the table and the cell."""

import ast
from collections.abc import Callable

from app.engine.decisions.feel import CELL, read_expression
from app.engine.decisions.table import KNOWN_FUNCTIONS
from app.engine.errors import Problem
from app.engine.expressions import Expression, compile_tree
from app.engine.values import Trouble
from app.engine.xml import Element, local


class Notes:
    """The problems of one file, noted while its decisions are read one after the other."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.problems: list[Problem] = []
        self._id = self._name = ""

    def now_reading(self, decision_id: str, name: str) -> None:
        """The problems that follow are those of this decision."""
        self._id, self._name = decision_id, name

    def refuse(self, sentence: str) -> None:
        """Note one thing that is wrong."""
        about = f"Table « {self._name} »" if self._name else self.place
        self.problems.append(Problem(self._id, f"{about} : {sentence}."))

    def expression(self, text: str, where: str) -> Expression | None:
        """The compiled expression of a cell; None, and a note, when it is not one."""
        return self.compiled(text, where, lambda: read_expression(text), cell=False)

    def compiled(
        self, text: str, where: str, read: Callable[[], ast.expr], *, cell: bool
    ) -> Expression | None:
        """The compiled tree that `read` gives; `cell`: it may ask about `?`."""
        try:
            expression = compile_tree(read(), text)
            unknown = sorted(expression.functions - KNOWN_FUNCTIONS)
            if unknown:
                raise Trouble(f"la fonction « {unknown[0]} » n’est pas connue")
            if CELL in expression.names and not cell:
                raise Trouble("« ? » ne se lit que dans une cellule d’entrée")
        except Trouble as trouble:
            self.refuse(f"{where}, « {text} » : {trouble.reason}")
            return None
        return expression


def parts(element: Element, *names: str) -> list[Element]:
    """The direct children with one of these names."""
    return [child for child in element if local(child) in names]


def text_of(element: Element) -> str:
    """What is written in the `text` of a cell."""
    return "".join("".join(part.itertext()) for part in parts(element, "text")).strip()


def is_feel(element: Element) -> bool:
    """The cell is written in FEEL, which is what nothing said means."""
    language = (element.get("expressionLanguage") or "feel").lower().rstrip("/")
    return language.endswith("feel")
