"""What becomes of references, data and bookkeeping? Ids are whole, data is drawn, nothing computes."""

from collections.abc import Iterator
from itertools import count

from lxml import etree

from app.engine.draft.notes import Notes
from app.engine.elements import NODE_KINDS
from app.engine.lint.vocabulary import ROOT_KINDS
from app.engine.xml import BPMN, Element, bpmn, children, local

_REFERENCES = (
    "messageRef",
    "signalRef",
    "errorRef",
    "escalationRef",
    "calledElement",
    "attachedToRef",
    "sourceRef",
    "targetRef",
    "processRef",
    "default",
    "bpmnElement",
)
#: What these receive is for them alone: nothing of it comes back but what they say.
ALONE = frozenset(
    {"userTask", "manualTask", "serviceTask", "sendTask", "receiveTask", "task"}
    | {"endEvent", "intermediateThrowEvent"}
)
_NAMED = NODE_KINDS | {"process", "sequenceFlow", "lane", "laneSet"}
_ASSOCIATIONS = ("dataInputAssociation", "dataOutputAssociation")
_BOOKKEEPING = (
    "ioSpecification",
    "ioBinding",
    "correlationSubscription",
    "supportedInterfaceRef",
    "resourceRole",
    "performer",
    "humanPerformer",
    "potentialOwner",
)


def repair_identifiers(root: Element) -> None:
    """Every element has an id, and a reference written `prefix:id` is the id alone."""
    known = {element.get("id") for element in root.iter() if element.get("id")}
    if any(
        element.get("id") == root.get("id") for element in root.iter() if element is not root
    ):
        # Nothing ever refers to the file itself.
        root.attrib.pop("id", None)
    numbers = count(1)
    for element in root.iter(*(bpmn(kind) for kind in _NAMED)):
        if not element.get("id"):
            name = next(name for n in numbers if (name := f"{local(element)}_{n}") not in known)
            element.set("id", name)
    for element in root.iter():
        for attribute in _REFERENCES:
            written = element.get(attribute, "")
            alone = written.rpartition(":")[2]
            if written not in known and alone in known:
                element.set(attribute, alone)


def release(_root: Element, process: Element, notes: Notes) -> None:
    """Data that is drawn stays drawn; what people file lives in the dossier."""
    for association in list(process.iter(*(bpmn(kind) for kind in _ASSOCIATIONS))):
        _as_drawing(association, notes)
    for kind in _BOOKKEEPING:
        for element in list(process.iter(bpmn(kind))):
            _remove(element)


def _as_drawing(association: Element, notes: Notes) -> None:
    """An association between a piece of data and a task says nothing more than its line.

    What is computed on the way into a step is for that step only; what is computed on the way out,
    or into a decision or a call, changes what happens: it is left for somebody to decide.
    """
    task = association.getparent()
    if task is None:
        return
    if children(association, "assignment", "transformation"):
        if "Output" in local(association) or local(task) not in ALONE:
            return
        notes.add(
            task, "Un calcul de données n’est pas repris : écrivez un script s’il le faut."
        )
    ends = children(association, "sourceRef" if "Input" in local(association) else "targetRef")
    end = (ends[0].text or "").strip() if ends else ""
    scope = task.getparent()
    task.remove(association)
    if not end or scope is None or not association.get("id"):
        return
    line = etree.SubElement(scope, bpmn("association"), id=association.get("id", ""))
    came = "Input" in local(association)
    line.set("sourceRef", end if came else task.get("id", ""))
    line.set("targetRef", task.get("id", "") if came else end)


def clear(root: Element) -> None:
    """Takes away what stands at the top of the file and is neither played nor drawn."""
    for element in list(_stale(root)):
        _remove(element)


def _stale(root: Element) -> Iterator[Element]:
    for child in root:
        if str(child.tag).startswith(f"{{{BPMN}}}") and local(child) not in ROOT_KINDS:
            yield child
    for kind in ("correlationKey", "correlationProperty", "correlationSubscription"):
        yield from root.iter(bpmn(kind))


def _remove(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
