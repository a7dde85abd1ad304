"""Do the tables decide as DMN says, for every hit policy and every way to write a cell?"""

from collections.abc import Sequence
from fractions import Fraction

import pytest

from app.engine.decisions import DecisionRefused, read_model
from app.engine.values import Value
from tests.unit.engine.tables import ATable, Row, document, formula, model

OVERLAPPING: Sequence[Row] = [
    (("< 100",), ("0.8",)),
    (("< 1000",), ("0.5",)),
    (("-",), ("0.1",)),
]
TENTHS = {number: Fraction(number, 10) for number in range(10)}


def decide(table: ATable, amount: Value, **others: Value) -> Value:
    return model(table).decide("decision", {"amount": amount, **others}).values["rate"]


def test_unique_gives_the_only_rule_that_matches() -> None:
    assert decide(ATable(OVERLAPPING), 5000) == TENTHS[1]


def test_unique_refuses_two_matching_rules_and_names_them() -> None:
    with pytest.raises(DecisionRefused) as refused:
        decide(ATable(OVERLAPPING), 50)
    assert "les règles 1, 2, 3 s’appliquent en même temps" in refused.value.message


def test_first_stops_at_the_first_rule() -> None:
    assert decide(ATable(OVERLAPPING, policy="FIRST"), 50) == TENTHS[8]


def test_first_does_not_even_compute_the_rules_after() -> None:
    rows = [(("< 100",), ("1",)), (("-",), ("1 / 0",))]
    assert decide(ATable(rows, policy="FIRST"), 50) == 1


def test_any_accepts_rules_that_agree_and_refuses_those_that_do_not() -> None:
    agreeing = [(("< 100",), ("1",)), (("< 1000",), ("1",))]
    assert decide(ATable(agreeing, policy="ANY"), 50) == 1
    with pytest.raises(DecisionRefused, match="se contredisent"):
        decide(ATable(OVERLAPPING, policy="ANY"), 50)


def test_priority_follows_the_order_of_the_values() -> None:
    table = ATable(OVERLAPPING, policy="PRIORITY", output_values=("0.5, 0.8, 0.1",))
    assert decide(table, 50) == TENTHS[5]
    assert decide(table, 5000) == TENTHS[1]


def test_priority_compares_the_second_column_when_the_first_is_the_same() -> None:
    rows = [(("-",), ('"a"', '"late"')), (("-",), ('"a"', '"soon"'))]
    table = ATable(
        rows,
        policy="PRIORITY",
        outputs=("rate", "when"),
        output_values=('"a"', '"soon","late"'),
    )
    assert model(table).decide("decision", {"amount": 1}).values["when"] == "soon"


def test_rule_order_and_collect_give_every_result() -> None:
    expected = [TENTHS[8], TENTHS[5], TENTHS[1]]
    assert decide(ATable(OVERLAPPING, policy="RULE ORDER"), 50) == expected
    assert decide(ATable(OVERLAPPING, policy="COLLECT"), 50) == expected


def test_output_order_sorts_by_the_values_of_the_column() -> None:
    table = ATable(OVERLAPPING, policy="OUTPUT ORDER", output_values=("0.1, 0.5, 0.8",))
    assert decide(table, 50) == [TENTHS[1], TENTHS[5], TENTHS[8]]


@pytest.mark.parametrize(
    ("aggregation", "several", "none"),
    [
        ("SUM", Fraction(13, 10), 0),
        ("MIN", TENTHS[5], None),
        ("MAX", TENTHS[8], None),
        ("COUNT", 2, 0),
    ],
)
def test_collect_aggregates(aggregation: str, several: Value, none: Value) -> None:
    table = ATable(OVERLAPPING[:2], policy="COLLECT", aggregation=aggregation)
    assert decide(table, 50) == several
    assert decide(table, 5000) == none


def test_a_sum_of_tenths_is_exact() -> None:
    rows = [(("-",), ("0.1",)), (("-",), ("0.2",))]
    total = decide(ATable(rows, policy="COLLECT", aggregation="SUM"), 1)
    assert total == Fraction(3, 10)


def test_no_rule_gives_nothing_or_the_default_of_the_column() -> None:
    rows = [(("< 1",), ("1",))]
    assert decide(ATable(rows), 50) is None
    assert decide(ATable(rows, defaults=("7",)), 50) == 7
    assert decide(ATable(rows, policy="COLLECT"), 50) == []


def test_the_rules_that_matched_come_with_their_annotations() -> None:
    table = ATable(OVERLAPPING, policy="COLLECT", notes=("petit", "moyen", "tous"))
    result = model(table).decide("decision", {"amount": 500})
    assert [(rule.number, rule.id, rule.annotation) for rule in result.matched] == [
        (2, "r2", "moyen"),
        (3, "r3", "tous"),
    ]
    assert result.matched[0].values == {"rate": TENTHS[5]}


def test_annotation_columns_are_read_with_their_titles() -> None:
    xml = document(ATable([(("-",), ("1",))]).xml()).decode()
    xml = xml.replace("<rule", '<annotation name="Motif"/><rule', 1).replace(
        "</rule>", "<annotationEntry><text>délibération</text></annotationEntry></rule>"
    )
    rule = read_model({"a.dmn": xml.encode()}).decide("decision", {"amount": 1}).matched[0]
    assert rule.annotations == {"Motif": "délibération"}
    assert rule.annotation == "délibération"


@pytest.mark.parametrize(
    ("cell", "value", "matches"),
    [
        ("[10..20]", 20, True),
        ("[10..20]", 10, True),
        ("]10..20]", 10, False),
        ("(10..20]", 10, False),
        ("[10..20[", 20, False),
        ("[10..20)", 20, False),
        ("(10..20)", 15, True),
        ("[10..20], 40", 40, True),
        ("< 5, [10..20]", 3, True),
        ("10,20,30", 20, True),
        ("10,20,30", 21, False),
        ('"a","b"', "b", True),
        ('"x,y"', "x,y", True),
        ('not("a")', "b", True),
        ('not("a")', "a", False),
        ("not(10,20)", 30, True),
        ("not(10,20)", 20, False),
        ("not([10..20])", 15, False),
        ('"commune"', "commune", True),
        (">= 10", 10, True),
        ("= 10", 10, True),
        ("!= 10", 10, False),
        ("> 9.99", 10, True),
        ("? > 5", 10, True),
        ("? > 5 and ? < 20", 25, False),
        ("? * 2 = 20", 10, True),
        ("10", 10, True),
        ("-10", -10, True),
        ("[-10..-5]", -7, True),
        (".5", Fraction(1, 2), True),
        ("true", True, True),
        ("false", False, True),
        ("true", 1, False),
        ("1", True, False),
        ("null", None, True),
        ("null", 3, False),
        ("not(null)", 3, True),
        ('date("2026-01-01")', "2026-01-01", True),
        ('@"2026-01-01"', "2026-01-01", True),
        ('< date("2026-06-01")', "2026-01-01", True),
        ('[date("2026-01-01")..date("2026-12-31")]', "2027-01-01", False),
        ("-", 3, True),
        ("", 3, True),
        ('in ["a","b"]', "b", True),
        ("in (1, [5..9])", 7, True),
        ("in [5..9]", 9, True),
        ('["a","b"]', "a", True),
        ('contains(?, "b")', "abc", True),
        ('starts with(?, "b")', "abc", False),
        ('ends with(?, "c")', "abc", True),
        ("string length(?) > 2", "abc", True),
        ('upper case(?) = "ABC"', "abc", True),
        ('? in ("abc", "abd")', "abd", True),
        ("? between 5 and 7", 7, True),
        ("limit", 100, True),
        ("< limit", 99, True),
        ("> limit / 2", 50, False),
        ("among", 3, True),
        ("among", 9, False),
        ('"é\\"è"', 'é"è', True),
        ("(1 + 2) * 3", 9, True),
    ],
)
def test_a_cell_matches(cell: str, value: Value, *, matches: bool) -> None:
    table = ATable([((cell,), ("1",))])
    found = decide(table, value, limit=100, among=[1, 2, 3])
    assert (found == 1) is matches


def test_a_cell_may_name_every_commune_of_a_department() -> None:
    codes = ", ".join(f'"55{rank:03d}"' for rank in range(1, 501))
    assert decide(ATable([((codes,), ("1",))]), "55499") == 1


@pytest.mark.parametrize("cell", ["< 10", ">= 0", "[0..100]", "not(< 10)", "? > 0 or ? < 0"])
def test_a_missing_value_is_neither_small_nor_large(cell: str) -> None:
    assert decide(ATable([((cell,), ("1",))]), None) is None


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ("amount * 0.5", 25),
        ("if amount > 10 then 1 else 2", 1),
        ("if amount > 100 then 1 else if amount > 40 then 2 else 3", 2),
        ("min(amount, 40)", 40),
        ('"x,y"', "x,y"),
        ("null", None),
        ("[1,2]", [1, 2]),
        ("amount / 3", Fraction(50, 3)),
        ("round half up(amount * 0.333, 1)", Fraction(167, 10)),
        ("floor(amount / 3)", 16),
        ("true", True),
        ("not(true)", False),
        ("amount > 10 and amount < 60", True),
        ("facts.share[1]", 7),
        ("facts.share[-1]", 8),
        ("- amount", -50),
        ("missing + 1", None),
        ('string(amount) + " €"', "50 €"),
        ("count([1,2,3])", 3),
        ('list contains(["a"], "a")', True),
        ('substring("département", 1, 4)', "dépa"),
    ],
)
def test_a_result_is_computed(result: str, expected: Value) -> None:
    table = ATable([(("-",), (result,))])
    assert decide(table, 50, facts={"share": [7, 8]}, missing=None) == expected


def test_two_inputs_must_both_match() -> None:
    rows = [
        (('"commune"', "< 10000"), ("0.8",)),
        (('"commune"', ">= 10000"), ("0.7",)),
        (('not("commune")', "-"), ("0",)),
    ]
    table = ATable(rows, inputs=("kind", "amount"))
    assert decide(table, 20000, kind="commune") == TENTHS[7]


def test_an_input_may_be_a_path_or_a_computation() -> None:
    table = ATable([(("< 100",), ("1",))], inputs=("project.cost / 2",))
    assert decide(table, 0, project={"cost": 150}) == 1


def test_a_decision_reads_those_it_requires() -> None:
    base = ATable([(("-",), ("amount * 2", "3"))], id="base", outputs=("double", "three"))
    top = ATable(
        [(("> 10",), ("double + three + base.three",))], inputs=("double",), requires=("base",)
    )
    result = model(base, top).decide("decision", {"amount": 20})
    assert result.values["rate"] == 46
    assert result.trace["base"].values == {"double": 40, "three": 3}


def test_a_required_decision_is_taken_once_and_may_be_a_formula() -> None:
    data = document(
        formula("half", "amount / 2"),
        formula("quarter", "half / 2", "half", variable="quart"),
        formula("whole", "quart * 2 + half", "quarter", "half"),
    )
    assert read_model({"a.dmn": data}).decide("whole", {"amount": 8}).values == {"whole": 8}


def test_a_model_tells_which_facts_a_decision_needs() -> None:
    base = ATable([(("-",), ("other",))], id="base", outputs=("double",))
    top = ATable([(("< double",), ("more",))], inputs=("size",), requires=("base",))
    assert model(base, top).needs("decision") == {"size", "more", "amount", "other"}


def test_tables_of_several_files_work_together() -> None:
    base = document(ATable([(("-",), ("7",))], id="base", outputs=("seven",)).xml())
    top = document(formula("decision", "seven + 1", "base"))
    both = read_model({"a.dmn": base, "b.dmn": top})
    assert both.decide("decision", {"amount": 1}).values == {"decision": 8}


def test_an_unknown_fact_is_refused_by_name() -> None:
    with pytest.raises(DecisionRefused, match=r"amount.* n’est pas connu"):
        model(ATable(OVERLAPPING)).decide("decision", {})


def test_comparing_a_text_with_a_number_is_refused_with_the_rule() -> None:
    with pytest.raises(DecisionRefused, match=r"la règle 1.*un texte et un nombre"):
        decide(ATable(OVERLAPPING), "beaucoup")


def test_an_unknown_decision_is_refused() -> None:
    with pytest.raises(DecisionRefused, match="n’existe pas"):
        model(ATable(OVERLAPPING)).decide("autre", {})
