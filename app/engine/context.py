"""What does the engine need from outside for one action? The instant, the facts, the tables."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from app.engine.clock import time_functions
from app.engine.errors import EngineFault
from app.engine.values import Function, Value

_NOTHING: Mapping[str, Value] = {}
_NO_FUNCTIONS: Mapping[str, Function] = {}


class Decide(Protocol):
    """Gives the outputs of a decision table for these facts and variables."""

    def __call__(self, decision: str, facts: Mapping[str, Value], /) -> Mapping[str, Value]: ...


def refuse_decisions(decision: str, _facts: Mapping[str, Value], /) -> Mapping[str, Value]:
    """The default: this run knows no decision table."""
    raise EngineFault("", f"La table de décision « {decision} » n’est pas fournie.")


@dataclass(frozen=True)
class Context:
    """The world of one action: `now` is aware; facts are read by expressions, never stored."""

    now: datetime
    facts: Mapping[str, Value] = field(default_factory=lambda: _NOTHING)
    functions: Mapping[str, Function] = field(default_factory=lambda: _NO_FUNCTIONS)
    decide: Decide = refuse_decisions

    def __post_init__(self) -> None:
        if self.now.tzinfo is None:
            raise ValueError("now must be aware")

    @property
    def now_ms(self) -> int:
        """The instant in whole milliseconds since 1970, as timers are stored."""
        return int(self.now.timestamp() * 1000)

    def callable_functions(self) -> dict[str, Function]:
        """Every function an expression may call: those of time, then the caller's."""
        return {**time_functions(self.now), **self.functions}
