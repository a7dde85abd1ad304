"""Which process of the file is followed, under which title, and in whose lane are its steps?"""

from collections.abc import Mapping

from lxml import etree

from app.engine.draft.notes import Notes, name_of
from app.engine.elements import NODE_KINDS
from app.engine.errors import DiagramRefused, Problem
from app.engine.played import called_processes
from app.engine.xml import Element, bpmn, children

_OTHER_DRAWINGS = {
    "choreography": "une chorégraphie",
    "globalConversation": "une conversation",
    "conversation": "une conversation",
}


def choose(root: Element, wanted: str | None, notes: Notes) -> Element:
    """The process to follow; the other pools become drawings. Refuses DiagramRefused."""
    if root.tag != bpmn("definitions"):
        raise _refused("Le fichier n’est pas un diagramme BPMN 2.0.")
    processes = {str(one.get("id")): one for one in children(root, "process")}
    full = {name: one for name, one in processes.items() if _size(one)}
    if not full:
        raise _refused(_why_empty(root, processes))
    if wanted is not None and wanted not in full:
        raise _refused(f"Le processus « {wanted} » n’est pas dans le fichier, ou il est vide.")
    chosen = full[wanted] if wanted is not None else _likeliest(full)
    kept = {str(chosen.get("id")), *called_processes(processes, str(chosen.get("id")))}
    others = [one for name, one in processes.items() if name not in kept]
    for one in others:
        one.set("isExecutable", "false")
    if any(_size(one) for one in others):
        notes.add(
            chosen,
            "Le fichier décrit plusieurs processus : celui-ci est suivi, les autres restent dessinés.",
        )
    return chosen


def followed(root: Element, chosen: Element) -> list[Element]:
    """The process and those it calls."""
    processes = {str(one.get("id")): one for one in children(root, "process")}
    name = str(chosen.get("id"))
    return [
        chosen,
        *(processes[one] for one in called_processes(processes, name) if one != name),
    ]


def _size(process: Element) -> int:
    return sum(1 for _ in process.iter(*(bpmn(kind) for kind in NODE_KINDS)))


def _likeliest(full: Mapping[str, Element]) -> Element:
    """Not called by another, meant to be run, with the most to do; the first of equals."""
    inside = {name for one in full for name in called_processes(full, one) if name != one}
    tops = [one for name, one in full.items() if name not in inside] or list(full.values())
    return max(tops, key=lambda one: (one.get("isExecutable") == "true", _size(one)))


def _why_empty(root: Element, processes: Mapping[str, Element]) -> str:
    for kind, said in _OTHER_DRAWINGS.items():
        if next(root.iter(bpmn(kind)), None) is not None:
            return f"Le fichier décrit {said}, que le moteur ne joue pas."
    if processes:
        return "Le fichier ne décrit aucune étape : ses processus sont vides."
    return "Le fichier ne contient aucun processus."


def title_of(root: Element, process: Element) -> str:
    """What people call the process: the name of its pool, or its own."""
    for participant in root.iter(bpmn("participant")):
        if participant.get("processRef") == process.get("id") and name_of(participant):
            return name_of(participant)
    return name_of(process) or process.get("id", "")


def one_lane(root: Element, process: Element, notes: Notes) -> None:
    """A pool without lanes is one lane: somebody receives its steps."""
    if next(process.iter(bpmn("lane")), None) is not None:
        return
    nodes = [node for node in process if node.tag in {bpmn(kind) for kind in NODE_KINDS}]
    if not nodes:
        return
    lanes = etree.Element(bpmn("laneSet"), id=f"Lanes_{process.get('id')}")
    lane = etree.SubElement(lanes, bpmn("lane"), id=f"Lane_{process.get('id')}")
    lane.set("name", title_of(root, process))
    for node in nodes:
        etree.SubElement(lane, bpmn("flowNodeRef")).text = node.get("id")
    # The schema of BPMN wants lanes before nodes; editors are strict about it.
    process.insert(process.index(nodes[0]), lanes)
    notes.add(lane, "Aucun couloir n’était dessiné : toutes les étapes sont dans celui-ci.")


def _refused(sentence: str) -> DiagramRefused:
    return DiagramRefused([Problem("", sentence)])
