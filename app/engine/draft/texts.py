"""How do conditions and timers of other languages read in ours? FEEL and Java's, word for word.

A text that already reads here is left alone; one that has no exact equal is left as it is, for
the to-do list to show.
"""

import ast
import re
from collections.abc import Iterator
from fractions import Fraction

from app.engine.decisions.feel import read_expression
from app.engine.draft.notes import Notes
from app.engine.expressions import ExpressionRefused, compile_expression
from app.engine.timers import is_literal
from app.engine.values import Trouble, decimal_text
from app.engine.xml import Element, bpmn, camunda, children

_TEXTS = (
    "conditionExpression",
    "condition",
    "completionCondition",
    "loopCondition",
    "loopCardinality",
    "loopDataInputRef",
    "timeDate",
    "timeDuration",
    "timeCycle",
)
_WRAPPED = re.compile(r"\s*[$#]\{(.*)\}\s*", re.DOTALL)
#: A text between quotes, or one of the signs and words of Java's expression language.
_JAVA = re.compile(
    r"""(?P<text>"[^"]*"|'[^']*')|&&|\|\||!=|===?|!|\b(?:eq|ne|lt|gt|le|ge|div|mod|empty)\b"""
)
#: The data of a diagram, as BPMN's own XPath reads it (10.4.3): by its name, and compared. Alone
#: it would be true as soon as it exists, and a path goes into it: neither has an equal here.
_DATA = re.compile(r"(?:\w+:)?getDataObject\('(\w+)'\)")
_COMPARISON = rf"{_DATA.pattern}\s*(?:=|!=|<=?|>=?)\s*(?:'[^']*'|\d+(?:\.\d+)?)"
_COMPARED = re.compile(rf"\s*{_COMPARISON}(?:\s+(?:and|or)\s+{_COMPARISON})*\s*")
_WORDS = {
    "&&": " and ",
    "||": " or ",
    "===": "==",
    "!": " not ",
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "gt": ">",
    "le": "<=",
    "ge": ">=",
    "div": "/",
    "mod": "%",
}


def translate(_root: Element, process: Element, _notes: Notes) -> None:
    """Every text that will be evaluated, in the language of this engine when it has an equal."""
    for holder in _holders(process):
        text = holder.text or ""
        feel = "feel" in holder.get("language", "").lower()
        ours = _from_feel(text.strip().removeprefix("=")) if feel else in_our_language(text)
        if ours is not None:
            holder.text = ours
            holder.attrib.pop("language", None)
    for loop in process.iter(bpmn("multiInstanceLoopCharacteristics")):
        ours = in_our_language(loop.get(camunda("collection"), ""))
        if ours is not None:
            loop.set(camunda("collection"), ours)


def _holders(process: Element) -> Iterator[Element]:
    for holder in process.iter(*(bpmn(name) for name in _TEXTS)):
        if (holder.text or "").strip():
            yield holder
    for task in process.iter(bpmn("scriptTask")):
        if task.get("scriptFormat") in {"feel", None}:
            continue
        for script in children(task, "script"):
            if not (script.text or "").strip():
                task.remove(script)


def in_our_language(text: str) -> str | None:
    """The same expression, written here; None when it already is, or when it has no equal."""
    written = text.strip()
    if not written or is_literal(written):
        return None
    if written.startswith("="):
        return _from_feel(written[1:])
    if _reads(written):
        return None
    wrapped = _WRAPPED.fullmatch(written)
    inner = wrapped.group(1) if wrapped else written
    if _COMPARED.fullmatch(inner):
        inner = _DATA.sub(r"\1", inner).replace("'", '"')
    return _from_java(inner) or (None if wrapped else _from_feel(inner))


def _reads(text: str) -> bool:
    try:
        compile_expression(text)
    except ExpressionRefused:
        return False
    return True


def _from_java(text: str) -> str | None:
    found = _JAVA.sub(_word, text)
    if "empty" in found or not _reads(found):
        return None
    return f"${{{found.strip()}}}"


def _word(match: re.Match[str]) -> str:
    return match.group() if match["text"] else _WORDS.get(match.group(), match.group())


def _from_feel(text: str) -> str | None:
    literal = text.strip().strip('"')
    if is_literal(literal):
        return literal
    try:
        tree = _Written().visit(read_expression(text))
        found = ast.unparse(ast.fix_missing_locations(tree))
    except (Trouble, ValueError):
        return None
    return f"${{{found}}}" if _reads(found) else None


class _Written(ast.NodeTransformer):
    """Exact numbers, as they are written in a text."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        value: object = node.value
        if isinstance(value, Fraction):
            return ast.Name(decimal_text(value), ast.Load())
        return node
