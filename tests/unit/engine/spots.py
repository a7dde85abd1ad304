"""What stands where in the token reference? Spots on nodes, in the rooms of processes under way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.engine.timers import Cycle
from tests.unit.engine.graph import Graph, Node, Part

PEOPLE = frozenset({"userTask", "manualTask"})
JOBS = frozenset({"serviceTask"})
JOINS = frozenset({"parallelGateway", "inclusiveGateway"})
SCOPES = frozenset({"subProcess", "transaction", "callActivity"})
Decide = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]


@dataclass(eq=False)
class Spot:
    """Something that stands at a node: a token, an activity under way, an event awaited."""

    node: Node
    room: "Room"
    number: int
    #: queued (goes on by itself), open (for somebody), waiting, busy (with what it holds), gone
    state: str = "queued"
    via: str = ""
    #: For an event: the activity it is attached to. For an event sub-process: its own room.
    watches: "Spot | Room | None" = None
    attached: list["Spot"] = field(default_factory=list)
    loop: "Spot | None" = None
    repeats: list["Spot"] = field(default_factory=list)
    inside: "Room | None" = None
    parts: list[Part] = field(default_factory=list)
    at: dict[int, datetime] = field(default_factory=dict)
    cycle: dict[int, tuple[Cycle, datetime, int]] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    held: set[int] = field(default_factory=set)
    by: int | None = None
    #: The node is passed without looking at its events: they have happened already.
    passed: bool = False
    rank: int = 0
    own: dict[str, Any] = field(default_factory=dict)
    items: list[Any] = field(default_factory=list)
    done: int = 0
    results: dict[int, Any] = field(default_factory=dict)
    #: It belongs to an event sub-process, beside the normal course of its room.
    aside: bool = False


@dataclass(eq=False)
class Room:
    """One process or sub-process under way."""

    graph: Graph
    owner: Spot | None
    spots: list[Spot] = field(default_factory=list)
    watch: list[Spot] = field(default_factory=list)

    @property
    def course(self) -> list[Spot]:
        return [spot for spot in self.spots if not spot.aside]


class TurnsRound(Exception):
    """Something calls itself back without waiting for anybody: a signal, most often."""


#: What one action may move before that is said.
MAX_MOVES = 3_000
