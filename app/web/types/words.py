"""Which words and functions do the pages of types share?"""

from datetime import date
from typing import Any

from app.catalogue.examination import Report, report_from
from app.catalogue.pack import Pack
from app.domain.events import EventKind
from app.domain.versions import DraftKind, TypeEventKind
from app.models.versions import PackDraft
from app.web.amounts_view import amount_of, amounts_told
from app.web.types.blueprint import pages
from app.web.words import _

N_ = str  #: marks a text for translation; templates translate where they show it
EVENTS = {
    TypeEventKind.UPLOADED: N_("Brouillon déposé"),
    TypeEventKind.DISCARDED: N_("Brouillon écarté"),
    TypeEventKind.PUBLISHED: N_("Version publiée"),
    TypeEventKind.RETIRED: N_("Version retirée"),
    TypeEventKind.RESTORED: N_("Version remise en service"),
    TypeEventKind.MIGRATED: N_("Changement de version lancé"),
    TypeEventKind.BROUGHT_BACK: N_("Changement de version annulé"),
}
#: What may happen around a dossier, as the buttons of a trial say it.
HOUSE_EVENTS = {
    EventKind.SCHEDULED.value: N_("Inscrire à l’ordre du jour"),
    EventKind.UNSCHEDULED.value: N_("Retirer de l’ordre du jour"),
    EventKind.MESSAGE.value: N_("Écrire un message dans le dossier"),
    EventKind.DOCUMENT_ADDED.value: N_("Déposer une pièce"),
    EventKind.DOCUMENT_REVIEWED.value: N_("Contrôler une pièce"),
}
#: The messages the house itself sends to dossiers.
MESSAGES = {
    "committee_decision": N_("Décision de l’instance"),
    "withdrawal": N_("Retrait de la demande"),
    "extension_request": N_("Demande de prorogation"),
}


def event_name(event: str) -> str:
    """What happens around a dossier, in words."""
    return _(HOUSE_EVENTS[event]) if event in HOUSE_EVENTS else event


def message_name(pack: Pack, name: str) -> str:
    """A message as the pack or the house calls it."""
    message = pack.messages.get(name)
    titled = message.form.title.fr if message else ""
    return titled or (_(MESSAGES[name]) if name in MESSAGES else name)


def report_of(draft: PackDraft) -> Report | None:
    """What the examination of a whole type found; None before it."""
    if draft.kind is not DraftKind.PACK or not draft.report:
        return None
    return report_from(draft.report)


@pages.context_processor
def _shared() -> dict[str, Any]:
    return {
        "report_of": report_of,
        "EVENT_WORDS": EVENTS,
        "amounts_told": amounts_told,
        "amount_of": amount_of,
        "event_name": event_name,
        "day_of": date.fromisoformat,
    }
