"""Which names may the expressions of a pack read? Who gives each variable and each fact."""

from collections.abc import Iterable, Iterator, Mapping

from app.catalogue.contract import Field, Manifest, Problem, Step
from app.catalogue.pack import facts_given_by
from app.catalogue.service_tasks import SERVICES
from app.engine.decisions import DecisionModel
from app.engine.elements import Node
from app.engine.expressions import ExpressionRefused, compile_expression
from app.engine.values import BUILT_IN

#: What forms, pieces and mails may call; a diagram may also ask for instants.
FUNCTIONS = frozenset(BUILT_IN) | {"today", "date_add", "working_days"}
DIAGRAM_FUNCTIONS = FUNCTIONS | {"now", "at"}
_CONSTANTS = frozenset({"null", "true", "false"})


def variables_of(
    manifest: Manifest, nodes: Mapping[str, Node], tables: DecisionModel
) -> frozenset[str]:
    """Every routing variable something provides: a form, an effect, a message or a table."""
    found: set[str] = set()
    for step in forms_of(manifest):
        found |= {field.variable for field in step.fields if field.variable}
        found.update(step.sets)
    for message in manifest.messages.values():
        found.update(message.sets)
    for node in nodes.values():
        found.update(decision_outputs(node, tables))
        service = SERVICES.get(node.extensions.get("topic", ""))
        found.update(service.written(node.inputs) if service else ())
    return frozenset(found)


def decision_outputs(node: Node, tables: DecisionModel) -> Iterable[str]:
    """The variables a business rule writes."""
    decision = tables.decisions.get(node.extensions.get("decisionRef", ""))
    if decision is None:
        return ()
    whole = node.extensions.get("resultVariable")
    return (whole,) if whole else decision.outputs


def facts_of(manifest: Manifest) -> frozenset[str]:
    """Every fact declared, or given by a form."""
    given = {name for field in questions_of(manifest) for name in facts_given_by(field)}
    return frozenset(manifest.facts) | given


def questions_of(manifest: Manifest) -> Iterator[Field]:
    """Every question of every step and of every message people may send."""
    for step in forms_of(manifest):
        yield from step.fields


def forms_of(manifest: Manifest) -> Iterator[Step]:
    """Everything that asks questions: the steps, then the messages."""
    yield from manifest.steps.values()
    yield from (message.form for message in manifest.messages.values())


def expression_problems(
    place: str, source: str, known: frozenset[str], functions: frozenset[str] = FUNCTIONS
) -> Iterator[Problem]:
    """What is wrong with one expression: its grammar, a name or a function nobody provides."""
    try:
        expression = compile_expression(source)
    except ExpressionRefused as refusal:
        yield Problem(place, refusal.message)
        return
    for name in sorted(expression.names - known - _CONSTANTS):
        yield Problem(
            place,
            f"«\u00a0{source}\u00a0» lit «\u00a0{name}\u00a0», que ni formulaire, ni effet, "
            "ni message, ni table ne donne.",
        )
    for name in sorted(expression.functions - functions):
        sentence = f"«\u00a0{source}\u00a0» appelle «\u00a0{name}()\u00a0», fonction inconnue."
        yield Problem(place, sentence)
