"""What does the language of diagrams and forms say, and in which words does it refuse?"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from app.engine.expressions import (
    ExpressionRefused,
    Value,
    compile_expression,
    compile_script,
)

NAMES: Mapping[str, Value] = {
    "completeness": "missing",
    "experts": ["a", "b"],
    "aid": Fraction(25201, 2),
    "limit": "2026-03-20",
    "empty": None,
    "is_late": False,
    "facts": {"applicant": {"type": "commune"}, "population": 820},
}


def value(source: str, **more: Value) -> Value:
    return compile_expression(source).evaluate({**NAMES, **more})


def why_not(source: str, **more: Value) -> str:
    with pytest.raises(ExpressionRefused) as refused:
        value(source, **more)
    return refused.value.message.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("completeness == 'missing'", True),
        ('${completeness == "missing"}', True),
        ("#{ is_late }", False),
        ("len(experts) > 0", True),
        ("'a' in experts and 'c' not in experts", True),
        ("limit < '2026-04-01'", True),
        ("facts.applicant.type", "commune"),
        ("facts['population'] // 100", 8),
        ("facts.unknown", None),
        ("empty is None or empty == null", True),
        ("not true", False),
        ("0.1 + 0.2 == 0.3", True),
        ("0.45", Fraction(9, 20)),
        ("aid * 2", 25201),
        ("7 % 3 - 2 * -1", 3),
        ("1 < 2 <= 2 < 3", True),
        ("'oui' if aid > 12600 else 'non'", "oui"),
        ("experts[0] + experts[-1]", "ab"),
        ("[1, 2] + [3]", [1, 2, 3]),
        ("() == []", True),
        ("1 == true", False),
        ("true == (1 < 2)", True),
        ("[1] == [true]", False),
        ("round(2.345, 2)", Fraction(47, 20)),
        ("round(-2.5)", -3),
        ("floor(-1.5) + ceiling(1.2)", 0),
        ("min(3, 1, 2) + max([4, 5])", 6),
        ("sum([0.1, 0.2])", Fraction(3, 10)),
        ("any([false, 1]) and all([])", True),
        ("abs(-3)", 3),
        ("int('12') + int(2.9)", 14),
        ("str(1 / 4) + str(1 / 3) + str(true) + str(null)", "0.251/3true"),
        ("str(-0.05)", "-0.05"),
        ("completeness == 'missing'\n  and\n  is_late == false", True),
        ("aid > 1  # en euros", True),
    ],
)
def test_an_expression_gives(source: str, expected: Value) -> None:
    assert value(source) == expected


def test_what_is_written_first_decides_alone() -> None:
    assert value("empty is None or empty > 3") is True
    assert value("empty is not None and empty > 3") is False


@pytest.mark.parametrize(
    ("given", "seen"),
    [
        (0.45, Fraction(9, 20)),
        (Decimal("12600.50"), Fraction(25201, 2)),
        (date(2026, 3, 20), "2026-03-20"),
        (Fraction(4, 2), 2),
    ],
)
def test_values_become_exact_when_they_are_read(given: object, seen: Value) -> None:
    names: dict[str, object] = {"x": given}
    assert compile_expression("x").evaluate(names) == seen  # type: ignore[arg-type]  # on purpose


def test_the_caller_gives_functions_with_their_options() -> None:
    expression = compile_expression("date_add(limit, days=15)")
    assert expression.names == {"limit"}
    assert expression.functions == {"date_add"}

    def date_add(day: Value, *, days: Value) -> Value:
        return f"{day}+{days}"

    assert expression.evaluate(NAMES, {"date_add": date_add}) == "2026-03-20+15"


def test_names_are_told_for_the_checks_of_a_diagram() -> None:
    assert compile_expression("facts.x > a and f(b)").names == {"facts", "a", "b"}


def test_the_same_source_is_compiled_once() -> None:
    assert compile_expression("1 + 1") is compile_expression("1 + 1")


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("", "elle est vide"),
        ("   ", "elle est vide"),
        ("${}", "elle est vide"),
        ("aid >", "elle est mal écrite"),
        ("a && b", "écrivez « and »"),
        ("a || b", "écrivez « or »"),
        ("!a", "écrivez « not »"),
        ("aid = 3", "l’égalité s’écrit « == »"),
        ("x" * 2001, "elle est trop longue"),
        ("unknown > 3", "le nom « unknown » n’est pas connu"),
        ("solde(3)", "la fonction « solde » n’est pas connue"),
        ("empty > 3", "on ne compare pas un nombre et une valeur vide"),
        ("limit > 3", "on ne compare pas un nombre et un texte"),
        ("is_late + 1", "un nombre est attendu, pas un oui/non"),
        ("1 / 0", "on ne divise pas par zéro"),
        ("1 % 0", "on ne divise pas par zéro"),
        ("completeness.upper", "se lit dans des faits, pas dans un texte"),
        ("experts[5]", "cet élément n’existe pas"),
        ("experts['a']", "cet élément n’existe pas"),
        ("len(3)", "une liste est attendue, pas un nombre"),
        ("min([])", "la liste est vide"),
        ("len()", "la fonction « len » ne s’applique pas"),
        ("int('douze')", "n’est pas un nombre entier"),
        ("1e5", "sans exposant"),
        ("2 ** 3", "la puissance « ** » n’est pas de ce langage"),
        ("[x for x in experts]", "une boucle n’est pas de ce langage"),
        ("[experts]", "une liste ne contient que des valeurs simples"),
        ("f'{aid}'", "un texte à trous"),
        ("3 in 4", "une liste est attendue"),
        ("3 in 'abc'", "on ne cherche pas un nombre dans un texte"),
        ("round(1, 99)", "de 0 à 9"),
        ("str(experts)", "on n’écrit pas une liste"),
    ],
)
def test_a_refusal_says_what_is_wrong(source: str, reason: str) -> None:
    assert reason in why_not(source)


def test_a_refusal_shows_the_beginning_of_a_long_expression() -> None:
    message = why_not("a + " * 100 + "a")
    assert "a + a + a" in message
    assert len(message) < 200


@pytest.mark.parametrize("odd", [object(), {1}, b"bytes", len, float("nan"), 2**300])
def test_a_value_of_another_kind_is_refused(odd: object) -> None:
    names: dict[str, object] = {"x": odd}
    with pytest.raises(ExpressionRefused):
        compile_expression("x").evaluate(names)  # type: ignore[arg-type]  # on purpose


def test_a_script_assigns_and_chooses() -> None:
    script = compile_script(
        "late = limit < '2026-04-01'\n"
        "if late and aid > 10000:\n"
        "    way = 'plenary'\n"
        "else:\n"
        "    way = 'standing'\n"
        "double = aid * 2\n"
    )
    assert script.assigned == {"late", "way", "double"}
    assert script.names == {"limit", "aid"}
    assert script.execute(NAMES) == {"late": True, "way": "plenary", "double": 25201}
    assert "late" not in NAMES


def test_a_script_that_takes_no_branch_writes_nothing() -> None:
    assert compile_script("if false:\n    a = 1\nelse:\n    pass").execute({}) == {}


@pytest.mark.parametrize(
    "source",
    [
        "import os",
        "a.b = 1",
        "a[0] = 1",
        "a = b = 1",
        "a, b = 1, 2",
        "a += 1",
        "for x in experts:\n    a = x",
        "while true:\n    pass",
        "def f():\n    pass",
        "class A:\n    pass",
        "print('x')",
        "del a",
        "with a:\n    pass",
        "try:\n    a = 1\nexcept E:\n    pass",
        "lambda: 1",
        "__a = 1",
        "null = 1",
        "a = (b := 1)",
        "global a",
        "return 1",
        "match a:\n    case 1:\n        b = 1",
    ],
)
def test_a_script_does_nothing_else(source: str) -> None:
    with pytest.raises(ExpressionRefused):
        compile_script(source)
