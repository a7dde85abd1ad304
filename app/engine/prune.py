"""What of a running diagram must be kept to go on? The tokens that stand somewhere, and little else.

A finished token is kept only while it holds others: an activity with its attached events, or the
instances of a loop. Everything else hangs from the origin of its scope.
"""

from app.engine.spiff.flow import Split
from app.engine.spiff.loops import Loop
from app.engine.spiff.scopes import DossierWorkflow, Scope
from app.engine.spiff.task import Token


def kept_tokens(scope: Scope) -> list[Token]:
    """The tokens of one scope that its future depends on, oldest first."""
    tasks: dict[int, Token] = scope.tasks
    kept: dict[int, Token] = {}
    for token in tasks.values():
        if not token.is_live:
            continue
        kept[token.id] = token
        holder = holder_of(token)
        while holder is not None and holder.id not in kept:
            kept[holder.id] = holder
            holder = holder_of(holder)
    return [kept[number] for number in sorted(kept)]


def holder_of(token: Token) -> Token | None:
    """The token that this one cannot do without."""
    above = token.above
    if above is None:
        return None
    spec = above.task_spec
    if isinstance(spec, Split) or (isinstance(spec, Loop) and spec.is_instance(token)):
        return above
    return None


def prune(dossier: DossierWorkflow) -> None:
    """Forgets, in memory, what a saved state would not hold."""
    for scope in dossier.scopes():
        kept = kept_tokens(scope)
        root: Token = scope.task_tree
        held = {token.id: holder_of(token) for token in kept}
        scope.tasks.clear()
        for token in (root, *(token for token in kept if token is not root)):
            scope.tasks[token.id] = token
            token._children = []
        for token in kept:
            if token is not root:
                holder = held[token.id] or root
                token._parent = holder.id
                holder._children.append(token.id)
