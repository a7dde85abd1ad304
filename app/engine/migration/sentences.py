"""What does a person read of a proof? One plain sentence a reason, naming the step."""

from dataclasses import dataclass
from enum import StrEnum

from app.engine.migration.places import Place
from app.engine.parse import Definition


class Confidence(StrEnum):
    """How sure a proposal is."""

    HIGH = "high"  #: The same name and kind
    MEDIUM = "medium"  #: A name that resembles, and the same kind
    LOW = "low"  #: The same kind only


@dataclass(frozen=True, slots=True)
class Proposal:
    """A step of the new version that may stand for one that is gone."""

    step: str
    name: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a dossier cannot go as it is; `mends` when naming another step would mend it."""

    step: str
    sentence: str
    mends: bool = False


_KINDS = {
    "startEvent": "un début",
    "endEvent": "une fin",
    "intermediateCatchEvent": "une attente",
    "intermediateThrowEvent": "un envoi",
    "boundaryEvent": "un événement attaché",
    "userTask": "une tâche confiée à une personne",
    "manualTask": "une tâche faite hors de l’application",
    "task": "une étape sans action",
    "serviceTask": "un travail automatique",
    "scriptTask": "un calcul",
    "businessRuleTask": "une règle de décision",
    "sendTask": "un envoi de message",
    "receiveTask": "une attente de message",
    "exclusiveGateway": "un choix",
    "inclusiveGateway": "un choix multiple",
    "parallelGateway": "une passerelle parallèle",
    "eventBasedGateway": "une attente du premier événement",
    "subProcess": "un sous-processus",
    "transaction": "une transaction",
    "callActivity": "un processus appelé",
}


def named(definition: Definition, step: str) -> str:
    """The step as people call it: its drawn name, between quotation marks."""
    node = definition.nodes.get(step)
    return f"«\u00a0{(node.name if node else '') or step}\u00a0»"


def kind_of(definition: Definition, step: str) -> str:
    """What sort of step it is, with its article."""
    node = definition.nodes.get(step)
    return _KINDS.get(node.kind, "une étape") if node else "une étape"


def shown(definition: Definition, place: Place) -> str:
    """A place as people call it."""
    if place.role == "wrap":
        return named(definition, place.of) if place.of else "le processus"
    if place.role == "starts":
        return "l’attente du début"
    return named(definition, place.of)
