"""Can an expression reach Python, or exhaust the machine? Known attacks, then random ones."""

import time
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.engine.expressions import ExpressionRefused, compile_expression, compile_script
from app.engine.values import Value

ATTACKS = {
    "import os": "__import__('os').getpid()",
    "mro subclasses": "().__class__.__base__.__subclasses__()",
    "subclasses to os": "[c for c in ().__class__.__base__.__subclasses__()"
    " if c.__name__=='_wrap_close'][0].__init__.__globals__['system']('true')",
    "format string": "'{0.__class__.__mro__}'.format(d)",
    "format_map": "'{x.__class__}'.format_map({'x': d})",
    "f-string": "f'{d.__class__}'",
    "generator frame": "(lambda g: g.gi_frame.f_back)((x for x in [1]))",
    "getattr": "getattr(d, '__class__')",
    "type": "type(d)",
    "globals": "(lambda: 0).__globals__",
    "power": "9**9**9",
    "long text": "'a'*10**10",
    "long list": "[0]*(10**10)",
    "large product": "*".join(["1000000000000000000"] * 30),
    "comprehension": "[x for x in range(10**9)]",
    "sum of a range": "sum(range(10**10))",
    "lists of lists": "[[[0]*1000]*1000]*1000",
    "deep nesting": "(" * 500 + "1" + ")" * 500,
    "width of a format": "'%1000000000d' % 1",
    "shift": "1<<10**10",
    "sort by a call": "sorted([1], key=d)",
    "method of a text": "'a'.join(['b'])",
    "attribute in full width": "d.＿＿class＿＿",
    "minus after minus": "-" * 1900 + "1",
    "not after not": "not " * 400 + "1",
    "deep subscript": "d" + "[0]" * 500,
    "long exponent": "1e999999999",
    "huge integer": "9" * 1900,
    "walrus": "(d := 3)",
    "starred": "[*d]",
    "double starred": "len(**d)",
    "await": "await d",
    "yield": "(yield d)",
    "set": "{1, 2}",
    "dictionary": "{'a': 1}",
    "slice": "d[0:1]",
    "bytes": "b'a'",
    "complex": "1j",
    "ellipsis": "...",
    "matrix product": "d @ d",
    "invert": "~1",
}
NAMES: dict[str, Value] = {"d": {"a": 1}, "x": 3, "s": "abc", "l": [1, 2, 3]}


@pytest.mark.parametrize("source", ATTACKS.values(), ids=ATTACKS)
def test_an_attack_is_refused_at_once(source: str) -> None:
    started = time.process_time()
    with pytest.raises(ExpressionRefused):
        compile_expression(source).evaluate(NAMES)
    assert time.process_time() - started < 1


def test_dotted_access_never_reads_a_python_attribute() -> None:
    assert compile_expression("d.keys").evaluate(NAMES) is None
    for source in ("s.upper", "x.real", "l.append", "x.numerator"):
        with pytest.raises(ExpressionRefused):
            compile_expression(source).evaluate(NAMES)


@pytest.mark.parametrize(
    "script",
    [
        "a = 'x'\n" + "a = a + a\n" * 60,
        "a = [1]\n" + "a = a + a\n" * 60,
        "a = 2\n" + "a = a * a\n" * 60,
        "a = 1 / 3\n" + "a = a / 3 + 1 / 7\n" * 60,
        "a = [1]\n" + "a = [a, a]\n" * 60 + "b = a == a",
        "if true:\n"
        + "".join(" " * n + "if true:\n" for n in range(1, 45))
        + " " * 45
        + "a = 1",
    ],
)
def test_a_script_that_doubles_something_is_stopped(script: str) -> None:
    started = time.process_time()
    with pytest.raises(ExpressionRefused):
        compile_script(script).execute({})
    assert time.process_time() - started < 1


_WORDS = st.sampled_from(
    [
        *[
            "d",
            "x",
            "s",
            "l",
            "unknown",
            "__class__",
            "_a",
            "null",
            "true",
            "1",
            "0",
            "0.5",
            "''",
        ],
        *[
            "'a'",
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            ",",
            ".",
            ":",
            "+",
            "-",
            "*",
            "/",
            "//",
            "%",
            "**",
        ],
        *["<", ">", "==", "!=", "=", ":=", "@", "~", "&", "|", "^", "<<", "and", "or", "not"],
        *[
            "in",
            "is",
            "if",
            "else",
            "for",
            "lambda",
            "len",
            "min",
            "sum",
            "str",
            "int",
            "round",
        ],
        *["${", "#", "\n", "\t", "\\", '"', "f'", "b'", "é", "＿", "\x00", "🙂", "9" * 50],
    ]
)
_SOURCES = st.one_of(st.lists(_WORDS, max_size=30).map(" ".join), st.text(max_size=60))


@given(_SOURCES)
@example("(" * 201)
@example("x.__class__.__mro__")
@settings(max_examples=400, deadline=None)
def test_any_text_gives_a_plain_value_or_a_refusal(source: str) -> None:
    with suppress(ExpressionRefused):
        found = compile_expression(source).evaluate(NAMES)
        assert found is None or type(found).__name__ in {
            *("bool", "int", "Fraction", "str", "list", "dict")
        }


@given(_SOURCES)
@settings(max_examples=150, deadline=None)
def test_any_text_is_a_script_or_a_refusal(source: str) -> None:
    with suppress(ExpressionRefused):
        written = compile_script(source).execute(NAMES)
        assert all(isinstance(name, str) for name in written)
