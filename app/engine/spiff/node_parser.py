"""How is one node of a diagram read? Ways out, attached events, repetitions, scripts, tables.

Everything an expression says is compiled now, once; nothing of the file is evaluated by
SpiffWorkflow itself.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser

from app.engine.expressions import Expression, compile_expression, compile_script
from app.engine.normalise import ALIAS
from app.engine.spiff import flow, loops
from app.engine.spiff.task import Way
from app.engine.xml import Element, camunda, children


class NodeParser(TaskParser):
    """What all our parsers share: ways out in the order of the file, attached events, loops."""

    task: Any

    def get_position(self, node: Element | None = None) -> Mapping[str, float]:
        # SpiffWorkflow sorts the ways out by the height of their target on the page.
        return {"x": 0.0, "y": 0.0}

    def parse_extensions(self, node: Element | None = None) -> Mapping[str, str]:
        return {}

    def parse_incoming_data_references(self) -> Sequence[Any]:
        return ()

    def parse_outgoing_data_references(self) -> Sequence[Any]:
        return ()

    def connect_outgoing(
        self, outgoing_task: Any, sequence_flow_node: Element, is_default: bool
    ) -> None:  # SpiffWorkflow's signature
        condition = children(sequence_flow_node, "conditionExpression")
        way = Way(
            flow=str(sequence_flow_node.get("id")),
            target=outgoing_task.name,
            condition=compiled(condition[0]) if condition and not is_default else None,
            default=is_default,
        )
        self.task.connect(outgoing_task, way)

    def handles_multiple_outgoing(self) -> bool:
        return True

    def create_task(self) -> Any:
        task = super().create_task()
        alias = self.node.get(ALIAS)
        if alias is not None:
            task.alias, task.undrawn = alias, True
        return task

    def _add_boundary_event(self, children: Sequence[Element]) -> Any:
        # No join after the activity: the events are taken away when it is left.
        split = flow.Split(self.spec, f"{self.bpmn_id}.BoundaryEventSplit")
        split.connect(self.task)
        for event in children:
            split.connect(self.process_parser.parse_node(event))
        return split

    def _add_loop_task(self, loop_characteristics: Element) -> None:
        maximum = loop_characteristics.get("loopMaximum")
        condition = children(loop_characteristics, "loopCondition")
        original = self.spec.task_specs.pop(self.task.name)
        self.task = loops.StandardLoop(
            self.spec,
            original.name,
            task_spec="",
            maximum=int(maximum) if maximum is not None else None,
            condition=compiled(condition[0]) if condition else None,
            test_before=loop_characteristics.get("testBefore") == "true",
        )
        self._copy_task_attrs(original, loop_characteristics)

    def _add_multiinstance_task(self, loop_characteristics: Element) -> None:
        original = self.spec.task_specs.pop(self.task.name)
        sequential = loop_characteristics.get("isSequential") == "true"
        loop = loops.SequentialForEach if sequential else loops.ParallelForEach
        self.task = loop(self.spec, original.name, task_spec="")
        self.task.repeat = read_repeat(loop_characteristics)
        self._copy_task_attrs(original, loop_characteristics)


def read_repeat(loop: Element) -> loops.Repeat:
    """What a multi-instance activity says, in BPMN or in Camunda's attributes."""

    def expression(name: str) -> Expression | None:
        found = children(loop, name)
        return compiled(found[0]) if found else None

    def named(name: str) -> str | None:
        found = children(loop, name)
        return (found[0].get("name") or found[0].get("id")) if found else None

    collection = loop.get(camunda("collection"))
    results = children(loop, "loopDataOutputRef")
    return loops.Repeat(
        items=compile_expression(collection) if collection else expression("loopDataInputRef"),
        count=expression("loopCardinality"),
        element=loop.get(camunda("elementVariable")) or named("inputDataItem"),
        result=named("outputDataItem"),
        results=(results[0].text or "").strip() if results else None,
        until=expression("completionCondition"),
    )


def compiled(element: Element) -> Expression:
    """The expression the element holds."""
    return compile_expression(element.text or "")


class JobParser(NodeParser):
    """Service tasks: what is to be done is their topic."""

    def create_task(self) -> Any:
        task = super().create_task()
        task.topic = self.node.get(camunda("topic"), "")
        return task


class ScriptParser(NodeParser):
    """Script tasks: assignments, compiled once."""

    def create_task(self) -> Any:
        task = super().create_task()
        task.program = compile_script(children(self.node, "script")[0].text or "")
        return task


class RuleParser(NodeParser):
    """Business rules: which table to ask, and where to put the answer."""

    def create_task(self) -> Any:
        task = super().create_task()
        task.decision = self.node.get(camunda("decisionRef"), "")
        task.result_variable = self.node.get(camunda("resultVariable"))
        return task


class ScopeTaskParser(NodeParser):
    """Embedded sub-processes and transactions."""

    def create_task(self) -> Any:
        self.process_parser.parser.create_parser(self.node, filename=self.filename)
        return self.spec_class(
            self.spec, self.bpmn_id, subworkflow_spec=self.bpmn_id, **self.bpmn_attributes
        )


class CallParser(NodeParser):
    """Called processes."""

    def create_task(self) -> Any:
        called = self.node.get("calledElement")
        return self.spec_class(
            self.spec, self.bpmn_id, subworkflow_spec=called, **self.bpmn_attributes
        )
