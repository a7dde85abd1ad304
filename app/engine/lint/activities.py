"""Does every activity say what it needs? Topics, tables, called processes, repetitions."""

from collections.abc import Iterator, Mapping

from app.engine.errors import Problem
from app.engine.lint.drawn import ACTIVITIES, Scope, problem
from app.engine.played import called_processes
from app.engine.xml import Element, bpmn, camunda, children, local

_LOOPS = ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics")


def activities(scope: Scope) -> Iterator[Problem]:
    """What is to be done is said."""
    for node in scope.nodes.values():
        kind = local(node)
        if kind == "serviceTask" and not node.get(camunda("topic")):
            yield problem(node, "ne dit pas ce qu’elle fait : donnez-lui un sujet (topic)")
        if kind == "businessRuleTask" and not node.get(camunda("decisionRef")):
            yield problem(node, "ne dit pas quelle table de décision consulter (decisionRef)")
        if kind == "scriptTask" and not children(node, "script"):
            yield problem(node, "est vide")
        if kind == "callActivity" and not _plain(node.get("calledElement")):
            yield problem(node, "ne dit pas quel processus appeler")
        yield from _result_variable(node)
        yield from _repetition(node)


def _plain(name: str | None) -> bool:
    return bool(name) and "{" not in str(name)


def _result_variable(node: Element) -> Iterator[Problem]:
    variable = node.get(camunda("resultVariable"))
    if variable is not None and not _is_variable(variable):
        yield problem(node, f"range son résultat dans « {variable} », qui n’est pas un nom")


def _is_variable(name: str) -> bool:
    return name.isidentifier() and not name.startswith("_")


def _repetition(node: Element) -> Iterator[Problem]:
    loops = children(node, *_LOOPS)
    if len(loops) > 1 or (loops and local(node) not in ACTIVITIES):
        yield problem(node, "a une répétition qui ne peut pas être jouée")
        return
    for loop in loops:
        if local(loop) == "standardLoopCharacteristics":
            yield from _standard_loop(node, loop)
        else:
            yield from _for_each(node, loop)


def _standard_loop(node: Element, loop: Element) -> Iterator[Problem]:
    most = loop.get("loopMaximum")
    if most is None and not children(loop, "loopCondition"):
        yield problem(node, "se répète sans maximum ni condition")
    if most is not None and not (most.isdecimal() and 0 < int(most) <= 1_000):
        yield problem(node, "a un maximum de répétitions qui n’est pas un nombre de 1 à 1000")


def _for_each(node: Element, loop: Element) -> Iterator[Problem]:
    collection = loop.get(camunda("collection")) or children(loop, "loopDataInputRef")
    if bool(collection) == bool(children(loop, "loopCardinality")):
        yield problem(
            node, "doit se répéter pour une liste, ou un nombre de fois, et un seul des deux"
        )
    items = children(loop, "inputDataItem", "outputDataItem")
    results = children(loop, "loopDataOutputRef")
    names = [
        loop.get(camunda("elementVariable")),
        *(item.get("name") or item.get("id") for item in items),
        *((item.text or "").strip() for item in results),
    ]
    for name in names:
        if name is not None and not _is_variable(name):
            yield problem(node, f"utilise « {name} », qui n’est pas un nom de variable")
    if bool(results) != bool(children(loop, "outputDataItem")):
        yield problem(
            node, "doit nommer à la fois le résultat de chacun et la liste des résultats"
        )


def calls(processes: Mapping[str, Element], *, complete: bool) -> Iterator[Problem]:
    """Called processes exist (when all the files are there) and never call themselves."""
    for name, process in processes.items():
        if name in called_processes(processes, name):
            yield problem(process, "s’appelle lui-même, directement ou non")
        for call in process.iter(bpmn("callActivity")):
            wanted = call.get("calledElement", "")
            if complete and _plain(wanted) and wanted not in processes:
                yield problem(call, f"appelle le processus « {wanted} », qui n’est pas fourni")
