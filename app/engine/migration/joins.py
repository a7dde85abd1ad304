"""Do the branches that are open meet again where they were to meet?"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from app.engine.migration.places import places_of, scope_name
from app.engine.migration.reading import is_repetition
from app.engine.migration.sentences import Reason, named
from app.engine.migration.version import Change
from app.engine.spiff.flow import InclusiveGateway, ParallelGateway
from app.engine.spiff.scopes import DossierWorkflow, Scope
from app.engine.spiff.task import Token


def lost_joins(change: Change, old: DossierWorkflow, new: DossierWorkflow) -> list[Reason]:
    """Reasons for the joins that two open branches, or one that has arrived, no longer reach."""
    moved = {number: token for scope in new.scopes() for number, token in scope.tasks.items()}
    return [
        reason
        for scope in old.scopes()
        for join, branches in _open_joins(scope)
        for reason in _lost(change, scope, join, [moved.get(one.id) for one in branches])
    ]


def _open_joins(scope: Scope) -> Iterator[tuple[Any, list[Token]]]:
    """The joins some branches of the scope are on their way to, with these branches."""
    tokens = [
        token
        for token in scope.tasks.values()
        if token.is_live and not token.task_spec.attached and not is_repetition(token)
    ]
    for node in scope.spec.task_specs.values():
        if not isinstance(node, ParallelGateway | InclusiveGateway) or len(node._inputs) < 2:
            continue
        arrived = [token for token in tokens if token.task_spec is node]
        coming = [
            token
            for token in tokens
            if token.task_spec is not node
            and node.name in _ahead(scope.spec, str(token.task_spec.name))
        ]
        if arrived or len(coming) > 1:
            yield node, coming


def _lost(
    change: Change,
    scope: Scope,
    join: Any,  # noqa: ANN401 - Spiff is untyped
    branches: list[Token | None],
) -> Iterator[Reason]:
    step = str(join.bpmn_id)
    before, after = change.old.definition, change.new.definition
    place = places_of(before).named[scope_name(scope), join.name]
    found = places_of(after).found.get(change.moved(place))
    if found is None or type(_node(change, found)) is not type(join):
        yield Reason(
            step,
            f"Des branches ouvertes doivent se rejoindre à {named(before, step)}, qui n’est plus "
            "une jonction de la nouvelle version.",
        )
        return
    for token in branches:
        carrier = _carrier(token, found[0])
        if carrier is None or found[1] not in _ahead(
            carrier.workflow.spec, str(carrier.task_spec.name)
        ):
            yield Reason(
                step,
                f"Une branche ouverte ne mène plus à la jonction {named(before, step)}, où une "
                "autre l’attend.",
            )
            return


def _node(change: Change, found: tuple[str, str]) -> Any:  # noqa: ANN401 - the same
    specs = change.new.definition.specs
    scope, name = found
    return (specs.inner[scope] if scope else specs.top).task_specs[name]


def _carrier(token: Token | None, scope: str) -> Token | None:
    """The token, or the activity around it, that stands in that scope."""
    while token is not None and scope_name(token.workflow) != scope:
        token = token.workflow.owner
    return token


@lru_cache(maxsize=8192)
def _ahead(spec: Any, name: str) -> frozenset[str]:  # noqa: ANN401 - the same
    """The nodes that a token of that node may come to, in its scope."""
    nodes = spec.task_specs
    seen: set[str] = set()
    pending = [name]
    while pending:
        here = pending.pop()
        split = nodes.get(f"{here}.BoundaryEventSplit")
        ways = (*nodes[here].ways, *(split.ways[1:] if split is not None else ()))
        for way in ways:
            if way.target not in seen:
                seen.add(way.target)
                pending.append(way.target)
    return frozenset(seen)
