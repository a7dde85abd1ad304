"""Where does everything of a running dossier stand? Each token that waits, and each date that runs.

What is shown of a dossier for its repair, its diagram and the list of its dates; ids are those of
the drawing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.engine.normalise import PREFIX
from app.engine.spiff.events import Timer
from app.engine.spiff.flow import (
    ExclusiveGateway,
    InclusiveGateway,
    JobTask,
    ManualTask,
    ParallelGateway,
    Split,
    UserTask,
)
from app.engine.spiff.loops import StandardLoop
from app.engine.spiff.scopes import DossierWorkflow
from app.engine.spiff.task import READY, WAITING, Token
from app.engine.timers import from_ms
from app.engine.values import Value


class PlaceKind(StrEnum):
    """What a token waits for."""

    STEP = "step"  #: Somebody
    JOB = "job"  #: The application
    EVENT = "event"  #: A message, a date or a condition
    JOIN = "join"  #: The other branches


@dataclass(frozen=True, slots=True)
class Place:
    """One token at rest."""

    token: int
    node: str
    kind: PlaceKind
    #: The element of the list it is there for, in a repetition.
    item: Value = None
    #: The repeated activity it is in, if any.
    loop: str | None = None
    #: What it waits for: names of messages and signals.
    messages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ArmedTimer:
    """A date that is waited for; `token` and `part` name it for a repair."""

    token: int
    part: int
    #: The event that holds it; for an event sub-process, the sub-process.
    node: str
    due_at: datetime
    #: The date, duration, cycle or expression as drawn.
    written: str
    #: The activity it is attached to, if any.
    host: str | None
    #: That activity stops when the date comes.
    interrupts: bool
    #: Where the dossier goes then.
    leads_to: tuple[str, ...]


def places(dossier: DossierWorkflow) -> list[Place]:
    """Every token that waits by itself, in the order they came; attached events are not told."""
    found = [
        _place(dossier, token)
        for scope in dossier.scopes()
        for token in scope.tasks.values()
        if token._state in {READY, WAITING} and not token.task_spec.attached
    ]
    return sorted(found, key=lambda place: place.token)


def timers(dossier: DossierWorkflow) -> list[ArmedTimer]:
    """Every date waited for, the next one first."""
    found = [
        _timer(token, int(part), moment)
        for token in dossier.armed.values()
        for part, moment in token.internal_data.get("due", {}).items()
    ]
    return sorted(found, key=lambda timer: (timer.due_at, timer.token, timer.part))


def _place(dossier: DossierWorkflow, token: Token) -> Place:
    spec = token.task_spec
    item: Value = None
    around: str | None = None
    for loop, instance in dossier.instances(token):
        around = around or str(loop.bpmn_id)
        if item is None and not isinstance(loop, StandardLoop):
            item = instance.internal_data.get("item")
    awaited = getattr(spec, "parts", ()) if _kind(spec) is PlaceKind.EVENT else ()
    return Place(
        token=token.id,
        node=drawn_id(spec),
        kind=_kind(spec),
        item=item,
        loop=around,
        messages=tuple(part.name for part in awaited if part.kind in {"message", "signal"}),
    )


def _kind(spec: Any) -> PlaceKind:  # noqa: ANN401 - SpiffWorkflow's specification
    if isinstance(spec, UserTask | ManualTask):
        return PlaceKind.STEP
    if isinstance(spec, JobTask):
        return PlaceKind.JOB
    if isinstance(spec, ParallelGateway | InclusiveGateway):
        return PlaceKind.JOIN
    return PlaceKind.EVENT


def _timer(token: Token, part: int, moment: int) -> ArmedTimer:
    spec = token.task_spec
    timer: Timer = spec.parts[part]
    host = _host(token) if spec.attached else None
    return ArmedTimer(
        token=token.id,
        part=part,
        node=drawn_id(spec),
        due_at=from_ms(moment),
        written=timer.expression if timer.computed is None else timer.computed.source,
        host=host,
        interrupts=bool(spec.attached and spec.cancel_activity),
        leads_to=tuple(dict.fromkeys(_drawn_after(spec))),
    )


def _host(token: Token) -> str | None:
    above = token.above
    if above is None:
        return None
    host = above.task_spec.ways[0].target
    return None if host.startswith(PREFIX) else str(host)


def _drawn_after(spec: Any) -> Iterator[str]:  # noqa: ANN401
    """The first steps and waits on the ways out, gateways passed through."""
    specs = spec._wf_spec.task_specs
    pending, seen = [way.target for way in spec.ways], {spec.name}
    while pending:
        name = pending.pop(0)
        node = specs[name]
        if name in seen:
            continue
        seen.add(name)
        if isinstance(node, Split | ExclusiveGateway | InclusiveGateway | ParallelGateway):
            ways = node.ways[:1] if isinstance(node, Split) else node.ways
            pending += [way.target for way in ways]
        else:
            yield drawn_id(node)


def drawn_id(spec: Any) -> str:  # noqa: ANN401
    """The node of the drawing that stands for this one."""
    name = str(spec.alias or spec.bpmn_id or spec.name)
    while name.startswith(PREFIX) and spec.ways:
        spec = spec._wf_spec.task_specs[spec.ways[0].target]
        name = str(spec.alias or spec.bpmn_id or spec.name)
    return name
