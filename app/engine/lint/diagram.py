"""Can this diagram be published? Every check, on one file or on all the files of a dossier type."""

from collections.abc import Iterable, Sequence

from app.engine.errors import DiagramRefused, Problem
from app.engine.lint import activities, events, ignored, paths, soundness, texts, vocabulary
from app.engine.lint.drawn import name_of, problem, scopes_of
from app.engine.played import called_processes, is_executable, played_roots
from app.engine.xml import Element, children, safe_xml

__all__ = ["lint_bundle", "lint_diagram"]


def lint_diagram(xml: bytes) -> list[Problem]:
    """What is wrong with one file, in French; processes it calls may be drawn in other files."""
    try:
        root = safe_xml(xml)
    except DiagramRefused as refused:
        return list(refused.problems)
    [root] = played_roots([root])
    return _problems([root], None, complete=False)


def lint_bundle(roots: Sequence[Element], process_id: str | None) -> list[Problem]:
    """What is wrong with a file and the files of the processes it calls."""
    return _problems(played_roots(roots), process_id, complete=True)


def _problems(
    roots: Sequence[Element], process_id: str | None, *, complete: bool
) -> list[Problem]:
    """What is drawn and what it calls; how it plays is looked at once all of that is right."""
    drawn = (found for root in roots for found in _of_file(root))
    called = activities.calls(_processes(roots), complete=complete)
    played = _of_files(roots, process_id, complete=complete)
    return list(dict.fromkeys((*drawn, *called))) or list(dict.fromkeys(played))


def _processes(roots: Sequence[Element]) -> dict[str, Element]:
    return {
        name_of(process): process for root in roots for process in children(root, "process")
    }


def _of_file(root: Element) -> Iterable[Problem]:
    too_large = list(vocabulary.sizes(root))
    if too_large:
        yield from too_large
        return
    yield from vocabulary.unknown_elements(root)
    yield from vocabulary.identifiers(root)
    yield from vocabulary.executable(root)
    for scope in scopes_of(root):
        yield from paths.dangling_flows(scope)
        yield from paths.gateways(scope)
        yield from paths.starts(scope)
        yield from paths.reachable(scope)
        yield from events.event_kinds(scope)
        yield from events.references(root, scope)
        yield from events.attached_events(scope)
        yield from events.cancellations(root, scope)
        yield from events.links(scope)
        yield from events.event_gateways(scope)
        yield from activities.activities(scope)
        yield from texts.texts(scope)
        yield from ignored.ignored(scope)


def _of_files(
    roots: Sequence[Element], process_id: str | None, *, complete: bool
) -> Iterable[Problem]:
    processes = _processes(roots)
    for process in (process for root in roots for process in children(root, "process")):
        if processes[name_of(process)] is not process:
            yield problem(process, "est donné par deux fichiers")
    for root in roots:
        for scope in scopes_of(root):
            yield from paths.endless_loops(scope, processes)
            yield from soundness.dead_joins(scope)
            yield from soundness.uncertain_joins(scope)
    yield from _shared_ids(processes)
    if complete:
        yield from _which_process(roots[0], processes, process_id)


def _shared_ids(processes: dict[str, Element]) -> Iterable[Problem]:
    """A node's id is enough to know it, in all the files together."""
    owner: dict[str, Element] = {}
    for process in processes.values():
        for element in process.iter():
            first = owner.setdefault(name_of(element), process)
            if first is not process and name_of(element) and element.tag != process.tag:
                yield problem(
                    element, "a le même identifiant qu’un élément d’un autre processus"
                )


def _which_process(
    root: Element, processes: dict[str, Element], process_id: str | None
) -> Iterable[Problem]:
    here = [process for process in children(root, "process") if is_executable(process)]
    names = [name_of(process) for process in here]
    if process_id is not None:
        if process_id not in names:
            yield Problem(
                process_id, f"Le processus « {process_id} » n’est pas dans le fichier."
            )
        return
    inside = {name for outer in names for name in called_processes(processes, outer)}
    tops = [process for process in here if name_of(process) not in inside]
    if len(tops) != 1:
        sentence = "Le fichier doit contenir un seul processus à suivre ; il en contient"
        yield Problem("", f"{sentence} {len(tops)}.")
