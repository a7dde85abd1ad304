"""Which processes of a file are played? Those meant to be run, and those they call; others are drawings."""

from collections.abc import Mapping, Sequence
from copy import deepcopy

from app.engine.xml import Element, bpmn, children


def is_executable(process: Element) -> bool:
    """The process is meant to be run; others are only drawn."""
    return process.get("isExecutable", "true") == "true"


def called_processes(processes: Mapping[str, Element], name: str) -> list[str]:
    """The processes that this one calls, directly or not; itself when it is recursive."""
    found: list[str] = []
    queue = [name]
    while queue:
        for call in processes[queue.pop()].iter(bpmn("callActivity")):
            called = call.get("calledElement", "")
            if called in processes and called not in found:
                found.append(called)
                queue.append(called)
    return found


def played_roots(roots: Sequence[Element]) -> list[Element]:
    """The same files without the pools that are only drawn beside the processes to follow."""
    processes = {
        str(process.get("id")): process
        for root in roots
        for process in children(root, "process")
    }
    kept = {name for name, process in processes.items() if is_executable(process)}
    if not kept:
        return list(roots)
    kept |= {called for name in kept for called in called_processes(processes, name)}
    return [_without(root, kept) for root in roots]


def _without(root: Element, kept: set[str]) -> Element:
    drawn = [one for one in children(root, "process") if str(one.get("id")) not in kept]
    # A file that is only called from elsewhere is checked whole.
    if not drawn or len(drawn) == len(children(root, "process")):
        return root
    names = {one.get("id") for one in drawn}
    root = deepcopy(root)
    for process in children(root, "process"):
        if process.get("id") in names:
            root.remove(process)
    return root
