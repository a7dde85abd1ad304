"""How do the extensions of other engines read here? Those that say the same thing are translated.

Camunda 7 is the dialect of this engine; Activiti and Flowable are its parents under other
namespaces, Camunda 8 (zeebe) says the same things as elements.
"""

from collections.abc import Iterator

from lxml import etree

from app.engine.draft.data import ALONE
from app.engine.draft.notes import Notes
from app.engine.elements import NODE_KINDS
from app.engine.xml import Element, bpmn, camunda, children, local

_SAME = ("http://activiti.org/bpmn", "http://flowable.org/bpmn")
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
_WHO = ("assignee", "candidateUsers", "candidateGroups")
_RECEIVED = "Ce que l’étape reçoit sous un autre nom (ioMapping) n’est pas repris."
_ASSIGNED = "Les personnes nommées ici ne sont pas reprises : le couloir dit qui fait l’étape."
_CORRELATED = "La corrélation n’est pas reprise : c’est le dossier qui reçoit le message."


def adopt(root: Element, process: Element, notes: Notes) -> None:
    """Other engines' words for what this one knows."""
    for element in process.iter():
        _same_words(element)
    for node in process.iter(*(bpmn(kind) for kind in NODE_KINDS)):
        for item in _zeebe_items(node):
            if not _demands(node, item):
                _one(node, item)
                _tell(node, item, notes)
        if any(node.get(camunda(who)) for who in _WHO):
            notes.add(node, _ASSIGNED)
        _job(node, notes)
    for message in children(root, "message"):
        if any(etree.QName(one).localname == "subscription" for one in _zeebe_items(message)):
            notes.add(message, _CORRELATED)


def _tell(node: Element, item: Element, notes: Notes) -> None:
    kind = etree.QName(item).localname
    if kind == "assignmentDefinition":
        notes.add(node, _ASSIGNED)
    elif kind == "ioMapping" and any(etree.QName(one).localname == "input" for one in item):
        notes.add(node, _RECEIVED)


def _same_words(element: Element) -> None:
    for key, value in list(element.attrib.items()):
        name = etree.QName(key)
        if name.namespace in _SAME and camunda(name.localname) not in element.attrib:
            element.set(camunda(name.localname), value)
    name = etree.QName(element)
    if name.namespace in _SAME:
        element.tag = camunda(name.localname)


def _zeebe_items(element: Element) -> Iterator[Element]:
    places = [element, *children(element, "multiInstanceLoopCharacteristics")]
    for place in places:
        for holder in children(place, "extensionElements"):
            for item in holder:
                if etree.QName(item).namespace == ZEEBE:
                    yield item


def _demands(node: Element, item: Element) -> bool:
    """What would change the variables, or run a program, is said in the words `check` refuses."""
    kind = etree.QName(item).localname
    ours = {"executionListeners": "executionListener", "taskListeners": "taskListener"}.get(
        kind
    )
    if kind == "ioMapping" and any(_renames(node, one) for one in item):
        ours = "inputOutput"
    if ours is None:
        return False
    item.tag = camunda(ours)
    return True


def _renames(node: Element, item: Element) -> bool:
    if etree.QName(item).localname == "input" and local(node) in ALONE:
        return False
    return _plain(item.get("source") or "") != item.get("target")


def _job(node: Element, notes: Notes) -> None:
    """A sending done by a program waits for it, as a service task does."""
    topic = node.get(camunda("topic"))
    if local(node) == "sendTask" and topic and not node.get("messageRef"):
        node.tag = bpmn("serviceTask")
        notes.add(
            node,
            f"Cet envoi est confié à un programme (sujet « {topic} ») : "
            "le dossier attend sa réponse.",
        )


def _one(node: Element, item: Element) -> None:
    """One element of zeebe, as the attributes that say it here."""
    kind = etree.QName(item).localname
    if kind == "taskDefinition":
        _give(node, camunda("topic"), item.get("type"))
    elif kind == "calledElement":
        _give(node, "calledElement", item.get("processId"))
    elif kind == "calledDecision":
        _give(node, camunda("decisionRef"), item.get("decisionId"))
        _give(node, camunda("resultVariable"), item.get("resultVariable"))
    elif kind == "script" and not children(node, "script") and item.get("resultVariable"):
        script = etree.SubElement(node, bpmn("script"))
        script.text = f"{item.get('resultVariable')} = {_plain(item.get('expression', ''))}"
    elif kind == "loopCharacteristics":
        for loop in children(node, "multiInstanceLoopCharacteristics"):
            _loop(loop, item)


def _loop(loop: Element, item: Element) -> None:
    _give(loop, camunda("collection"), item.get("inputCollection"))
    _give(loop, camunda("elementVariable"), item.get("inputElement"))
    result = _plain(item.get("outputElement") or "")
    if item.get("outputCollection") and result.isidentifier():
        etree.SubElement(loop, bpmn("loopDataOutputRef")).text = item.get("outputCollection")
        etree.SubElement(loop, bpmn("outputDataItem"), name=result)


def _give(element: Element, name: str, value: str | None) -> None:
    if value and element.get(name) is None:
        element.set(name, value)


def _plain(text: str) -> str:
    """The expression without the sign zeebe puts before it."""
    return text.strip().removeprefix("=").strip()
