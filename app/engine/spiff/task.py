"""How is SpiffWorkflow's task made light enough to be saved at every step? One position, one number.

A token is a task of SpiffWorkflow with a small stable number instead of a UUID, no copy of the
data, no log record, and no predicted children: what follows a node is created when it is left.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from app.engine.context import Context
from app.engine.expressions import Expression, Script
from app.engine.values import Function, Value

WAITING: int = TaskState.WAITING
READY: int = TaskState.READY
STARTED: int = TaskState.STARTED
COMPLETED: int = TaskState.COMPLETED
CANCELLED: int = TaskState.CANCELLED
LIVE: int = WAITING | READY | STARTED


@dataclass(frozen=True, slots=True)
class Way:
    """One way out of a node: the diagram's flow, where it leads, on what condition."""

    flow: str
    target: str
    condition: Expression | None = None
    default: bool = False


class Dossier(Protocol):
    """What nodes may ask of the running diagram they belong to."""

    context: Context
    functions: Mapping[str, Function]
    variables: dict[str, Value]
    agenda: "deque[Token]"
    trace: list[tuple[Any, tuple[str, ...]]]

    def next_number(self) -> int: ...
    def names(self, token: "Token") -> Mapping[str, Value]: ...
    def evaluate(
        self, token: "Token", expression: Expression, extra: Mapping[str, Value] = ..., /
    ) -> Value: ...
    def run_script(self, token: "Token", script: Script) -> None: ...
    def write(self, token: "Token", updates: Mapping[str, Value]) -> None: ...
    def arm(self, token: "Token") -> None: ...
    def disarm(self, token: "Token") -> None: ...
    def open_scope(self, owner: "Token", process: str) -> None: ...
    def cancel_scope(self, owner: "Token") -> None: ...
    def end_scope(self, token: "Token", *, cancelled: bool) -> None: ...
    def throw(self, token: "Token", definition: Any) -> None: ...


class Token(Task):
    """One position in a running diagram."""

    id: int
    workflow: Any
    task_spec: Any
    internal_data: dict[str, Any]
    _state: int
    _parent: int | None
    _children: list[int]

    def __init__(
        self,
        workflow: Any,
        task_spec: Any,
        parent: "Token | None" = None,
        state: int = TaskState.FUTURE,
        number: int | None = None,
    ) -> None:
        # Task.__init__ would draw a UUID, read the clock and write a log record.
        self.dossier: Dossier = workflow.top_workflow
        self.id = self.dossier.next_number() if number is None else number
        self.workflow = workflow
        self.task_spec = task_spec
        self.internal_data = {}
        self.taken: tuple[Way, ...] | None = None
        self.triggered = False
        self.thread_id = 0
        self.last_state_change = 0.0
        self.data = self.dossier.variables
        self._children = []
        self._state = state
        self._parent = None
        workflow.tasks[self.id] = self
        if parent is not None:
            self.hang(parent)

    def hang(self, above: "Token") -> None:
        """From now on this token is one of those the other one created."""
        self._parent = above.id
        above._children.append(self.id)

    @property
    def above(self) -> "Token | None":
        """The token that created this one."""
        found: Token | None = self.workflow.tasks.get(self._parent)
        return found

    @property
    def below(self) -> "list[Token]":
        """The tokens this one created."""
        tasks: dict[int, Token] = self.workflow.tasks
        return [tasks[number] for number in self._children if number in tasks]

    @property
    def is_live(self) -> bool:
        """It stands somewhere in the diagram: neither finished nor cancelled."""
        return bool(self._state & LIVE)

    def child(self, task_spec: Any) -> "Token":
        """A new token at that node."""
        return Token(self.workflow, task_spec, self)

    def _set_state(self, value: int) -> None:
        self._state = value
        if value == READY and not (self.task_spec.manual or self.task_spec.undrawn):
            self.dossier.agenda.append(self)

    def run(self) -> bool:
        """Goes through the node, unless what it throws takes the token itself away."""
        self.task_spec._run_hook(self)
        if self._state == READY:
            self.complete()
        else:
            self.dossier.trace.append((self.task_spec, ()))
        return True

    def _inherit_data(self) -> None:
        """Variables belong to the whole dossier: there is nothing to copy."""

    def cancel(self) -> None:
        """Takes the token away, with what it opened."""
        if self._state & LIVE:
            self._set_state(CANCELLED)
            self.task_spec._on_cancel(self)
            for child in self.below:
                child.cancel()

    def error(self) -> None:
        """Leaves the token as it was: a failed action is undone whole by its caller."""
