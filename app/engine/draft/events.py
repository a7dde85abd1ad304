"""What does an event wait for or throw, when the file only half says it? Its label names it."""

from copy import deepcopy

from lxml import etree

from app.engine.draft.notes import Notes, name_of
from app.engine.elements import NODE_KINDS
from app.engine.normalise import definitions, is_event_subprocess
from app.engine.xml import Element, bpmn, children, local

_KINDS = ("message", "signal", "error", "escalation")
_THROWING = frozenset({"intermediateThrowEvent", "endEvent", "sendTask"})
_ANY = {"error": "Erreur", "escalation": "Escalade"}
_SAID = {
    "message": "le message",
    "signal": "le signal",
    "error": "l’erreur",
    "escalation": "l’escalade",
}


def complete(root: Element, process: Element, notes: Notes) -> None:
    """Every event says what it is about, as far as its label does."""
    nodes = list(process.iter(*(bpmn(kind) for kind in NODE_KINDS)))
    # What is awaited comes first: it keeps the name that the outside world will use.
    for node in sorted(nodes, key=_direction):
        _shared_definitions(root, node)
        for definition in definitions(node):
            kind = local(definition).removesuffix("EventDefinition")
            if kind in _KINDS:
                _named(root, node, definition, kind, notes)
        if local(node) in {"sendTask", "receiveTask"}:
            _message_of_task(root, node, notes)
    for kind in _KINDS:
        for declared in children(root, kind):
            _whole(declared, kind)
    _links(process)


def _shared_definitions(root: Element, node: Element) -> None:
    """A definition written once for several events is written in each of them."""
    shared = {one.get("id"): one for one in definitions(root)}
    for reference in children(node, "eventDefinitionRef"):
        found = shared.get((reference.text or "").strip().rpartition(":")[2])
        if found is not None:
            own = deepcopy(found)
            own.attrib.pop("id", None)
            node.replace(reference, own)


def _message_of_task(root: Element, node: Element, notes: Notes) -> None:
    inner = children(node, "messageEventDefinition")
    if not inner:
        _named(root, node, node, "message", notes)


def _named(root: Element, node: Element, holder: Element, kind: str, notes: Notes) -> None:
    """An event without a reference is about what its label says."""
    attribute = f"{kind}Ref"
    known = {one.get("id"): one for one in children(root, kind)}
    if holder.get(attribute) in known:
        return
    label = name_of(node) or name_of(holder)
    if not label and holder.get(attribute) is None and kind in {"error", "escalation"}:
        # Awaited, it is any of them; thrown, it needs a name, unless anything is caught there.
        if local(node) in _THROWING and _caught_by_anything(node, kind):
            label = f"{_ANY[kind]} de {name_of(_scope(node)) or _scope(node).get('id', '')}"
        else:
            return
    if not label:
        holder.attrib.pop(attribute, None)
        return
    if _caught_by_label(node, kind, holder):
        holder.attrib.pop(attribute, None)
        return
    declared = _declared(root, kind, label, _direction(node))
    holder.set(attribute, declared.get("id", ""))
    notes.add(node, f"Son étiquette donne {_SAID[kind]} : « {label} ».")


def _scope(node: Element) -> Element:
    parent = node.getparent()
    return node if parent is None else parent


def _caught_by_anything(node: Element, kind: str) -> bool:
    """Only events that catch any of them stand around: its name changes nothing."""
    caught = []
    for scope in node.iterancestors(bpmn("subProcess"), bpmn("transaction")):
        around = _scope(scope)
        caught += [
            event
            for event in children(around, "boundaryEvent")
            if event.get("attachedToRef") == scope.get("id")
        ]
        caught += [
            start
            for inside in children(scope, "subProcess")
            if is_event_subprocess(inside)
            for start in children(inside, "startEvent")
        ]
    found = [one for event in caught for one in children(event, f"{kind}EventDefinition")]
    return bool(found) and all(one.get(f"{kind}Ref") is None for one in found)


def _caught_by_label(node: Element, kind: str, holder: Element) -> bool:
    """Any error, when none is named: the label of the event is only its title."""
    catches = local(node) not in _THROWING
    return catches and kind in {"error", "escalation"} and holder.get(f"{kind}Ref") is None


def _direction(node: Element) -> str:
    return "sent" if local(node) in _THROWING else "awaited"


def _declared(root: Element, kind: str, label: str, direction: str) -> Element:
    """The declaration of that name; what is sent outside is never awaited by its own sender."""
    role = f"_{direction}" if kind == "message" else ""
    wanted = f"{kind.capitalize()}{role}_{_as_id(label)}"
    for one in children(root, kind):
        if one.get("id") == wanted:
            return one
    declared = etree.Element(bpmn(kind), id=wanted, name=_apart(root, kind, label, wanted))
    root.insert(_before_processes(root), declared)
    return declared


def _apart(root: Element, kind: str, label: str, wanted: str) -> str:
    """The label, told apart when a message of the other direction has it already."""
    taken = {one.get("name") for one in children(root, kind) if one.get("id") != wanted}
    return f"{label} (envoi)" if kind == "message" and label in taken else label


def _before_processes(root: Element) -> int:
    first = children(root, "process", "collaboration")
    return root.index(first[0]) if first else 0


def _as_id(label: str) -> str:
    return "".join(sign if sign.isalnum() else "_" for sign in label)[:60]


def _whole(declared: Element, kind: str) -> None:
    """A declaration without a name or a code is known by what it has."""
    if not declared.get("name"):
        name = declared.get(f"{kind}Code", "") or declared.get("id", "")
        declared.set("name", name)
    if kind in {"error", "escalation"} and not declared.get(f"{kind}Code"):
        declared.set(f"{kind}Code", declared.get("name", ""))


def _links(process: Element) -> None:
    """Links are known by their name; without one, by the label of their event."""
    for event in process.iter(bpmn("intermediateThrowEvent"), bpmn("intermediateCatchEvent")):
        for link in children(event, "linkEventDefinition"):
            if not link.get("name") and name_of(event):
                link.set("name", name_of(event))
