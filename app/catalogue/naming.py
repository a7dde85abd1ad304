"""What is a node of a diagram called? The pack's title, else the drawing's, else what it leads to."""

from app.catalogue.published import DossierType

_JOINS = {
    "parallelGateway": "le rassemblement",
    "inclusiveGateway": "le rassemblement",
    "exclusiveGateway": "le choix",
    "eventBasedGateway": "l’attente",
}


def node_name(type_: DossierType, node: str) -> str:
    """The name people know it by: « Instruire la demande », « le rassemblement avant « Clore » »."""
    drawn = type_.definition.nodes.get(node)
    title = type_.pack.step(node).title.fr
    if title or drawn is None:
        return title or node
    if drawn.name:
        return drawn.name
    after = _next_named(type_, node)
    word = _JOINS.get(drawn.kind, "l’étape")
    return f"{word} avant « {after} »" if after else word


def _next_named(type_: DossierType, node: str) -> str:
    """The first node with a name on the way out."""
    pending, seen = [node], {node}
    while pending:
        here = pending.pop(0)
        for flow in type_.definition.flows:
            if flow.source != here or flow.target in seen:
                continue
            seen.add(flow.target)
            named = type_.pack.step(flow.target).title.fr
            found = named or type_.definition.nodes[flow.target].name
            if found:
                return found
            pending.append(flow.target)
    return ""
