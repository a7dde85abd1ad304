"""Why does somebody receive this mail? One true sentence: who they are here, which rung, which day."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.domain.audience import Because
from app.domain.civil import french_day
from app.domain.money import NBSP
from app.domain.permissions import Role
from app.models.dossier import Dossier
from app.models.people import Person
from app.models.task import Task

_ROLES = {
    Role.APPLICANT: "demandeur",
    Role.OFFICER: "instruction",
    Role.EXPERT: "service consulté",
    Role.HEAD: "chef de service",
    Role.FINANCE: "finances",
    Role.DIRECTION: "direction",
    Role.COMMITTEE_OFFICE: "service des assemblées",
    Role.SIGNATORY: "signature",
    Role.ELECTED: "élu",
    Role.SUPERVISOR: "supervision",
    Role.ADMIN: "administration",
}
_SENTENCES = {
    Because.ASSIGNEE: "Vous recevez ce message parce que cette tâche vous est confiée.",
    Because.ASKED: "Vous recevez ce message parce que votre avis est demandé sur ce dossier.",
    Because.ROLE: (
        "Vous recevez ce message parce que vous avez le rôle « {role} », que cette étape concerne."
    ),
    Because.OFFICER: "Vous recevez ce message parce que vous instruisez ce dossier.",
    Because.UNASSIGNED: (
        "Vous recevez ce message parce que personne n’instruit encore ce dossier : "
        "il va à toute l’équipe d’instruction."
    ),
    Because.APPLICANT: (
        "Vous recevez ce message parce que vous suivez les demandes de "
        "l’organisme « {organisation} »."
    ),
    Because.ADDRESS: (
        "Vous recevez ce message parce que cette adresse est celle de {organisation}."
    ),
    Because.OWNER: "Vous recevez ce message parce que vous avez préparé cette demande.",
    Because.SUBSTITUTE: "Vous recevez ce message parce que vous remplacez {other}, en absence.",
    Because.SUPERIOR: (
        "Vous recevez ce message parce que vous répondez du service chargé de cette étape."
    ),
    Because.READER: "Vous recevez ce message parce que vous l’avez demandé.",
}
_REMINDER = "C’est la relance prévue {when} de l’étape « {step} », le {day}."


def why(
    session: Session, context: dict[str, Any], dossier: Dossier | None, task: Task | None
) -> str:
    """The sentences at the foot of the mail."""
    said = context.get("why") or {}
    because = Because(said.get("because", Because.READER))
    sentence = _SENTENCES[because].format(
        role=_role(said, task),
        organisation=dossier.organisation.name if dossier else "",
        other=_other(session, said),
    )
    rung = context.get("rung")
    if not isinstance(rung, dict) or task is None or task.due_on is None:
        return sentence
    reminder = _REMINDER.format(
        when=rung_words(rung.get("days", 0), rung.get("months", 0)),
        step=task.name,
        day=french_day(task.due_on),
    )
    return f"{sentence} {reminder}"


def rung_words(days: int, months: int) -> str:
    """« 3 jours avant l’échéance », « le jour de l’échéance », « 1 mois après l’échéance »."""
    count, unit = (months, "mois") if months else (days, "jour" if abs(days) == 1 else "jours")
    if count == 0:
        return "le jour de l’échéance"
    return f"{abs(count)}{NBSP}{unit} {'avant' if count < 0 else 'après'} l’échéance"


def _role(said: dict[str, Any], task: Task | None) -> str:
    named = [one.removeprefix("role:") for one in said.get("to", ()) if one.startswith("role:")]
    role = Role(named[0]) if named else task.role if task else None
    return _ROLES[role] if role else "service"


def _other(session: Session, said: dict[str, Any]) -> str:
    person = session.get(Person, UUID(said["for"])) if said.get("for") else None
    return person.name if person else "une personne du service"
