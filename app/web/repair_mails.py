"""Which mails would a repair send? Those its journal entry calls for, by the subject people read."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

from app.catalogue.published import DossierType
from app.domain.events import EventKind
from app.domain.permissions import Role
from app.models.base import Json
from app.models.dossier import Dossier
from app.models.journal import JournalEntry
from app.web.labels import label_of
from app.web.words import _
from notifications.moments import called_for, names_of
from notifications.render import FOLDER

_NOBODY = UUID(int=0)


def mails_of(facts: Json, type_: DossierType, dossier: Dossier) -> list[tuple[str, str]]:
    """(Subject, to whom) of each mail that would leave, in the order of the manifest."""
    called: Mapping[str, Any] = facts["mails"]
    entry = JournalEntry(
        kind=EventKind.REPAIRED.value,
        body={
            "passed": called["passed"],
            "opened": [[*row, str(_NOBODY)] for row in called["opened"]],
            "outcome": facts["repair"]["variables"],
        },
    )
    found = called_for(type_.pack.mails, entry, names_of(entry, dossier.facts))
    return [(subject_of(mail.key), _audience(mail.to)) for mail in found]


def mails_kept(facts: Json, type_: DossierType) -> list[tuple[str, str]]:
    """(Subject, to whom) of each mail that the steps left or jumped over would have sent."""
    lost = set(facts.get("jumped", {}).get("signals", ()))
    found = [
        (subject_of(mail.key), _audience(mail.to))
        for mail in type_.pack.mails
        if f"{mail.moment}:{mail.subject}" in lost
    ]
    return list(dict.fromkeys(found))


@cache
def subject_of(key: str) -> str:
    """What the mail is about: its subject without the parts that are filled in."""
    place = FOLDER / key / "subject.txt"
    written = place.read_text(encoding="utf-8") if place.is_file() else key
    plain = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "…", written)
    return " ".join(plain.split()).strip("… :\u00a0–") or key


def _audience(to: str) -> str:
    kind, _mark, role = to.partition(":")
    if kind == "role" and role:
        return label_of(Role(role))
    words = {
        "applicant": _("au demandeur"),
        "owner": _("à la personne qui a déposé"),
        "officer": _("à l’instructeur"),
        "assignee": _("à la personne qui a la tâche"),
    }
    return words.get(to, to)
