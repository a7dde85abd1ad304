"""How is a foreign diagram read? Rewritten where it has one meaning, then checked like any other.

What `check` would refuse afterwards is the to-do list: nothing uncertain is decided in silence, and
a draft whose list is empty is played exactly as it is drawn.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from app.engine.draft import data, events, opposites, paths, pools, tasks, texts, vendors
from app.engine.draft.notes import Notes, TodoItem, name_of
from app.engine.elements import Node, read_nodes
from app.engine.lint.diagram import lint_bundle
from app.engine.parse import Definition, parse_diagram
from app.engine.xml import Element, bpmn, safe_xml

__all__ = ["Draft", "TodoItem", "read_draft"]

#: In this order: a rewriting may count on what those before it have put right.
_REWRITES = (
    vendors.adopt,
    data.release,
    events.complete,
    tasks.complete,
    paths.complete,
    texts.translate,
    opposites.settle,
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A diagram from elsewhere: rewritten, with what was understood and what is left to do."""

    xml: bytes
    title: str
    process_id: str
    #: What is drawn in the process and in those it calls.
    nodes: tuple[Node, ...]
    #: Lane → its name.
    lanes: Mapping[str, str]
    #: What a person has to decide before it can be played.
    todo: tuple[TodoItem, ...]
    #: What was rewritten, to be read again.
    notes: tuple[TodoItem, ...]
    #: The process, ready to be played: only when nothing is left to do.
    definition: Definition | None


def read_draft(xml: bytes, *, process_id: str | None = None) -> Draft:
    """The draft made of a file from any BPMN 2.0 tool.

    `process_id` names the process to follow when the file describes several; without it, the
    largest one is. Refuses DiagramRefused when the file holds nothing that could be followed.
    """
    root, notes = safe_xml(xml), Notes()
    data.repair_identifiers(root)
    chosen = pools.choose(root, process_id, notes)
    for process in pools.followed(root, chosen):
        if process.get("isExecutable") != "true":
            tasks.give_to_people(process, notes)
            process.set("isExecutable", "true")
        for rewrite in _REWRITES:
            rewrite(root, process, notes)
        pools.one_lane(root, process, notes)
    data.clear(root)
    written = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    name = chosen.get("id", "")
    todo = _todo(written, name)
    return Draft(
        xml=written,
        title=pools.title_of(root, chosen),
        process_id=name,
        nodes=tuple(
            node
            for process in pools.followed(root, chosen)
            for node in read_nodes(process, called=process is not chosen)
        ),
        lanes={
            lane.get("id", ""): name_of(lane)
            for process in pools.followed(root, chosen)
            for lane in process.iter(bpmn("lane"))
        },
        todo=todo,
        notes=tuple(notes.items),
        definition=None if todo else parse_diagram(written, process_id=name),
    )


def _todo(written: bytes, process_id: str) -> tuple[TodoItem, ...]:
    root = safe_xml(written)
    named = {element.get("id"): element for element in root.iter() if element.get("id")}
    return tuple(
        TodoItem(one.element, _name(named.get(one.element)), one.sentence)
        for one in lint_bundle([root], process_id)
    )


def _name(element: Element | None) -> str:
    return "" if element is None else name_of(element)
