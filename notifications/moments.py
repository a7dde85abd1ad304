"""Which mails does a journal entry call for? A mail names the moment that sends it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from app.catalogue.contract import Mail
from app.domain.events import EventKind
from app.engine.expressions import compile_expression
from app.engine.values import Value, admit
from app.models.journal import JournalEntry


def called_for(
    mails: Sequence[Mail], entry: JournalEntry, names: Mapping[str, Value]
) -> list[Mail]:
    """The mails of a dossier type that this entry sends, in the manifest's order."""
    return [mail for mail in mails if _is_its_moment(mail, entry) and _is_wanted(mail, names)]


def opened_tasks(entry: JournalEntry, step: str | None = None) -> list[UUID]:
    """The tasks the entry opened (those of one step, when it is given).

    Entries say [step, task]; the first ones said [step, round, task].
    """
    rows = entry.body.get("opened") or ()
    return [UUID(str(row[-1])) for row in rows if step is None or row[0] == step]


def names_of(entry: JournalEntry, facts: Mapping[str, Any]) -> dict[str, Value]:
    """What the condition of a mail may read: the facts, and what the entry says."""
    seen = {name: admit(value) for name, value in facts.items()}
    outcome = entry.body.get("outcome")
    found: dict[str, Value] = {**seen, "facts": seen}
    for known in (entry.body.get("variables"), outcome):
        if isinstance(known, dict):
            found |= {name: admit(value) for name, value in known.items()}
    return found


def _is_its_moment(mail: Mail, entry: JournalEntry) -> bool:
    match mail.moment:
        case "passed":
            return mail.subject in (entry.body.get("passed") or ())
        case "opened":
            return bool(opened_tasks(entry, mail.subject))
        case "completed":
            return entry.kind == EventKind.COMPLETED and entry.step == mail.subject
        case "service":
            return mail.key in (entry.body.get("mails") or ())
        case "event":
            return entry.kind == mail.subject
        case _:
            raise ValueError(f"a mail cannot be sent on {mail.moment!r}")


def _is_wanted(mail: Mail, names: Mapping[str, Value]) -> bool:
    return mail.when is None or bool(compile_expression(mail.when).evaluate(names))
