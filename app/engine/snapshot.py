"""Where does a dossier stand? What is open, what is awaited, until when, and what was just passed."""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.engine.elements import Node
from app.engine.normalise import PREFIX
from app.engine.parse import Definition
from app.engine.spiff.flow import Flowing, JobTask, ManualTask, UserTask
from app.engine.spiff.loops import _ForEach
from app.engine.spiff.scopes import DossierWorkflow
from app.engine.spiff.task import READY, WAITING, Token
from app.engine.timers import from_ms
from app.engine.values import Value


@dataclass(frozen=True, slots=True)
class OpenStep:
    """A step that waits for a person; `item` is the element of the list it is done for."""

    token: int
    step: str
    name: str
    lane: str | None
    extensions: Mapping[str, str]
    item: Value


@dataclass(frozen=True, slots=True)
class OpenJob:
    """A service task that waits for the application to do it."""

    token: int
    step: str
    topic: str
    extensions: Mapping[str, str]
    #: What it is told, as written: `Run.evaluate` reads an expression where the job stands.
    inputs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Passed:
    """A node that was left, with the flows taken (their ids in the diagram)."""

    node: str
    flow_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything the rest of the application may know of a dossier's place in its diagram."""

    state: bytes
    completed: bool
    open_steps: tuple[OpenStep, ...]
    jobs: tuple[OpenJob, ...]
    messages: tuple[str, ...]
    due_at: datetime | None
    marking: str
    trace: tuple[Passed, ...]
    variables: Mapping[str, Value]
    #: Messages thrown that nothing in the dossier was waiting for.
    sent: tuple[str, ...] = ()


def take_snapshot(dossier: DossierWorkflow, definition: Definition, state: bytes) -> Snapshot:
    """What can be seen of a dossier at rest."""
    live = [
        token
        for scope in dossier.scopes()
        for token in scope.tasks.values()
        if token._state in {READY, WAITING}
    ]
    live.sort(key=lambda token: token.id)
    return Snapshot(
        state=state,
        completed=dossier.completed,
        open_steps=tuple(_steps(dossier, live, definition.nodes)),
        jobs=tuple(_jobs(live, definition.nodes)),
        messages=tuple(sorted(set(_messages(dossier)))),
        due_at=_due_at(dossier),
        marking=" ".join(
            sorted({_place(token) for token in live if not token.task_spec.attached})
        ),
        trace=tuple(_passed(dossier)),
        variables=dict(dossier.variables),
        sent=tuple(dossier.sent),
    )


def _place(token: Token) -> str:
    return str(token.task_spec.bpmn_id)


def _steps(
    dossier: DossierWorkflow, live: list[Token], nodes: Mapping[str, Node]
) -> Iterator[OpenStep]:
    for token in live:
        if token._state == READY and isinstance(token.task_spec, UserTask | ManualTask):
            node = nodes[_place(token)]
            yield OpenStep(
                token=token.id,
                step=node.id,
                name=node.name,
                lane=node.lane,
                extensions=node.extensions,
                item=_item(dossier, token),
            )


def _item(dossier: DossierWorkflow, token: Token) -> Value:
    for loop, instance in dossier.instances(token):
        if isinstance(loop, _ForEach):
            item: Value = instance.internal_data["item"]
            return item
    return None


def _jobs(live: list[Token], nodes: Mapping[str, Node]) -> Iterator[OpenJob]:
    for token in live:
        if token._state == READY and isinstance(token.task_spec, JobTask):
            node = nodes[_place(token)]
            yield OpenJob(
                token.id, node.id, token.task_spec.topic, node.extensions, node.inputs
            )


def _messages(dossier: DossierWorkflow) -> Iterator[str]:
    return (name for _, name in awaited(dossier))


def awaited(dossier: DossierWorkflow) -> frozenset[tuple[str, str]]:
    """The messages and signals a dossier waits for, as (kind, name)."""
    return frozenset(
        (part.kind, part.name)
        for token in dossier.armed.values()
        for part in token.task_spec.parts
        if part.kind in {"message", "signal"}
    )


def _due_at(dossier: DossierWorkflow) -> datetime | None:
    moments = [
        moment
        for token in dossier.armed.values()
        for moment in token.internal_data.get("due", {}).values()
    ]
    return from_ms(min(moments)) if moments else None


def _passed(dossier: DossierWorkflow) -> Iterator[Passed]:
    """The nodes left, in order; added nodes lend their ways out to the node they stand for."""
    # Added gateways run in the order of the nodes they stand for.
    places: defaultdict[str, deque[int]] = defaultdict(deque)
    found: list[Passed] = []
    for spec, ways in dossier.trace:
        flows = tuple(flow for flow in ways if flow and not flow.startswith(PREFIX))
        if spec.alias is not None:
            place = places[spec.alias].popleft()
            found[place] = Passed(spec.alias, found[place].flow_ids + flows)
        elif _is_drawn(spec):
            places[spec.bpmn_id].append(len(found))
            found.append(Passed(spec.bpmn_id, flows))
    return iter(found)


def _is_drawn(spec: Flowing) -> bool:
    # An instance of a loop has its own node in the engine; only the loop as a whole is drawn.
    return (
        spec.bpmn_id is not None
        and spec.name == spec.bpmn_id
        and not spec.name.startswith(PREFIX)
    )
