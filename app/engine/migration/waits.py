"""What becomes of what a token waits for? Instants are kept, or counted again from their start.

A part of an event is known by what it waits for (a message, a timer…), not by its rank. A timer
written the same keeps its instant; written otherwise, it is counted again from the day it was armed.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from app.engine.context import Context
from app.engine.spiff.events import Condition, EventGateway, Repetition, Timer
from app.engine.spiff.scopes import DossierWorkflow
from app.engine.spiff.task import Token
from app.engine.timers import Cycle, from_ms, parse_cycle, to_ms

#: The world as it was, or is, at an instant: `now`, and the functions that depend on it.
Contexts = Callable[[datetime], Context]
_Key = tuple[str, str, str, int]


class Waits:
    """What the tokens of one dossier go on waiting for; `notes` says what changes."""

    def __init__(self, dossier: DossierWorkflow, contexts: Contexts, now: datetime) -> None:
        self.dossier = dossier
        self.contexts = contexts
        self.now = now
        self.notes: list[str] = []

    def arm(self, token: Token, name: str) -> None:
        """A wait that only the new version knows begins now."""
        self._begin(token, range(len(token.task_spec.parts)), self.now)
        self.dossier.arm(token)
        self.notes.append(f"L’événement {name} est attendu à partir du changement de version.")

    def carry(self, old: Token, token: Token, name: str, leads: Callable[[int], str]) -> None:
        """The wait of an old token goes on; `leads` says where a way of it leads now."""
        before = _keys(old.task_spec, leads)
        after = _keys(token.task_spec, lambda flow: str(token.task_spec.ways[flow].target))
        memory = old.internal_data
        kept = {index: before.index(key) for index, key in enumerate(after) if key in before}
        fresh: list[int] = []
        for index, part in enumerate(token.task_spec.parts):
            if index not in kept:
                fresh.append(index)
                continue
            was = old.task_spec.parts[kept[index]]
            if _is_same(was, part):
                _copy(memory, kept[index], token, index)
            elif isinstance(part, Timer) and str(kept[index]) in memory.get("due", {}):
                self._count_again(memory, part, token, index, name)
        seen = [index for index, source in kept.items() if source in memory.get("seen", ())]
        if seen:
            token.internal_data["seen"] = seen
        if "since" in memory:
            token.internal_data["since"] = memory["since"]
        self._begin(token, fresh, self.now)
        self.dossier.arm(token)

    def _count_again(
        self, memory: dict[str, Any], part: Timer, token: Token, index: int, name: str
    ) -> None:
        since = from_ms(memory["since"]) if "since" in memory else self.now
        self._begin(token, [index], since)
        if isinstance(part, Repetition):
            _skip_missed(token, index, to_ms(self.now))
        start = "depuis son début" if "since" in memory else "depuis le changement de version"
        self.notes.append(
            f"L’échéance de {name} change\u00a0: elle est recomptée {start}, "
            f"d’après «\u00a0{part.expression}\u00a0»."
        )

    def _begin(self, token: Token, indexes: Any, at: datetime) -> None:  # noqa: ANN401 - any numbers
        self.dossier.use(self.contexts(at))
        for index in indexes:
            token.task_spec.parts[index].begin(token, index)
        self.dossier.use(self.contexts(self.now))


def _keys(spec: Any, leads: Callable[[int], str]) -> list[_Key]:  # noqa: ANN401 - Spiff is untyped
    """What tells the parts of an event apart: where they lead, what they wait for, which one."""
    found: list[_Key] = []
    count: Counter[tuple[str, str, str]] = Counter()
    for index, part in enumerate(spec.parts):
        target = leads(spec.followed[index]) if isinstance(spec, EventGateway) else ""
        name = str(part.name) if part.kind in {"message", "signal"} else ""
        found.append((target, part.kind, name, count[target, part.kind, name]))
        count[target, part.kind, name] += 1
    return found


def _is_same(was: Any, part: Any) -> bool:  # noqa: ANN401 - the same
    if type(was) is not type(part):
        return False
    if isinstance(part, Timer):
        return bool(was.expression == part.expression)
    if isinstance(part, Condition):
        return bool(was.condition == part.condition)
    return True


def _copy(memory: dict[str, Any], source: int, token: Token, index: int) -> None:
    for name in ("due", "cycle"):
        if str(source) in memory.get(name, {}):
            token.internal_data.setdefault(name, {})[str(index)] = memory[name][str(source)]
    if source in memory.get("held", ()):
        token.internal_data.setdefault("held", []).append(index)


def _skip_missed(token: Token, index: int, now_ms: int) -> None:
    """A cycle counted again from the past goes on at its next occurrence, or its last one."""
    written, first, _ = token.internal_data["cycle"][str(index)]
    cycle: Cycle = parse_cycle(written)
    moment, passed = first, 1
    while moment <= now_ms and (cycle.count is None or passed < cycle.count):
        moment = to_ms(cycle.every.after(from_ms(first), passed))
        passed += 1
    token.internal_data["due"][str(index)] = moment
    token.internal_data["cycle"][str(index)] = [written, first, passed]
