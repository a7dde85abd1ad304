"""What does a repair keep from happening? The steps jumped over, and what each of them would have done."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from app.actions.movement import Move
from app.actions.repair_money import EFFECTS
from app.catalogue.naming import node_name
from app.catalogue.service_tasks import SERVICES
from app.engine.elements import Node
from app.engine.repair import OPENS, Jumped, Repair, RepairKind, jumped, still_ahead
from app.models.base import Json

_STEPS = frozenset({"userTask", "manualTask", "task"})
_RUNS = frozenset({"serviceTask", "scriptTask", "businessRuleTask", "sendTask"})
_WAITS = frozenset({"intermediateCatchEvent", "receiveTask"})


@dataclass(frozen=True)
class Unheard:
    """What will not happen because of a repair."""

    over: Jumped
    #: The names journal entries would have been called by: `passed:SendReceipt`…
    signals: tuple[str, ...]
    #: Those that something still ahead may give again.
    awaited: frozenset[str]
    #: The nodes where the dossier may still go.
    ahead: frozenset[str]


def unheard(
    move: Move, repair: Repair, left: Collection[str], standing: Collection[str]
) -> Unheard:
    """What would have happened to the nodes that are left and to those jumped over.

    `standing` are the nodes where the dossier stands once it is repaired.
    """
    definition = move.type.definition
    over = jumped(definition, left, repair.target) if repair.kind in OPENS else Jumped()
    ahead = still_ahead(definition, standing)
    signals = [
        f"{moment}:{node}"
        for node in over.surely
        for moment in ("opened", "passed", "completed")
        if node not in ahead
    ]
    if repair.kind is RepairKind.SKIP:
        signals += [f"completed:{node}" for node in left]
    elif repair.kind in OPENS or repair.kind is RepairKind.CANCEL:
        signals += [
            f"{moment}:{node}"
            for node in left
            for moment in ("passed", "completed")
            if node not in ahead
        ]
    awaited = {f"{moment}:{node}" for node in ahead for moment in ("passed", "completed")}
    awaited |= {f"opened:{node}" for node in ahead if node not in standing}
    return Unheard(over, tuple(signals), frozenset(awaited), ahead)


def jumped_over(move: Move, lost: Unheard) -> Json:
    """The steps jumped over as a plan keeps them."""
    nodes = move.type.definition.nodes
    surely = [nodes[one] for one in lost.over.surely]
    return {
        "steps": [_step(move, one) for one in surely if one.kind in _STEPS],
        "perhaps": [
            _name(move, nodes[one]) for one in lost.over.perhaps if nodes[one].kind in _STEPS
        ],
        "runs": [_name(move, one) for one in surely if one.kind in _RUNS],
        "waits": [_name(move, one) for one in surely if one.kind in _WAITS],
        "signals": list(lost.signals),
        "missing": list(_missing(move, lost)),
    }


def money_not_written(move: Move, lost: Unheard) -> list[str]:
    """The steps jumped over that would have written money or a decision."""
    pack, nodes = move.type.pack, move.type.definition.nodes
    return [
        _name(move, nodes[one])
        for one in lost.over.surely
        if pack.step(one).effect in EFFECTS or _engages(nodes[one])
    ]


def _engages(node: Node) -> bool:
    """Automatic steps that only take a status at the end of a dossier write no money on the way."""
    topic = node.extensions.get("topic", "")
    service = SERVICES.get(topic)
    return service is not None and service.touches_money and topic != "record_status"


def _missing(move: Move, lost: Unheard) -> Iterator[list[str]]:
    """The questions nobody will have answered, though the way that is left depends on them."""
    pack, flows = move.type.pack, move.type.definition.flows
    known = move.run.peek(lambda dossier: set(dossier.variables))
    conditions = [one.condition for one in flows if one.condition and one.source in lost.ahead]
    for node in lost.over.surely:
        for field in pack.step(node).fields:
            name = field.variable
            if name and name not in known and _is_read(name, conditions):
                yield [field.label.fr, node_name(move.type, node)]


def _is_read(name: str, conditions: Collection[str]) -> bool:
    return any(re.search(rf"\b{re.escape(name)}\b", one) for one in conditions)


def _step(move: Move, node: Node) -> Json:
    role = move.type.pack.lanes.get(node.lane or "", "")
    return {"step": node.id, "name": _name(move, node), "role": role}


def _name(move: Move, node: Node) -> str:
    return node_name(move.type, node.id)
