"""How does a test get a diagram with its drawing? Nodes in a row, with their shapes and flows."""

from html import escape

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" id="d" targetNamespace="t">'
)
SIZES = {"Event": (36, 36), "Gateway": (50, 50), "Task": (120, 80)}


def node(kind: str, node_id: str, name: str = "", inner: str = "", **attributes: str) -> str:
    """One BPMN element."""
    more = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
    return f'<{kind} id="{node_id}" name="{escape(name)}"{more}>{inner}</{kind}>'


def flow(source: str, target: str, name: str = "", inner: str = "") -> str:
    """One sequence flow, called `source-target`."""
    return (
        f'<sequenceFlow id="{source}-{target}" name="{escape(name)}" sourceRef="{source}" '
        f'targetRef="{target}">{inner}</sequenceFlow>'
    )


def shape(
    node_id: str, x: float, y: float, size: tuple[int, int], inner: str = "", **more: str
) -> str:
    """Where a node is drawn."""
    extra = "".join(f' {key}="{value}"' for key, value in more.items())
    return (
        f'<bpmndi:BPMNShape bpmnElement="{node_id}"{extra}><dc:Bounds x="{x}" y="{y}" '
        f'width="{size[0]}" height="{size[1]}"/>{inner}</bpmndi:BPMNShape>'
    )


def edge(flow_id: str, *points: tuple[float, float]) -> str:
    """Where a flow passes."""
    way = "".join(f'<di:waypoint x="{x}" y="{y}"/>' for x, y in points)
    return f'<bpmndi:BPMNEdge bpmnElement="{flow_id}">{way}</bpmndi:BPMNEdge>'


def drawn(process: str, plane: str, before: str = "") -> bytes:
    """A whole file."""
    return (
        f'{HEAD}{before}<process id="p" isExecutable="true">{process}</process>'
        f"<bpmndi:BPMNDiagram><bpmndi:BPMNPlane>{plane}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"
        "</definitions>"
    ).encode()


def in_a_row(*nodes: tuple[str, str, str], extra: str = "", more_shapes: str = "") -> bytes:
    """A file whose nodes (kind, id, name) follow each other from left to right."""
    elements, shapes, edges, x = [], [], [], 0
    for rank, (kind, node_id, name) in enumerate(nodes):
        size = next((size for end, size in SIZES.items() if kind.endswith(end)), (120, 80))
        elements.append(node(kind, node_id, name))
        shapes.append(shape(node_id, x, 100 - size[1] / 2, size))
        if rank:
            before = nodes[rank - 1][1]
            elements.append(flow(before, node_id))
            edges.append(edge(f"{before}-{node_id}", (x - 40, 100), (x, 100)))
        x += size[0] + 40
    return drawn("".join(elements) + extra, "".join(shapes + edges) + more_shapes)


GRANT = in_a_row(
    ("startEvent", "Filed", "Demande déposée"),
    ("userTask", "CheckCompleteness", "Vérifier la complétude"),
    ("exclusiveGateway", "CompletenessGateway", "Dossier complet ?"),
    ("serviceTask", "ComputeAid", "Calculer l’aide"),
    ("userTask", "ExamineRequest", "Instruire la demande"),
    ("endEvent", "Done", "Dossier clos"),
)
