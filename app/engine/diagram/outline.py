"""How is a diagram told without a drawing? Its steps in the order of the flow, each with its state."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.engine.diagram.words import TO_COME, NodeState, Say, kind_words, state_words
from app.engine.errors import DiagramRefused, Problem
from app.engine.xml import Element, bpmn, children, local, safe_xml

STEPS = frozenset(
    {
        "task",
        "userTask",
        "manualTask",
        "serviceTask",
        "scriptTask",
        "businessRuleTask",
        "sendTask",
        "receiveTask",
        "callActivity",
        "subProcess",
        "transaction",
        "startEvent",
        "endEvent",
        "boundaryEvent",
        "intermediateCatchEvent",
    }
)
SCOPES = ("subProcess", "transaction", "adHocSubProcess")
#: Without a state these are still to come; an event or an exit may simply never happen.
CERTAIN = STEPS - {"startEvent", "endEvent", "boundaryEvent"}


@dataclass(frozen=True, slots=True)
class OutlineItem:
    """One step of the list."""

    id: str
    name: str
    kind: str  #: BPMN name
    lane: str  #: who does it; empty when the diagram does not say
    depth: int  #: 0 in the procedure, 1 in a sub-process…
    state: str  #: a NodeState, or empty for what is still to come
    sentence: str  #: « Instruction – tâche en retard, depuis 4 jours »
    link: str = ""


def outline(
    xml: bytes,
    *,
    states: Mapping[str, NodeState] | None = None,
    links: Mapping[str, str] | None = None,
    notes: Mapping[str, str] | None = None,
    say: Say = str,
) -> list[OutlineItem]:
    """The named steps of the diagram, in the order of the flow; sub-processes after what opens them.

    `notes` adds words to a step: who, when. Refuses DiagramRefused when the file holds no process.
    """
    root = safe_xml(xml)
    processes = list(root.iter(bpmn("process")))
    if not processes:
        raise DiagramRefused([Problem("", "Le fichier ne contient aucune procédure.")])
    lanes = _lanes(root)
    items = []
    for process in processes:
        for node, depth in _in_order(process, 0):
            node_id = node.get("id", "")
            state = (states or {}).get(node_id)
            if local(node) not in STEPS or not node.get("name"):
                continue
            items.append(
                OutlineItem(
                    id=node_id,
                    name=" ".join((node.get("name") or "").split()),
                    kind=local(node),
                    lane=lanes.get(node_id, ""),
                    depth=depth,
                    state=state or "",
                    sentence=_sentence(
                        lanes.get(node_id, ""),
                        _stands(node, state, say),
                        (notes or {}).get(node_id, ""),
                    ),
                    link=(links or {}).get(node_id, ""),
                )
            )
    return items


def _stands(node: Element, state: NodeState | None, say: Say) -> str:
    """« tâche en retard », « début terminé », « choix »."""
    events = [local(one) for one in node if local(one).endswith("EventDefinition")]
    event = events[0].removesuffix("EventDefinition") if events else ""
    name = "eventSubProcess" if node.get("triggeredByEvent") == "true" else local(node)
    kind = kind_words(name, event)
    word = state_words(kind, state) if state else TO_COME if name in CERTAIN else ""
    return f"{say(kind)} {say(word) if word else ''}".strip()


def _sentence(lane: str, stands: str, note: str) -> str:
    said = f"{stands}, {note}" if note else stands
    return f"{lane} – {said}" if lane else f"{said[0].upper()}{said[1:]}"


def _lanes(root: Element) -> dict[str, str]:
    return {
        (member.text or "").strip(): lane.get("name", "")
        for lane in root.iter(bpmn("lane"))
        for member in children(lane, "flowNodeRef")
    }


def _in_order(scope: Element, depth: int) -> Iterator[tuple[Element, int]]:
    """The nodes of a scope, each after what comes before it; loops are cut where they close."""
    nodes = {
        one.get("id", ""): one
        for one in scope
        if one.get("id") and local(one) not in {"sequenceFlow", "laneSet", "textAnnotation"}
    }
    after = _next_nodes(scope, nodes)
    led_to = {target for targets in after.values() for target in targets}
    order = _sorted_by_flow([one for one in nodes if one not in led_to], after)
    unreached = [one for one in nodes if one not in set(order)]
    for node_id in [*order, *unreached]:
        node = nodes[node_id]
        yield node, depth
        if local(node) in SCOPES:
            yield from _in_order(node, depth + 1)


def _next_nodes(scope: Element, nodes: Mapping[str, Element]) -> dict[str, list[str]]:
    after: dict[str, list[str]] = {node_id: [] for node_id in nodes}
    for flow in children(scope, "sequenceFlow"):
        source, target = flow.get("sourceRef", ""), flow.get("targetRef", "")
        if source in after and target in nodes:
            after[source].append(target)
    for node_id, node in nodes.items():
        host = node.get("attachedToRef", "")
        if host in after:
            after[host].append(node_id)
    return after


def _sorted_by_flow(starts: list[str], after: Mapping[str, list[str]]) -> list[str]:
    """Reverse postorder of a depth-first walk, without recursion: diagrams may be long."""
    seen: set[str] = set()
    finished: list[str] = []
    for start in reversed(starts):
        stack = [(start, iter(reversed(after[start])))] if start not in seen else []
        seen.add(start)
        while stack:
            node_id, following = stack[-1]
            target = next((one for one in following if one not in seen), None)
            if target is None:
                finished.append(node_id)
                stack.pop()
            else:
                seen.add(target)
                stack.append((target, iter(reversed(after[target]))))
    return finished[::-1]
