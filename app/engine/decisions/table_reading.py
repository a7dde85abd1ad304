"""How is a decision table read? Every cell is compiled and checked against its column at once."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.engine.decisions.feel import constant_of, read_expression
from app.engine.decisions.notes import Notes, is_feel, parts, text_of
from app.engine.decisions.table import Aggregation, Column, HitPolicy, Rule, Table
from app.engine.decisions.unary import Tests, read_tests
from app.engine.expressions import Expression
from app.engine.values import Trouble, Value, equal, is_number, kind_of
from app.engine.xml import Element

MAX_RULES = 2_000


def _is_text(value: Value) -> bool:
    return isinstance(value, str)


def _is_yes_or_no(value: Value) -> bool:
    return isinstance(value, bool)


_NUMBERS: tuple[Callable[[Value], bool], str] = (is_number, "des nombres")
_DATES: tuple[Callable[[Value], bool], str] = (_is_text, "des dates")
_KINDS: Mapping[str, tuple[Callable[[Value], bool], str]] = {
    "number": _NUMBERS,
    "integer": _NUMBERS,
    "long": _NUMBERS,
    "double": _NUMBERS,
    "string": (_is_text, "des textes entre guillemets"),
    "date": _DATES,
    "dateTime": _DATES,
    "boolean": (_is_yes_or_no, "true ou false"),
}


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a column may hold: its label, its type, the values it allows."""

    label: str
    type: str
    allowed: tuple[Value, ...]

    def misfit(self, value: Value) -> str | None:
        """What is wrong with this constant, None when nothing is."""
        if self.type in _KINDS:
            is_kind, name = _KINDS[self.type]
            if not is_kind(value):
                return f"la colonne attend {name}, pas {kind_of(value)}"
        if self.allowed and not any(equal(value, one) for one in self.allowed):
            return "cette valeur n’est pas parmi celles que la colonne permet"
        return None


def read_table(element: Element, notes: Notes, decision_id: str, name: str) -> Table | None:
    """The table, or None when a problem was noted."""
    before = len(notes.problems)
    policy, aggregation = _policy(element, notes)
    inputs = [_input(one, rank, notes) for rank, one in enumerate(parts(element, "input"), 1)]
    outputs = _outputs(element, notes, decision_id, policy)
    headers = tuple(one.get("name") or "" for one in parts(element, "annotation"))
    rules = parts(element, "rule")
    if len(rules) > MAX_RULES:
        notes.refuse(f"elle a plus de {MAX_RULES} règles")
        return None
    reader = _Rules(notes, [kind for kind, _ in inputs], [kind for kind, _ in outputs], headers)
    read = [reader.rule(one, number) for number, one in enumerate(rules, 1)]
    if len(notes.problems) > before:
        return None
    return Table(
        name,
        policy,
        aggregation,
        tuple(expression for _, expression in inputs if expression is not None),
        tuple(column for _, column in outputs),
        tuple(rule for rule in read if rule is not None),
    )


def _policy(element: Element, notes: Notes) -> tuple[HitPolicy, Aggregation]:
    wanted = (element.get("hitPolicy") or "UNIQUE").upper()
    summed = (element.get("aggregation") or "").upper()
    if wanted not in HitPolicy.__members__.values() or summed not in (
        Aggregation.__members__.values()
    ):
        notes.refuse(f"la règle d’emploi « {wanted} {summed} » n’existe pas")
        return HitPolicy.UNIQUE, Aggregation.NONE
    policy, aggregation = HitPolicy(wanted), Aggregation(summed)
    if aggregation is not Aggregation.NONE and policy is not HitPolicy.COLLECT:
        notes.refuse("seule une table COLLECT agrège ses résultats")
    return policy, aggregation


def _input(element: Element, rank: int, notes: Notes) -> tuple[_Kind, Expression | None]:
    label = element.get("label") or f"entrée {rank}"
    found = parts(element, "inputExpression")
    text = text_of(found[0]) if found else ""
    expression = None
    if not text:
        notes.refuse(f"la colonne « {label} » ne dit pas ce qu’elle lit")
    elif not is_feel(found[0]):
        notes.refuse(f"la colonne « {label} » n’est pas écrite en FEEL")
    else:
        expression = notes.expression(text, f"colonne « {label} »")
    kind = found[0].get("typeRef") if found else None
    return _Kind(label, kind or "", _allowed(element, "inputValues", label, notes)), expression


def _allowed(element: Element, tag: str, label: str, notes: Notes) -> tuple[Value, ...]:
    found: list[Value] = []
    for values in parts(element, tag):
        tests = _tests(text_of(values), f"valeurs de la colonne « {label} »", notes)
        found += tests.constants if tests else ()
    return tuple(found)


def _tests(text: str, where: str, notes: Notes) -> Tests | None:
    try:
        return read_tests(text)
    except Trouble as trouble:
        notes.refuse(f"{where}, « {text} » : {trouble.reason}")
        return None


def _outputs(
    element: Element, notes: Notes, decision_id: str, policy: HitPolicy
) -> list[tuple[_Kind, Column]]:
    found = parts(element, "output")
    read = [_output(one, decision_id, notes) for one in found]
    names = [column.name for _, column in read]
    if not found or len(set(names)) < len(names):
        notes.refuse("chaque colonne de résultat a besoin d’un nom à elle")
    ordered = policy in {HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER}
    if ordered and not any(column.order for _, column in read):
        notes.refuse(f"une table {policy} donne la liste ordonnée de ses résultats")
    return read


def _output(element: Element, decision_id: str, notes: Notes) -> tuple[_Kind, Column]:
    name = element.get("name") or decision_id
    label = element.get("label") or name
    if not name.isidentifier() or name.startswith("_"):
        notes.refuse(f"« {name} » ne peut pas nommer un résultat")
    allowed = _allowed(element, "outputValues", label, notes)
    default = None
    for entry in parts(element, "defaultOutputEntry"):
        default = notes.expression(text_of(entry), f"valeur par défaut de « {label} »")
    return _Kind(label, element.get("typeRef") or "", allowed), Column(name, allowed, default)


class _Rules:
    """The lines of one table, read against its columns."""

    def __init__(
        self, notes: Notes, inputs: list[_Kind], outputs: list[_Kind], headers: tuple[str, ...]
    ) -> None:
        self._notes = notes
        self._inputs = inputs
        self._outputs = outputs
        self._headers = headers

    def rule(self, element: Element, number: int) -> Rule | None:
        """One line; None, and a note, when its cells do not match the columns."""
        asked, given = parts(element, "inputEntry"), parts(element, "outputEntry")
        if len(asked) != len(self._inputs) or len(given) != len(self._outputs):
            self._notes.refuse(f"la règle {number} n’a pas une cellule par colonne")
            return None
        tests = [
            self._test(cell, kind, number)
            for cell, kind in zip(asked, self._inputs, strict=True)
        ]
        results = [
            self._result(cell, kind, number)
            for cell, kind in zip(given, self._outputs, strict=True)
        ]
        return Rule(
            number,
            element.get("id") or f"rule_{number}",
            tuple(tests),
            tuple(results),
            *self._annotations(element),
        )

    def _annotations(self, element: Element) -> tuple[str, dict[str, str]]:
        """What the rule says of itself: DMN's annotation columns, or Camunda's description."""
        notes = [text_of(one) for one in parts(element, "annotationEntry")]
        said = ["".join(one.itertext()).strip() for one in parts(element, "description")]
        text = " ".join(one for one in (*said, *notes) if one)
        return text, dict(zip(self._headers, notes, strict=False))

    def _test(self, cell: Element, kind: _Kind, number: int) -> Expression | None:
        text, where = text_of(cell), f"règle {number}, colonne « {kind.label} »"
        if not is_feel(cell):
            self._notes.refuse(f"{where} : cette cellule n’est pas écrite en FEEL")
            return None
        tests = _tests(text, where, self._notes)
        if tests is None:
            return None
        for constant in tests.constants:
            self._check(constant, kind, f"{where}, « {text} »")
        return self._notes.compiled(text, where, lambda: tests.tree, cell=True)

    def _result(self, cell: Element, kind: _Kind, number: int) -> Expression | None:
        text, where = text_of(cell), f"règle {number}, colonne « {kind.label} »"
        if not is_feel(cell):
            self._notes.refuse(f"{where} : cette cellule n’est pas écrite en FEEL")
        if not text or not is_feel(cell):
            return None
        expression = self._notes.expression(text, where)
        if expression is not None:
            constant = constant_of(read_expression(text))
            if not isinstance(constant, ast.expr):
                self._check(constant, kind, f"{where}, « {text} »")
        return expression

    def _check(self, constant: Value, kind: _Kind, where: str) -> None:
        wrong = None if constant is None else kind.misfit(constant)
        if wrong is not None:
            self._notes.refuse(f"{where} : {wrong}")
