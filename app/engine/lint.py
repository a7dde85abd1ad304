"""Provisional."""

from collections.abc import Mapping, Sequence
from app.engine.errors import Problem
from app.engine.xml import Element, bpmn, safe_xml


def called_processes(processes: Mapping[str, Element], name: str) -> list[str]:
    found: list[str] = []
    queue = [name]
    while queue:
        for call in processes[queue.pop()].iter(bpmn("callActivity")):
            called = call.get("calledElement", "")
            if called in processes and called not in found:
                found.append(called)
                queue.append(called)
    return found


def lint_bundle(roots: Sequence[Element], process_id: str | None) -> list[Problem]:
    return []


def lint_diagram(xml: bytes) -> list[Problem]:
    return lint_bundle([safe_xml(xml)], None)
