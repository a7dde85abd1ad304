"""Can every expression, script and timer of the diagram be read? In the closed language only."""

from collections.abc import Callable, Iterator, Mapping

from app.engine.errors import Problem
from app.engine.expressions import ExpressionRefused, compile_expression, compile_script
from app.engine.lint.drawn import Scope, problem
from app.engine.timers import due_literal, is_literal, parse_cycle
from app.engine.values import Trouble
from app.engine.xml import Element, camunda, children, local

_LANGUAGES = {None, "", "liasse"}


def texts(scope: Scope) -> Iterator[Problem]:
    """Every text that will be evaluated."""
    for flow in scope.flows:
        for written in children(flow, "conditionExpression"):
            yield from _expression(flow, written)
    for node in scope.nodes.values():
        for child in node:
            reader = _READERS.get(local(child))
            if reader is not None:
                yield from reader(node, child)


def _condition(node: Element, event: Element) -> Iterator[Problem]:
    conditions = [one for one in children(event, "condition") if (one.text or "").strip()]
    if not conditions:
        yield problem(node, "n’a pas de condition")
    for written in conditions:
        yield from _expression(node, written)


def _loop(node: Element, loop: Element) -> Iterator[Problem]:
    collection = loop.get(camunda("collection"))
    if collection:
        yield from _compiles(node, collection)
    for written in children(
        loop, "loopDataInputRef", "loopCardinality", "completionCondition", "loopCondition"
    ):
        yield from _expression(node, written)


def _expression(owner: Element, written: Element) -> Iterator[Problem]:
    if written.get("language") not in _LANGUAGES or written.get(camunda("resource")):
        yield problem(owner, "contient une expression dans un autre langage")
        return
    yield from _compiles(owner, written.text or "")


def _compiles(owner: Element, text: str) -> Iterator[Problem]:
    try:
        compile_expression(text)
    except ExpressionRefused as refusal:
        yield problem(owner, _because(refusal))


def _because(refusal: Exception) -> str:
    reason = str(refusal)
    return f"ne se lit pas. {reason.rstrip('.')}"


def _script(node: Element, script: Element) -> Iterator[Problem]:
    if node.get("scriptFormat") not in {None, "", "liasse", "python"}:
        yield problem(node, "est écrit dans un autre langage")
        return
    if node.get(camunda("resource")):
        yield problem(node, "lit son texte dans un autre fichier")
    try:
        compile_script(script.text or "")
    except ExpressionRefused as refusal:
        yield problem(node, _because(refusal))


def _timer(node: Element, timer: Element) -> Iterator[Problem]:
    whens = children(timer, "timeDate", "timeDuration", "timeCycle")
    if len(whens) != 1:
        yield problem(node, "doit avoir une date, une durée ou une répétition, et une seule")
        return
    text = (whens[0].text or "").strip()
    if not text:
        yield problem(node, "n’a pas d’échéance")
    elif not is_literal(text):
        yield from _expression(node, whens[0])
    else:
        try:
            if local(whens[0]) == "timeCycle":
                parse_cycle(text)
            else:
                due_literal(text)
        except Trouble as trouble:
            yield problem(node, f"a une échéance illisible : {trouble.reason}")


_READERS: Mapping[str, Callable[[Element, Element], Iterator[Problem]]] = {
    "script": _script,
    "multiInstanceLoopCharacteristics": _loop,
    "standardLoopCharacteristics": _loop,
    "conditionalEventDefinition": _condition,
    "timerEventDefinition": _timer,
}
