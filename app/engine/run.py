"""How does one dossier move in its diagram? Start or resume, do one thing, take a snapshot.

A `Run` lives within one action. It knows no database: (definition, state, what happened, now) in,
`Snapshot` out. A refusal or a fault leaves nothing to save: the caller undoes its transaction.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import UnionType
from typing import TypeAlias, TypeVar

from app.engine.codec import dump, load
from app.engine.context import Context, Decide, refuse_decisions
from app.engine.errors import StepBudgetSpent, StepNotOpen, StuckProcess
from app.engine.expressions import compile_expression
from app.engine.parse import Definition
from app.engine.prune import prune
from app.engine.snapshot import (
    OpenJob,
    OpenStep,
    Passed,
    Snapshot,
    awaited,
    take_snapshot,
)
from app.engine.spiff.flow import JobTask, ManualTask, UserTask
from app.engine.spiff.scopes import DossierWorkflow
from app.engine.spiff.task import READY, WAITING, Token
from app.engine.values import Value
from app.engine.variables import checked

__all__ = [
    "Context",
    "Decide",
    "OpenJob",
    "OpenStep",
    "Passed",
    "Run",
    "Snapshot",
    "refuse_decisions",
]


T = TypeVar("T")
Kinds: TypeAlias = type | UnionType
#: Jobs that one action may do one after the other.
MAX_JOBS = 500


class Run:
    """One live dossier, for the time of one action."""

    def __init__(self, definition: Definition, dossier: DossierWorkflow) -> None:
        self._definition = definition
        self._dossier = dossier
        self._jobs_done = 0

    @classmethod
    def start(
        cls, definition: Definition, variables: Mapping[str, Value], context: Context
    ) -> "Run":
        """A new dossier, run until its first wait."""
        specs = definition.specs
        dossier = DossierWorkflow(specs.top, specs.inner, context)
        dossier.variables.update(checked(variables))
        run = cls(definition, dossier)
        dossier.begin()
        run._settle()
        return run

    @classmethod
    def resume(cls, definition: Definition, state: bytes, context: Context) -> "Run":
        """A saved dossier, exactly where it was; `tick` fires what has come due since."""
        return cls(definition, load(state, definition, context))

    def go_on(self, context: Context) -> None:
        """The same dossier at another instant, without saving it: for rehearsals."""
        self._dossier.use(context)
        self._dossier.first_number = self._dossier.last_number
        self._jobs_done = 0

    def know(self, facts: Mapping[str, Value]) -> None:
        """From now on expressions read these facts: some changed since the run began."""
        self._dossier.use(replace(self._dossier.context, facts=facts))

    def complete(self, token: int, variables: Mapping[str, Value]) -> None:
        """A person has done this step; refuses StepNotOpen when it is not open."""
        self._finish(token, variables, UserTask | ManualTask)

    def finish_job(self, token: int, variables: Mapping[str, Value]) -> None:
        """The application has done this job; refuses StepNotOpen when it is not waiting."""
        self._jobs_done += 1
        if self._jobs_done > MAX_JOBS:
            raise StepBudgetSpent(
                str(self._open(token, JobTask).task_spec.bpmn_id),
                "Les travaux automatiques s’enchaînent sans fin.",
            )
        self._finish(token, variables, JobTask)

    def receive(self, message: str, payload: Mapping[str, Value]) -> bool:
        """Gives a message (or signal) to whoever waits for it; True when somebody was."""
        values = checked(payload)
        found = self._dossier.deliver(message, values)
        self._settle()
        return found

    def fail(self, token: int, code: str) -> bool:
        """A BPMN error on this step or job; True when an event of the diagram catches it."""
        caught = self._dossier.climb(
            self._open(token, UserTask | ManualTask | JobTask), "error", code
        )
        self._settle()
        return caught

    def tick(self) -> None:
        """Fires the timers due at the context's instant, and looks at the conditions again."""
        self._settle()

    @property
    def definition(self) -> Definition:
        """The diagram the dossier follows."""
        return self._definition

    @property
    def is_over(self) -> bool:
        """Nothing stands anywhere any more."""
        return self._dossier.completed

    def peek(self, look: Callable[[DossierWorkflow], T]) -> T:
        """What can be seen of the running diagram, without changing it."""
        return look(self._dossier)

    def amend(self, change: Callable[[DossierWorkflow], None]) -> None:
        """Changes where tokens stand, for a repair; then the diagram goes on by itself."""
        change(self._dossier)
        self._settle()

    def evaluate(self, token: int, source: str) -> Value:
        """The value of an expression where this step or job stands."""
        at = self._open(token, UserTask | ManualTask | JobTask)
        return self._dossier.evaluate(at, compile_expression(source))

    def awaited(self) -> frozenset[tuple[str, str]]:
        """The messages and signals waited for now, as (kind, name)."""
        return awaited(self._dossier)

    def jobs(self) -> frozenset[int]:
        """The tokens of the jobs that wait for the application now."""
        return frozenset(
            token.id
            for scope in self._dossier.scopes()
            for token in scope.tasks.values()
            if token._state == READY and isinstance(token.task_spec, JobTask)
        )

    def snapshot(self) -> Snapshot:
        """What can be saved and shown now."""
        state = dump(self._dossier, self._definition)
        return take_snapshot(self._dossier, self._definition, state)

    def _open(self, number: int, kinds: Kinds) -> Token:
        token = self._dossier.token(number)
        if token is None or token._state != READY or not isinstance(token.task_spec, kinds):
            raise StepNotOpen(number)
        return token

    def _finish(self, number: int, variables: Mapping[str, Value], kinds: Kinds) -> None:
        token = self._open(number, kinds)
        self._dossier.write(token, variables)
        token.run()
        self._settle()

    def _settle(self) -> None:
        dossier = self._dossier
        dossier.settle()
        prune(dossier)
        if not dossier.completed and not self._waits_for_somebody():
            places = ", ".join(self._places()) or "nulle part"
            raise StuckProcess(
                places, "Le dossier n’attend plus personne et n’est pas terminé."
            )

    def _waits_for_somebody(self) -> bool:
        dossier = self._dossier
        if any(
            token._state == READY and token.task_spec.manual
            for scope in dossier.scopes()
            for token in scope.tasks.values()
        ):
            return True
        # A message that would only interrupt what is stuck does not count: it may never come.
        return any(
            part.kind == "timer"
            or (part.kind in {"message", "signal"} and not token.task_spec.attached)
            for token in dossier.armed.values()
            for part in token.task_spec.parts
        )

    def _places(self) -> list[str]:
        return sorted(
            str(token.task_spec.bpmn_id)
            for scope in self._dossier.scopes()
            for token in scope.tasks.values()
            if token._state == WAITING and not token.task_spec.attached
        )
