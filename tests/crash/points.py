"""Where may a process be killed? At named points, reached from outside the code that runs.

A trap listens to SQLAlchemy (statements, beginnings, commits) and stands around the engine; when
the point it was set for is reached, the process kills itself with the signal nobody can catch.
"""

import os
import re
import signal
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, event

from app.actions import move
from app.database import READ_ONLY
from app.engine.context import Context
from app.engine.parse import Definition
from app.engine.run import Run, Snapshot

_STATEMENTS = 20
#: What a completion goes through, in order; every tenth kill or so falls on each.
NAMED = (
    "before begin",
    "after begin",
    "after SELECT dossier_process",
    "after resume",
    "after UPDATE task",
    "after INSERT answer",
    "after move",
    "after snapshot",
    "after INSERT task",
    "after INSERT journal",
    "after INSERT pending_dispatch",
    "before UPDATE dossier_process",
    "after UPDATE dossier_process",
    "before commit",
    "after commit",
)
#: Every statement of a transaction, whatever it does.
NUMBERED = tuple(f"before statement {number}" for number in range(1, _STATEMENTS + 1))
POINTS = NAMED + NUMBERED
#: What the planning of a mail goes through.
MAIL_POINTS = (
    "after begin",
    "after SELECT pending_dispatch",
    "before INSERT mail",
    "after INSERT mail",
    "before DELETE pending_dispatch",
    "after DELETE pending_dispatch",
    "before commit",
    "after commit",
)
_VERB = re.compile(
    r"(?:(INSERT) INTO|(UPDATE)|(DELETE) FROM|(SELECT)\b.*?\bFROM)\s+(\w+)", re.DOTALL
)


@dataclass
class Trap:
    """Kills its own process when `point` is reached, once `is_set`."""

    point: str | None = None
    is_set: bool = False
    _number: int = 0
    _is_writing: bool = field(default=False)

    def reach(self, point: str) -> None:
        """The process is at this point."""
        if self.is_set and point == self.point:
            os.kill(os.getpid(), signal.SIGKILL)

    def listen(self, engine: Engine) -> None:
        """Watch every statement of the transactions that write."""
        event.listen(engine, "begin", self._begin)
        event.listen(engine, "before_cursor_execute", self._before)
        event.listen(engine, "after_cursor_execute", self._after)
        event.listen(engine, "commit", self._commit)
        event.listen(engine, "rollback", self._end)

    def watch_engine(self) -> None:
        """Stand around what the process engine does in a movement."""
        trap = self

        class WatchedRun(Run):
            """The engine, with a point at each of its boundaries."""

            @classmethod
            def resume(cls, definition: Definition, state: bytes, context: Context) -> Run:
                run = super().resume(definition, state, context)
                trap.reach("after resume")
                return run

            def _finish(self, *told: Any) -> None:
                super()._finish(*told)
                trap.reach("after move")

            def snapshot(self) -> Snapshot:
                taken = super().snapshot()
                trap.reach("after snapshot")
                return taken

        replace(move, "Run", WatchedRun)

    def _begin(self, connection: Connection) -> None:
        self._number = 0
        self._is_writing = not connection.get_execution_options().get(READ_ONLY)
        if self._is_writing:
            self.reach("after begin")

    def _before(self, *told: Any) -> None:
        if self._is_writing:
            self._number += 1
            self.reach(f"before statement {self._number}")
            self.reach(f"before {named(told[2])}")

    def _after(self, *told: Any) -> None:
        if self._is_writing:
            self.reach(f"after {named(told[2])}")

    def _commit(self, _connection: Connection) -> None:
        if self._is_writing:
            self.reach("before commit")
        self._is_writing = False

    def _end(self, _connection: Connection) -> None:
        self._is_writing = False


def named(statement: str) -> str:
    """A statement by its verb and its table: `INSERT journal`."""
    found = _VERB.match(statement.lstrip())
    return " ".join(part for part in found.groups() if part) if found else statement


def replace(place: Any, name: str, value: object) -> None:
    """Put something else in a module or a class, in this process only."""
    setattr(place, name, value)
