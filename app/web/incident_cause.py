"""What stops a dossier, and what mends it? In the words of its type; the engine's own sentence stays in the details."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.catalogue.naming import node_name
from app.catalogue.published import DossierType
from app.engine.decisions.sheet import read_sheets
from app.models.dossier import Dossier
from app.queries import dossiers as queries
from app.queries.incidents import Group, lines
from app.web.installation import console
from app.web.words import _

_UNKNOWN = re.compile(r"le nom «\s*(\w+)\s*» n’est pas connu")


@dataclass(frozen=True)
class Cause:
    """Why something could not be done, and what to do about it; no advice when nothing better is known."""

    sentence: str
    advice: str = ""


def cause_of(session: Session, dossier: Dossier | None, written: str) -> Cause:
    """The cause of an incident as an administrator reads it."""
    missing = _UNKNOWN.search(written)
    if missing is None or dossier is None:
        return Cause(written)
    process = queries.process_of(session, dossier.id)
    type_ = console().types.get(
        session, process.definition_id if process else dossier.definition_id
    )
    return missing_in(type_, missing[1])


def group_cause(session: Session, group: Group) -> Cause:
    """The cause of several incidents, told with the words of the type of the first one."""
    first = next(iter(lines(session, group, size=1)), None)
    return cause_of(session, first.dossier if first else None, group.cause)


def missing_in(type_: DossierType, name: str) -> Cause:
    """What is said when a dossier of that type does not have what a condition reads."""
    for label, step in _asked(type_, name):
        return Cause(
            _(
                "La suite dépend de la réponse à « %(label)s », que « %(step)s » demande et que ce dossier n’a pas.",
                label=label,
                step=step,
            ),
            _advice(step),
        )
    for label, step in _decided(type_, name):
        return Cause(
            _(
                "La suite dépend de « %(label)s », que « %(step)s » décide et que ce dossier n’a pas.",
                label=label,
                step=step,
            ),
            _advice(step),
        )
    return Cause(
        _(
            "La suite dépend de « %(label)s », que ce dossier n’a pas.",
            label=name.replace("_", " "),
        ),
        _(
            "Réparez le dossier : déplacez-le à l’étape qui donne cette information, ou à une étape qui n’en dépend pas. Réessayer sans cela échouera de nouveau."
        ),
    )


def _advice(step: str) -> str:
    return _(
        "Réparez le dossier : déplacez-le à « %(step)s », d’où il reprendra ; le plan dit ce qui sera refait. Réessayer sans cela échouera de nouveau.",
        step=step,
    )


def _asked(type_: DossierType, name: str) -> Iterator[tuple[str, str]]:
    """(Question, step) of each question that gives it."""
    for key, step in type_.pack.steps.items():
        for question in step.fields:
            if name in {question.variable, question.fact} and key in type_.definition.nodes:
                yield str(question.label), node_name(type_, key)


def _decided(type_: DossierType, name: str) -> Iterator[tuple[str, str]]:
    """(Result, step) of each decision that gives it."""
    sheets = read_sheets(type_.pack.tables)
    for node in type_.definition.nodes.values():
        sheet = sheets.get(node.extensions.get("decisionRef", ""))
        for head in sheet.outputs if sheet is not None else ():
            if head.name == name:
                yield head.label, node_name(type_, node.id)
