"""What of a running diagram must be kept to go on? The tokens that stand somewhere, and little else.

A finished token is kept only while it holds others: an activity with its attached events, or the
instances of a loop. Everything else hangs from the origin of its scope.
"""

from app.engine.spiff.scopes import DossierWorkflow, Scope
from app.engine.spiff.task import LIVE, Token


def prune(dossier: DossierWorkflow) -> None:
    """Forgets the past of a dossier at rest: only what its future depends on stays in memory."""
    for scope in dossier.scopes():
        _prune_scope(scope)


def _prune_scope(scope: Scope) -> None:
    tasks: dict[int, Token] = scope.tasks
    root: Token = scope.task_tree
    holders: dict[int, Token | None] = {}
    kept: list[Token] = []
    pending = [token for token in tasks.values() if token._state & LIVE]
    while pending:
        token = pending.pop()
        if token.id not in holders:
            above = tasks.get(token._parent or 0)
            holder = above if above is not None and above.task_spec.holds(token) else None
            holders[token.id] = holder
            kept.append(token)
            if holder is not None:
                pending.append(holder)
    kept.sort(key=_number)
    scope.tasks = {root.id: root}
    root._children = []
    for token in kept:
        scope.tasks[token.id] = token
        token._children = []
        holder = holders[token.id] or root
        token._parent = holder.id
        holder._children.append(token.id)


def _number(token: Token) -> int:
    return token.id
