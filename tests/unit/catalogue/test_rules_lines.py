"""Do other programs get one answer a line, in order, whatever they send?"""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.catalogue.rules_lines import explain_lines, settle_lines
from tests.unit.catalogue.rules import E1, E4, E6, rules


def test_answers_come_in_order_and_a_bad_line_stops_nothing() -> None:
    lines = [json.dumps(E1), "pas du JSON", json.dumps(E4), json.dumps({"scheme": "LP-MOB"})]
    answers = [(json.loads(answer), good) for answer, good in explain_lines(rules(), lines)]
    assert [good for _, good in answers] == [True, False, True, False]
    assert answers[0][0]["aid"] == "12600.00"
    assert list(answers[1][0]) == ["error"]
    assert answers[2][0]["reasons"] == ["PLANCHER"]
    assert answers[3][0]["error"].replace("\u00a0", " ") == "Le fait « applicant_type » manque."


def test_payments_are_answered_the_same_way() -> None:
    [(answer, good)] = settle_lines(rules(), [json.dumps(E6) + "\n"])
    assert good
    assert json.loads(answer)["payable"] == "3755.00"


def test_an_answer_is_one_line_of_readable_french() -> None:
    [(answer, _)] = explain_lines(rules(), [json.dumps(E1)])
    assert "\n" not in answer
    assert "dépenses éligibles" in answer


def test_numbers_written_as_numbers_keep_their_digits() -> None:
    line = json.dumps({**E6, "justified": 0}).replace('"justified": 0', '"justified": 22345.67')
    [(answer, _)] = settle_lines(rules(), [line])
    assert json.loads(answer)["entitlement"] == "10055.00"


def test_empty_lines_are_no_questions() -> None:
    assert list(explain_lines(rules(), ["", "\n", "  "])) == []


@pytest.mark.parametrize(
    "line",
    [
        "[]",
        "3",
        "null",
        '"texte"',
        "{",
        '{"scheme": NaN}',
        '{"eligible_cost": Infinity}',
        '{"scheme": "LP-MOB", "applicant_type": "commune", "eligible_cost": 1e999999999}',
        '{"a":' * 2000 + "1" + "}" * 2000,
        "[" * 90_000,
        "x" * 200_000,
        '{"population": ' + "9" * 5000 + "}",
    ],
)
def test_a_line_that_is_no_set_of_facts_is_an_error(line: str) -> None:
    [(answer, good)] = explain_lines(rules(), [line])
    assert not good
    assert json.loads(answer)["error"].endswith(".")


_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=10)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*E1, *E6, "start_date"]), _JSON, max_size=8))
@settings(max_examples=60, deadline=None)
def test_any_facts_get_an_answer_or_an_error(facts: dict[str, object]) -> None:
    line = json.dumps({**E1, **facts})
    for answers in (explain_lines(rules(), [line]), settle_lines(rules(), [line])):
        [(answer, good)] = answers
        assert good is ("error" not in json.loads(answer))
