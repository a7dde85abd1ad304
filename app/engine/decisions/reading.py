"""How are the DMN files of a dossier type read? Everything wrong in them is said at once, in French."""

from collections.abc import Iterator, Mapping, Sequence

from app.engine.decisions.model import Decision, DecisionModel, Formula
from app.engine.decisions.notes import Notes, is_feel, parts, text_of
from app.engine.decisions.table import Table
from app.engine.decisions.table_reading import read_table
from app.engine.errors import DiagramRefused, Problem
from app.engine.xml import Element, local, safe_xml

DMN = ("http://www.omg.org/spec/DMN/", "https://www.omg.org/spec/DMN/")
MAX_DECISIONS = 200
#: Signs in all the cells of all the tables; an empty cell weighs as much as a small one.
MAX_SIGNS, LEAST = 250_000, 20
_BODIES = frozenset({"decisionTable", "literalExpression"})
_NOT_UNDERSTOOD = frozenset(
    {"context", "invocation", "list", "relation", "functionDefinition", "conditional", "filter"}
)


def read_model(files: Mapping[str, bytes]) -> DecisionModel:
    """The decisions of these DMN files together; refuses DiagramRefused with every problem."""
    problems: list[Problem] = []
    decisions: dict[str, Decision] = {}
    signs = 0
    for place, data in sorted(files.items()):
        notes = Notes(place)
        root = _root(data, notes)
        signs += 0 if root is None else _signs(root)
        if signs > MAX_SIGNS:
            notes.refuse(f"les tables contiennent plus de {MAX_SIGNS // 1000} 000 signes")
            root = None
        for decision in () if root is None else _decisions(root, notes):
            if decision.id in decisions:
                notes.refuse(f"la décision « {decision.id} » est écrite deux fois")
            decisions[decision.id] = decision
        problems += notes.problems
    # Links are judged only when everything could be read: a missing table is often a bad one.
    problems = problems or [*_missing(decisions), *_circles(decisions)]
    if problems:
        raise DiagramRefused(problems)
    return DecisionModel(decisions)


def _root(data: bytes, notes: Notes) -> Element | None:
    try:
        return safe_xml(data)
    except DiagramRefused as refusal:
        notes.problems += [
            Problem("", f"{notes.place} : {one.sentence}") for one in refusal.problems
        ]
        return None


def _signs(root: Element) -> int:
    return sum(max(LEAST, len(one.text or "")) for one in root.iter() if local(one) == "text")


def _decisions(root: Element, notes: Notes) -> Iterator[Decision]:
    if local(root) != "definitions" or not str(root.tag)[1:].startswith(DMN):
        notes.refuse("ce fichier n’est pas un document DMN")
        return
    found = parts(root, "decision")
    if not 1 <= len(found) <= MAX_DECISIONS:
        notes.refuse(f"un fichier contient de 1 à {MAX_DECISIONS} décisions")
        return
    for element in found:
        decision = _decision(element, notes)
        if decision is not None:
            yield decision


def _decision(element: Element, notes: Notes) -> Decision | None:
    decision_id = element.get("id") or ""
    name = element.get("name") or decision_id
    notes.now_reading(decision_id, name)
    if not decision_id.isidentifier() or decision_id.startswith("_"):
        notes.refuse("son identifiant manque, ou n’est pas fait de lettres et de chiffres")
        return None
    bodies = parts(element, *_BODIES, *_NOT_UNDERSTOOD)
    if len(bodies) != 1 or local(bodies[0]) not in _BODIES:
        notes.refuse("seules les tables de décision et les expressions FEEL sont comprises")
        return None
    body: Table | Formula | None
    if local(bodies[0]) == "decisionTable":
        body = read_table(bodies[0], notes, decision_id, name)
    else:
        body = _formula(element, bodies[0], notes, decision_id, name)
    if body is None:
        return None
    return Decision(decision_id, name, body, _requires(element))


def _formula(
    element: Element, body: Element, notes: Notes, decision_id: str, name: str
) -> Formula | None:
    if not is_feel(body):
        notes.refuse("son expression n’est pas écrite en FEEL")
        return None
    expression = notes.expression(text_of(body), "son expression")
    variables = [one.get("name") for one in parts(element, "variable")]
    # Modelers name the variable after the decision's title: only a plain name can be read back.
    named = [one for one in variables if one and one.isidentifier()]
    variable = named[0] if named else decision_id
    return None if expression is None else Formula(name, variable, expression)


def _requires(element: Element) -> tuple[str, ...]:
    return tuple(
        (link.get("href") or "").rpartition("#")[2]
        for needed in parts(element, "informationRequirement")
        for link in parts(needed, "requiredDecision")
    )


def _missing(decisions: Mapping[str, Decision]) -> Iterator[Problem]:
    for decision in decisions.values():
        for required in decision.requires:
            if required not in decisions:
                yield Problem(
                    decision.id,
                    f"Table « {decision.name} » : elle a besoin de « {required} », "
                    "qui n’existe pas.",
                )


def _circles(decisions: Mapping[str, Decision]) -> Iterator[Problem]:
    settled: set[str] = set()
    for start, decision in decisions.items():
        if _turns(start, decisions, settled, ()):
            yield Problem(start, f"Table « {decision.name} » : elle dépend d’elle-même.")
            return


def _turns(
    of: str, decisions: Mapping[str, Decision], settled: set[str], path: Sequence[str]
) -> bool:
    if of in path:
        return True
    if of in settled or of not in decisions:
        return False
    turns = any(
        _turns(other, decisions, settled, (*path, of)) for other in decisions[of].requires
    )
    settled.add(of)
    return turns
