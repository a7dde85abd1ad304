"""How is a running dossier written in a few hundred bytes, and read back? Positions and variables.

The state holds no specification: nodes are numbers in the index of the definition, whose
fingerprint it carries. Layout: [format, fingerprint, last token number, completed, variables,
scopes]; a scope is [owner token or 0, rows], a row [token, node, state, holder or 0, memory or 0].
"""

from typing import Any

import orjson

from app.engine.context import Context
from app.engine.errors import ForeignState
from app.engine.parse import Definition, Specs
from app.engine.spiff.events import Catching
from app.engine.spiff.scopes import DossierWorkflow, Scope, ScopeWorkflow
from app.engine.spiff.task import COMPLETED, WAITING, Token
from app.engine.variables import dump_values, load_values

FORMAT = 1


def dump(dossier: DossierWorkflow, definition: Definition) -> bytes:
    """The saved state of a dossier at rest, already pruned."""
    specs = definition.specs
    return orjson.dumps(
        [
            FORMAT,
            specs.fingerprint,
            dossier.last_number,
            int(dossier.completed),
            dump_values(dossier.variables),
            [
                _scope_rows(scope, specs)
                for scope in sorted(dossier.scopes(), key=_depth_and_owner)
            ],
        ]
    )


def _depth_and_owner(scope: Scope) -> tuple[int, int]:
    # A migration may open a scope around older ones: numbers alone do not say which is outside.
    return scope.depth, _owner_id(scope)


def _owner_id(scope: Scope) -> int:
    return 0 if scope.owner is None else int(scope.owner.id)


def _scope_rows(scope: Scope, specs: Specs) -> list[Any]:
    numbers = specs.numbers[_scope_name(scope)]
    root = scope.task_tree
    rows = [
        (
            token.id,
            numbers[token.task_spec.name],
            token._state,
            0 if token._parent == root.id else token._parent,
            dump_values(token.internal_data) if token.internal_data else 0,
        )
        for token in scope.tasks.values()
        if token is not root
    ]
    return [_owner_id(scope), rows]


def _scope_name(scope: Scope) -> str:
    return "" if scope.owner is None else str(scope.spec.name)


def load(state: bytes, definition: Definition, context: Context) -> DossierWorkflow:
    """The dossier as it was saved; refuses ForeignState for another definition's state."""
    specs = definition.specs
    try:
        version, fingerprint, last_number, completed, variables, scopes = orjson.loads(state)
    except (orjson.JSONDecodeError, ValueError, TypeError):
        raise ForeignState("", "L’état enregistré n’est pas lisible.") from None
    if version != FORMAT or fingerprint != specs.fingerprint:
        raise ForeignState("", "L’état enregistré vient d’une autre version du diagramme.")
    dossier = DossierWorkflow(specs.top, specs.inner, context, last_number=last_number)
    dossier.variables.update(load_values(variables))
    dossier.completed = bool(completed)
    owners: dict[int, Token] = {}
    for owner_id, rows in scopes:
        scope: Scope = dossier
        if owner_id:
            owner = owners[owner_id]
            scope = ScopeWorkflow(
                dossier.subprocess_specs[owner.task_spec.spec], owner, dossier
            )
            dossier.subprocesses[owner_id] = scope
        _load_rows(scope, rows, specs)
        owners.update(scope.tasks)
    return dossier


def _load_rows(scope: Scope, rows: list[Any], specs: Specs) -> None:
    names = specs.names[_scope_name(scope)]
    nodes = scope.spec.task_specs
    # The origin of a scope has done its work: a negative number keeps it apart from tokens.
    root = Token(scope, scope.spec.start, state=COMPLETED, number=-1 - _owner_id(scope))
    scope.task_tree = root
    for number, node, state, _holder, memory in rows:
        token = Token(scope, nodes[names[node]], state=state, number=number)
        if memory:
            token.internal_data = load_values(memory)
        if state == WAITING and isinstance(token.task_spec, Catching):
            scope.top_workflow.arm(token)
    for number, _node, _state, holder, _memory in rows:
        # A migration may hang an older token from a newer one: all are there before any hangs.
        scope.tasks[number].hang(scope.tasks[holder] if holder else root)
