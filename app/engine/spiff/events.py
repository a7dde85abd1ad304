"""How are events awaited and thrown? SpiffWorkflow's events, on our clock and by name.

A catching node has one or several parts (message, signal, timer, condition…). Which part is due is
kept in the token's `internal_data`: `due` (milliseconds), `cycle`, `seen` and `held`, by part;
`since` is when the wait began, from which another version of the diagram counts its own delay.
"""

from collections.abc import Sequence
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.conditional import ConditionalEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import (
    ErrorEventDefinition,
    EscalationEventDefinition,
    SignalEventDefinition,
)
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import (
    CancelEventDefinition,
    NoneEventDefinition,
    TerminateEventDefinition,
)
from SpiffWorkflow.bpmn.specs.event_definitions.timer import (
    CycleTimerEventDefinition,
    TimerEventDefinition,
)

from app.engine.errors import ExpressionFailed
from app.engine.expressions import Expression
from app.engine.spiff.flow import Flowing
from app.engine.spiff.task import READY, WAITING, Token, Way
from app.engine.timers import Cycle, due, from_ms, parse_cycle, to_ms
from app.engine.values import Trouble


class Awaited(EventDefinition):
    """One thing a node may wait for; `kind` and `name` say which."""

    kind = "none"
    #: Attached without interrupting, it may happen again while its activity lasts.
    recurs = True

    def begin(self, my_task: Token, index: int) -> None:
        """What to remember when the wait begins."""

    def holds(self, my_task: Token, index: int) -> bool:
        """Whether it has come true by itself."""
        return False

    def again(self, my_task: Token, index: int) -> dict[str, Any] | None:
        """What to remember for the next wait, or None when there is none."""
        return {} if self.recurs else None

    def answers(self, kind: str, name: str | None) -> bool:
        """Whether this occurrence is the one awaited."""
        return self.kind == kind and self.name == name


class Message(Awaited, MessageEventDefinition):
    """A message, by its name."""

    kind = "message"


class Signal(Awaited, SignalEventDefinition):
    """A signal, by its name."""

    kind = "signal"


class _Coded(Awaited):
    def answers(self, kind: str, name: str | None) -> bool:
        return self.kind == kind and self.code in {None, name}


class Error(_Coded, ErrorEventDefinition):
    """An error, by its code; without a code, any error."""

    kind = "error"


class Escalation(_Coded, EscalationEventDefinition):
    """An escalation, by its code; without a code, any."""

    kind = "escalation"


class Cancel(Awaited, CancelEventDefinition):
    """The cancellation of a transaction."""

    kind = "cancel"


class Terminate(Awaited, TerminateEventDefinition):
    """The end of everything in the scope."""

    kind = "terminate"


class Condition(Awaited, ConditionalEventDefinition):
    """A condition on the variables and facts; happens each time it becomes true."""

    kind = "condition"

    def __init__(self, condition: Expression) -> None:
        super().__init__(condition.source)
        self.condition = condition

    def holds(self, my_task: Token, index: int) -> bool:
        dossier = my_task.dossier
        # Before its variables exist, a condition is simply not true yet.
        known = self.condition.names <= dossier.names(my_task).keys()
        true = known and bool(dossier.evaluate(my_task, self.condition))
        held: list[int] = my_task.internal_data.get("held", [])
        if index not in held:
            return true
        if not true:
            my_task.internal_data["held"] = [other for other in held if other != index]
        return False

    def again(self, my_task: Token, index: int) -> dict[str, Any] | None:
        return {"held": [index]}


class Timer(Awaited, TimerEventDefinition):
    """An instant or a duration."""

    kind = "timer"
    recurs = False

    def __init__(self, name: str, written: str, expression: Expression | None) -> None:
        super().__init__(name, written)
        self.computed = expression

    def value(self, my_task: Token) -> object:
        """What the timer says now: its text, or the result of its expression."""
        if self.computed is None:
            return self.expression
        return my_task.dossier.evaluate(my_task, self.computed)

    def begin(self, my_task: Token, index: int) -> None:
        try:
            dossier = my_task.dossier
            working_days = dossier.functions.get("working_days")
            moment = due(self.value(my_task), dossier.context.now, working_days)
        except (Trouble, ValueError, OverflowError) as trouble:
            raise _no_instant(my_task, trouble) from None
        my_task.internal_data.setdefault("due", {})[str(index)] = to_ms(moment)
        my_task.internal_data["since"] = to_ms(my_task.dossier.context.now)


class Repetition(Timer, CycleTimerEventDefinition):
    """A cycle; after an outage, the occurrences missed count as one."""

    def begin(self, my_task: Token, index: int) -> None:
        now = my_task.dossier.context.now
        try:
            written = str(self.value(my_task))
            cycle = parse_cycle(written)
            first = cycle.start or cycle.every.after(now)
        except (Trouble, ValueError, OverflowError) as trouble:
            raise _no_instant(my_task, trouble) from None
        my_task.internal_data.setdefault("due", {})[str(index)] = to_ms(first)
        my_task.internal_data["since"] = to_ms(now)
        # [text, first occurrence, occurrences passed]
        my_task.internal_data.setdefault("cycle", {})[str(index)] = [written, to_ms(first), 1]

    def again(self, my_task: Token, index: int) -> dict[str, Any] | None:
        written, first, passed = my_task.internal_data["cycle"][str(index)]
        cycle, now_ms = parse_cycle(written), my_task.dossier.context.now_ms
        moment = _occurrence(cycle, first, passed)
        while _left(cycle, passed) and moment <= now_ms:
            passed += 1
            moment = _occurrence(cycle, first, passed)
        if not _left(cycle, passed):
            return None
        return {
            "due": {str(index): moment},
            "cycle": {str(index): [written, first, passed + 1]},
            "since": my_task.internal_data.get("since", first),
        }


def _left(cycle: Cycle, passed: int) -> bool:
    return cycle.count is None or passed < cycle.count


def _occurrence(cycle: Cycle, first: int, number: int) -> int:
    return to_ms(cycle.every.after(from_ms(first), number))


def _no_instant(my_task: Token, trouble: Exception) -> ExpressionFailed:
    reason = (
        trouble.reason if isinstance(trouble, Trouble) else "la date est hors du calendrier"
    )
    return ExpressionFailed(
        my_task.task_spec.bpmn_id, f"L’échéance ne se calcule pas : {reason}."
    )


class Catching(Flowing):
    """A node that waits for one of its parts, or for all of them."""

    event_definition: EventDefinition
    all_of = False

    @property
    def parts(self) -> Sequence[Any]:
        """What is awaited; nothing means the node is passed at once."""
        if isinstance(self.event_definition, NoneEventDefinition):
            return ()
        if isinstance(self.event_definition, MultipleEventDefinition):
            return self.event_definition.event_definitions  # type: ignore[no-any-return]  # Spiff is untyped
        return (self.event_definition,)

    def _update_hook(self, my_task: Token) -> bool:
        parts = self.parts
        if not parts:
            return True
        for index, part in enumerate(parts):
            part.begin(my_task, index)
        self.wait(my_task)
        return False

    def wait(self, my_task: Token) -> None:
        """The token stands here until something happens."""
        my_task._set_state(WAITING)
        my_task.dossier.arm(my_task)

    def happen(self, my_task: Token, index: int) -> None:
        """That part has happened."""
        if my_task._state != WAITING:
            return
        seen = {index, *my_task.internal_data.get("seen", ())}
        if self.all_of and len(seen) < len(self.parts):
            my_task.internal_data["seen"] = sorted(seen)
            my_task.internal_data.get("due", {}).pop(str(index), None)
            return
        my_task.internal_data["by"] = index
        my_task._ready()

    def _on_ready_hook(self, my_task: Token) -> None:
        my_task.dossier.disarm(my_task)

    def _on_cancel(self, my_task: Token) -> None:
        my_task.dossier.disarm(my_task)

    def _run_hook(self, my_task: Token) -> bool:
        index = my_task.internal_data.get("by")
        above = my_task.above
        if index is not None and above is not None and self.may_recur(my_task, index, above):
            remembered = self.parts[index].again(my_task, index)
            if remembered is not None or self._others(my_task, index):
                again = above.child(self)
                again.internal_data = _still_awaited(
                    my_task.internal_data, index, remembered or {}
                )
                self.wait(again)
        return True

    def _others(self, my_task: Token, index: int) -> bool:
        """Whether another of several parts may still happen, when that one will not again."""
        due = my_task.internal_data.get("due", {})
        return not self.all_of and any(
            part.kind != "timer" or str(number) in due
            for number, part in enumerate(self.parts)
            if number != index
        )

    def may_recur(self, my_task: Token, index: int, above: Token) -> bool:
        """In the flow, only a cycle happens more than once."""
        return isinstance(self.parts[index], Repetition)


def _still_awaited(
    memory: dict[str, Any], index: int, remembered: dict[str, Any]
) -> dict[str, Any]:
    """What to remember when one of several parts has happened: the others are still awaited."""
    kept = dict(remembered)
    for kind in ("due", "cycle"):
        others = {part: one for part, one in memory.get(kind, {}).items() if part != str(index)}
        if others:
            kept[kind] = {**others, **kept.get(kind, {})}
    held = sorted({*memory.get("held", ()), *kept.get("held", ())})
    return {**kept, "held": held} if held else kept


class StartEvent(Catching, defaults.StartEvent):
    """A start event; those that wait for something were rewritten as catching events."""


class CatchEvent(Catching, defaults.IntermediateCatchEvent):
    """An intermediate event that is awaited, or a start event that is."""


class ReceiveTask(Catching, defaults.ReceiveTask):
    """A task that waits for a message."""


class BoundaryEvent(Catching, defaults.BoundaryEvent):
    """An event attached to an activity; without interrupting, it stays awaited."""

    attached = True
    #: It stands for an interrupting event sub-process: everything else in the scope stops.
    interrupts_scope = False

    def _on_ready_hook(self, my_task: Token) -> None:
        super()._on_ready_hook(my_task)
        if not self.cancel_activity:
            return
        if self.interrupts_scope:
            others = [
                token for token in my_task.workflow.tasks.values() if token is not my_task
            ]
        else:
            above = my_task.above
            siblings = above.below if above is not None else []
            # An event attached that has already happened keeps its way.
            others = [
                token
                for token in siblings
                if token is not my_task
                and not (token.task_spec.attached and token._state == READY)
            ]
        for token in others:
            token.cancel()

    def may_recur(self, my_task: Token, index: int, above: Token) -> bool:
        hosts = (child for child in above.below if not child.task_spec.attached)
        return not self.cancel_activity and any(host.is_live for host in hosts)


class EventGateway(Catching, defaults.EventBasedGateway):
    """Waits for the first of the events that follow it."""

    def __init__(self, wf_spec: Any, bpmn_id: str, **options: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **options)
        self.followed: list[int] = []

    def connect(self, taskspec: Any, way: Way | None = None) -> None:
        """The event's definition moves here: the event itself is then passed at once."""
        Flowing.connect(self, taskspec, way)
        awaited = taskspec.parts
        self.event_definition.event_definitions.extend(awaited)
        self.followed.extend(len(self.ways) - 1 for _part in awaited)
        taskspec.event_definition = NoneEventDefinition()

    def _run_hook(self, my_task: Token) -> bool:
        my_task.taken = (self.ways[self.followed[my_task.internal_data["by"]]],)
        return True


class Throwing(Flowing):
    """A node that makes something happen elsewhere."""

    event_definition: EventDefinition

    def _run_hook(self, my_task: Token) -> bool:
        definition = self.event_definition
        several = isinstance(definition, MultipleEventDefinition)
        for part in definition.event_definitions if several else (definition,):
            my_task.dossier.throw(my_task, part)
        return True


class ThrowEvent(Throwing, defaults.IntermediateThrowEvent):
    """An intermediate event that is thrown."""


class SendTask(Throwing, defaults.SendTask):
    """A task that sends a message."""


class EndEvent(Throwing, defaults.EndEvent):
    """The end of one path; `terminate` and `cancel` end the whole scope."""

    def _on_complete_hook(self, my_task: Token) -> None:
        definition = self.event_definition
        if isinstance(definition, Terminate | Cancel):
            my_task.dossier.end_scope(my_task, cancelled=isinstance(definition, Cancel))
