"""How is a dossier told on its pages? Its macro-steps, its history in sentences, its diagram."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.catalogue.forms import Question
from app.catalogue.pack import Pack
from app.domain.civil import civil_day
from app.domain.events import EventKind
from app.domain.status import DossierStatus
from app.models.dossier import Answer, Dossier
from app.models.journal import JournalEntry
from app.queries import dossiers as queries
from app.queries.past_versions import past_of
from app.web.answer_words import reading_of
from app.web.database import now
from app.web.dossier_mails import mail_events
from app.web.installation import console
from app.web.present import long_date, when
from app.web.repair_words import reasons_of, repair_sentence
from app.web.step_forms import setting_of, step_form_class, type_of
from app.web.words import _

#: Icon and tone of each kind of event; the sentences are in `_SENTENCES`.
_LOOKS: Mapping[EventKind, tuple[str, str]] = {
    EventKind.FILED: ("inbox", "me"),
    EventKind.COMPLETED: ("check", "ok"),
    EventKind.MOVED: ("clock", "wait"),
    EventKind.CLAIMED: ("user", ""),
    EventKind.RELEASED: ("user", ""),
    EventKind.ASSIGNED: ("user", ""),
    EventKind.DOCUMENT_ADDED: ("file", "me"),
    EventKind.DOCUMENT_REVIEWED: ("file", ""),
    EventKind.DOCUMENT_REMOVED: ("file", ""),
    EventKind.SCHEDULED: ("calendar", "wait"),
    EventKind.UNSCHEDULED: ("calendar", ""),
    EventKind.VOTED: ("gavel", "ok"),
    EventKind.WITHDRAWN: ("stop", "danger"),
    EventKind.EXTENSION_ASKED: ("clock", "me"),
    EventKind.ASKED: ("inbox", "me"),
    EventKind.CONTACT_CHANGED: ("user", "me"),
    EventKind.CHILD_OPENED: ("file", ""),
    EventKind.SKIPPED: ("warn", "wait"),
    EventKind.MESSAGE: ("chat", ""),
    EventKind.REMINDED: ("bell", "wait"),
    EventKind.RESENT: ("mail", ""),
    EventKind.CLOCK_CHANGED: ("clock", "wait"),
    EventKind.INCIDENT: ("warn", "danger"),
    EventKind.RESUMED: ("check", ""),
    EventKind.REPAIR_PROPOSED: ("gear", "wait"),
    EventKind.REPAIR_DROPPED: ("gear", ""),
    EventKind.REPAIRED: ("gear", "danger"),
    EventKind.MIGRATED: ("flow", ""),
}


@dataclass(frozen=True)
class Section:
    """One form as it was answered."""

    title: str
    by: str
    on: date
    parts: Sequence[tuple[str, Sequence[tuple[str, str]]]]
    step: str


def phases_of(dossier: Dossier, pack: Pack) -> list[dict[str, str]]:
    """The macro-steps for the bar: done, now, later or stopped, with their dates.

    A dossier that ended early is recorded in the last phase: the bar stops at the one it reached.
    """
    keys = [phase.key for phase in pack.phases]
    here = keys.index(dossier.phase) if dossier.phase in keys else 0
    ended_early = dossier.status.is_final and dossier.status is not DossierStatus.CLOSED
    if ended_early and here == len(keys) - 1:
        reached = [place for place, key in enumerate(keys[:-1]) if key in dossier.phase_dates]
        here = max(reached, default=here)
    found = []
    for place, phase in enumerate(pack.phases):
        on = dossier.phase_dates.get(phase.key)
        state = "done" if place < here else "later"
        if place == here:
            state = "now"
            if dossier.status.is_final:
                state = "stopped" if ended_early else "done"
        note = long_date(date.fromisoformat(on)) if on and state != "later" else ""
        found.append({"label": str(phase.title), "note": note, "state": state})
    return found


def events_of(session: Session, dossier: Dossier) -> list[dict[str, Any]]:
    """The history of a dossier with its mails, the latest first, one sentence each."""
    past = past_of(session, dossier.id, dossier.definition_id)
    today = civil_day(now())
    events = [
        (entry.at, _event(entry, name, pack_of(session, past.version_at(entry.seq)), today))
        for entry, name in queries.timeline_of(session, dossier.id)
    ]
    mails = mail_events(session, dossier, today)
    # Stable: at one instant a mail stands above what called for it.
    return [event for _at, event in sorted([*mails, *events], key=_instant, reverse=True)]


def pack_of(session: Session, definition_id: UUID) -> Pack:
    """The pack of a version."""
    return console().types.get(session, definition_id).pack


def _instant(placed: tuple[datetime, dict[str, Any]]) -> datetime:
    return placed[0]


def _event(entry: JournalEntry, name: str | None, pack: Pack, today: date) -> dict[str, Any]:
    kind = EventKind(entry.kind)
    icon, tone = _LOOKS[kind]
    who = name or _("Liasse (automatique)")
    event: dict[str, Any] = {
        "icon": icon,
        "tone": tone,
        "title": _sentence(kind, entry, pack),
        "sub": f"{who}, {when(entry.at, today)}",
    }
    opened = [str(pack.step(step).title) for step, *_rest in entry.body.get("opened", ())]
    following = ", ".join(dict.fromkeys(filter(None, opened)))
    lines = [reasons_of(entry)]
    if following:
        lines.append(_("Étape suivante : %(steps)s", steps=following))
    if text := "\n".join(filter(None, lines)):
        event["text"] = text
    return event


def _sentence(kind: EventKind, entry: JournalEntry, pack: Pack) -> str:
    step = str(pack.step(entry.step).title) if entry.step else ""
    said: dict[str, Any] = entry.personal or {}
    body = entry.body
    sentences = {
        EventKind.FILED: _("Demande déposée sous le numéro %(n)s", n=body.get("reference", "")),
        EventKind.COMPLETED: _("%(step)s : fait", step=step),
        EventKind.MOVED: _moved(body, step),
        EventKind.CLAIMED: _("« %(step)s » pris en charge", step=step),
        EventKind.RELEASED: _("« %(step)s » remis à l’équipe", step=step),
        EventKind.ASSIGNED: _(
            "« %(step)s » attribué à %(to)s", step=step, to=said.get("to", "")
        ),
        EventKind.DOCUMENT_ADDED: _("Pièce déposée : %(piece)s", piece=_piece(body, pack)),
        EventKind.DOCUMENT_REVIEWED: _reviewed(body, pack),
        EventKind.DOCUMENT_REMOVED: _("Pièce retirée : %(piece)s", piece=_piece(body, pack)),
        EventKind.SCHEDULED: _("Inscrit à l’ordre du jour du %(day)s", day=_day(body)),
        EventKind.UNSCHEDULED: _("Retiré de l’ordre du jour"),
        EventKind.VOTED: _("Vote du %(day)s : %(vote)s", day=_day(body), vote=_vote(body)),
        EventKind.WITHDRAWN: _("Demande retirée par le demandeur"),
        EventKind.EXTENSION_ASKED: _("Prorogation demandée"),
        EventKind.ASKED: step or _("Démarche"),
        EventKind.CONTACT_CHANGED: _("Contact changé"),
        EventKind.CHILD_OPENED: _child(body),
        EventKind.SKIPPED: _("%(step)s : étape automatique passée à la main", step=step),
        EventKind.MESSAGE: _("Message"),
        EventKind.REMINDED: _reminded(body, step),
        EventKind.RESENT: _("Courriel renvoyé à %(to)s", to=said.get("to", "")),
        EventKind.CLOCK_CHANGED: _clock_changed(body, said, pack),
        EventKind.INCIDENT: _("Dossier bloqué par un incident"),
        EventKind.RESUMED: _(
            "Incident\N{NO-BREAK SPACE}: nouvel essai demandé, le dossier repart"
        ),
        EventKind.REPAIR_PROPOSED: _(
            "Réparation proposée : %(what)s", what=repair_sentence(body)
        ),
        EventKind.REPAIR_DROPPED: _("Réparation écartée"),
        EventKind.REPAIRED: _("Réparation : %(what)s", what=repair_sentence(body)),
        EventKind.MIGRATED: _(
            "Revenu de la version %(source)s à la version %(target)s de la procédure",
            source=body.get("from", ""),
            target=body.get("to", ""),
        )
        if body.get("undone")
        else _(
            "Passé de la version %(source)s à la version %(target)s de la procédure",
            source=body.get("from", ""),
            target=body.get("to", ""),
        ),
    }
    return sentences[kind]


def _moved(body: Mapping[str, Any], step: str) -> str:
    """What made the dossier move without a person."""
    if body.get("cause") == "job":
        return _("%(step)s : fait", step=step or body.get("node", ""))
    if body.get("cause") == "message":
        return _("Un message est arrivé")
    return _("Une échéance est arrivée")


def _child(body: Mapping[str, Any]) -> str:
    if body.get("parent"):
        return _("Ouvert par le dossier %(parent)s", parent=body["parent"])
    return _("Dossier lié ouvert : %(child)s", child=body.get("reference", ""))


def _piece(body: Mapping[str, Any], pack: Pack) -> str:
    key = str(body.get("kind", ""))
    known = {kind.key: str(kind.title) for kind in pack.documents}
    return known.get(key, key)


def _clock_changed(body: Mapping[str, Any], said: Mapping[str, Any], pack: Pack) -> str:
    titles = {clock.key: str(clock.title) for clock in pack.clocks}
    names = {
        "clock": titles.get(str(body.get("clock")), ""),
        "before": _iso_day(body.get("before")),
        "after": _iso_day(body.get("after")),
        "reason": said.get("reason", ""),
    }
    if names["before"] == names["after"]:
        return _("Délai « %(clock)s » modifié : %(reason)s", **names)
    return _(
        "Délai « %(clock)s » : échéance du %(before)s portée au %(after)s (%(reason)s)", **names
    )


def _iso_day(text: object) -> str:
    return long_date(date.fromisoformat(str(text))) if text else "…"


def _reviewed(body: Mapping[str, Any], pack: Pack) -> str:
    if body.get("status") == "accepted":
        return _("Pièce acceptée : %(piece)s", piece=_piece(body, pack))
    return _("Pièce refusée : %(piece)s", piece=_piece(body, pack))


def _reminded(body: Mapping[str, Any], step: str) -> str:
    if not body.get("recipients"):
        return _("Relance de « %(step)s » sans destinataire", step=step)
    gone = ", ".join(body.get("superseded") or ())
    if gone:
        return _("Relance de « %(step)s », à la place de %(gone)s", step=step, gone=gone)
    return _("Relance de « %(step)s »", step=step)


def _day(body: Mapping[str, Any]) -> str:
    on = body.get("held_on")
    return long_date(date.fromisoformat(on)) if on else ""


def _vote(body: Mapping[str, Any]) -> str:
    words = {
        "granted": _("aide accordée"),
        "granted_other": _("aide accordée, montant modifié"),
        "adjourned": _("ajourné à la séance suivante"),
        "refused": _("aide refusée"),
    }
    return words.get(str(body.get("vote")), "")


def answer_sections(session: Session, dossier: Dossier) -> list[Section]:
    """Every form answered, the first one first, each answer in words."""
    return list(sections_of(session, dossier, queries.answers_of(session, dossier.id)))


def sections_of(
    session: Session, dossier: Dossier, answers: Iterable[Answer]
) -> Iterator[Section]:
    """Some forms answered, each put into words when it is asked for."""
    past = past_of(session, dossier.id, dossier.definition_id)
    setting = setting_of(dossier)
    for answer in answers:
        # Asked in the words of the version the dossier followed then.
        type_ = console().types.get(session, past.version_on(answer.at))
        made = step_form_class(dossier, answer.step, type_, setting)
        form = made(made.encode(answer.data))
        parts = _parts([one for one in form.asked() if one.answered])
        title = str(type_.pack.step(answer.step).title) or answer.step
        yield Section(title, answer.by.name, civil_day(answer.at), parts, answer.step)


def _parts(questions: Sequence[Question]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The answers under the titles their form gave them."""
    parts: list[tuple[str, list[tuple[str, str]]]] = []
    for question in questions:
        if question.spec.section or not parts:
            parts.append((str(question.spec.section), []))
        parts[-1][1].append((str(question.label.text), reading_of(question)))
    return parts


def request_of(session: Session, dossier: Dossier) -> Section | None:
    """What the applicant asked for, as filed."""
    past = past_of(session, dossier.id, dossier.definition_id)
    filed = past.names_of(type_of(dossier).pack.filing_step)
    answer = queries.last_answer(session, dossier.id, filed)
    return next(sections_of(session, dossier, [answer] if answer else []), None)
