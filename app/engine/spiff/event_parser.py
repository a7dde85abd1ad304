"""How is an event of a diagram read? What it waits for or throws, in the order of the file."""

from collections.abc import Callable, Mapping
from typing import Any

from SpiffWorkflow.bpmn.parser.event_parsers import EventDefinitionParser
from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition

from app.engine.expressions import compile_expression
from app.engine.normalise import INTERRUPTS_SCOPE, PREFIX
from app.engine.spiff import events
from app.engine.spiff.node_parser import NodeParser, compiled
from app.engine.timers import is_literal
from app.engine.xml import Element, children, local


class EventParser(NodeParser, EventDefinitionParser):
    """Every event: what it waits for or throws, in the order of the file."""

    def create_task(self) -> Any:
        task = self.spec_class(
            self.spec,
            self.bpmn_id,
            event_definition=self.read_definition(),
            **self.bpmn_attributes,
            **self.options(),
        )
        task.all_of = self.node.get("parallelMultiple") == "true"
        task.undrawn = local(self.node) == "startEvent" and self.bpmn_id.startswith(PREFIX)
        return task

    def options(self) -> dict[str, Any]:
        """What one kind of event has more than the others."""
        return {}

    def read_definition(self) -> Any:
        """The definition: none, one or several."""
        found = [
            READERS[local(child)](self, child) for child in self.node if local(child) in READERS
        ]
        if not found:
            return NoneEventDefinition()
        return found[0] if len(found) == 1 else MultipleEventDefinition(found)


class BoundaryParser(EventParser):
    """Events attached to an activity."""

    def options(self) -> dict[str, Any]:
        return {"cancel_activity": self.node.get("cancelActivity", "true") == "true"}

    def create_task(self) -> Any:
        task = super().create_task()
        task.interrupts_scope = self.node.get(INTERRUPTS_SCOPE) == "true"
        return task


class MessageTaskParser(EventParser):
    """Send and receive tasks: their message is an attribute of the task."""

    def read_definition(self) -> Any:
        if self.node.get("messageRef") is None:
            return super().read_definition()
        return _message(self, self.node)


class EventGatewayParser(EventParser):
    """Gateways that wait for the first event."""

    def read_definition(self) -> Any:
        return MultipleEventDefinition([])


Reader = Callable[[Any, Element], Any]


def _message(parser: Any, element: Element) -> Any:
    return events.Message(parser.process_parser.parser.messages[element.get("messageRef")])


def _signal(parser: Any, element: Element) -> Any:
    return events.Signal(parser.process_parser.parser.signals[element.get("signalRef")])


def _error(parser: Any, element: Element) -> Any:
    found = parser.process_parser.parser.errors.get(element.get("errorRef"), {})
    return events.Error(found.get("name"), found.get("error_code"))


def _escalation(parser: Any, element: Element) -> Any:
    found = parser.process_parser.parser.escalations.get(element.get("escalationRef"), {})
    return events.Escalation(found.get("name"), found.get("escalation_code"))


def _condition(_parser: Any, element: Element) -> Any:
    return events.Condition(compiled(children(element, "condition")[0]))


def _timer(parser: Any, element: Element) -> Any:
    when = children(element, "timeDate", "timeDuration", "timeCycle")[0]
    written = (when.text or "").strip()
    kind = events.Repetition if local(when) == "timeCycle" else events.Timer
    expression = None if is_literal(written) else compile_expression(written)
    return kind(parser.bpmn_id, written, expression)


READERS: Mapping[str, Reader] = {
    "messageEventDefinition": _message,
    "signalEventDefinition": _signal,
    "errorEventDefinition": _error,
    "escalationEventDefinition": _escalation,
    "conditionalEventDefinition": _condition,
    "timerEventDefinition": _timer,
    "cancelEventDefinition": lambda _parser, _element: events.Cancel(),
    "terminateEventDefinition": lambda _parser, _element: events.Terminate(),
}
