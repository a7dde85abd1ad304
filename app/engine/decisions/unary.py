"""What does an input cell ask about its value? FEEL's unary tests: `"a","b"`, `[500..2000[`, `not(10)`.

`? > 5 and ? < 20` names the value itself; a list of tests is true when one of them is.
"""

import ast
from dataclasses import dataclass

from app.engine.decisions.feel import CELL, Reader, any_of
from app.engine.decisions.tokens import END, Cursor
from app.engine.values import Value


@dataclass(frozen=True, slots=True)
class Tests:
    """A question about `?`, and the constants that `?` is compared with, in order."""

    tree: ast.expr
    constants: tuple[Value, ...]


def read_tests(text: str) -> Tests | None:
    """The question an input cell asks, None when it asks nothing (empty or `-`); raises Trouble."""
    if text.strip() in {"", "-"}:
        return None
    cursor = Cursor(text)
    reader = Reader(cursor)
    tree = _negation(reader) or _list(reader)
    cursor.end()
    return Tests(tree, tuple(reader.constants))


def _negation(reader: Reader) -> ast.expr | None:
    cursor, start = reader.cursor, reader.cursor.place()
    if cursor.takes("not") and cursor.takes("("):
        inside = _list(reader)
        cursor.expects(")")
        if cursor.peek() is END:
            return ast.UnaryOp(ast.Not(), inside)
    # `not(a) and …` is an ordinary expression that begins with not.
    reader.constants.clear()
    cursor.back_to(start)
    return None


def _list(reader: Reader) -> ast.expr:
    found = [_test(reader)]
    while reader.cursor.takes(","):
        found.append(_test(reader))
    return any_of(found)


def _test(reader: Reader) -> ast.expr:
    cell = ast.Name(CELL, ast.Load())
    if reader.cursor.takes("in"):
        return reader.membership(cell)
    member = reader.comparison_or_interval(cell)
    if member is not None:
        return member
    reader.asks, seen = False, len(reader.constants)
    tree = reader.expression()
    # A free expression also compares other things than the cell: its constants say nothing of it.
    del reader.constants[seen:]
    return tree if reader.asks else reader.matches(cell, tree)
