"""How does a checked, rewritten diagram become SpiffWorkflow's specifications? Our parser classes.

Only diagrams that went through `lint` and `normalise` come here.
"""

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.node_parser import DEFAULT_NSMAP
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

from app.engine.normalise import PREFIX
from app.engine.spiff import events, flow, scopes
from app.engine.spiff.event_parser import (
    BoundaryParser,
    EventGatewayParser,
    EventParser,
    MessageTaskParser,
)
from app.engine.spiff.node_parser import (
    CallParser,
    JobParser,
    NodeParser,
    RuleParser,
    ScopeTaskParser,
    ScriptParser,
)
from app.engine.xml import CAMUNDA, Element, bpmn, children, local


class ScopeSpec(BpmnProcessSpec):
    """The specification of one process or sub-process; it ends when nothing stands in it."""

    def __init__(
        self, name: str, description: str, filename: str | None, origin: str = "Start"
    ) -> None:
        # BpmnProcessSpec.__init__ would add an end join, which no way leads to here.
        WorkflowSpec.__init__(self, name=name, filename=filename)
        self.start = flow.Start(self, origin)
        self.description = description
        self.io_specification = None
        self.data_objects: dict[str, Any] = {}
        self.data_stores: dict[str, Any] = {}
        self.correlation_keys: dict[str, Any] = {}
        self.bpmn_start_events: list[Any] = []


class ScopeParser(ProcessParser):
    """Reads one process or sub-process."""

    def create_spec(self) -> ScopeSpec:
        drawn = {node.get("id") for node in self.node}
        # SpiffWorkflow's own name for the origin, but where somebody drew a node of that id.
        origin = f"{PREFIX}origin" if "Start" in drawn else "Start"
        return ScopeSpec(self.bpmn_id, self.get_name(), self.filename, origin)

    def add_tasks(self) -> None:
        # SpiffWorkflow descends one level of recursion per node of a path; starting from the
        # last nodes of the file keeps long processes far from Python's limit.
        for node in reversed(_in_flow_order(self.node)):
            self.parse_node(node)
        for start in self.xpath("./bpmn:startEvent"):
            self.spec.start.connect(self.spec.task_specs[start.get("id")])


def _in_flow_order(scope: Element) -> list[Element]:
    """The nodes as a walk from the start meets them, breadth first; events after their host."""
    nodes = {str(node.get("id")): node for node in scope if local(node) in NODE_KINDS}
    after: dict[str, list[str]] = {}
    for arrow in children(scope, "sequenceFlow"):
        after.setdefault(str(arrow.get("sourceRef")), []).append(str(arrow.get("targetRef")))
    for event in children(scope, "boundaryEvent"):
        after.setdefault(str(event.get("attachedToRef")), []).append(str(event.get("id")))
    order = [str(start.get("id")) for start in children(scope, "startEvent")]
    seen = set(order)
    for name in order:
        for following in after.get(name, ()):
            if following not in seen and following in nodes:
                seen.add(following)
                order.append(following)
    return [nodes[name] for name in order if local(nodes[name]) != "boundaryEvent"]


NODE_KINDS: Mapping[str, tuple[type[NodeParser], Any]] = {
    "startEvent": (EventParser, events.StartEvent),
    "endEvent": (EventParser, events.EndEvent),
    "intermediateCatchEvent": (EventParser, events.CatchEvent),
    "intermediateThrowEvent": (EventParser, events.ThrowEvent),
    "boundaryEvent": (BoundaryParser, events.BoundaryEvent),
    "userTask": (NodeParser, flow.UserTask),
    "manualTask": (NodeParser, flow.ManualTask),
    "task": (NodeParser, flow.PassTask),
    "serviceTask": (JobParser, flow.JobTask),
    "scriptTask": (ScriptParser, flow.ScriptTask),
    "businessRuleTask": (RuleParser, flow.RuleTask),
    "sendTask": (MessageTaskParser, events.SendTask),
    "receiveTask": (MessageTaskParser, events.ReceiveTask),
    "exclusiveGateway": (NodeParser, flow.ExclusiveGateway),
    "inclusiveGateway": (NodeParser, flow.InclusiveGateway),
    "parallelGateway": (NodeParser, flow.ParallelGateway),
    "eventBasedGateway": (EventGatewayParser, events.EventGateway),
    "subProcess": (ScopeTaskParser, scopes.SubProcess),
    "transaction": (ScopeTaskParser, scopes.Transaction),
    "callActivity": (CallParser, scopes.CallActivity),
}


class DiagramParser(BpmnParser):
    """SpiffWorkflow's parser, with our nodes only."""

    PARSER_CLASSES: Mapping[str, Any] = {bpmn(name): pair for name, pair in NODE_KINDS.items()}
    PROCESS_PARSER_CLASS = ScopeParser

    def __init__(self) -> None:
        super().__init__(namespaces={**DEFAULT_NSMAP, "camunda": CAMUNDA})

    def specs(self, process_id: str) -> tuple[Any, dict[str, Any]]:
        """The specification of the process, and those of every scope it may open."""
        top = self.get_spec(process_id)
        found: dict[str, Any] = {}
        queue = [top]
        while queue:
            for spec in queue.pop().task_specs.values():
                if isinstance(spec, scopes.SubProcess) and spec.spec not in found:
                    found[spec.spec] = self.get_spec(spec.spec)
                    queue.append(found[spec.spec])
        return top, found
