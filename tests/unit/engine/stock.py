"""How does SpiffWorkflow alone, used as documented, play a small diagram? To show what we cure."""

import time
from typing import Any

from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import SignalEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.util.task import TaskState


class Stock:
    """One dossier on SpiffWorkflow 3.2.0 as it comes."""

    def __init__(
        self, drawn: bytes, variables: dict[str, Any] | None = None, **parsed: Any
    ) -> None:
        if not parsed:
            parser = BpmnParser()
            parser.add_bpmn_str(drawn)
            parsed = {"spec": parser.get_spec("p"), "inner": parser.get_subprocess_specs("p")}
        self.parsed = parsed
        self.workflow = BpmnWorkflow(parsed["spec"], parsed["inner"])
        self.workflow.task_tree.data.update(variables or {})
        self.workflow.do_engine_steps()

    @property
    def steps(self) -> list[str]:
        return sorted(task.task_spec.bpmn_id for task in self._ready())

    @property
    def done(self) -> bool:
        return bool(self.workflow.completed or self.workflow.is_completed())

    def _ready(self) -> list[Any]:
        found: list[Any] = self.workflow.get_tasks(state=TaskState.READY, manual=True)
        return found

    def task(self, name: str) -> Any:
        return next(task for task in self._ready() if task.task_spec.bpmn_id == name)

    def complete(self, name: str, **data: Any) -> None:
        task = self.task(name)
        task.data.update(data)
        task.run()
        self.workflow.do_engine_steps()

    def receive(self, message: str) -> None:
        self.workflow.send_event(BpmnEvent(MessageEventDefinition(message), {}))
        self.workflow.do_engine_steps()

    def signal(self, name: str) -> None:
        self.workflow.send_event(BpmnEvent(SignalEventDefinition(name), {}))
        self.workflow.do_engine_steps()

    def wait(self, seconds: float) -> None:
        """Really: SpiffWorkflow reads the clock of the machine."""
        time.sleep(seconds)
        self.workflow.refresh_timers()
        self.workflow.do_engine_steps()

    def times(self, name: str) -> int:
        everything = [
            *self.workflow.tasks.values(),
            *(
                task
                for sub in self.workflow.subprocesses.values()
                for task in sub.tasks.values()
            ),
        ]
        return sum(
            task.task_spec.bpmn_id == name and task.state == TaskState.COMPLETED
            for task in everything
        )
