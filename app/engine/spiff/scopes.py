"""How does a whole diagram run? SpiffWorkflow's workflow, with one set of variables and an agenda.

A dossier is one workflow; each open sub-process or called process is a scope of it. Tokens that
become ready by themselves queue on the agenda, each for one drawn node; what nobody drew is passed
at once. When the agenda is empty the diagram is at rest: scopes without tokens close, then timers
due, conditions and inclusive joins are looked at, one by one.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import (
    BasePythonScriptEngineEnvironment,
)
from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

from app.engine.context import Context
from app.engine.errors import EngineFault, ExpressionFailed, StepBudgetSpent
from app.engine.expressions import Expression, ExpressionRefused, Script
from app.engine.normalise import WRAPPER
from app.engine.spiff.events import Catching, Condition
from app.engine.spiff.flow import Flowing, Split
from app.engine.spiff.loops import Loop
from app.engine.spiff.task import READY, STARTED, WAITING, Token
from app.engine.values import Function, Value
from app.engine.variables import checked

MAX_STEPS = 5_000
#: Tokens one action may create: a list of a thousand people, ten times over.
MAX_TOKENS = 10_000
MAX_DEPTH = 30
_NO_EXTRA: Mapping[str, Value] = {}


class _NoPython(BasePythonScriptEngineEnvironment):
    """Whatever part of SpiffWorkflow would evaluate Python finds nobody to do it."""

    def evaluate(self, expression: str, *_args: Any, **_options: Any) -> Any:
        raise EngineFault("", f"« {expression} » n’a pas été vérifiée à la publication.")

    execute = evaluate


class SubProcess(Flowing, defaults.SubWorkflowTask):
    """An embedded sub-process: open until nothing stands in it any more."""

    def _update_hook(self, my_task: Token) -> bool:
        my_task._set_state(STARTED)
        my_task.dossier.open_scope(my_task, self.spec)
        return False

    def _on_cancel(self, my_task: Token) -> None:
        my_task.dossier.cancel_scope(my_task)


class Transaction(SubProcess, defaults.TransactionSubprocess):
    """A sub-process that may be cancelled from the inside."""


class CallActivity(SubProcess, defaults.CallActivity):
    """A process drawn elsewhere, run with the variables of the dossier."""


class ScopeWorkflow(BpmnSubWorkflow):
    """What stands inside one open sub-process."""

    def __init__(self, spec: Any, owner: Token, dossier: "DossierWorkflow") -> None:
        self.owner = owner
        super().__init__(spec, owner.id, dossier, deserializing=True)
        self.tasks: dict[int, Token] = {}

    def _calculate_depth(self) -> int:
        above = self.owner.workflow
        depth: int = above.depth + 1
        return depth


class DossierWorkflow(BpmnWorkflow):
    """One running dossier."""

    def __init__(
        self, spec: Any, subspecs: Mapping[str, Any], context: Context, *, last_number: int = 0
    ) -> None:
        self.use(context)
        self.variables: dict[str, Value] = {}
        self.first_number = self.last_number = last_number
        self.agenda: deque[Token] = deque()
        self.trace: list[tuple[Flowing, tuple[str, ...]]] = []
        self.sent: list[str] = []
        self.armed: dict[int, Token] = {}
        self.owner = None
        engine = PythonScriptEngine(_NoPython())
        super().__init__(spec, subspecs, script_engine=engine, deserializing=True)
        self.tasks: dict[int, Token] = {}
        self.subprocesses: dict[int, ScopeWorkflow] = {}

    def use(self, context: Context) -> None:
        """From now on, the instant, facts and functions are these."""
        self.context = context
        self.functions: Mapping[str, Function] = context.callable_functions()

    # ------------------------------------------------------------ what nodes ask for

    def next_number(self) -> int:
        """A number no token of this dossier ever had."""
        self.last_number += 1
        if self.last_number - self.first_number > MAX_TOKENS:
            raise StepBudgetSpent("", "Une seule action ouvrirait des milliers d’étapes.")
        return self.last_number

    def names(self, token: Token) -> dict[str, Value]:
        """What expressions see at that token: facts, variables, then loop variables."""
        facts = self.context.facts
        seen: dict[str, Value] = {"facts": facts, **facts, **self.variables}
        for loop, instance in reversed(list(self.instances(token))):
            seen.update(loop.locals_of(instance))
        return seen

    def instances(self, token: Token) -> Iterator[tuple[Loop, Token]]:
        """The repetitions this token stands in, from the inside out."""
        current: Token | None = token
        while current is not None:
            above = current.above
            loop = None if above is None else above.task_spec
            if isinstance(loop, Loop) and loop.holds(current):
                yield loop, current
            current = current.workflow.owner

    def evaluate(
        self, token: Token, expression: Expression, extra: Mapping[str, Value] = _NO_EXTRA, /
    ) -> Value:
        """The result of an expression at that token; ExpressionFailed names the node."""
        names = self.names(token)
        names.update(extra)
        try:
            return expression.evaluate(names, self.functions)
        except ExpressionRefused as refusal:
            raise _failed(token, refusal) from None

    def run_script(self, token: Token, script: Script) -> None:
        """Runs the script and keeps what it assigned."""
        try:
            written = script.execute(self.names(token), self.functions)
        except ExpressionRefused as refusal:
            raise _failed(token, refusal) from None
        self.write(token, written)

    def write(self, token: Token, updates: Mapping[str, Value]) -> None:
        """Sets variables, in the innermost repetition that has one of that name, or for all."""
        for name, value in checked(updates).items():
            for loop, instance in self.instances(token):
                if loop.write_local(instance, name, value):
                    break
            else:
                self.variables[name] = value

    def arm(self, token: Token) -> None:
        """The token waits for an event."""
        self.armed[token.id] = token

    def disarm(self, token: Token) -> None:
        """The token waits no longer."""
        self.armed.pop(token.id, None)

    # ------------------------------------------------------------ scopes

    def scopes(self) -> "list[Scope]":
        """The dossier itself and every open sub-process."""
        return [self, *self.subprocesses.values()]

    def token(self, number: int) -> Token | None:
        """The token of that number, wherever it stands."""
        return next((w.tasks[number] for w in self.scopes() if number in w.tasks), None)

    def begin(self) -> None:
        """Puts the first token on the start of the diagram."""
        self._enter(self)

    def _enter(self, scope: "Scope") -> None:
        scope.task_tree = Token(scope, scope.spec.start)
        scope.task_tree._ready()

    def open_scope(self, owner: Token, process: str) -> None:
        """Opens the sub-process of that token."""
        self._enter(self.new_scope(owner, process))

    def new_scope(self, owner: Token, process: str) -> ScopeWorkflow:
        """The sub-process of that token, with nothing in it yet."""
        scope = ScopeWorkflow(self.subprocess_specs[process], owner, self)
        if scope.depth > MAX_DEPTH:
            raise StepBudgetSpent(
                owner.task_spec.bpmn_id, "Les sous-processus s’appellent sans fin."
            )
        self.subprocesses[owner.id] = scope
        return scope

    def cancel_scope(self, owner: Token) -> None:
        """Takes away all that stands in the sub-process of that token."""
        scope = self.subprocesses.pop(owner.id, None)
        if scope is not None:
            self._empty(scope)

    def _empty(self, scope: "Scope") -> None:
        for token in list(scope.tasks.values()):
            token.cancel()

    def end_scope(self, token: Token, *, cancelled: bool) -> None:
        """A terminate or cancel end: nothing stays in the scope it was drawn in."""
        scope = token.workflow
        while scope.spec.name.startswith(WRAPPER):
            scope = scope.owner.workflow
        self._empty(scope)
        if cancelled and scope.owner is not None:
            self._raise_at(scope.owner, "cancel", None)

    # ------------------------------------------------------------ events

    def throw(self, token: Token, definition: Any) -> None:
        """What a throwing node makes happen."""
        kind = getattr(definition, "kind", "none")
        if kind in {"message", "signal"}:
            if not self.deliver(definition.name, {}, kinds=(kind,)) and kind == "message":
                self.sent.append(definition.name)
        elif kind in {"error", "escalation"}:
            self.climb(token.workflow.owner, kind, definition.code)

    def deliver(
        self,
        name: str,
        payload: Mapping[str, Value],
        *,
        kinds: tuple[str, ...] = ("message", "signal"),
    ) -> bool:
        """Gives the message to every node that waits for it; False when nobody does."""
        waiting = [
            (token, index)
            for token in sorted(self.armed.values(), key=lambda token: token.id)
            for index, part in enumerate(token.task_spec.parts)
            if any(part.answers(kind, name) for kind in kinds)
        ]
        for token, index in waiting:
            self.write(token, payload)
            token.task_spec.happen(token, index)
        return bool(waiting)

    def climb(self, host: Token | None, kind: str, code: str | None) -> bool:
        """Looks outwards, activity by activity, for who catches this error or escalation."""
        while host is not None:
            if self._raise_at(host, kind, code):
                return True
            host = host.workflow.owner
        return False

    def _raise_at(self, host: Token, kind: str, code: str | None) -> bool:
        above = host.above
        if above is not None and isinstance(above.task_spec, Loop):
            host, above = above, above.above
        if above is None or not isinstance(above.task_spec, Split):
            return False
        found = [
            (part.code is None if kind != "cancel" else False, event.id, event, index)
            for event in above.below
            if event.task_spec.attached and event._state == WAITING
            for index, part in enumerate(event.task_spec.parts)
            if part.answers(kind, code)
        ]
        if not found:
            return False
        _, _, event, index = min(found, key=lambda entry: entry[:2])
        event.task_spec.happen(event, index)
        return True

    # ------------------------------------------------------------ the agenda

    def settle(self) -> None:
        """Runs everything that runs by itself, until the diagram is at rest."""
        steps = 0
        while True:
            while self.agenda:
                token = self.agenda.popleft()
                if token._state == READY:
                    steps += 1
                    if steps > MAX_STEPS:
                        raise StepBudgetSpent(
                            token.task_spec.bpmn_id or token.task_spec.name,
                            "Le diagramme tourne en rond sans jamais attendre personne.",
                        )
                    token.run()
            if not (self._close() or self._timers() or self._conditions() or self._joins()):
                return

    def _close(self) -> bool:
        closed = False
        for scope in list(self.subprocesses.values()):
            if not any(token.is_live for token in scope.tasks.values()):
                scope.completed = True
                del self.subprocesses[scope.owner.id]
                scope.owner._ready()
                closed = True
        if not any(token.is_live for token in self.tasks.values()):
            self.completed = True
        return closed

    def _timers(self) -> bool:
        now = self.context.now_ms
        due = [
            (moment, token.id, int(index))
            for token in self.armed.values()
            for index, moment in token.internal_data.get("due", {}).items()
            if moment <= now
        ]
        if not due:
            return False
        _, number, index = min(due)
        token = self.armed[number]
        token.task_spec.happen(token, index)
        return True

    def _conditions(self) -> bool:
        for token in sorted(self.armed.values(), key=lambda token: token.id):
            spec: Catching = token.task_spec
            for index, part in enumerate(spec.parts):
                if (
                    isinstance(part, Condition)
                    and index not in token.internal_data.get("seen", ())
                    and part.holds(token, index)
                ):
                    spec.happen(token, index)
                    return True
        return False

    def _joins(self) -> bool:
        return any(
            token.task_spec.recheck(token)
            for scope in self.scopes()
            for token in list(scope.tasks.values())
            if token._state == WAITING and token.task_spec.patient
        )


Scope: TypeAlias = DossierWorkflow | ScopeWorkflow


def _failed(token: Token, refusal: ExpressionRefused) -> ExpressionFailed:
    return ExpressionFailed(token.task_spec.bpmn_id or token.task_spec.name, refusal.message)
