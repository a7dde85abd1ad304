"""What does not fit in a dossier type? One French sentence for each thing, before anybody files."""

from collections.abc import Iterator, Mapping

from app.catalogue.aid_check import aid_problems
from app.catalogue.check_clocks import clock_problems
from app.catalogue.check_forms import form_problems
from app.catalogue.check_services import message_problems, service_problems
from app.catalogue.check_steps import (
    DRAWING,
    HUMAN,
    ladder_problems,
    node_problems,
    step_problems,
    variable_problems,
)
from app.catalogue.contract import DocumentKind, Mail, Manifest, Problem
from app.catalogue.discover import SHARED
from app.catalogue.house import House
from app.catalogue.known_names import expression_problems, facts_of, variables_of
from app.catalogue.manifest import PLACE, read_manifest
from app.catalogue.pack import DIAGRAM
from app.catalogue.scenario import SCENARIOS, read_scenario
from app.domain.events import EventKind
from app.engine.decisions import DecisionModel, read_model
from app.engine.elements import Node, message_names
from app.engine.errors import DiagramRefused
from app.engine.evaluated import evaluated_texts
from app.engine.lint.diagram import lint_diagram
from app.engine.parse import parse_diagram

FORMATS = frozenset(
    {
        "pdf",
        "jpg",
        "jpeg",
        "png",
        "tif",
        "odt",
        "ods",
        "odp",
        "docx",
        "xlsx",
        "pptx",
        "csv",
        "txt",
        "zip",
    }
)
AID_RULES = "règles d’aide"
_ANYWHERE = House()


def check_pack(files: Mapping[str, bytes], house: House = _ANYWHERE) -> list[Problem]:
    """Every problem of a pack; an empty list means that it may be published."""
    missing = [name for name in (PLACE, DIAGRAM) if name not in files]
    if missing:
        return [Problem(name, "ce fichier manque.") for name in missing]
    problems: list[Problem] = []
    manifest = read_manifest(files[PLACE], problems)
    tables = _tables(files, problems)
    nodes = _nodes(files, manifest, problems)
    if manifest is None or tables is None or nodes is None:
        return problems
    variables = variables_of(manifest, nodes, tables)
    known = variables | facts_of(manifest)
    problems += [
        Problem(PLACE, f"le fichier partagé «\u00a0{name}\u00a0» n’est pas fourni.")
        for name in manifest.shared
        if f"{SHARED}/{name}" not in files
    ]
    problems += step_problems(manifest, nodes, house)
    problems += node_problems(manifest, nodes, tables, house)
    texts = evaluated_texts(files[DIAGRAM])
    problems += variable_problems(manifest, texts, known)
    items = {text.item for text in texts if text.item}
    problems += service_problems(manifest, nodes, files, known | items)
    problems += message_problems(manifest, message_names(files[DIAGRAM]), known, house)
    problems += form_problems(manifest, known, house)
    problems += clock_problems(manifest, nodes, facts_of(manifest))
    problems += _documents(manifest, files, facts_of(manifest))
    problems += _mails(manifest, nodes, known, house)
    problems += ladder_problems(manifest, house)
    problems += _scenarios(manifest, files, nodes)
    problems += [Problem(AID_RULES, sentence) for sentence in aid_problems(tables)]
    return problems


def _tables(files: Mapping[str, bytes], problems: list[Problem]) -> DecisionModel | None:
    try:
        return read_model({name: data for name, data in files.items() if name.endswith(".dmn")})
    except DiagramRefused as refusal:
        problems += [Problem(one.element, one.sentence) for one in refusal.problems]
        return None


def _nodes(
    files: Mapping[str, bytes], manifest: Manifest | None, problems: list[Problem]
) -> Mapping[str, Node] | None:
    if manifest is None:
        problems += [
            Problem(_where(one.element), one.sentence) for one in lint_diagram(files[DIAGRAM])
        ]
        return None
    called = [
        data for name, data in files.items() if name.endswith(".bpmn") and name != DIAGRAM
    ]
    try:
        return parse_diagram(files[DIAGRAM], process_id=manifest.process, called=called).nodes
    except DiagramRefused as refusal:
        problems += [Problem(_where(one.element), one.sentence) for one in refusal.problems]
        return None


def _where(element: str) -> str:
    return f"{DRAWING}, {element}" if element else DRAWING


def _documents(
    manifest: Manifest, files: Mapping[str, bytes], facts: frozenset[str]
) -> Iterator[Problem]:
    for kind in manifest.documents:
        place = f"{PLACE}, pièce {kind.key}"
        if kind.step not in manifest.steps:
            yield Problem(place, f"l’étape {kind.step} n’existe pas.")
        for source in (kind.required, kind.offered):
            if source not in ("always", "never"):
                yield from expression_problems(place, source, facts)
        yield from _piece_file(place, kind, files)


def _piece_file(
    place: str, kind: DocumentKind, files: Mapping[str, bytes]
) -> Iterator[Problem]:
    for unknown in sorted(set(kind.formats) - FORMATS):
        yield Problem(place, f"le format «\u00a0{unknown}\u00a0» n’est pas accepté.")
    if not kind.formats:
        yield Problem(place, "il faut au moins un format.")
    if kind.template is not None and kind.template not in files:
        yield Problem(place, f"le modèle «\u00a0{kind.template}\u00a0» manque.")


def _mails(
    manifest: Manifest, nodes: Mapping[str, Node], known: frozenset[str], house: House
) -> Iterator[Problem]:
    for mail in manifest.mails:
        place = f"{PLACE}, courriel {mail.key}"
        if house.has_mail is not None and not house.has_mail(manifest.key, mail.key):
            yield Problem(place, "ce courriel n’a pas de texte.")
        yield from _moment(place, mail, nodes)
        if mail.when is not None:
            yield from expression_problems(place, mail.when, known)


def _moment(place: str, mail: Mail, nodes: Mapping[str, Node]) -> Iterator[Problem]:
    if mail.moment == "event":
        if mail.subject not in {kind.value for kind in EventKind}:
            yield Problem(
                place, f"il n’arrive jamais de «\u00a0{mail.subject}\u00a0» à un dossier."
            )
        return
    node = nodes.get(mail.subject)
    if node is None:
        yield Problem(place, f"l’étape {mail.subject} n’existe pas.")
    elif mail.moment in ("opened", "completed") and node.kind not in HUMAN:
        yield Problem(
            place, f"{mail.subject} n’est pas une tâche\u00a0: écrivez passed:{mail.subject}."
        )
    if mail.to == "assignee" and mail.moment != "opened":
        yield Problem(place, "« assignee » n’existe qu’à l’ouverture d’une tâche (opened).")


def _scenarios(
    manifest: Manifest, files: Mapping[str, bytes], nodes: Mapping[str, Node]
) -> Iterator[Problem]:
    for name, data in files.items():
        if not name.startswith(SCENARIOS) or not name.endswith(".toml"):
            continue
        problems: list[Problem] = []
        scenario = read_scenario(name, data, problems)
        yield from problems
        for move in scenario.moves if scenario else ():
            if move.service and move.service not in nodes:
                yield Problem(f"{name}, {move.place}", f"l’étape {move.service} n’existe pas.")
            step = manifest.steps.get(move.step or "")
            if move.step and (move.step not in nodes or step is None):
                yield Problem(f"{name}, {move.place}", f"l’étape {move.step} n’existe pas.")
            elif step:
                asked = {field.name for field in step.fields}
                for answer in sorted(set(move.answers) - asked):
                    sentence = f"le champ «\u00a0{answer}\u00a0» n’existe pas dans {step.key}."
                    yield Problem(f"{name}, {move.place}", sentence)
