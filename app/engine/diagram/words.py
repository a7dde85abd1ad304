"""Which French words name the nodes of a diagram and their states?"""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum

#: How a word of this page is said to the reader: in French as it stands, or translated.
Say = Callable[[str], str]


class NodeState(StrEnum):
    """Where a node stands in the life of one dossier; a node without state is still to come."""

    DONE = "done"  #: Passed
    CURRENT = "current"  #: Somebody is to do it now
    WAITING = "waiting"  #: Waits for a third party or a date
    LATE = "late"  #: To be done, and its deadline is over
    SKIPPED = "skipped"  #: The dossier went another way
    ERROR = "error"  #: An incident stops it


class Mark(StrEnum):
    """What is to be noticed on a node or a flow: how it differs from another version, or that nobody goes there."""

    ADDED = "added"  #: Not in the other version
    REMOVED = "removed"  #: No longer in the other version
    CHANGED = "changed"  #: In both, but not the same
    MISSED = "missed"  #: No scenario goes there


MARK_WORDS: Mapping[Mark, str] = {
    Mark.ADDED: "ajout",
    Mark.REMOVED: "retrait",
    Mark.CHANGED: "changement",
    Mark.MISSED: "jamais parcouru",
}
MARK_SIGNS: Mapping[Mark, str] = {
    Mark.ADDED: "+",
    Mark.REMOVED: "−",
    Mark.CHANGED: "≠",
    Mark.MISSED: "?",
}
STATE_WORDS: Mapping[NodeState, str] = {
    NodeState.DONE: "terminée",
    NodeState.CURRENT: "en cours",
    NodeState.WAITING: "en attente",
    NodeState.LATE: "en retard",
    NodeState.SKIPPED: "non empruntée",
    NodeState.ERROR: "bloquée par un incident",
}
TO_COME = "à venir"
#: The kinds that « terminée » agrees with otherwise.
MASCULINE = frozenset(
    {"calcul", "envoi", "début", "choix", "choix multiple", "incident", "message", "signal"}
    | {"élément"}
)
PLURAL = frozenset({"étapes en parallèle"})
_AGREES = re.compile(r"ée\b")
KIND_WORDS: Mapping[str, str] = {
    "task": "étape",
    "userTask": "tâche",
    "manualTask": "tâche manuelle",
    "serviceTask": "tâche automatique",
    "scriptTask": "calcul",
    "businessRuleTask": "règle de décision",
    "sendTask": "envoi",
    "receiveTask": "attente d’un message",
    "callActivity": "procédure appelée",
    "subProcess": "sous-procédure",
    "transaction": "sous-procédure",
    "adHocSubProcess": "sous-procédure",
    "eventSubProcess": "procédure qui peut s’ouvrir à tout moment",
    "startEvent": "début",
    "endEvent": "fin",
    "boundaryEvent": "échéance ou incident",
    "intermediateCatchEvent": "attente",
    "intermediateThrowEvent": "émission",
    "exclusiveGateway": "choix",
    "inclusiveGateway": "choix multiple",
    "parallelGateway": "étapes en parallèle",
    "eventBasedGateway": "attente d’un événement",
    "complexGateway": "choix",
}
EVENT_WORDS: Mapping[str, str] = {
    "timer": "échéance",
    "message": "message",
    "error": "incident",
    "signal": "signal",
    "terminate": "fin de toute la procédure",
}


def kind_words(kind: str, event: str = "") -> str:
    """« tâche », « échéance », « choix »…"""
    if event in {"timer", "message", "error", "signal"} and kind.startswith(
        ("boundary", "intermediateCatch")
    ):
        return "attente d’un message" if event == "message" else EVENT_WORDS[event]
    return KIND_WORDS.get(kind, "élément")


def state_words(kind: str, state: NodeState) -> str:
    """« terminée », « terminé », « terminées », as the kind asks."""
    word = STATE_WORDS[state]
    if kind in MASCULINE:
        return _AGREES.sub("é", word, count=1)
    return _AGREES.sub("ées", word, count=1) if kind in PLURAL else word


def described(
    name: str, kind: str, state: NodeState | None, badge: str = "", *, say: Say = str
) -> str:
    """The full accessible name: « Vérifier la complétude (tâche, terminée) »."""
    kind, stands = say(kind), say(state_words(kind, state)) if state else ""
    details = [kind, stands, badge]
    inside = ", ".join(word for word in details if word and word != name)
    return f"{name or kind} ({inside})" if inside and name else name or kind
