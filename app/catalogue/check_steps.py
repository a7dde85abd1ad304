"""Do the words of a manifest and the drawing of a process tell the same story?"""

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from app.catalogue.contract import Manifest, Problem, Step
from app.catalogue.house import House
from app.catalogue.known_names import DIAGRAM_FUNCTIONS, expression_problems, questions_of
from app.catalogue.manifest import PLACE
from app.engine.decisions import DecisionModel
from app.engine.elements import Node
from app.engine.evaluated import Evaluated

DRAWING = "process.bpmn"
MAX_NAME, MAX_NAMES = 60, 300
HUMAN = frozenset({"userTask", "manualTask"})
_EQUALS = re.compile(r"(\w+)\s*==\s*'([^']*)'")


def step_problems(
    manifest: Manifest, nodes: Mapping[str, Node], house: House
) -> Iterator[Problem]:
    """Everything wrong between the steps of the manifest and the nodes of the drawing."""
    for key, step in manifest.steps.items():
        if key != manifest.filing_step and key not in nodes:
            yield Problem(
                f"{PLACE}, étape {key}", f"ne figure pas sur le dessin{_near(key, nodes)}"
            )
        elif key in nodes:
            yield from _step(step, nodes[key], nodes, house)
        yield from _reminders(step, manifest, house)
    if manifest.filing_step not in manifest.steps:
        sentence = f"l’étape de dépôt {manifest.filing_step} n’est pas décrite."
        yield Problem(PLACE, sentence)


def node_problems(
    manifest: Manifest, nodes: Mapping[str, Node], tables: DecisionModel, house: House
) -> Iterator[Problem]:
    """What each node asks of the manifest, and does not find."""
    for node in nodes.values():
        place = f"{DRAWING}, {node.name or node.id} ({node.id})"
        if node.kind in HUMAN:
            yield from _human(place, node, manifest, house)
        elif node.kind == "serviceTask":
            yield from _job(place, node, manifest.steps.get(node.id), house)
        elif node.kind == "businessRuleTask":
            decision = node.extensions.get("decisionRef", "")
            if decision not in tables:
                yield Problem(
                    place, f"aucune table ne porte la décision «\u00a0{decision}\u00a0»."
                )
    drawn = {node.lane for node in nodes.values() if node.lane is not None}
    for lane in sorted(drawn - set(manifest.lanes)):
        yield Problem(DRAWING, f"le couloir {lane} n’a pas de rôle dans le manifeste.")
    for lane in sorted(set(manifest.lanes) - drawn):
        yield Problem(PLACE, f"le couloir {lane} ne figure pas sur le dessin.")


def _human(place: str, node: Node, manifest: Manifest, house: House) -> Iterator[Problem]:
    step = manifest.steps.get(node.id)
    if step is None:
        yield Problem(place, "cette tâche n’est pas décrite dans le manifeste.")
        return
    if not step.title:
        yield Problem(f"{PLACE}, étape {node.id}", "il manque le texte «\u00a0title\u00a0».")
    if not step.fields and node.id not in house.form_classes:
        yield Problem(
            f"{PLACE}, étape {node.id}", "cette tâche n’a pas de formulaire (fields)."
        )
    if node.lane is None:
        yield Problem(
            place, "cette tâche n’est dans aucun couloir\u00a0: personne ne la recevrait."
        )


def _job(place: str, node: Node, step: Step | None, house: House) -> Iterator[Problem]:
    topic = node.extensions.get("topic", "")
    if not topic:
        yield Problem(place, "cette tâche automatique ne dit pas quel travail faire (topic).")
    elif house.jobs is not None and topic not in house.jobs:
        yield Problem(
            place, f"le travail «\u00a0{topic}\u00a0» n’existe pas{_near(topic, house.jobs)}"
        )
    if step is not None and step.effect is not None and step.effect != topic:
        sentence = (
            f"l’effet «\u00a0{step.effect}\u00a0» n’est pas le travail du dessin ({topic})."
        )
        yield Problem(f"{PLACE}, étape {node.id}", sentence)


def _step(step: Step, node: Node, nodes: Mapping[str, Node], house: House) -> Iterator[Problem]:
    place = f"{PLACE}, étape {step.key}"
    if node.kind not in HUMAN:
        if step.fields:
            yield Problem(place, "seule une tâche confiée à une personne a un formulaire.")
        if step.effect is not None and node.kind != "serviceTask":
            yield Problem(place, "seule une tâche peut avoir un effet.")
    elif step.effect and house.effects is not None and step.effect not in house.effects:
        yield Problem(place, f"l’effet «\u00a0{step.effect}\u00a0» n’existe pas.")
    for other in step.four_eyes:
        if other not in nodes or nodes[other].kind not in HUMAN:
            yield Problem(
                place, f"four_eyes nomme {other}, qui n’est pas une tâche d’une personne."
            )


def _reminders(step: Step, manifest: Manifest, house: House) -> Iterator[Problem]:
    place = f"{PLACE}, étape {step.key}"
    named = {step.reminders or "", *step.reminders_by_scheme.values()} - {""}
    if not named:
        return
    for name in sorted(named):
        if house.ladders is not None and name not in {*house.ladders, *manifest.ladders}:
            yield Problem(place, f"l’échelle de relances «\u00a0{name}\u00a0» n’existe pas.")
    for code in sorted(
        step.reminders_by_scheme.keys() - {one.code for one in manifest.schemes}
    ):
        yield Problem(
            place, f"reminders_by_scheme nomme le dispositif «\u00a0{code}\u00a0», inconnu."
        )
    if step.deadline is None:
        yield Problem(place, "des relances sans délai ne partiraient jamais.")


def ladder_problems(manifest: Manifest, house: House) -> Iterator[Problem]:
    """The type's own ladders are climbed by a step, and send mails that have a text."""
    used = {
        name
        for step in manifest.steps.values()
        for name in (step.reminders, *step.reminders_by_scheme.values())
    }
    for name, ladder in manifest.ladders.items():
        place = f"{PLACE}, échelle {name}"
        if name not in used:
            yield Problem(place, "aucune étape ne suit cette échelle (reminders).")
        for mail in dict.fromkeys(rung.mail for rung in ladder.rungs):
            if house.has_mail is not None and not house.has_mail(manifest.key, mail):
                yield Problem(place, f"le courriel «\u00a0{mail}\u00a0» n’a pas de texte.")


def variable_problems(
    manifest: Manifest, texts: list[Evaluated], known: frozenset[str]
) -> Iterator[Problem]:
    """Every condition, timer and repetition reads something that exists."""
    items = {text.item for text in texts if text.item}
    answers = _answers(manifest)
    for text in texts:
        place = f"{DRAWING}, {text.name or text.element} ({text.element})"
        yield from expression_problems(place, text.text, known | items, DIAGRAM_FUNCTIONS)
        for name, value in _EQUALS.findall(text.text):
            if name in answers and value not in answers[name]:
                yield Problem(
                    place,
                    f"la condition attend «\u00a0{value}\u00a0», que le champ de la variable "
                    f"«\u00a0{name}\u00a0» ne propose pas.",
                )
    for step in manifest.steps.values():
        if step.deadline and step.deadline.variable and step.deadline.variable not in known:
            sentence = (
                f"le délai lit «\u00a0{step.deadline.variable}\u00a0», que rien ne donne."
            )
            yield Problem(f"{PLACE}, étape {step.key}", sentence)
        if step.assignee and step.assignee not in items:
            sentence = (
                f"«\u00a0{step.assignee}\u00a0» n’est pas l’élément d’une répétition du dessin."
            )
            yield Problem(f"{PLACE}, étape {step.key}", sentence)


def _answers(manifest: Manifest) -> dict[str, set[str]]:
    """The values each variable may take, for those a choice gives and nothing else writes."""
    found: dict[str, set[str]] = {}
    for field in questions_of(manifest):
        if field.variable and field.type == "choice":
            found.setdefault(field.variable, set()).update(one.value for one in field.choices)
    written = {name for step in manifest.steps.values() for name in step.sets}
    return {name: values for name, values in found.items() if name not in written}


def _near(key: str, nodes: Iterable[str]) -> str:
    close = get_close_matches(key, list(nodes), n=1)
    return f"\u00a0; vouliez-vous écrire {close[0]}\u00a0?" if close else "."
