"""How does each form of the expression language become a function? An allow-list of syntax nodes.

A node that is not listed here is refused by name. Nothing is ever handed to `eval` or `exec`,
there is no loop in the language, and an evaluation visits each node at most once.
"""

import ast
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import singledispatch
from typing import TypeAlias

from app.engine import values
from app.engine.values import BUILT_IN, Function, Trouble, Value, admit

MAX_NODES = 400
#: A cell of a table may list hundreds of communes.
MAX_CELL_NODES = 4_000
MAX_DEPTH = 40

_DECIMAL = re.compile(r"\d[\d_]*\.\d*|\.\d+")
_ALIASES: Mapping[str, Value] = {"null": None, "true": True, "false": False}


@dataclass(slots=True)
class Scope:
    """What an evaluation may read and call."""

    names: Mapping[str, Value]
    functions: Mapping[str, Function]


Step: TypeAlias = Callable[[Scope], Value]
Block: TypeAlias = Callable[[Scope, dict[str, Value]], None]


class Plan:
    """One compilation: what it has seen so far.

    `lenient`: an empty value makes comparisons and sums empty instead of refused, as in tables.
    """

    def __init__(self, text: str, *, lenient: bool = False) -> None:
        self.text = text
        self.lenient = lenient
        self.names: set[str] = set()
        self.calls: set[str] = set()
        self.assigned: set[str] = set()
        self._left = MAX_CELL_NODES if lenient else MAX_NODES
        self._depth = 0

    def step(self, node: ast.AST) -> Step:
        """The function that gives the node's value; raises Trouble when it is not allowed."""
        self._left -= 1
        self._depth += 1
        if self._left < 0 or self._depth > MAX_DEPTH:
            raise Trouble("elle est trop compliquée")
        step = _build(node, self)
        self._depth -= 1
        return step

    def steps(self, nodes: Sequence[ast.expr]) -> list[Step]:
        """The functions of several nodes."""
        return [self.step(node) for node in nodes]

    def block(self, statements: Sequence[ast.stmt]) -> Block:
        """The function that runs these statements."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Trouble("elle est trop compliquée")
        runs = [_statement(statement, self) for statement in statements]
        self._depth -= 1

        def run(scope: Scope, written: dict[str, Value]) -> None:
            for one in runs:
                one(scope, written)

        return run


_REFUSED: Mapping[type[ast.AST], str] = {
    ast.Lambda: "une fonction « lambda »",
    ast.ListComp: "une boucle",
    ast.SetComp: "une boucle",
    ast.DictComp: "une boucle",
    ast.GeneratorExp: "une boucle",
    ast.For: "une boucle",
    ast.While: "une boucle",
    ast.JoinedStr: "un texte à trous",
    ast.NamedExpr: "« := »",
    ast.Import: "« import »",
    ast.ImportFrom: "« import »",
    ast.Starred: "« * » devant une valeur",
    ast.Slice: "une tranche de liste",
    ast.Pow: "la puissance « ** »",
    ast.LShift: "le décalage « << »",
    ast.RShift: "le décalage « >> »",
    ast.Expr: "une instruction sans effet",
}


def _refused(node: ast.AST) -> Trouble:
    what = _REFUSED.get(type(node), f"la forme « {type(node).__name__} »")
    return Trouble(f"{what} n’est pas de ce langage")


def _plain_name(name: str) -> str:
    if name.startswith("_"):
        raise Trouble(f"le nom « {name} » est réservé")
    return name


@singledispatch
def _build(node: ast.AST, _plan: Plan) -> Step:
    raise _refused(node)


@_build.register(ast.Constant)
def _(node: ast.Constant, plan: Plan) -> Step:
    value: object = node.value
    if isinstance(value, float):
        text = ast.get_source_segment(plan.text, node) or ""
        if not _DECIMAL.fullmatch(text):
            raise Trouble("un nombre s’écrit sans exposant")
        value = Fraction(text)
    if not isinstance(value, str | int | Fraction | None):
        raise Trouble(f"une valeur de type « {type(value).__name__} » n’est pas de ce langage")
    constant = admit(value)
    return lambda _scope: constant


@_build.register(ast.Name)
def _(node: ast.Name, plan: Plan) -> Step:
    name = _plain_name(node.id)
    if name in _ALIASES:
        constant = _ALIASES[name]
        return lambda _scope: constant
    if name not in plan.assigned:
        plan.names.add(name)

    def read(scope: Scope) -> Value:
        if name not in scope.names:
            raise Trouble(f"le nom « {name} » n’est pas connu")
        return admit(scope.names[name])

    return read


@_build.register(ast.Attribute)
def _(node: ast.Attribute, plan: Plan) -> Step:
    key, of = _plain_name(node.attr), plan.step(node.value)

    def read(scope: Scope) -> Value:
        facts = of(scope)
        if not isinstance(facts, Mapping):
            raise Trouble(f"« .{key} » se lit dans des faits, pas dans {values.kind_of(facts)}")
        return admit(facts.get(key))

    return read


@_build.register(ast.Subscript)
def _(node: ast.Subscript, plan: Plan) -> Step:
    of, at = plan.step(node.value), plan.step(node.slice)

    def read(scope: Scope) -> Value:
        container, index = of(scope), at(scope)
        if isinstance(container, Mapping) and isinstance(index, str):
            return admit(container.get(index))
        items = values.items_of(container)
        if not isinstance(index, int) or not -len(items) <= index < len(items):
            raise Trouble("cet élément n’existe pas dans la liste")
        return items[index]

    return read


@_build.register(ast.List)
@_build.register(ast.Tuple)
def _(node: ast.List | ast.Tuple, plan: Plan) -> Step:
    steps = plan.steps(node.elts)

    def gather(scope: Scope) -> Value:
        items = [step(scope) for step in steps]
        # Flat lists only: nested ones could be doubled until comparing them never ends.
        if any(isinstance(item, list | tuple | Mapping) for item in items):
            raise Trouble("une liste ne contient que des valeurs simples")
        return items

    return gather


@_build.register(ast.BoolOp)
def _(node: ast.BoolOp, plan: Plan) -> Step:
    steps, stops_on = plan.steps(node.values), isinstance(node.op, ast.Or)

    def decide(scope: Scope) -> Value:
        result: Value = not stops_on
        for step in steps:
            result = step(scope)
            if bool(result) is stops_on:
                break
        return result

    return decide


_UNARY: Mapping[type[ast.unaryop], Callable[[Value], Value]] = {
    ast.Not: operator.not_,
    ast.USub: values.negate,
}


@_build.register(ast.UnaryOp)
def _(node: ast.UnaryOp, plan: Plan) -> Step:
    of, lenient = plan.step(node.operand), plan.lenient
    operation = _UNARY.get(type(node.op))
    if operation is None:
        raise _refused(node.op)

    def compute(scope: Scope) -> Value:
        value = of(scope)
        return None if lenient and value is None else operation(value)

    return compute


_ARITHMETIC: Mapping[type[ast.operator], Callable[[Value, Value], Value]] = {
    ast.Add: values.add,
    ast.Sub: values.subtract,
    ast.Mult: values.multiply,
    ast.Div: values.divide,
    ast.FloorDiv: values.floor_divide,
    ast.Mod: values.modulo,
}


@_build.register(ast.BinOp)
def _(node: ast.BinOp, plan: Plan) -> Step:
    operation = _ARITHMETIC.get(type(node.op))
    if operation is None:
        raise _refused(node.op)
    left, right, lenient = plan.step(node.left), plan.step(node.right), plan.lenient

    def compute(scope: Scope) -> Value:
        a, b = left(scope), right(scope)
        return None if lenient and (a is None or b is None) else operation(a, b)

    return compute


_ORDERS: Mapping[type[ast.cmpop], Callable[[Value, Value], bool]] = {
    ast.Lt: values.before,
    ast.Gt: lambda a, b: values.before(b, a),
    ast.LtE: lambda a, b: not values.before(b, a),
    ast.GtE: lambda a, b: not values.before(a, b),
}
_MATCHES: Mapping[type[ast.cmpop], Callable[[Value, Value], bool]] = {
    ast.Eq: values.equal,
    ast.NotEq: lambda a, b: not values.equal(a, b),
    ast.Is: values.equal,
    ast.IsNot: lambda a, b: not values.equal(a, b),
    ast.In: values.contains,
    ast.NotIn: lambda a, b: not values.contains(a, b),
}


def _comparison(sign: ast.cmpop, *, lenient: bool) -> Callable[[Value, Value], Value]:
    order = _ORDERS.get(type(sign))
    if order is None:
        return _MATCHES[type(sign)]
    if not lenient:
        return order
    return lambda a, b: None if a is None or b is None else order(a, b)


@_build.register(ast.Compare)
def _(node: ast.Compare, plan: Plan) -> Step:
    first = plan.step(node.left)
    links = [
        (_comparison(sign, lenient=plan.lenient), plan.step(other))
        for sign, other in zip(node.ops, node.comparators, strict=True)
    ]

    def compare(scope: Scope) -> Value:
        left, result = first(scope), None
        for comparison, other in links:
            right = other(scope)
            result = comparison(left, right)
            if not result:
                break
            left = right
        return result

    return compare


@_build.register(ast.IfExp)
def _(node: ast.IfExp, plan: Plan) -> Step:
    test, then, other = plan.step(node.test), plan.step(node.body), plan.step(node.orelse)
    return lambda scope: then(scope) if test(scope) else other(scope)


@_build.register(ast.Call)
def _(node: ast.Call, plan: Plan) -> Step:
    if not isinstance(node.func, ast.Name):
        raise Trouble("seules les fonctions nommées s’appellent")
    name = _plain_name(node.func.id)
    plan.calls.add(name)
    arguments = plan.steps(node.args)
    named = {_keyword(keyword): plan.step(keyword.value) for keyword in node.keywords}

    def call(scope: Scope) -> Value:
        function = scope.functions.get(name) or BUILT_IN.get(name)
        if function is None:
            raise Trouble(f"la fonction « {name} » n’est pas connue")
        given = [step(scope) for step in arguments]
        options = {key: step(scope) for key, step in named.items()}
        try:
            return admit(function(*given, **options))
        except (TypeError, ValueError, ArithmeticError, LookupError):
            raise Trouble(f"la fonction « {name} » ne s’applique pas à ces valeurs") from None

    return call


def _keyword(keyword: ast.keyword) -> str:
    if keyword.arg is None:
        raise Trouble("« ** » n’est pas de ce langage")
    return _plain_name(keyword.arg)


def _statement(node: ast.stmt, plan: Plan) -> Block:
    if isinstance(node, ast.Assign):
        return _assignment(node, plan)
    if isinstance(node, ast.If):
        return _condition(node, plan)
    if isinstance(node, ast.Pass):
        return lambda _scope, _written: None
    raise _refused(node)


def _assignment(node: ast.Assign, plan: Plan) -> Block:
    target = node.targets[0]
    if len(node.targets) != 1 or not isinstance(target, ast.Name):
        raise Trouble("un script ne donne de valeur qu’à des noms, un à la fois")
    name, step = _plain_name(target.id), plan.step(node.value)
    if name in _ALIASES:
        raise Trouble(f"le nom « {name} » est réservé")
    plan.assigned.add(name)

    def assign(scope: Scope, written: dict[str, Value]) -> None:
        # Later lines read what earlier ones wrote; the caller's mapping is never touched.
        written[name] = step(Scope({**scope.names, **written}, scope.functions))

    return assign


def _condition(node: ast.If, plan: Plan) -> Block:
    test, then, other = plan.step(node.test), plan.block(node.body), plan.block(node.orelse)

    def choose(scope: Scope, written: dict[str, Value]) -> None:
        chosen = then if test(Scope({**scope.names, **written}, scope.functions)) else other
        chosen(scope, written)

    return choose
