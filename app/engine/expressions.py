"""What does this expression of a diagram, a form or a table give? A small, closed language.

It reads like Python (`a > 2 and facts.type in ["commune", "epci"]`) but is never given to Python's
`eval`: see `syntax` for what it may contain and `values` for what it may hold. Numbers are exact.
"""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, overload

from app.domain.errors import Refusal
from app.engine.syntax import Block, Plan, Scope, Step
from app.engine.values import Function, Trouble, Value

__all__ = [
    "Expression",
    "ExpressionRefused",
    "Function",
    "Script",
    "Value",
    "compile_expression",
    "compile_script",
    "compile_tree",
]

MAX_SOURCE = 2_000
_SHOWN = 80

_WRAPPED = re.compile(r"\s*[$#]\{(.*)\}\s*", re.DOTALL)
_NO_FUNCTIONS: Mapping[str, Function] = {}
_HINTS = (
    (r"&&", " : écrivez « and »"),
    (r"\|\|", " : écrivez « or »"),
    (r"!(?!=)", " : écrivez « not »"),
    (r"(?<![=!<>])=(?!=)", " : l’égalité s’écrit « == »"),
)


class ExpressionRefused(Refusal):
    """The expression is not of the language, or has no result with these names."""

    sentence = "L’expression « {source} » est refusée : {reason}."

    def __init__(self, *, source: str, reason: str) -> None:
        shown = source if len(source) <= _SHOWN else source[: _SHOWN - 1] + "…"
        super().__init__(source=shown, reason=reason)


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression; `names` and `functions` are those it uses, for checks."""

    source: str
    names: frozenset[str]
    functions: frozenset[str]
    _run: Step = field(repr=False, compare=False)

    def evaluate(
        self, names: Mapping[str, Value], functions: Mapping[str, Function] = _NO_FUNCTIONS
    ) -> Value:
        """The result with these names; refuses ExpressionRefused when there is none."""
        try:
            return self._run(Scope(names, functions))
        except Trouble as trouble:
            raise ExpressionRefused(source=self.source, reason=trouble.reason) from None


@dataclass(frozen=True, slots=True)
class Script:
    """A compiled script: assignments and conditions.

    `assigned` are the names it may set, `names` those it reads before any line sets them.
    """

    source: str
    names: frozenset[str]
    functions: frozenset[str]
    assigned: frozenset[str]
    _run: Block = field(repr=False, compare=False)

    def execute(
        self, names: Mapping[str, Value], functions: Mapping[str, Function] = _NO_FUNCTIONS
    ) -> dict[str, Value]:
        """The names it sets, with their values; `names` itself is left alone."""
        written: dict[str, Value] = {}
        try:
            self._run(Scope(names, functions), written)
        except Trouble as trouble:
            raise ExpressionRefused(source=self.source, reason=trouble.reason) from None
        return written


@lru_cache(maxsize=4096)
def compile_expression(source: str) -> Expression:
    """The expression written `a > 2` or `${a > 2}`; what is not of the language is refused here."""
    try:
        text = _unwrapped(source)
        # The brackets let a long condition run over several lines.
        wrapped = f"({text}\n)"
        plan = Plan(wrapped)
        run = plan.step(_parsed(wrapped, "eval").body)
    except Trouble as trouble:
        raise ExpressionRefused(source=source.strip(), reason=trouble.reason) from None
    return Expression(text, frozenset(plan.names), frozenset(plan.calls), run)


@lru_cache(maxsize=1024)
def compile_script(source: str) -> Script:
    """The script, made of `name = expression` and `if` only."""
    try:
        text = _unwrapped(source)
        plan = Plan(text)
        run = plan.block(_parsed(text, "exec").body)
    except Trouble as trouble:
        raise ExpressionRefused(source=source.strip(), reason=trouble.reason) from None
    names, assigned = frozenset(plan.names), frozenset(plan.assigned)
    return Script(text, names, frozenset(plan.calls), assigned, run)


def compile_tree(tree: ast.expr, source: str) -> Expression:
    """The expression of a table's cell, already read; empty values stay empty in it.

    Raises Trouble, which the table turns into a sentence naming the rule.
    """
    plan = Plan(source, lenient=True)
    run = plan.step(tree)
    return Expression(source, frozenset(plan.names), frozenset(plan.calls), run)


def _unwrapped(source: str) -> str:
    wrapped = _WRAPPED.fullmatch(source)
    text = (wrapped.group(1) if wrapped else source).strip()
    if not text:
        raise Trouble("elle est vide")
    if len(text) > MAX_SOURCE:
        raise Trouble("elle est trop longue")
    return text


@overload
def _parsed(text: str, mode: Literal["eval"]) -> ast.Expression: ...
@overload
def _parsed(text: str, mode: Literal["exec"]) -> ast.Module: ...
def _parsed(text: str, mode: str) -> ast.AST:
    try:
        return ast.parse(text, mode=mode)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        hint = next((advice for sign, advice in _HINTS if re.search(sign, text)), "")
        raise Trouble(f"elle est mal écrite{hint}") from None
