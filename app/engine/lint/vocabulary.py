"""Does the diagram only use forms that the engine plays exactly? Everything else is refused by name."""

from collections import Counter
from collections.abc import Iterator

from app.engine.elements import NODE_KINDS
from app.engine.errors import Problem
from app.engine.lint.drawn import SCOPES, problem, scopes_of, subject
from app.engine.normalise import PREFIX
from app.engine.played import is_executable
from app.engine.xml import BPMN, Element, bpmn, children, local

#: Drawings and bookkeeping: they change nothing to what happens.
_INERT = {
    "sequenceFlow",
    "laneSet",
    "dataObject",
    "dataObjectReference",
    "dataStoreReference",
    "textAnnotation",
    "association",
    "group",
    "extensionElements",
    "documentation",
    "incoming",
    "outgoing",
    "multiInstanceLoopCharacteristics",
    "standardLoopCharacteristics",
    "property",
    "auditing",
    "monitoring",
    "resourceRole",
    "performer",
    "humanPerformer",
    "potentialOwner",
    "dataInputAssociation",
    "dataOutputAssociation",
}
_UNSUPPORTED = {
    "complexGateway": "est une passerelle complexe : dessinez-la avec des passerelles simples",
    "adHocSubProcess": "est un sous-processus ad hoc : dessinez l’ordre de ses étapes",
    "compensateEventDefinition": (
        "demande une compensation, que le moteur ne joue pas : dessinez le chemin qui annule, "
        "par exemple depuis une erreur attachée"
    ),
    "subChoreography": "appartient à une chorégraphie, que le moteur ne joue pas",
    "choreographyTask": "appartient à une chorégraphie, que le moteur ne joue pas",
}
#: Ends of the names SpiffWorkflow gives to the nodes it adds.
_SPIFFS = (".BoundaryEventSplit", " [child]")
#: What may stand beside the processes of a file.
ROOT_KINDS = {
    "process",
    "collaboration",
    "message",
    "signal",
    "error",
    "escalation",
    "dataStore",
    "itemDefinition",
    "category",
    "extension",
    "import",
    "relationship",
    "documentation",
    "extensionElements",
}
_CORRELATION = {"correlationKey", "correlationProperty", "correlationSubscription"}
_SEEN = NODE_KINDS | _INERT | _UNSUPPORTED.keys() | _CORRELATION | {"ioSpecification"}


#: A diagram somebody can read has a hundred nodes; one that exhausts the checks has millions.
MAX_NODES, MAX_FLOWS = 2_000, 4_000


def sizes(root: Element) -> Iterator[Problem]:
    """The diagram is of a size that somebody could have drawn."""
    nodes = sum(1 for _ in root.iter(*(bpmn(kind) for kind in NODE_KINDS)))
    flows = sum(1 for _ in root.iter(bpmn("sequenceFlow")))
    if nodes > MAX_NODES or flows > MAX_FLOWS:
        yield Problem(
            "", f"Le diagramme a plus de {MAX_NODES} éléments ou {MAX_FLOWS} chemins."
        )


def unknown_elements(root: Element) -> Iterator[Problem]:
    """Elements that are not of BPMN, or that the engine does not play."""
    if root.tag != bpmn("definitions"):
        yield Problem("", "Le fichier n’est pas un diagramme BPMN 2.0.")
        return
    for child in root:
        if _is_bpmn(child) and local(child) not in ROOT_KINDS | _CORRELATION:
            yield problem(child, "n’est pas joué par le moteur")
    for scope in scopes_of(root):
        for child in scope.element:
            if _is_bpmn(child) and local(child) not in _SEEN:
                yield problem(child, "n’est pas joué par le moteur")
    yield from _misplaced(root)
    yield from _unsupported(root)


def _misplaced(root: Element) -> Iterator[Problem]:
    for element in root.iter(bpmn("sequenceFlow"), *(bpmn(kind) for kind in NODE_KINDS)):
        parent = element.getparent()
        if parent is not None and local(parent) not in SCOPES | {"adHocSubProcess"}:
            yield problem(element, "n’est pas dans un processus")


def _is_bpmn(element: Element) -> bool:
    return str(element.tag).startswith(f"{{{BPMN}}}")


def _unsupported(root: Element) -> Iterator[Problem]:
    for kind, predicate in _UNSUPPORTED.items():
        for element in root.iter(bpmn(kind)):
            parent = element.getparent()
            named = parent if kind.endswith("Definition") and parent is not None else element
            yield problem(named, predicate)
    for kind in _CORRELATION:
        for element in root.iter(bpmn(kind)):
            yield problem(
                element, "demande une corrélation : c’est le dossier qui reçoit les messages"
            )
    for element in root.iter(*(bpmn(kind) for kind in NODE_KINDS)):
        if element.get("isForCompensation") == "true":
            yield problem(element, _UNSUPPORTED["compensateEventDefinition"])
        if children(element, "ioSpecification"):
            yield problem(
                element, "restreint ses données : les variables sont celles du dossier"
            )
        yield from _data_stores(root, element)


def _data_stores(root: Element, element: Element) -> Iterator[Problem]:
    stores = {store.get("id") for store in root.iter(bpmn("dataStoreReference"))}
    associations = children(element, "dataInputAssociation", "dataOutputAssociation")
    for association in associations:
        for end in children(association, "sourceRef", "targetRef"):
            if (end.text or "").strip() in stores:
                yield problem(
                    element, "lit ou écrit un magasin de données, qui n’existe pas ici"
                )


def identifiers(root: Element) -> Iterator[Problem]:
    """Every element of a process has an id of its own."""
    counted = Counter(
        identifier
        for element in root.iter()
        if _is_bpmn(element) and (identifier := element.get("id")) is not None
    )
    for identifier, number in counted.items():
        if number > 1:
            yield Problem(
                identifier, f"L’identifiant « {identifier} » est donné {number} fois."
            )
        if identifier.startswith(PREFIX) or identifier.endswith(_SPIFFS):
            yield Problem(identifier, f"L’identifiant « {identifier} » est réservé au moteur.")
    for scope in scopes_of(root):
        for element in (scope.element, *scope.element):
            needs_one = local(element) in NODE_KINDS | SCOPES | {"sequenceFlow"}
            if needs_one and _is_bpmn(element) and not element.get("id"):
                yield Problem("", f"{subject(element)} n’a pas d’identifiant.")


def executable(root: Element) -> Iterator[Problem]:
    """The processes can be run."""
    processes = children(root, "process")
    if root.tag == bpmn("definitions") and not processes:
        yield Problem("", "Le fichier ne contient aucun processus.")
    if processes and not any(is_executable(process) for process in processes):
        yield problem(processes[0], "n’est pas marqué exécutable")
