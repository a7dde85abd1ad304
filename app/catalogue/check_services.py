"""Are services told what they need, and are the messages people may send heard by somebody?"""

from collections.abc import Iterator, Mapping

from app.catalogue.contract import Manifest, Problem
from app.catalogue.house import House
from app.catalogue.known_names import expression_problems
from app.catalogue.manifest import PLACE
from app.catalogue.service_inputs import input_problems
from app.engine.elements import Node


def service_problems(
    manifest: Manifest,
    nodes: Mapping[str, Node],
    files: Mapping[str, bytes],
    known: frozenset[str],
) -> Iterator[Problem]:
    """Everything wrong in what the automatic steps tell their services."""
    for node in nodes.values():
        if node.kind == "serviceTask":
            place = f"process.bpmn, {node.name or node.id} ({node.id})"
            yield from input_problems(place, node, manifest, files, known)
    for mail in manifest.mails:
        if mail.moment != "service":
            continue
        step = nodes.get(mail.subject)
        told = step.inputs.get("mail") if step is not None else None
        if told != mail.key:
            sentence = f"l’étape {mail.subject} ne l’envoie pas (send_mail, mail = {mail.key})."
            yield Problem(f"{PLACE}, courriel {mail.key}", sentence)


def message_problems(
    manifest: Manifest, drawn: frozenset[str], known: frozenset[str], house: House
) -> Iterator[Problem]:
    """A message people may send moves the process, or changes something; its words are good."""
    for message in manifest.messages.values():
        place = f"{PLACE}, message {message.name}"
        if message.name in manifest.steps:
            yield Problem(place, "une étape porte déjà ce nom.")
        if message.by and message.effect is None and message.name not in drawn:
            yield Problem(
                place, "le dessin n’attend pas ce message, et il n’a pas d’effet (effect)."
            )
        if message.effect and house.events is not None and message.effect not in house.events:
            yield Problem(place, f"l’effet «\u00a0{message.effect}\u00a0» n’existe pas.")
        if message.correlation is not None:
            yield from expression_problems(place, message.correlation, known)
