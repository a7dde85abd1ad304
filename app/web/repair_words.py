"""How is a repair told in a sentence? For the history of a dossier and the pages of its repair."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.domain.events import EventKind
from app.models.journal import JournalEntry
from app.web.present import long_date
from app.web.words import _, quoted

_TOLD = frozenset(
    {
        EventKind.REPAIR_PROPOSED,
        EventKind.REPAIR_DROPPED,
        EventKind.REPAIRED,
        EventKind.MIGRATED,
    }
)


def repair_sentence(body: Mapping[str, Any]) -> str:
    """« déplacer « Donner un avis » vers « Instruire la demande » »."""
    names = body.get("names") or {}
    steps = _listed([str(one) for one in names.get("from", ())])
    target = str(names.get("to", ""))
    kind = str((body.get("repair") or {}).get("kind", ""))
    sentences = {
        "move": _("déplacer %(steps)s vers « %(target)s »", steps=steps, target=target),
        "cancel": _("retirer %(steps)s", steps=steps),
        "redo": _("refaire « %(target)s »", target=target),
        "skip": _("passer %(steps)s sans formulaire", steps=steps),
        "fire": _("faire arriver %(steps)s maintenant", steps=steps),
        "reschedule": _("reporter %(steps)s au %(day)s", steps=steps, day=_day(body)),
    }
    return sentences.get(kind, "")


def reasons_of(entry: JournalEntry) -> str:
    """Why it was done, and who agreed; empty for what needs no reason."""
    said = entry.personal or {}
    if entry.kind not in _TOLD:
        return ""
    lines = [_("Motif : %(reason)s", reason=said["reason"])] if said.get("reason") else []
    if said.get("proposed_by"):
        lines.append(_("Proposé par %(who)s", who=said["proposed_by"]))
    return "\n".join(lines)


def _listed(names: list[str]) -> str:
    return ", ".join(map(quoted, names))


def _day(body: Mapping[str, Any]) -> str:
    on = (body.get("repair") or {}).get("due_on")
    return long_date(date.fromisoformat(str(on))) if on else ""
