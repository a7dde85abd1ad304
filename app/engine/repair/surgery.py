"""How are tokens put, taken away and proven sound in one running dossier, before it goes on by itself?"""

from collections.abc import Iterator, Sequence
from typing import Any

from app.engine.parse import Definition
from app.engine.places import drawn_id
from app.engine.repair.net import (
    Marking,
    Net,
    Spot,
    net_of,
    parallel_joins,
    spot_at,
    strangers,
    stuck,
    unreachable_flows,
)
from app.engine.repair.refusals import (
    EntersRepetition,
    NoSuchPlace,
    SeveralInstances,
    WouldBeDoubled,
    WouldBeStuck,
)
from app.engine.spiff.events import Catching, EndEvent, StartEvent
from app.engine.spiff.flow import (
    JobTask,
    ManualTask,
    PassTask,
    RuleTask,
    ScriptTask,
    Split,
    UserTask,
)
from app.engine.spiff.loops import Loop
from app.engine.spiff.scopes import DossierWorkflow, Scope, SubProcess
from app.engine.spiff.task import COMPLETED, READY, STARTED, WAITING, Token

#: What a token may be put on: somebody or something waits there, or the process ends.
PLACES = (
    UserTask,
    ManualTask,
    JobTask,
    PassTask,
    ScriptTask,
    RuleTask,
    Catching,
    EndEvent,
    Loop,
    SubProcess,
)


def leaves(dossier: DossierWorkflow) -> list[Token]:
    """The tokens that stand somewhere by themselves: steps, jobs, waits, arrivals at joins."""
    found = [
        token
        for scope in dossier.scopes()
        for token in scope.tasks.values()
        if token._state in {READY, WAITING} and not token.task_spec.attached
    ]
    return sorted(found, key=lambda token: token.id)


def is_place(spec: Any) -> bool:  # noqa: ANN401 - SpiffWorkflow's specification
    """Whether a token may be put on that node."""
    return (
        isinstance(spec, PLACES)
        and not isinstance(spec, StartEvent)
        and not spec.attached
        and spec.bpmn_id == spec.name
    )


# ---------------------------------------------------------------- putting


def put(
    dossier: DossierWorkflow, definition: Definition, target: str, near: Sequence[Token]
) -> None:
    """Puts a token on a node, opening the sub-processes around it when they are not open.

    `near` tells in which instance of a repetition, when there are several.
    """
    scope: Scope = dossier
    for owner in _owners(definition, target):
        scope = _inside(dossier, scope, owner, near, target)
    specs = scope.spec.task_specs
    first = specs.get(f"{target}.BoundaryEventSplit") or specs[target]
    token = Token(scope, first, scope.task_tree)
    first._update(token)


def _owners(definition: Definition, target: str) -> list[str]:
    """The nodes to go into, from the outside in, to reach that one."""
    specs = definition.specs
    scopes = {"": specs.top, **specs.inner}
    home = next(
        (
            name
            for name, spec in scopes.items()
            if target in spec.task_specs and is_place(spec.task_specs[target])
        ),
        None,
    )
    if home is None:
        raise NoSuchPlace(place=target)
    above = {
        node.spec: (name, node.name)
        for name, spec in scopes.items()
        for node in spec.task_specs.values()
        if isinstance(node, SubProcess)
    }
    owners: list[str] = []
    while home:
        home, owner = above[home]
        owners.insert(0, owner)
    return owners


def _inside(
    dossier: DossierWorkflow, scope: Scope, owner: str, near: Sequence[Token], target: str
) -> Scope:
    """The open sub-process of that node; opened now when it is not."""
    found = [
        dossier.subprocesses[token.id]
        for token in scope.tasks.values()
        if token.task_spec.name == owner and token.id in dossier.subprocesses
    ]
    if len(found) > 1:
        found = [one for one in found if any(_stands_in(token, one) for token in near)]
        if len(found) != 1:
            raise SeveralInstances(place=target)
    if found:
        return found[0]
    specs = scope.spec.task_specs
    if any(isinstance(node, Loop) and node.task_spec == owner for node in specs.values()):
        raise EntersRepetition(place=target)
    return _opened(dossier, scope, owner)


def _stands_in(token: Token, scope: Scope) -> bool:
    current: Scope | None = token.workflow
    while current is not None:
        if current is scope:
            return True
        current = None if current.owner is None else current.owner.workflow
    return False


def _opened(dossier: DossierWorkflow, scope: Scope, owner: str) -> Scope:
    specs = scope.spec.task_specs
    holder: Token = scope.task_tree
    split = specs.get(f"{owner}.BoundaryEventSplit")
    if split is not None:
        holder = Token(scope, split, holder, state=COMPLETED)
    token = Token(scope, specs[owner], holder, state=STARTED)
    inside = dossier.new_scope(token, specs[owner].spec)
    inside.task_tree = Token(inside, inside.spec.start, state=COMPLETED)
    for way in split.ways[1:] if split is not None else ():
        event = holder.child(specs[way.target])
        event.task_spec._update(event)
    return inside


# ---------------------------------------------------------------- taking away


def take_away(token: Token, *, goes_on: bool) -> None:
    """Takes a token away, with the events attached to it.

    What was open only for it goes too, unless `goes_on`: then a sub-process left empty is over,
    and a repetition does not wait for that instance.
    """
    above, scope = token.above, token.workflow
    token.cancel()
    if above is not None and above.task_spec.holds(token):
        if isinstance(above.task_spec, Loop):
            _one_less(above, token, goes_on=goes_on)
        else:
            for sibling in above.below:
                sibling.cancel()
    if goes_on or scope.owner is None or not scope.owner.is_live:
        return
    if not any(one.is_live for one in scope.tasks.values()):
        take_away(scope.owner, goes_on=False)


def _one_less(loop: Token, instance: Token, *, goes_on: bool) -> None:
    if goes_on or any(one.is_live for one in loop.below):
        loop.task_spec.give_up(loop, instance)
    else:
        take_away(loop, goes_on=False)


# ---------------------------------------------------------------- proving


def fill_joins(dossier: DossierWorkflow) -> list[str]:
    """Parallel joins stop waiting for what cannot come any more; the joins' ids."""
    filled = []
    for scope in dossier.scopes():
        net = net_of(scope.spec)
        for join in parallel_joins(net):
            for spot in unreachable_flows(net, join, marking_of(scope)):
                token = Token(scope, scope.spec.task_specs[join], scope.task_tree)
                token.internal_data["from"] = spot[1]
                token._set_state(WAITING)
                filled.append(drawn_id(token.task_spec))
                if token.task_spec.gathers(token):
                    token._ready()
    return filled


def check_sound(dossier: DossierWorkflow) -> None:
    """Refuses WouldBeDoubled, WouldBeStuck, with the nodes' ids in the diagram."""
    for scope in dossier.scopes():
        net, marking = net_of(scope.spec), marking_of(scope)
        pair = strangers(net, marking)
        if pair is not None:
            one, other = (_drawn(net, spot) for spot in pair)
            raise WouldBeDoubled(place=one, other=other)
        waiting = stuck(net, marking)
        if waiting is not None:
            raise WouldBeStuck(place=_drawn(net, waiting))


def marking_of(scope: Scope) -> Marking:
    """The spots occupied in a scope; what is inside a repetition is the repetition's."""
    return tuple(sorted(_spots(scope)))


def _spots(scope: Scope) -> Iterator[Spot]:
    specs = scope.spec.task_specs
    for token in scope.tasks.values():
        spec = token.task_spec
        if not token.is_live or spec.attached or _is_repetition(token):
            continue
        if isinstance(spec, Split):
            yield spot_at(specs, spec.ways[0].target, "")
        else:
            yield (spec.name, str(token.internal_data.get("from", "")))


def _is_repetition(token: Token) -> bool:
    loop = None if token.above is None else token.above.task_spec
    return isinstance(loop, Loop) and loop.holds(token)


def _drawn(net: Net, spot: Spot) -> str:
    return drawn_id(net.specs[spot[0]])
