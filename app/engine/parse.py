"""How does a drawn file become a definition that dossiers can follow? Checked, rewritten, parsed once.

A `Definition` never changes after parsing: threads and dossiers share it.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from app.engine.elements import Flow, Node, message_names, read_flows, read_nodes
from app.engine.errors import DiagramRefused, Problem
from app.engine.lint.diagram import lint_bundle, lint_diagram
from app.engine.normalise import normalised
from app.engine.played import called_processes, is_executable, played_roots
from app.engine.spiff.parser import DiagramParser, ScopeSpec
from app.engine.xml import Element, children, safe_xml

__all__ = ["Definition", "Flow", "Node", "Problem", "lint_diagram", "parse_diagram"]


@dataclass(frozen=True, slots=True)
class Specs:
    """What the engine runs: SpiffWorkflow's specifications, and the index states refer to."""

    top: ScopeSpec
    inner: Mapping[str, ScopeSpec]
    #: For each scope, the names of its nodes in the order that saved states count them.
    names: Mapping[str, tuple[str, ...]]
    numbers: Mapping[str, Mapping[str, int]]
    #: Tells whether a saved state was written with the same index.
    fingerprint: str


@dataclass(frozen=True, eq=False)
class Definition:
    """One version of a process: what is drawn, and what the engine runs."""

    process_id: str
    digest: str
    xml: bytes
    nodes: Mapping[str, Node]
    flows: tuple[Flow, ...]
    specs: Specs = field(repr=False)

    @cached_property
    def messages(self) -> frozenset[str]:
        """The messages and signals the diagram knows, by name."""
        return message_names(self.xml)


def parse_diagram(
    xml: bytes, *, process_id: str | None = None, called: Sequence[bytes] = ()
) -> Definition:
    """The definition drawn in this file; `called` are the files of the processes it calls.

    Without `process_id`, the file must hold one process that no other one calls. Refuses
    DiagramRefused with every problem found.
    """
    roots = played_roots([safe_xml(data) for data in (xml, *called)])
    problems = lint_bundle(roots, process_id)
    if problems:
        raise DiagramRefused(problems)
    processes = {str(p.get("id")): p for root in roots for p in children(root, "process")}
    chosen = process_id or _only_process(roots[0])
    parser = DiagramParser()
    for root in roots:
        parser.add_bpmn_xml(normalised(root))
    used = [chosen, *called_processes(processes, chosen)]
    return Definition(
        process_id=chosen,
        digest=hashlib.sha256(xml).hexdigest(),
        xml=xml,
        nodes={
            node.id: node
            for name in used
            for node in read_nodes(processes[name], called=name != chosen)
        },
        flows=tuple(flow for name in used for flow in read_flows(processes[name])),
        specs=_indexed(*parser.specs(chosen)),
    )


def _only_process(root: Element) -> str:
    processes = {str(process.get("id")): process for process in children(root, "process")}
    inside = {name for outer in processes for name in called_processes(processes, outer)}
    return next(
        name
        for name, process in processes.items()
        if name not in inside and is_executable(process)
    )


def _indexed(top: ScopeSpec, inner: Mapping[str, ScopeSpec]) -> Specs:
    scopes = {"": top, **inner}
    names = {name: tuple(spec.task_specs) for name, spec in scopes.items()}
    text = repr(sorted(names.items()))
    return Specs(
        top=top,
        inner=inner,
        names=names,
        numbers={
            scope: {name: number for number, name in enumerate(order)}
            for scope, order in names.items()
        },
        fingerprint=hashlib.sha256(text.encode()).hexdigest()[:12],
    )
