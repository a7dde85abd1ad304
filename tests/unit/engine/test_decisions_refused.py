"""Is a bad table refused when it is read, in a sentence that says where and what?"""

import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.decisions import DecisionRefused, read_model
from app.engine.errors import DiagramRefused
from tests.unit.engine.tables import ATable, document, formula, model

GOOD = [(("< 100",), ("0.8",))]


def problems(*decisions: str) -> list[str]:
    with pytest.raises(DiagramRefused) as refused:
        read_model({"aide.dmn": document(*decisions)})
    return [one.sentence.replace("\u00a0", " ") for one in refused.value.problems]


def only(table: ATable) -> str:
    found = problems(table.xml())
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("0,30", ""),
        ("< ", "une valeur est attendue à la fin"),
        ("[1..2", "n’est pas fermé"),
        ("[1..", "une valeur est attendue"),
        ("not(3", "« ) » est attendu"),
        ('"commune', "n’est pas lisible"),
        ("== 3", "l’égalité s’écrit « = »"),
        ("3 3", "« 3 » est de trop"),
        ("? > 5 and", "une valeur est attendue"),
        ("? ** 2 > 3", "la puissance"),
        ('date("2026-02-30")', "n’est pas une date"),
        ("date(start)", "une date s’écrit entre guillemets"),
        ("sqrt(?) > 2", "la fonction « sqrt » n’est pas connue"),
        ("some x in y satisfies x", "« some » n’est pas permis"),
        ("__class__ = 1", "réservé"),
        ("items[n] = 2", "par son rang"),
        ("§", "n’est pas lisible"),
        ("1 " * 5001, "elle est trop longue"),
        ("(" * 60 + "1" + ")" * 60, "elle est trop compliquée"),
        ("-" * 60 + "1", "elle est trop compliquée"),
        (", ".join(str(n) for n in range(1500)), "elle est trop compliquée"),
    ],
)
def test_a_bad_input_cell_is_named(cell: str, reason: str) -> None:
    table = ATable([(("-",), ("1",)), ((cell,), ("1",))])
    if not reason:
        assert model(table)  # two tests, 0 and 30: FEEL says so
        return
    sentence = only(table)
    assert "Table « decision » : règle 2, colonne « amount »" in sentence
    assert reason in sentence


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("0,30", "les décimales s’écrivent avec un point"),
        ("amount == 3", "l’égalité s’écrit « = »"),
        ("? + 1", "« ? » ne se lit que dans une cellule d’entrée"),
        ("if amount then 1", "« else » est attendu"),
        ("amount ** 2", "la puissance"),
        ('__import__("os")', "réservé"),
        ('__import__("os").getppid()', "« ( » est de trop"),
        ("amount.__class__", "réservé"),
    ],
)
def test_a_bad_result_cell_is_named(cell: str, reason: str) -> None:
    sentence = only(ATable([(("-",), (cell,))]))
    assert "règle 1, colonne « rate »" in sentence
    assert reason in sentence


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (
            ATable([(('"12"',), ("1",))], input_types=("number",)),
            "la colonne attend des nombres, pas un texte",
        ),
        (
            ATable([(("> 12",), ("1",))], input_types=("string",)),
            "la colonne attend des textes entre guillemets, pas un nombre",
        ),
        (
            ATable([(('"oui"',), ("1",))], input_types=("boolean",)),
            "la colonne attend true ou false, pas un texte",
        ),
        (
            ATable([(("-",), ('"0.3"',))], output_types=("number",)),
            "la colonne attend des nombres, pas un texte",
        ),
        (
            ATable([(("-",), ("true",))], output_types=("number",)),
            "la colonne attend des nombres, pas un oui/non",
        ),
        (
            ATable([(('"comune"',), ("1",))], input_values=('"commune","epci"',)),
            "n’est pas parmi celles que la colonne permet",
        ),
        (
            ATable([(("-",), ('"PLANCHERR"',))], output_values=('"PLANCHER","CER"',)),
            "n’est pas parmi celles que la colonne permet",
        ),
        (ATable(GOOD, policy="PRIORITY"), "la liste ordonnée de ses résultats"),
        (ATable(GOOD, policy="BEST"), "n’existe pas"),
        (ATable(GOOD, aggregation="SUM"), "seule une table COLLECT agrège"),
        (ATable(GOOD, inputs=("",)), "ne dit pas ce qu’elle lit"),
        (ATable(GOOD, inputs=("amount >",)), "colonne « amount > »"),
        (ATable(GOOD, outputs=("le taux",)), "ne peut pas nommer un résultat"),
        (
            ATable([(("-",), ("1", "2"))], outputs=("a", "a")),
            "a besoin d’un nom à elle",
        ),
        (ATable([(("-", "-"), ("1",))]), "n’a pas une cellule par colonne"),
        (ATable(GOOD, id="mon-taux"), "son identifiant"),
    ],
)
def test_a_column_that_does_not_fit_is_named(table: ATable, reason: str) -> None:
    assert reason in only(table)


def test_constants_of_a_free_condition_say_nothing_of_the_column() -> None:
    cell = '? > 5 and kind in ("commune", "epci")'
    assert model(ATable([((cell,), ("1",))], input_types=("number",)))


def test_everything_wrong_is_said_at_once() -> None:
    table = ATable([(("<",), ("1 +",)), ((">",), ("1",))])
    assert len(problems(table.xml(), ATable(GOOD, id="other", policy="BEST").xml())) == 4


def test_links_between_decisions_are_checked() -> None:
    assert "a besoin de « b », qui n’existe pas" in problems(formula("a", "1", "b"))[0]
    circle = problems(formula("a", "1", "b"), formula("b", "1", "c"), formula("c", "1", "a"))
    assert "dépend d’elle-même" in circle[0]
    assert "écrite deux fois" in problems(formula("a", "1"), formula("a", "2"))[0]


def test_another_language_or_another_form_is_refused() -> None:
    javascript = (
        ATable(GOOD)
        .xml()
        .replace("<inputExpression", '<inputExpression expressionLanguage="javascript"')
    )
    assert "n’est pas écrite en FEEL" in problems(javascript)[0]
    feel = javascript.replace("javascript", "https://www.omg.org/spec/DMN/20191111/FEEL/")
    assert read_model({"a.dmn": document(feel)})
    context = '<decision id="a" name="a"><context/></decision>'
    assert "seules les tables de décision" in problems(context)[0]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "XML lisible"),
        (b"<definitions/>", "n’est pas un document DMN"),
        (b'<!DOCTYPE x [<!ENTITY y "z">]><x>&y;</x>', "DTD"),
        (document(), "de 1 à 200 décisions"),
    ],
)
def test_a_file_that_is_no_table_is_refused_by_name(data: bytes, reason: str) -> None:
    with pytest.raises(DiagramRefused) as refused:
        read_model({"aide.dmn": data})
    sentence = refused.value.problems[0].sentence
    assert sentence.startswith("aide.dmn")
    assert reason in sentence


def test_comments_in_the_file_change_nothing() -> None:
    xml = document(ATable(GOOD).xml()).replace(b"<rule", b"<!-- note --><rule")
    assert read_model({"a.dmn": xml}).decide("decision", {"amount": 5}).values["rate"]


def test_no_file_is_an_empty_model() -> None:
    assert read_model({}).decisions == {}


@pytest.mark.parametrize(
    "cell",
    [
        "((((? in (1,2)) in (1,2)) in (1,2)) in (1,2)) in (1,2)" * 20,
        "(" * 28 + "?" + " in (1,2,3,4,5,6,7,8,9))" * 28,
        "not(" * 28 + "?" + ")" * 28,
        "[1..2]," * 280 + "[1..2]",
    ],
)
def test_a_cell_made_to_be_slow_is_read_or_refused_at_once(cell: str) -> None:
    started = time.process_time()
    with suppress(DiagramRefused):
        model(ATable([((cell,), ("1",))]))
    assert time.process_time() - started < 1


_WORDS = st.sampled_from(
    [
        *[
            "?",
            "amount",
            "x",
            "1",
            "0.5",
            "-",
            "+",
            "*",
            "/",
            "(",
            ")",
            "[",
            "]",
            "..",
            ",",
            ".",
        ],
        *["<", "<=", ">", ">=", "=", "!=", "not", "and", "or", "in", "between", "if", "then"],
        *["else", "null", "true", '"a"', "@", 'date("2026-01-01")', "min(", "contains(", "é"],
        *["starts with(", "for", "some", "__class__", "{", "}", "\\", '"', "\n", "\x0b", "🙂"],
    ]
)
_CELLS = st.one_of(
    st.lists(_WORDS, max_size=15).map(" ".join),
    st.text(
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"),
        max_size=30,
    ),
)


@given(_CELLS, _CELLS)
@settings(max_examples=300, deadline=None)
def test_any_cell_is_understood_or_refused(test: str, result: str) -> None:
    clean = test.replace("\x0b", " "), result.replace("\x0b", " ")
    with suppress(DiagramRefused, DecisionRefused):
        table = model(ATable([((clean[0],), (clean[1],))]))
        table.decide("decision", {"amount": 10, "x": "abc"})
