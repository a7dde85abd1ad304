"""By what name does a node of the engine go in every version? By what is drawn, never by a number.

The rewriting of a diagram numbers the nodes it adds (`_l.gateway.3`): the same node has another
number as soon as something is drawn before it. A place says what the node stands for instead.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from app.engine.normalise import PREFIX, WRAPPER
from app.engine.parse import Definition
from app.engine.spiff.events import BoundaryEvent, EventGateway
from app.engine.spiff.flow import Split, Start
from app.engine.spiff.loops import Loop
from app.engine.spiff.scopes import Scope, SubProcess


class Place(NamedTuple):
    """What a node stands for: the drawn node itself, or what was added for it."""

    #: node, ways (its ways out), event (an event sub-process), wrap and starts (of a scope).
    role: str
    #: The id of the drawn node or scope; empty for the whole diagram.
    of: str


@dataclass(frozen=True)
class Places:
    """The nodes of one version where a token may stand, both ways."""

    #: (scope, engine's name) → place.
    named: Mapping[tuple[str, str], Place]
    #: place → (scope, engine's name).
    found: Mapping[Place, tuple[str, str]]
    #: scope → the places that open it.
    owners: Mapping[str, tuple[Place, ...]]


def scope_name(scope: Scope) -> str:
    """The name of a scope in the specifications; empty for the dossier itself."""
    return "" if scope.owner is None else str(scope.spec.name)


@lru_cache(maxsize=128)
def places_of(definition: Definition) -> Places:
    """The places of that version."""
    specs = definition.specs
    named: dict[tuple[str, str], Place] = {}
    owners: dict[str, list[Place]] = {}
    top = str(specs.top.name)
    for scope, spec in {"": specs.top, **specs.inner}.items():
        for name, node in spec.task_specs.items():
            place = _place(scope, name, node, top)
            if place is None:
                continue
            named[scope, name] = place
            opened = _opened(spec, node)
            if opened is not None:
                owners.setdefault(opened, []).append(place)
    return Places(
        named=named,
        found={place: at for at, place in named.items()},
        owners={scope: tuple(found) for scope, found in owners.items()},
    )


def _opened(spec: Any, node: Any) -> str | None:  # noqa: ANN401 - Spiff is untyped
    """The scope that opens when a token enters this node, once or for each repetition."""
    body = spec.task_specs[node.task_spec] if isinstance(node, Loop) else node
    return str(body.spec) if isinstance(body, SubProcess) else None


def _place(scope: str, name: str, node: Any, top: str) -> Place | None:  # noqa: ANN401 - the same
    if isinstance(node, Split | Start) or name.endswith(" [child]"):
        return None
    if name.startswith(WRAPPER):
        of = name.removeprefix(WRAPPER)
        return Place("wrap", "" if of == top else of)
    if not name.startswith(PREFIX):
        return Place("node", name)
    if node.alias is not None:
        return Place("ways", node.alias)
    if isinstance(node, BoundaryEvent):
        return Place("event", node.ways[0].target)
    if isinstance(node, EventGateway):
        return Place("starts", scope)
    return None
