"""How is an activity done several times? For each element of a list, or while a condition holds.

The loop's token holds one child token per instance. Loop variables (the element, its number, the
result) belong to the instance: they are in its token, not among the variables of the dossier.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults

from app.engine.errors import ExpressionFailed
from app.engine.expressions import Expression
from app.engine.spiff.flow import Flowing
from app.engine.spiff.task import STARTED, Token
from app.engine.values import Value, kind_of

MAX_INSTANCES = 1_000


@dataclass(frozen=True, slots=True)
class Repeat:
    """What the diagram says of a multi-instance activity."""

    items: Expression | None = None
    count: Expression | None = None
    element: str | None = None
    result: str | None = None
    results: str | None = None
    until: Expression | None = None


class Loop(Flowing):
    """What repeated activities share."""

    task_spec: str

    def locals_of(self, instance: Token) -> dict[str, Value]:
        """The variables that only this instance sees."""
        return {"loopCounter": instance.internal_data["i"]}

    def write_local(self, instance: Token, name: str, value: Value) -> bool:
        """Keeps the value in the instance when the name is one of its own."""
        return False

    def holds(self, child: Token) -> bool:
        """The child is one of the repetitions, not what follows the loop."""
        return bool(child.task_spec.name == self.task_spec)

    def give_up(self, my_task: Token, child: Token) -> None:
        """That repetition was taken away: the loop does not wait for it any more."""

    def spawn(self, my_task: Token, number: int, **memory: Value) -> None:
        """Starts one repetition."""
        child = my_task.child(self._wf_spec.task_specs[self.task_spec])
        child.internal_data = {"i": number, **memory}
        child.task_spec._update(child)


class StandardLoop(Loop, defaults.StandardLoopTask):
    """Again and again while the condition holds, up to a maximum."""

    condition: Expression | None

    def _update_hook(self, my_task: Token) -> bool:
        my_task.internal_data["done"] = 0
        if self.test_before and self._is_over(my_task):
            return True
        my_task._set_state(STARTED)
        self.spawn(my_task, 0)
        return False

    def child_done(self, my_task: Token, child: Token) -> None:
        if not self.holds(child):
            return
        my_task.internal_data["done"] += 1
        if self._is_over(my_task):
            my_task._ready()
        else:
            self.spawn(my_task, my_task.internal_data["done"])

    def give_up(self, my_task: Token, child: Token) -> None:
        my_task._ready()

    def _is_over(self, my_task: Token) -> bool:
        done = my_task.internal_data["done"]
        if self.maximum is not None and done >= self.maximum:
            return True
        if self.condition is None:
            return False
        return not my_task.dossier.evaluate(my_task, self.condition, {"loopCounter": done})


class _ForEach(Loop):
    repeat: Repeat

    def locals_of(self, instance: Token) -> dict[str, Value]:
        own = super().locals_of(instance)
        if self.repeat.element is not None:
            own[self.repeat.element] = instance.internal_data["item"]
        if self.repeat.result is not None and "out" in instance.internal_data:
            own[self.repeat.result] = instance.internal_data["out"]
        return own

    def write_local(self, instance: Token, name: str, value: Value) -> bool:
        where = {self.repeat.result: "out", self.repeat.element: "item"}.get(name)
        if where is None:
            return False
        instance.internal_data[where] = value
        return True

    def items(self, my_task: Token) -> list[Value]:
        """The elements to go through, read once when the activity begins."""
        dossier = my_task.dossier
        if self.repeat.items is not None:
            found = dossier.evaluate(my_task, self.repeat.items)
            if isinstance(found, Sequence) and not isinstance(found, str):
                items = list(found)
            else:
                raise self._fault(f"Une liste est attendue, pas {kind_of(found)}.")
        else:
            count = dossier.evaluate(my_task, self.repeat.count) if self.repeat.count else None
            if not isinstance(count, int) or isinstance(count, bool) or count < 0:
                raise self._fault("Un nombre de répétitions est attendu.")
            items = list(range(min(count, MAX_INSTANCES + 1)))
        if len(items) > MAX_INSTANCES:
            raise self._fault(f"Il y a plus de {MAX_INSTANCES} répétitions.")
        return items

    def _fault(self, sentence: str) -> ExpressionFailed:
        return ExpressionFailed(self.name, sentence)

    def _update_hook(self, my_task: Token) -> bool:
        items = self.items(my_task)
        my_task.internal_data = {"n": len(items), "done": 0}
        if not items:
            self._publish(my_task)
            return True
        my_task._set_state(STARTED)
        self.begin(my_task, items)
        return False

    def begin(self, my_task: Token, items: list[Value]) -> None:
        """Starts what may start."""

    def child_done(self, my_task: Token, child: Token) -> None:
        if not self.holds(child):
            return
        memory = my_task.internal_data
        memory["done"] += 1
        if self.repeat.results is not None:
            value = child.internal_data.get("out")
            memory.setdefault("out", []).append([child.internal_data["i"], value])
        self._go_on(my_task, child)

    def give_up(self, my_task: Token, child: Token) -> None:
        my_task.internal_data["n"] -= 1
        self._go_on(my_task, child)

    def _go_on(self, my_task: Token, child: Token) -> None:
        memory = my_task.internal_data
        if memory["done"] == memory["n"] or self._enough(my_task, child):
            for other in my_task.below:
                other.cancel()
            self._publish(my_task)
            my_task._ready()
        else:
            self.proceed(my_task)

    def proceed(self, my_task: Token) -> None:
        """One is done, others remain."""

    def _enough(self, my_task: Token, child: Token) -> bool:
        if self.repeat.until is None:
            return False
        memory = my_task.internal_data
        counts: Mapping[str, Value] = {
            "nrOfInstances": memory["n"],
            "nrOfCompletedInstances": memory["done"],
            "nrOfActiveInstances": sum(token.is_live for token in my_task.below),
        }
        return bool(my_task.dossier.evaluate(child, self.repeat.until, counts))

    def _publish(self, my_task: Token) -> None:
        if self.repeat.results is not None:
            pairs: list[Any] = sorted(
                my_task.internal_data.get("out", []), key=lambda pair: pair[0]
            )
            my_task.dossier.write(my_task, {self.repeat.results: [value for _, value in pairs]})


class ParallelForEach(_ForEach, defaults.ParallelMultiInstanceTask):
    """All the elements at once."""

    def begin(self, my_task: Token, items: list[Value]) -> None:
        for number, item in enumerate(items):
            self.spawn(my_task, number, item=item)


class SequentialForEach(_ForEach, defaults.SequentialMultiInstanceTask):
    """One element after the other."""

    def begin(self, my_task: Token, items: list[Value]) -> None:
        my_task.internal_data["items"] = items[1:]
        self.spawn(my_task, 0, item=items[0])

    def proceed(self, my_task: Token) -> None:
        item, *rest = my_task.internal_data["items"]
        my_task.internal_data["items"] = rest
        self.spawn(my_task, my_task.internal_data["done"], item=item)
