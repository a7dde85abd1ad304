"""How is an incident told? Its kind in words, the step that was being done, what it waits for."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from app.models.dossier import Dossier
from app.models.process import Incident
from app.queries import dossiers as queries
from app.queries.incidents import Line
from app.web.installation import console
from app.web.labels import N_
from app.web.words import _

KINDS: Mapping[str, str] = {
    "job": N_("Étape automatique"),
    "timer": N_("Date de la procédure"),
    "engine": N_("Procédure"),
    "dispatch": N_("Préparation d’un courriel"),
    "reminder": N_("Relance"),
    "mail": N_("Envoi d’un courriel"),
    "bounce": N_("Courriel revenu"),
    "brake": N_("Envois suspendus"),
    "digest": N_("Récapitulatif"),
}


#: What a dossier was doing when it was to receive something.
_RECEIVING: Mapping[str, str] = {
    "apply_vote": N_("Recevoir le vote de la séance"),
    "deliver_message": N_("Recevoir un message"),
    "child_moved": N_("Regarder ses dossiers liés"),
}


def kind_in_words(kind: str) -> str:
    """The kind of an incident as people read it."""
    return _(KINDS.get(kind, kind))


def step_in_words(session: Session, dossier: Dossier | None, step: str | None) -> str:
    """The title of the step that was being done; its name on the drawing when it has none."""
    if dossier is None or step is None:
        return ""
    process = queries.process_of(session, dossier.id)
    type_ = console().types.get(
        session, process.definition_id if process else dossier.definition_id
    )
    node = type_.definition.nodes.get(step)
    return str(type_.pack.step(step).title) or (node.name if node else "") or step


def doing(session: Session, line: Line) -> str:
    """What the dossier was doing, in a few words."""
    if line.job is not None and line.job.topic in _RECEIVING:
        return _(_RECEIVING[line.job.topic])
    return step_in_words(session, line.dossier, line.incident.step)


def stops(incident: Incident) -> bool:
    """Does the dossier stand still until somebody acts?"""
    return incident.kind in {"timer", "engine"}
