"""Is each kind of task played as BPMN says? Every wait is saved and read back."""

from collections.abc import Mapping
from fractions import Fraction

import pytest

from app.engine.errors import EngineFault, ExpressionFailed, StepNotOpen
from app.engine.run import Run
from app.engine.values import Value
from tests.unit.engine import drawing as d
from tests.unit.engine.playing import Played


@pytest.mark.parametrize("kind", ["userTask", "manualTask"])
def test_a_step_for_a_person_waits_until_it_is_completed(kind: str) -> None:
    played = Played(d.simple(d.el(kind, "a"), d.path("s", "a", "e")))
    assert played.steps == ["a"]
    played.complete("a")
    assert played.done


def test_a_task_without_a_type_is_passed_at_once() -> None:
    played = Played(d.simple(d.el("task", "a"), d.path("s", "a", "e")))
    assert played.done
    assert played.times("a") == 1


def test_a_script_sets_variables_exactly() -> None:
    code = "rate = 0.45\naid = rate * 1000\nif aid > 400:\n    large = True"
    played = Played(d.simple(d.script("a", code), d.path("s", "a", "e")))
    assert played.variables == {"rate": Fraction(9, 20), "aid": 450, "large": True}


def test_a_script_that_fails_leaves_the_dossier_where_it_was() -> None:
    drawn = d.simple(d.user("a"), d.script("z", "y = 1 / n"), d.path("s", "a", "z", "e"))
    played = Played(drawn)
    before = played.at.state
    with pytest.raises(ExpressionFailed) as failure:
        played.complete("a", n=0)
    assert failure.value.element == "z"
    assert played.at.state == before
    played.complete("a", n=2)
    assert played.variables["y"] == Fraction(1, 2)


def test_a_service_task_is_a_job_that_waits_for_the_application() -> None:
    played = Played(d.simple(d.job("a", topic="record_receipt"), d.path("s", "a", "e")))
    [waiting] = played.at.jobs
    assert (waiting.step, waiting.topic) == ("a", "record_receipt")
    assert waiting.extensions == {"type": "external", "topic": "record_receipt"}
    assert played.steps == []
    played.finish("a", done_on="2026-03-20")
    assert played.done
    assert played.variables["done_on"] == "2026-03-20"


def test_a_job_is_not_completed_like_a_step_nor_a_step_like_a_job() -> None:
    played = Played(
        d.simple(
            d.fork("g"),
            d.user("a"),
            d.job("b"),
            d.path("s", "g", "a", "e"),
            d.path("g", "b", "e"),
        )
    )
    run = Run.resume(played.definition, played.at.state, played.context())
    with pytest.raises(StepNotOpen):
        run.finish_job(played.step("a").token, {})
    with pytest.raises(StepNotOpen):
        run.complete(played.at.jobs[0].token, {})


def test_a_step_is_completed_only_once() -> None:
    played = Played(d.simple(d.user("a", "b"), d.path("s", "a", "b", "e")))
    token = played.step("a").token
    played.complete("a")
    run = Run.resume(played.definition, played.at.state, played.context())
    with pytest.raises(StepNotOpen):
        run.complete(token, {})


def test_a_message_sent_leaves_the_dossier_and_a_message_awaited_lets_it_go_on() -> None:
    drawn = d.diagram(
        d.named("message", "m", "n"),
        d.process(
            d.start(),
            d.end(),
            d.el("sendTask", "a", messageRef="m"),
            d.el("receiveTask", "b", messageRef="n"),
            d.path("s", "a", "b", "e"),
        ),
    )
    played = Played(drawn)
    assert played.at.sent == ("m",)
    assert played.at.messages == ("n",)
    assert not played.receive("m")
    assert played.receive("n", vote="granted")
    assert played.done
    assert played.variables == {"vote": "granted"}


def rate(decision: str, facts: Mapping[str, Value], /) -> Mapping[str, Value]:
    assert decision == "rates"
    return (
        {"rate": Fraction(1, 2), "reason": "petite commune"}
        if facts["population"] == 800
        else {}
    )


def rule(**attributes: str) -> bytes:
    return d.simple(
        d.el("businessRuleTask", "a", camunda__decisionRef="rates", **attributes),
        d.path("s", "a", "e"),
    )


def test_a_business_rule_asks_the_table_and_keeps_each_output() -> None:
    played = Played(rule(), facts={"population": 800}, decide=rate)
    assert played.variables == {"rate": Fraction(1, 2), "reason": "petite commune"}


def test_a_result_variable_gets_the_only_output_or_all_of_them() -> None:
    drawn = rule(camunda__resultVariable="result")
    assert Played(drawn, facts={"population": 800}, decide=rate).variables["result"] == {
        "rate": Fraction(1, 2),
        "reason": "petite commune",
    }
    only = Played(drawn, decide=lambda _decision, _facts: {"codes": ["R1", "R4"]})
    assert only.variables["result"] == ["R1", "R4"]


def test_facts_are_read_by_tables_and_never_kept() -> None:
    played = Played(rule(), facts={"population": 800, "secret": "x"}, decide=rate)
    assert b"population" not in played.at.state
    assert b"secret" not in played.at.state


def test_a_rule_without_tables_is_a_fault() -> None:
    with pytest.raises(EngineFault):
        Played(rule())


def test_lanes_and_extensions_come_with_the_step() -> None:
    lanes = d.el(
        "laneSet",
        "lanes",
        d.el("lane", "Officer", d.el("flowNodeRef", "", "a"), name="Instructeur"),
    )
    properties = (
        '<bpmn:extensionElements><camunda:properties><camunda:property name="form" value="f1"/>'
        "</camunda:properties></bpmn:extensionElements>"
    )
    drawn = d.diagram(
        d.process(
            lanes,
            d.start(),
            d.end(),
            d.user(
                "a", inner=properties, name="Vérifier  la\ncomplétude", camunda__priority="50"
            ),
            d.path("s", "a", "e"),
        )
    )
    step = Played(drawn).step("a")
    assert step.lane == "Officer"
    assert step.name == "Vérifier la complétude"
    assert step.extensions == {"priority": "50", "form": "f1"}


def test_comments_and_documentation_change_nothing() -> None:
    drawn = d.simple(
        "<!-- c -->",
        d.el("documentation", "", "x"),
        d.user("a", inner="<!-- c --><bpmn:documentation>doc</bpmn:documentation>"),
        d.el("textAnnotation", "note", "<bpmn:text>x</bpmn:text>"),
        d.el("association", "link", sourceRef="a", targetRef="note"),
        d.el("group", "group"),
        d.path("s", "a", "e"),
    )
    assert Played(drawn).steps == ["a"]


def test_data_objects_are_variables_of_the_dossier() -> None:
    objects = '<bpmn:dataObject id="amount"/><bpmn:dataObjectReference id="r" dataObjectRef="amount"/>'
    out = d.el("dataOutputAssociation", "o", d.el("targetRef", "", "r"))
    into = d.el("dataInputAssociation", "i", d.el("sourceRef", "", "r"))
    drawn = d.simple(
        objects, d.user("a", inner=out), d.user("b", inner=into), d.path("s", "a", "b", "e")
    )
    played = Played(drawn)
    played.complete("a", amount={"euros": 12})
    assert played.variables["amount"] == {"euros": 12}
