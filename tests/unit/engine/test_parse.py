"""What does a definition say of its diagram? Nodes, flows, lanes, scopes, as drawn."""

import hashlib

import pytest

from app.engine.errors import DiagramRefused
from app.engine.parse import Flow, Node, parse_diagram
from tests.unit.engine import drawing as d
from tests.unit.engine.playing import Played

LANES = (
    '<bpmn:laneSet id="ls"><bpmn:lane id="Service" name="Service"><bpmn:flowNodeRef>a</bpmn:flowNodeRef>'
    '<bpmn:flowNodeRef>sp</bpmn:flowNodeRef><bpmn:childLaneSet id="cs"><bpmn:lane id="Officer">'
    "<bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:childLaneSet></bpmn:lane></bpmn:laneSet>"
)


def test_nodes_and_flows_are_told_as_drawn() -> None:
    drawn = d.simple(
        LANES,
        d.user("a", name=" Vérifier\n la complétude ", camunda__priority="50"),
        d.choice("g", "fd"),
        d.el("sequenceFlow", "f1", sourceRef="s", targetRef="a", name="déposé"),
        d.flow("a", "g", named="f2"),
        d.flow("g", "a", "${again}", named="f3"),
        d.flow("g", "e", named="fd"),
    )
    definition = parse_diagram(drawn)
    assert definition.process_id == "p"
    assert definition.digest == hashlib.sha256(drawn).hexdigest()
    assert definition.xml == drawn
    assert definition.nodes["a"] == Node(
        "a", "Vérifier la complétude", "userTask", "Officer", {"priority": "50"}, None, {}
    )
    assert definition.nodes["g"].kind == "exclusiveGateway"
    assert definition.flows == (
        Flow("f1", "s", "a", "déposé", None),
        Flow("f2", "a", "g", "", None),
        Flow("f3", "g", "a", "", "${again}"),
        Flow("fd", "g", "e", "", None),
    )


def test_what_is_inside_a_sub_process_or_attached_has_its_lane() -> None:
    drawn = d.simple(
        LANES,
        d.user("a"),
        d.sub("sp", d.start("ss"), d.user("in"), d.path("ss", "in")),
        d.attached("b", "a", d.lasting("P1D")),
        d.path("s", "a", "sp", "e"),
        d.flow("b", "e"),
    )
    nodes = parse_diagram(drawn).nodes
    assert (nodes["in"].lane, nodes["in"].scope) == ("Service", "sp")
    assert nodes["b"].lane == "Officer"
    assert nodes["s"].lane is None


def two() -> bytes:
    return d.diagram(
        d.process(d.start(), d.user("a"), d.path("s", "a")),
        d.process(d.start("s2"), d.user("b"), d.path("s2", "b"), name="q"),
    )


def test_one_of_several_processes_is_chosen_by_its_id() -> None:
    definition = parse_diagram(two(), process_id="q")
    assert definition.process_id == "q"
    assert list(definition.nodes) == ["s2", "b"]
    with pytest.raises(DiagramRefused):
        parse_diagram(two(), process_id="r")


def test_a_pool_that_is_only_drawn_is_left_alone() -> None:
    drawn = d.diagram(
        '<bpmn:collaboration id="c"><bpmn:participant id="p1" processRef="p"/>'
        '<bpmn:participant id="p2" name="Commune"/>'
        '<bpmn:messageFlow id="mf" sourceRef="p2" targetRef="a"/></bpmn:collaboration>',
        d.process(d.start(), d.user("a"), d.path("s", "a")),
        d.process(d.start("s2"), d.user("b"), d.path("s2", "b"), name="q", executable=False),
    )
    assert list(parse_diagram(drawn).nodes) == ["s", "a"]


def test_the_bytes_of_the_file_are_never_changed() -> None:
    drawn = d.simple(
        d.user("a"),
        d.path("s", "a", "e"),
        d.on_event("w", d.lasting("P1D"), d.user("h"), d.path("w_start", "h")),
    )
    before = bytes(drawn)
    assert parse_diagram(drawn).xml == before == drawn


@pytest.mark.parametrize("name", ["Start", "End", "Root", "start"])
def test_a_node_may_have_the_name_of_one_of_spiff_workflow_s_own(name: str) -> None:
    drawn = d.diagram(d.process(d.start(name), d.end(), d.user("a"), d.path(name, "a", "e")))
    assert Played(drawn).steps == ["a"]
