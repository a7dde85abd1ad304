"""How does a token go through tasks and gateways? SpiffWorkflow's nodes, with the joins of BPMN.

Each node subclasses SpiffWorkflow's; `Flowing` replaces the predicted tree by the ways out of the
node, taken when it is left. Defects cured here are listed in docs/spiffworkflow.md.
"""

from collections import Counter, deque
from collections.abc import Iterable
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.control import BpmnStartTask, SimpleBpmnTask
from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin
from SpiffWorkflow.specs.base import TaskSpec

from app.engine.context import Context
from app.engine.errors import EngineFault
from app.engine.expressions import Expression, Script
from app.engine.spiff.task import WAITING, Token, Way
from app.engine.values import Value


class Flowing(BpmnTaskSpec):
    """What every node of ours shares: no prediction, one shared set of variables."""

    ways: tuple[Way, ...] = ()
    #: The node it stands in for, when it was added by the rewriting of the diagram.
    alias: str | None = None
    #: The node must be looked at again when everything else has come to rest.
    patient = False
    #: It is an event attached to an activity.
    attached = False
    #: Nobody drew it: a token goes through it while entering or leaving what is drawn.
    undrawn = False

    def connect(self, taskspec: Any, way: Way | None = None) -> None:
        TaskSpec.connect(self, taskspec)
        self.ways = (*self.ways, way or Way("", taskspec.name))

    def _predict(self, *_args: Any, **_options: Any) -> None:
        """Nothing is predicted: children are created when the node is left."""

    def _update(self, my_task: Token) -> None:
        if self._update_hook(my_task):
            my_task._ready()

    def _update_hook(self, my_task: Token) -> bool:
        return True

    def _on_ready(self, my_task: Token) -> None:
        self._on_ready_hook(my_task)
        if self.undrawn:
            my_task.run()

    def _on_ready_hook(self, my_task: Token) -> None:
        """For the nodes that do something on becoming ready."""

    def _run_hook(self, my_task: Token) -> bool:
        return True

    def _on_cancel(self, my_task: Token) -> None:
        """For the nodes that hold something open."""

    def _on_complete(self, my_task: Token) -> None:
        self._on_complete_hook(my_task)
        above = my_task.above
        if above is not None:
            above.task_spec.child_done(above, my_task)
        taken = self.ways if my_task.taken is None else my_task.taken
        my_task.dossier.trace.append((self, tuple(way.flow for way in taken)))
        specs = self._wf_spec.task_specs
        for way in taken:
            child = my_task.child(specs[way.target])
            child.task_spec._update(child)

    def _on_complete_hook(self, my_task: Token) -> None:
        """For the nodes that do something on being left."""

    def holds(self, child: Token) -> bool:
        """Whether that token cannot do without the one above it."""
        return False

    def child_done(self, my_task: Token, child: Token) -> None:
        """For the nodes that hold others: one of them is finished."""

    def recheck(self, my_task: Token) -> bool:
        """Whether a patient node goes on, now that the rest of the diagram is at rest."""
        return False


class Start(Flowing, BpmnStartTask):
    """The invisible origin of a scope."""

    undrawn = True


class Split(Flowing, SimpleBpmnTask):
    """Holds an activity and the events attached to it."""

    undrawn = True

    def holds(self, child: Token) -> bool:
        return True

    def child_done(self, my_task: Token, child: Token) -> None:
        """Events attached to a finished activity are no longer awaited."""
        if not child.task_spec.attached:
            for sibling in my_task.below:
                if sibling._state == WAITING and sibling.task_spec.attached:
                    sibling.cancel()


class UserTask(Flowing, defaults.UserTask):
    """A step for a person."""


class ManualTask(Flowing, defaults.ManualTask):
    """A step done outside the application, and ticked off."""


class PassTask(Flowing, defaults.NoneTask):
    """A task without a type: BPMN says it is passed at once."""

    def __init__(self, wf_spec: Any, bpmn_id: str, **options: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **options)
        self.manual = False


class JobTask(Flowing, defaults.ServiceTask):
    """A service task: it waits until somebody outside has done the job."""

    topic = ""

    def __init__(self, wf_spec: Any, bpmn_id: str, **options: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **options)
        self.manual = True


class ScriptTask(Flowing, BpmnSpecMixin):
    """Assignments to variables, in the closed language of expressions."""

    program: Script

    def _run_hook(self, my_task: Token) -> bool:
        my_task.dossier.run_script(my_task, self.program)
        return True


class RuleTask(Flowing, BpmnSpecMixin):
    """A business rule: asks a decision table outside the engine."""

    decision = ""
    result_variable: str | None = None

    def _run_hook(self, my_task: Token) -> bool:
        dossier = my_task.dossier
        context: Context = dossier.context
        outputs = dict(context.decide(self.decision, dossier.names(my_task)))
        if self.result_variable is not None:
            only: Value = next(iter(outputs.values())) if len(outputs) == 1 else outputs
            outputs = {self.result_variable: only}
        dossier.write(my_task, outputs)
        return True


class _Gateway(Flowing):
    def is_true(self, my_task: Token, condition: Expression | None) -> bool:
        return condition is not None and bool(my_task.dossier.evaluate(my_task, condition))

    def otherwise(self) -> tuple[Way, ...]:
        chosen = tuple(way for way in self.ways if way.default)
        if not chosen:
            raise EngineFault(
                self.name, "Aucune condition n’est vraie et il n’y a pas de chemin par défaut."
            )
        return chosen


class ExclusiveGateway(_Gateway, defaults.ExclusiveGateway):
    """One way out: the first whose condition is true, in the order of the file."""

    def _run_hook(self, my_task: Token) -> bool:
        for way in self.ways:
            if not way.default and self.is_true(my_task, way.condition):
                my_task.taken = (way,)
                return True
        my_task.taken = self.otherwise()
        return True


class _Join(_Gateway):
    def arrived(self, my_task: Token) -> list[Token]:
        tokens: Iterable[Token] = my_task.workflow.tasks.values()
        return [
            token for token in tokens if token.task_spec is self and token._state == WAITING
        ]

    def arrive(self, my_task: Token) -> None:
        above = my_task.above
        my_task.internal_data["from"] = above.task_spec.name if above is not None else ""
        my_task._set_state(WAITING)


class ParallelGateway(_Join, defaults.ParallelGateway):
    """Goes on when one token has come by each flow; more tokens wait for the next round."""

    def _update_hook(self, my_task: Token) -> bool:
        if len(self._inputs) < 2:
            return True
        self.arrive(my_task)
        return self.gathers(my_task)

    def gathers(self, my_task: Token) -> bool:
        """Whether a token waits for each flow; those that came with this one are then taken away."""
        missing: Counter[str] = Counter(self._inputs)
        used = []
        for token in self.arrived(my_task):
            if missing[token.internal_data["from"]] > 0:
                missing[token.internal_data["from"]] -= 1
                used.append(token)
        if any(missing.values()):
            return False
        for token in used:
            if token is not my_task:
                token.cancel()
        my_task.internal_data.clear()
        return True


class InclusiveGateway(_Join, defaults.InclusiveGateway):
    """Takes every way whose condition is true; as a join, waits for whoever can still come."""

    patient = True

    def _update_hook(self, my_task: Token) -> bool:
        if len(self._inputs) < 2:
            return True
        self.arrive(my_task)
        return False

    def recheck(self, my_task: Token) -> bool:
        tokens = self.arrived(my_task)
        filled = {token.internal_data["from"] for token in tokens}
        empty = [name for name in self._inputs if name not in filled]
        if empty and self._somebody_can_come(my_task, filled, empty):
            return False
        first: dict[str, Token] = {}
        for token in tokens:
            first.setdefault(token.internal_data["from"], token)
        for token in first.values():
            if token is not my_task:
                token.cancel()
        my_task.internal_data.clear()
        my_task._ready()
        return True

    def _somebody_can_come(self, my_task: Token, filled: set[str], empty: list[str]) -> bool:
        # BPMN 2.0, 13.4.3: a token elsewhere holds the join back when it can reach an empty
        # flow and no flow where a token already waits.
        to_empty, to_filled = self._upstream(empty), self._upstream(filled)
        everywhere: Iterable[Token] = my_task.workflow.tasks.values()
        return any(
            token.task_spec.name in to_empty and token.task_spec.name not in to_filled
            for token in everywhere
            if token.is_live and token.task_spec is not self
        )

    def _upstream(self, names: Iterable[str]) -> set[str]:
        specs = self._wf_spec.task_specs
        seen = set(names)
        queue = deque(seen)
        while queue:
            for name in specs[queue.popleft()]._inputs:
                if name not in seen and name != self.name:
                    seen.add(name)
                    queue.append(name)
        return seen

    def _run_hook(self, my_task: Token) -> bool:
        true = tuple(
            way for way in self.ways if not way.default and self.is_true(my_task, way.condition)
        )
        my_task.taken = true or self.otherwise()
        return True
