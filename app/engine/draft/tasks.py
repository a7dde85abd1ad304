"""Who does a task drawn without saying it? On a drawing nobody ran, a plain task is for a person."""

from app.engine.draft.notes import Notes, name_of
from app.engine.elements import NODE_KINDS
from app.engine.xml import Element, bpmn, children, local

_LOOPS = ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics")
_OF_A_STEP = frozenset({*_LOOPS, "documentation", "extensionElements", "incoming", "outgoing"})
_GLOBAL = {
    "globalTask": "task",
    "globalUserTask": "userTask",
    "globalManualTask": "manualTask",
    "globalScriptTask": "scriptTask",
    "globalBusinessRuleTask": "businessRuleTask",
}


def give_to_people(process: Element, notes: Notes) -> None:
    """Tasks without a type become steps: a diagram that was only drawn shows people at work."""
    found = list(process.iter(bpmn("task")))
    for task in found:
        task.tag = bpmn("userTask")
    if found:
        said = ", ".join(f"« {name_of(task) or task.get('id')} »" for task in found[:5])
        more = f" et {len(found) - 5} autres" if len(found) > 5 else ""
        notes.add(
            process, f"Les tâches sans type sont confiées à des personnes : {said}{more}."
        )
    for box in [*process.iter(bpmn("subProcess"))]:
        if box.get("triggeredByEvent") != "true" and not children(box, *NODE_KINDS):
            _as_step(box)
            notes.add(box, "Ce sous-processus était vide : il est devenu une étape.")


def _as_step(box: Element) -> None:
    box.tag = bpmn("userTask")
    for child in list(box):
        if local(child) not in _OF_A_STEP:
            box.remove(child)


def complete(root: Element, process: Element, _notes: Notes) -> None:
    """Global tasks are drawn where they are called; repetitions name what they go through."""
    shared = {one.get("id"): one for kind in _GLOBAL for one in children(root, kind)}
    for call in list(process.iter(bpmn("callActivity"))):
        found = shared.get(call.get("calledElement"))
        if found is not None:
            call.tag = bpmn(_GLOBAL[local(found)])
            del call.attrib["calledElement"]
            call.extend([one for one in found if local(one) == "script"])
    for loop in process.iter(*(bpmn(kind) for kind in _LOOPS)):
        _repetition(root, loop)


def _repetition(root: Element, loop: Element) -> None:
    """A list that is the id of a piece of drawn data is the variable of its name, if it has one."""
    known = {one.get("id"): one for one in root.iter() if one.get("id")}
    for reference in children(loop, "loopDataInputRef", "loopDataOutputRef"):
        found = known.get((reference.text or "").strip())
        if found is None:
            continue
        if name_of(found).isidentifier():
            reference.text = name_of(found)
        else:
            loop.remove(reference)
    if not children(loop, "loopDataOutputRef"):
        for item in children(loop, "outputDataItem"):
            loop.remove(item)
    for empty in children(loop, "loopCardinality", "completionCondition", "loopCondition"):
        if not (empty.text or "").strip():
            loop.remove(empty)
