"""How do the extensions of other engines read here? Those that say the same thing are translated.

Camunda 7 is the dialect of this engine; Activiti and Flowable are its parents under other
namespaces, Camunda 8 (zeebe) says the same things as elements.
"""

from collections.abc import Iterator

from lxml import etree

from app.engine.draft.notes import Notes
from app.engine.elements import NODE_KINDS
from app.engine.xml import Element, bpmn, camunda, children

_SAME = ("http://activiti.org/bpmn", "http://flowable.org/bpmn")
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
_SAID = {
    "ioMapping": "Les correspondances entre variables (ioMapping) ne sont pas reprises.",
    "executionListeners": "Les programmes à l’écoute (listeners) ne sont pas repris.",
    "taskListeners": "Les programmes à l’écoute (listeners) ne sont pas repris.",
    "subscription": "La corrélation n’est pas reprise : c’est le dossier qui reçoit le message.",
}


def adopt(root: Element, process: Element, notes: Notes) -> None:
    """Other engines' words for what this one knows."""
    for element in process.iter():
        _same_words(element)
    for node in process.iter(*(bpmn(kind) for kind in NODE_KINDS)):
        for item in _zeebe_items(node):
            _one(node, item)
            said = _SAID.get(etree.QName(item).localname)
            if said is not None:
                notes.add(node, said)
    for message in children(root, "message"):
        if any(etree.QName(one).localname == "subscription" for one in _zeebe_items(message)):
            notes.add(message, _SAID["subscription"])


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
