"""How is the text of a table's cell read? FEEL, the language of DMN, into our own syntax tree.

`if cost > 0 then 0.45 else 0`, `population between 500 and 1999`, `start >= date("2026-01-01")`.
Names have no spaces; dates are ISO texts, written `date("2026-01-01")` or `@"2026-01-01"`.
"""

import ast
from collections.abc import Sequence
from datetime import date, datetime
from fractions import Fraction

from app.engine.decisions.tokens import Cursor
from app.engine.values import Scalar, Trouble, Value

CELL = "?"  #: the name of the value an input cell asks about; no expression can write it
MATCHES = "?="  #: the function that says whether the value is, or is among, the expected one

MAX_DEPTH = 30
_DAY = len("2026-01-31")
_NO_NAMES = frozenset(
    [
        "for",
        "some",
        "every",
        "function",
        "instance",
        "return",
        "satisfies",
        "if",
        "then",
        "else",
        "and",
        "or",
        "in",
        "between",
    ]
)
_CONSTANTS: dict[str, Scalar] = {"true": True, "false": False, "null": None}
_ORDERS: dict[str, type[ast.cmpop]] = {
    "<": ast.Lt,
    "<=": ast.LtE,
    ">": ast.Gt,
    ">=": ast.GtE,
    "=": ast.Eq,
    "!=": ast.NotEq,
}
_SUMS: dict[str, type[ast.operator]] = {"+": ast.Add, "-": ast.Sub}
_PRODUCTS: dict[str, type[ast.operator]] = {"*": ast.Mult, "/": ast.Div}


def read_expression(text: str) -> ast.expr:
    """The syntax tree of a FEEL expression; raises Trouble."""
    cursor = Cursor(text)
    tree = Reader(cursor).expression()
    cursor.end()
    return tree


def _call(function: str, *arguments: ast.expr) -> ast.expr:
    return ast.Call(ast.Name(function, ast.Load()), list(arguments), [])


def _compare(left: ast.expr, operator: str, right: ast.expr) -> ast.expr:
    return ast.Compare(left, [_ORDERS[operator]()], [right])


def any_of(trees: Sequence[ast.expr]) -> ast.expr:
    """One of these is true."""
    return trees[0] if len(trees) == 1 else ast.BoolOp(ast.Or(), list(trees))


def _constant(value: Scalar) -> ast.expr:
    return ast.Constant(value)  # type: ignore[arg-type]  # a Fraction: this tree is ours only


def constant_of(tree: ast.expr) -> Scalar | ast.expr:
    """The constant a tree is, or the tree itself when it is none."""
    value: object = tree.value if isinstance(tree, ast.Constant) else tree
    return value if isinstance(value, str | int | Fraction | None) else tree


def _moment(text: str) -> str:
    try:
        # An instant keeps the zone it was written with; a day stays a day.
        return date.fromisoformat(text).isoformat() if len(text) == _DAY else _instant(text)
    except ValueError:
        raise Trouble(
            f"« {text} » n’est pas une date : écrivez par exemple 2026-01-31"
        ) from None


def _instant(text: str) -> str:
    return datetime.fromisoformat(text).isoformat()


class Reader:
    """A reader of one cell by recursive descent, weakest operation first."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self.constants: list[Value] = []
        self.asks = False
        self._depth = 0

    def comparison_or_interval(self, of: ast.expr) -> ast.expr | None:
        """`< 10` or `[a..b]` about that value; None, with nothing read, for anything else."""
        operator = self.cursor.takes(*_ORDERS)
        if operator is None:
            return self._interval(of)
        return _compare(of, operator, self._note(self._sum()))

    def matches(self, of: ast.expr, tree: ast.expr) -> ast.expr:
        """That value is, or is among, the expected one."""
        return _call(MATCHES, of, self._note(tree))

    def _note(self, tree: ast.expr) -> ast.expr:
        for node in tree.elts if isinstance(tree, ast.List) else [tree]:
            value = constant_of(node)
            if value is not None and not isinstance(value, ast.expr):
                self.constants.append(value)
        return tree

    def _interval(self, of: ast.expr) -> ast.expr | None:
        """`[a..b]`, `]a..b[`, `(a..b)`; None, with nothing read, when it is something else."""
        start = self.cursor.place()
        opening = self.cursor.takes("[", "]", "(")
        if opening is None:
            return None
        if opening != "]" and not self.cursor.holds_interval():
            self.cursor.back_to(start)
            return None
        low = self._note(self._sum())
        self.cursor.expects("..")
        high = self._note(self._sum())
        closing = self.cursor.takes("]", "[", ")")
        if closing is None:
            raise Trouble(f"l’intervalle n’est pas fermé {self.cursor.where()}")
        above = ast.LtE() if opening == "[" else ast.Lt()
        below = ast.LtE() if closing == "]" else ast.Lt()
        return ast.Compare(low, [above, below], [of, high])

    def membership(self, of: ast.expr) -> ast.expr:
        """What follows `in`: an interval, a list, or tests between brackets."""
        interval = self._interval(of)
        if interval is not None:
            return interval
        if not self.cursor.takes("("):
            return self.matches(of, self._sum())
        found = [self._member(of)]
        while self.cursor.takes(","):
            found.append(self._member(of))
        self.cursor.expects(")")
        return any_of(found)

    def _member(self, of: ast.expr) -> ast.expr:
        return self.comparison_or_interval(of) or self.matches(of, self._sum())

    def expression(self) -> ast.expr:
        """One expression."""
        self._deeper()
        tree = self._condition() if self.cursor.sees("if") else self._either()
        self._depth -= 1
        return tree

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Trouble("elle est trop compliquée")

    def _condition(self) -> ast.expr:
        self.cursor.expects("if")
        test = self.expression()
        self.cursor.expects("then")
        then = self.expression()
        self.cursor.expects("else")
        return ast.IfExp(test, then, self.expression())

    def _either(self) -> ast.expr:
        found = [self._both()]
        while self.cursor.takes("or"):
            found.append(self._both())
        return any_of(found)

    def _both(self) -> ast.expr:
        found = [self._comparison()]
        while self.cursor.takes("and"):
            found.append(self._comparison())
        return found[0] if len(found) == 1 else ast.BoolOp(ast.And(), found)

    def _comparison(self) -> ast.expr:
        left = self._sum()
        operator = self.cursor.takes(*_ORDERS)
        if operator is not None:
            return _compare(left, operator, self._sum())
        if self.cursor.takes("in"):
            return self.membership(left)
        if not self.cursor.takes("between"):
            return left
        low = self._sum()
        self.cursor.expects("and")
        return ast.Compare(low, [ast.LtE(), ast.LtE()], [left, self._sum()])

    def _sum(self) -> ast.expr:
        left = self._product()
        while (sign := self.cursor.takes(*_SUMS)) is not None:
            left = ast.BinOp(left, _SUMS[sign](), self._product())
        return left

    def _product(self) -> ast.expr:
        left = self._signed()
        while (sign := self.cursor.takes(*_PRODUCTS)) is not None:
            left = ast.BinOp(left, _PRODUCTS[sign](), self._signed())
        return left

    def _signed(self) -> ast.expr:
        if not self.cursor.takes("-"):
            return self._path()
        self._deeper()
        tree = self._signed()
        self._depth -= 1
        value = constant_of(tree)
        if isinstance(value, int | Fraction) and not isinstance(value, bool):
            return _constant(-value)
        return ast.UnaryOp(ast.USub(), tree)

    def _path(self) -> ast.expr:
        tree = self._primary()
        while True:
            if self.cursor.takes("."):
                tree = ast.Attribute(tree, self._name(), ast.Load())
            elif isinstance(tree, ast.Name | ast.Attribute) and self.cursor.takes("["):
                tree = self._element(tree)
            else:
                return tree

    def _element(self, tree: ast.expr) -> ast.expr:
        index = constant_of(self._signed())
        self.cursor.expects("]")
        if not isinstance(index, int) or isinstance(index, bool):
            raise Trouble("un élément de liste se désigne par son rang")
        # FEEL counts from one, and from the end with a minus.
        return ast.Subscript(tree, _constant(index - 1 if index > 0 else index), ast.Load())

    def _name(self) -> str:
        token = self.cursor.peek()
        if token.kind != "name":
            raise Trouble(f"un nom est attendu {self.cursor.where()}")
        return self.cursor.pop().text

    def _primary(self) -> ast.expr:
        token = self.cursor.peek()
        if token.kind == "number":
            text = self.cursor.pop().text
            return _constant(int(text) if text.isdecimal() else Fraction(text))
        if token.kind == "text":
            return _constant(self.cursor.pop().text)
        return self._named() if token.kind == "name" else self._bracketed()

    def _bracketed(self) -> ast.expr:
        if self.cursor.takes("?"):
            self.asks = True
            return ast.Name(CELL, ast.Load())
        if self.cursor.takes("@"):
            return self._date([self._primary()])
        if self.cursor.takes("("):
            tree = self.expression()
            self.cursor.expects(")")
            return tree
        if self.cursor.takes("["):
            return ast.List(self._arguments("]"), ast.Load())
        raise Trouble(f"une valeur est attendue {self.cursor.where()}")

    def _named(self) -> ast.expr:
        name = self._name()
        if name in _NO_NAMES:
            raise Trouble(f"« {name} » n’est pas permis ici")
        if not self.cursor.takes("("):
            return (
                _constant(_CONSTANTS[name])
                if name in _CONSTANTS
                else ast.Name(name, ast.Load())
            )
        arguments = self._arguments(")")
        if name in {"date", "date_and_time"}:
            return self._date(arguments)
        if name == "not" and len(arguments) == 1:
            return ast.UnaryOp(ast.Not(), arguments[0])
        return _call(name, *arguments)

    def _date(self, arguments: Sequence[ast.expr]) -> ast.expr:
        text = constant_of(arguments[0]) if len(arguments) == 1 else None
        if not isinstance(text, str):
            raise Trouble('une date s’écrit entre guillemets : date("2026-01-31")')
        return _constant(_moment(text))

    def _arguments(self, closing: str) -> list[ast.expr]:
        found: list[ast.expr] = []
        if self.cursor.takes(closing):
            return found
        found.append(self.expression())
        while self.cursor.takes(","):
            found.append(self.expression())
        self.cursor.expects(closing)
        return found
