"""How is the plan of a repair read? In a few parts, a sentence for each thing that changes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.catalogue.compare.words import people
from app.catalogue.naming import node_name
from app.catalogue.published import DossierType
from app.domain.money import Money
from app.domain.status import ClaimStatus, DossierStatus, OrderStatus, Vote
from app.models.base import Json
from app.models.dossier import Dossier
from app.web.from_below import word_of
from app.web.labels import label_of
from app.web.present import long_date
from app.web.repair_lost import clocks_told, jumped_told, listed, reminder_told
from app.web.repair_mails import mails_kept, mails_of
from app.web.words import _, ngettext

_RUNS = frozenset({"serviceTask", "scriptTask", "businessRuleTask", "sendTask"})
Line = Mapping[str, Any]


@dataclass(frozen=True)
class Part:
    """One part of the plan; the tone is that of a notice."""

    title: str
    icon: str
    tone: str
    lines: Sequence[str]


def told(facts: Json, type_: DossierType, dossier: Dossier) -> list[Part]:
    """The whole plan, the most pressing part first; a part with nothing to say is left out."""
    mails = _mails(mails_of(facts, type_, dossier), mails_kept(facts, type_))
    parts = [
        Part(_("Argent et décisions"), "euro", "danger", list(_money(facts["money"]))),
        Part(_("Ce qui est sauté"), "right", "warn", list(jumped_told(facts))),
        Part(_("Ce qui s’arrête"), "stop", "", list(_stops(facts, type_))),
        Part(_("Ce qui s’ouvre"), "inbox", "", list(_opens(facts, type_))),
        Part(_("Ce qui change de date"), "clock", "", list(_dates(facts))),
        Part(_("Délais"), "clock", "", list(clocks_told(facts))),
        Part(_("Ce qui se fait tout de suite"), "gear", "", list(_at_once(facts, type_))),
        Part(_("Courriels"), "mail", "", mails),
        Part(_("À savoir"), "info", "", list(_to_know(facts))),
    ]
    return [part for part in parts if part.lines]


def _stops(facts: Json, type_: DossierType) -> Iterator[str]:
    for line in facts["cancelled"]:
        values = {"step": line["name"], "who": line["who"], "reminder": reminder_told(line)}
        if line["who"]:
            yield _(
                "« %(step)s », prise par %(who)s, n’est plus à faire ; %(reminder)s.", **values
            )
        else:
            yield _("« %(step)s » n’est plus à faire ; %(reminder)s.", **values)
    for line in facts["timers_off"]:
        yield _("%(timer)s n’est plus attendue.", timer=_timer(line))
    for name in facts["waits_off"]:
        yield _("« %(name)s » n’est plus attendu.", name=message_name(type_, name))
    for name in facts["joins"]:
        yield _("%(join)s n’attendra plus cette branche.", join=_capital(name))


def _opens(facts: Json, type_: DossierType) -> Iterator[str]:
    for line in facts["opened"]:
        yield _opened(line)
    for line in facts["timers_on"]:
        yield _("%(timer)s est attendue.", timer=_timer(line))
    for name in facts["waits_on"]:
        yield _("Le dossier attend « %(name)s ».", name=message_name(type_, name))


def _dates(facts: Json) -> Iterator[str]:
    for old, new in facts["moved"]:
        if old["due_on"] == new["due_on"]:
            continue
        yield _(
            "« %(step)s » : l’échéance passe du %(old)s au %(new)s.",
            step=new["name"],
            old=_day(old["due_on"]),
            new=_day(new["due_on"]),
        )
    for old, new in facts["timers_moved"]:
        yield _(
            "« %(name)s » passe du %(old)s au %(new)s.",
            name=new["name"],
            old=_day(old["day"]),
            new=_day(new["day"]),
        )


def _opened(line: Line) -> str:
    values = {
        "step": line["name"],
        "who": line["who"] or word_of(people(f"role:{line['role']}")),
        "day": _day(line["due_on"]),
        "reminder": _day(line.get("reminder")),
    }
    if line["due_on"] and line.get("reminder"):
        return _(
            "« %(step)s » est à faire par %(who)s, au plus tard le %(day)s ; première relance le %(reminder)s.",
            **values,
        )
    if line["due_on"]:
        return _("« %(step)s » est à faire par %(who)s, au plus tard le %(day)s.", **values)
    return _("« %(step)s » est à faire par %(who)s, sans échéance.", **values)


def _at_once(facts: Json, type_: DossierType) -> Iterator[str]:
    for node in dict.fromkeys(facts["passed"]):
        drawn = type_.definition.nodes.get(node)
        if drawn is not None and drawn.kind in _RUNS:
            yield _("« %(step)s » se fait.", step=node_name(type_, node))
    for name in facts["jobs"]:
        yield _("« %(step)s » se fera dans les minutes qui suivent.", step=name)
    before, after = (label_of(DossierStatus(one)) for one in facts["status"])
    if before != after:
        yield _("L’état passe de « %(old)s » à « %(new)s ».", old=before, new=after)
    old, new = (_phase(type_, one) for one in facts["phase"])
    if old != new:
        yield _("La phase passe de « %(old)s » à « %(new)s ».", old=old, new=new)
    if facts["ends"]:
        yield _("Le dossier est terminé : plus rien n’est attendu de personne.")


def _mails(mails: Sequence[tuple[str, str]], kept: Sequence[tuple[str, str]]) -> list[str]:
    leave = [_("« %(subject)s », %(to)s.", subject=subject, to=to) for subject, to in mails]
    stay = [
        _("« %(subject)s », %(to)s, ne partira pas.", subject=subject, to=to)
        for subject, to in kept
    ]
    return [*(leave or [_("Aucun courriel ne part.")]), *stay]


def _to_know(facts: Json) -> Iterator[str]:
    for line in facts["again"]:
        yield _(
            "« %(step)s » a été fait par %(who)s le %(day)s : la réponse reste écrite, l’étape reviendra si la procédure y repasse.",
            step=line["name"],
            who=line["who"] or _("Liasse"),
            day=_day(line["day"]),
        )
    if facts["repair"]["kind"] == "skip":
        yield _("Aucun formulaire n’est rempli : aucune réponse n’est écrite.")
    for cause in facts["incidents"]:
        yield _("L’incident est réglé, le dossier repart : %(cause)s", cause=cause)


# ---------------------------------------------------------------- money


def _money(money: Mapping[str, Any]) -> Iterator[str]:
    for name in money["again"]:
        yield _(
            "« %(step)s » a déjà été fait : si l’étape revient, ce qu’elle écrira s’ajoutera. Corrigez d’abord ce qui est écrit par un acte comptable (dégagement, annulation de mandat).",
            step=name,
        )
    if money.get("jumped"):
        yield ngettext(
            "Cette étape devait écrire une décision, une réservation de crédits ou un versement ; sautée, elle n’écrira rien : %(steps)s.",
            "Ces étapes devaient écrire une décision, une réservation de crédits ou un versement ; sautées, elles n’écriront rien : %(steps)s.",
            len(money["jumped"]),
            steps=listed(money["jumped"]),
        )
    for name in money["unwritten"]:
        yield _("« %(step)s » est passée : ce qu’elle devait écrire ne l’est pas.", step=name)
    for name in money["stopped"]:
        yield _("« %(step)s » n’écrira rien tant qu’elle n’est pas rouverte.", step=name)
    yield from _committing(money)
    for line in money["written"]:
        yield _("La réparation écrit : %(what)s.", what=_written(line))
    for line in money["stays"]:
        yield _("Reste écrit, sans changement : %(what)s.", what=_written(line))


def _committing(money: Mapping[str, Any]) -> Iterator[str]:
    for name in money["opened"]:
        yield _("« %(step)s » engage de l’argent ou une décision.", step=name)
    if money["opened"] and not money.get("is_voted", True):
        yield _(
            "Aucun montant n’est voté pour ce dossier : rien ne pourra être engagé ni payé."
        )


def _written(line: Line) -> str:
    amount = Money.parse(line["amount"]).french() if line["amount"] else ""
    number = line.get("number", "")
    what = str(line.get("what", ""))
    told = {
        "vote": lambda: _("vote « %(what)s »", what=label_of(Vote(what))),
        "act": lambda: _("acte n° %(number)s", number=number),
        "commitment": lambda: _("engagement n° %(number)s", number=number),
        "claim": lambda: _(
            "demande de versement n° %(number)s (%(what)s)",
            number=number,
            what=label_of(ClaimStatus(what)),
        ),
        "order": lambda: _(
            "mandat n° %(number)s (%(what)s)", number=number, what=label_of(OrderStatus(what))
        ),
    }[line["kind"]]()
    return f"{told}, {amount}" if amount else told


# ---------------------------------------------------------------- words


def message_name(type_: DossierType, name: str) -> str:
    """A message as people call it: the title of its form, else the event that waits for it."""
    said = type_.pack.messages.get(name)
    if said is not None and said.form.title.fr:
        return said.form.title.fr
    known = {"committee_decision": _("la décision de la séance")}
    return known.get(name, name.replace("_", " "))


def _timer(line: Line) -> str:
    values = {"name": line["name"], "host": line["host"], "day": _day(line["day"])}
    if line["host"]:
        return _("L’échéance « %(name)s » de « %(host)s » (%(day)s)", **values)
    return _("L’échéance « %(name)s » (%(day)s)", **values)


def _phase(type_: DossierType, key: str) -> str:
    return next((str(one.title) for one in type_.pack.phases if one.key == key), key)


def _day(text: str | None) -> str:
    return long_date(date.fromisoformat(text)) if text else _("sans échéance")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
