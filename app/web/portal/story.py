"""Where does a request stand, in the words of its applicant? Who must act, what was done, what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.catalogue.pack import Pack
from app.catalogue.published import DossierType
from app.domain.civil import civil_day
from app.domain.events import EventKind
from app.domain.permissions import Role
from app.domain.status import AFTER_AWARD, ClaimKind, ClaimStatus, DossierStatus, TaskStatus
from app.models.committee import CommitteeSession
from app.models.dossier import Dossier
from app.models.journal import JournalEntry
from app.models.payment import PaymentClaim
from app.models.task import Task
from app.queries import portal as queries
from app.queries import tasks as task_queries
from app.queries.dossiers import claims_of
from app.queries.past_versions import past_of
from app.queries.procedure import path_of
from app.web.database import now, reading
from app.web.installation import console
from app.web.present import full_date, long_date, when
from app.web.step_forms import type_of


@dataclass(frozen=True)
class Standing:
    """The first thing the page says: who must act, what for, until when."""

    tone: str
    title: str
    text: str = ""
    #: What the applicant may do about it.
    tasks: tuple[Task, ...] = ()


def standing_of(dossier: Dossier, tasks: Sequence[Task]) -> Standing:
    """« Nous attendons de vous… » or « L’administration… »."""
    pack = type_of(dossier).pack
    if dossier.status.is_final:
        tone = "ok" if dossier.status is DossierStatus.CLOSED else "info"
        return Standing(tone, str(pack.status(dossier.status).public))
    if tasks:
        first = tasks[0]
        said = pack.step(first.step)
        title = _("Nous attendons de vous : %(what)s", what=_lower(first.name))
        return Standing("warn", title, str(said.public), tuple(tasks))
    phrases = _staff_phrases(dossier, pack)
    title = _("L’administration s’occupe de votre dossier")
    return Standing("info", title, " ".join(phrases) or str(pack.status(dossier.status).public))


def _staff_phrases(dossier: Dossier, pack: Pack) -> list[str]:
    """What the applicant reads of the open steps of the staff; else of the last step passed."""
    session = reading()
    found: dict[str, None] = {}
    for task in task_queries.open_tasks_of(session, dossier.id):
        if said := str(pack.step(task.step).public):
            found[_full_stop(said)] = None
    if found:
        return list(found)
    if dossier.status in {DossierStatus.READY, DossierStatus.SCHEDULED}:
        return [_full_stop(str(pack.status(dossier.status).public))]
    past = past_of(session, dossier.id, dossier.definition_id)
    for node in reversed(path_of(session, dossier.id, past).nodes):
        if said := str(pack.step(node).public):
            return [_full_stop(said)]
    return []


def coming(dossier: Dossier) -> list[dict[str, Any]]:
    """« Et ensuite ? »: what was done, what is under way, what will follow, with their dates."""
    items = [_item("check", _("Demande déposée"), _on(dossier.filed_at), "ok")]
    if dossier.complete_on:
        items.append(
            _item("check", _("Dossier déclaré complet"), _on(dossier.complete_on), "ok")
        )
    if dossier.status.is_before_vote:
        items += _before_vote(dossier)
    elif dossier.status is DossierStatus.VOTED:
        items.append(_item("gavel", _("La décision est prise"), "", "me"))
        items.append(_item("send", _("Vous la recevrez par courriel"), later=True))
    else:
        items += _after_vote(dossier)
    return items


def _before_vote(dossier: Dossier) -> list[dict[str, Any]]:
    session = reading()
    items = [
        _under_way(said, task)
        for task in task_queries.open_tasks_of(session, dossier.id)
        if (said := _public(dossier, task))
    ]
    sitting = queries.own_session(session, dossier.id)
    if sitting is None and dossier.status is DossierStatus.READY:
        sitting = queries.next_session(session, civil_day(now()))
    items.append(
        _item("gavel", _("Vote de la commission"), _sitting(dossier, sitting), later=True)
    )
    items.append(_item("send", _("Notification de la décision"), later=True))
    return _unique(items)


def _public(dossier: Dossier, task: Task) -> str:
    """What the applicant reads of a step that is open."""
    return str(type_of(dossier).pack.step(task.step).public)


def _under_way(said: str, task: Task) -> dict[str, Any]:
    return _item("clock", said, _awaited(task), "me")


def _awaited(task: Task) -> str:
    """By when: what the applicant must send, or what the house had planned."""
    if task.due_on is None:
        return ""
    day = long_date(task.due_on)
    if task.role is Role.APPLICANT:
        return str(_("à envoyer au plus tard le %(day)s", day=day))
    if task.due_on < civil_day(now()):
        return str(_("prévu pour le %(day)s ; nous avons pris du retard", day=day))
    return str(_("prévu au plus tard le %(day)s", day=day))


def _sitting(dossier: Dossier, sitting: CommitteeSession | None) -> str:
    if sitting is None:
        return str(_("la date de la séance vous sera indiquée ici"))
    if dossier.status is DossierStatus.SCHEDULED:
        return str(_("inscrit à la séance du %(day)s", day=long_date(sitting.held_on)))
    return str(_("prochaine séance le %(day)s", day=long_date(sitting.held_on)))


def _after_vote(dossier: Dossier) -> list[dict[str, Any]]:
    items = []
    if dossier.notified_on:
        items.append(_item("gavel", _("Décision notifiée"), _on(dossier.notified_on), "ok"))
    if dossier.status in AFTER_AWARD:
        if dossier.start_deadline and dossier.status is DossierStatus.GRANTED:
            text = _("au plus tard le %(day)s", day=long_date(dossier.start_deadline))
            items.append(_item("pen", _("Démarrage de l’opération"), text, "me"))
        items += _payments(dossier)
        if dossier.completion_deadline and not _final_claim(dossier):
            text = _("au plus tard le %(day)s", day=long_date(dossier.completion_deadline))
            items.append(
                _item("flow", _("Fin de l’opération et demande du solde"), text, later=True)
            )
    if dossier.closed_on:
        items.append(_item("check", _("Dossier terminé"), _on(dossier.closed_on), "ok"))
    return items


def _payments(dossier: Dossier) -> list[dict[str, Any]]:
    """What the house is doing about the operation: the claims it checks and pays."""
    tasks = task_queries.open_tasks_of(reading(), dossier.id)
    ours = [task for task in tasks if task.role is not Role.APPLICANT]
    items = [_under_way(said, task) for task in ours if (said := _public(dossier, task))]
    if final := _final_claim(dossier):
        items.insert(0, _item("check", _("Solde demandé"), _on(final.filed_at), "ok"))
    return _unique(items)


def _final_claim(dossier: Dossier) -> PaymentClaim | None:
    """The claim of the balance, when it is with the house."""
    claims = claims_of(reading(), dossier.id)
    final = [one for one in claims if one.kind is ClaimKind.FINAL]
    return next((one for one in final if one.status is not ClaimStatus.SENT_BACK), None)


def history_of(dossier: Dossier) -> list[dict[str, Any]]:
    """What happened, in sentences an applicant may read, the latest first."""
    session, today = reading(), civil_day(now())
    past = past_of(session, dossier.id, dossier.definition_id)
    return [
        _item("check", text, when(entry.at, today))
        for entry in queries.public_history(session, dossier.id)
        for text in _told(entry, console().types.get(session, past.version_at(entry.seq)))
    ]


def _told(entry: JournalEntry, type_: DossierType) -> list[str]:
    kind = EventKind(entry.kind)
    body = entry.body
    if kind is EventKind.FILED:
        return [_("Demande déposée sous le numéro %(n)s", n=body.get("reference", ""))]
    if kind in {EventKind.DOCUMENT_ADDED, EventKind.DOCUMENT_REVIEWED}:
        return [_told_piece(kind, body, type_.pack)]
    if kind is EventKind.SCHEDULED:
        return [_("Inscription à l’ordre du jour d’une séance")]
    if kind is EventKind.EXTENSION_ASKED:
        day = long_date(date.fromisoformat(str(body["until"])))
        return [_("Prorogation demandée jusqu’au %(day)s", day=day)]
    return [*_done_by_applicant(entry, type_), *_facts_passed(body.get("passed", ()), type_)]


def _done_by_applicant(entry: JournalEntry, type_: DossierType) -> list[str]:
    """What the applicant did, under the name it had."""
    node = type_.definition.nodes.get(entry.step or "")
    if EventKind(entry.kind) is not EventKind.COMPLETED or node is None:
        return []
    if type_.pack.lanes.get(node.lane or "") != Role.APPLICANT.value:
        return []
    return [_("Fait par vous : %(what)s", what=_lower(str(type_.pack.step(node.id).title)))]


def _facts_passed(passed: Sequence[str], type_: DossierType) -> list[str]:
    """What was settled for good: the work in hand of the house is no history for its applicant."""
    known = type_.definition.nodes
    nodes = [known[one] for one in passed if one in known]
    said = [str(type_.pack.step(one.id).public) for one in nodes if one.kind != "userTask"]
    return [text for text in dict.fromkeys(said) if text]


def _told_piece(kind: EventKind, body: dict[str, Any], pack: Pack) -> str:
    titles = {one.key: str(one.title) for one in pack.documents}
    piece = titles.get(str(body.get("kind")), str(body.get("kind")))
    if kind is EventKind.DOCUMENT_ADDED:
        return str(_("Pièce déposée : %(piece)s", piece=piece))
    if body.get("status") == "accepted":
        return str(_("Pièce acceptée : %(piece)s", piece=piece))
    return str(_("Pièce à remplacer : %(piece)s", piece=piece))


def task_url(dossier: Dossier, task: Task) -> str:
    """Where the applicant does a task."""
    return url_for("portal.step", dossier_id=dossier.id, task_id=task.id)


def is_open(task: Task) -> bool:
    """Still to be done."""
    return task.status is TaskStatus.OPEN


def _item(
    icon: str, title: str, sub: str = "", tone: str = "", *, later: bool = False
) -> dict[str, Any]:
    return {"icon": icon, "title": title, "sub": sub, "tone": tone, "later": later}


def _unique(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Two services consulted are one line for the applicant."""
    return list({item["title"]: item for item in items}.values())


def _on(moment: Any) -> str:  # noqa: ANN401 - a day or an instant
    return full_date(moment) if moment else ""


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _full_stop(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
