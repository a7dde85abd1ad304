"""Which way is taken otherwise, when two conditions are opposite? The one that denies the other."""

import ast
import re
from typing import Final

from app.engine.draft.notes import Notes
from app.engine.expressions import ExpressionRefused, compile_expression
from app.engine.xml import Element, bpmn, children

_BOTH: Final = 2
_WRAPPED = re.compile(r"\s*[$#]\{(.*)\}\s*", re.DOTALL)
_DENIED: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.NotEq: ast.Eq,
    ast.NotIn: ast.In,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
}


def settle(_root: Element, process: Element, notes: Notes) -> None:
    """Of two ways out, one is always true and never both: the second needs no condition."""
    for gateway in process.iter(bpmn("exclusiveGateway"), bpmn("inclusiveGateway")):
        scope = gateway.getparent()
        leaving = [
            flow
            for flow in ([] if scope is None else children(scope, "sequenceFlow"))
            if flow.get("sourceRef") == gateway.get("id")
        ]
        if gateway.get("default") is None and len(leaving) == _BOTH:
            _settle(gateway, leaving, notes)


def _settle(gateway: Element, leaving: list[Element], notes: Notes) -> None:
    for flow, other in (leaving[::-1], leaving):
        one, denied = _condition(flow), _condition(other)
        if one is None or denied is None or not _denies(one, denied):
            continue
        for condition in children(flow, "conditionExpression"):
            flow.remove(condition)
        gateway.set("default", flow.get("id", ""))
        sentence = (
            "Le chemin par défaut est celui dont la condition est le contraire de l’autre"
        )
        notes.add(gateway, f"{sentence} ({flow.get('id')}).")
        return


def _condition(flow: Element) -> ast.expr | None:
    texts = [condition.text or "" for condition in children(flow, "conditionExpression")]
    if len(texts) != 1:
        return None
    try:
        compile_expression(texts[0])
    except ExpressionRefused:
        return None
    return ast.parse(_WRAPPED.sub(r"\1", texts[0]).strip(), mode="eval").body


def _denies(one: ast.expr, other: ast.expr) -> bool:
    if isinstance(one, ast.UnaryOp) and isinstance(one.op, ast.Not):
        return _same(one.operand, other)
    if not isinstance(one, ast.Compare) or not isinstance(other, ast.Compare):
        return False
    return (
        len(one.ops) == len(other.ops) == 1
        and _DENIED.get(type(one.ops[0])) is type(other.ops[0])
        and _same(one.left, other.left)
        and _same(one.comparators[0], other.comparators[0])
    )


def _same(one: ast.expr, other: ast.expr) -> bool:
    return ast.dump(one) == ast.dump(other)
