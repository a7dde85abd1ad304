"""What may an administrator do to a running dossier? Six repairs, written down as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.engine.values import Value
from app.engine.variables import dump_values, load_values


class RepairKind(StrEnum):
    """The repairs."""

    MOVE = "move"  #: From where it stands to another step
    CANCEL = "cancel"  #: Takes a step, a branch or one instance away
    REDO = "redo"  #: Opens a completed step again
    SKIP = "skip"  #: Completes a step without its form
    FIRE = "fire"  #: Makes a date come now
    RESCHEDULE = "reschedule"  #: Puts a date off, or forward


#: Those that leave the choice of what else must be cancelled.
OPENS = frozenset({RepairKind.MOVE, RepairKind.REDO})


@dataclass(frozen=True, slots=True)
class Repair:
    """One repair of one dossier; tokens are the engine's numbers, as in `Snapshot`."""

    kind: RepairKind
    #: What is moved, cancelled, skipped, or the node whose date changes.
    tokens: tuple[int, ...] = ()
    #: The node to open (its id in the diagram).
    target: str = ""
    #: Routing variables to set before anything else.
    variables: Mapping[str, Value] = field(default_factory=dict)
    #: Which of the dates of the node, when it waits for several things.
    part: int = 0
    #: The new date (UTC).
    due_at: datetime | None = None
    #: Other tokens that go, so that the procedure stays sound; see `ways`.
    beside: tuple[int, ...] = ()
    #: Joins no longer wait for what cannot come any more.
    fills: bool = False

    def to_json(self) -> dict[str, Any]:
        """The repair as a proposal or the journal keeps it."""
        return {
            "kind": self.kind.value,
            "tokens": list(self.tokens),
            "target": self.target,
            "variables": dump_values(self.variables),
            "part": self.part,
            "due_at": self.due_at.isoformat() if self.due_at else None,
            "beside": list(self.beside),
            "fills": self.fills,
        }

    @classmethod
    def from_json(cls, written: Mapping[str, Any]) -> "Repair":
        """The repair that `to_json` wrote."""
        due_at = written.get("due_at")
        return cls(
            kind=RepairKind(written["kind"]),
            tokens=tuple(written.get("tokens", ())),
            target=str(written.get("target", "")),
            variables=load_values(written.get("variables", {})),
            part=int(written.get("part", 0)),
            due_at=datetime.fromisoformat(due_at) if due_at else None,
            beside=tuple(written.get("beside", ())),
            fills=bool(written.get("fills", False)),
        )
