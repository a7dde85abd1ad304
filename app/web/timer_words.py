"""How is a date that a procedure waits for told? When, why that day, and what happens then."""

import re
from collections.abc import Callable, Mapping

from app.catalogue.naming import node_name
from app.catalogue.published import DossierType
from app.engine.places import ArmedTimer
from app.engine.timers import parse_cycle, parse_duration
from app.engine.values import Trouble
from app.queries.repairs import ByHand
from app.web.present import civil_day, long_date
from app.web.words import _, ngettext, quoted

_AFTER = re.compile(r"(?:at\()?date_add\((\w+), *(days|months|years) *= *(\d+)\)\)?")
_WORKED = re.compile(r"P(\d+)WD", re.IGNORECASE)
_AT = re.compile(r"at\((\w+)\)|(\w+)")
_UNITS: Mapping[str, Callable[[int], str]] = {
    "days": lambda n: ngettext("%(num)s jour", "%(num)s jours", n),
    "months": lambda n: ngettext("%(num)s mois", "%(num)s mois", n),
    "years": lambda n: ngettext("%(num)s an", "%(num)s ans", n),
}


def effect_sentence(timer: ArmedTimer, type_: DossierType) -> str:
    """« « Décider de la suite » s’ouvrira et « Envoyer les pièces » s’arrêtera »."""
    after = [quoted(node_name(type_, node)) for node in timer.leads_to]
    opens = _(" ou ").join(after)
    if timer.host is None:
        return _("le dossier passera à %(steps)s", steps=opens)
    host = node_name(type_, timer.host)
    if timer.interrupts:
        return _(
            "« %(host)s » s’arrêtera et le dossier passera à %(steps)s", host=host, steps=opens
        )
    return _("%(steps)s s’ouvrira, sans arrêter « %(host)s »", steps=opens, host=host)


def timer_sentence(timer: ArmedTimer, type_: DossierType) -> str:
    """« Le 15 avril 2026 : … »."""
    return _(
        "Le %(day)s : %(effect)s",
        day=long_date(civil_day(timer.due_at)),
        effect=effect_sentence(timer, type_),
    )


def why_of(timer: ArmedTimer, type_: DossierType, by_hand: ByHand | None) -> str:
    """Why that day: somebody chose it, else what the diagram says."""
    if by_hand is None or by_hand.day != civil_day(timer.due_at):
        return why_that_day(timer.written, type_)
    return _(
        "choisi à la main le %(day)s, motif : « %(reason)s »",
        day=long_date(by_hand.at),
        reason=by_hand.reason.rstrip("."),
    )


def why_that_day(written: str, type_: DossierType) -> str:
    """The expression of the diagram in words; as written when it is no usual one."""
    text = written.strip().removeprefix("${").removesuffix("}").strip()
    after = _AFTER.fullmatch(text)
    if after is not None:
        if (after[2], after[3]) == ("days", "1"):
            return _("le lendemain de « %(what)s »", what=_label(after[1], type_))
        length = _UNITS[after[2]](int(after[3]))
        return _("%(length)s après « %(what)s »", length=length, what=_label(after[1], type_))
    plain = _AT.fullmatch(text)
    if plain is not None and not text[:1].isdigit() and text[:1] not in "PR":
        return _("le jour dit par « %(what)s »", what=_label(plain[1] or plain[2], type_))
    return _iso(text) or text


def _iso(text: str) -> str:
    try:
        if text[:1] in "Rr":
            every = parse_cycle(text).every
            return _("tous les %(length)s", length=_length(every.months, every.days))
        worked = _WORKED.fullmatch(text)
        if worked is not None:
            return ngettext(
                "%(num)s jour ouvré après le début de l’attente",
                "%(num)s jours ouvrés après le début de l’attente",
                int(worked[1]),
            )
        length = parse_duration(text)
    except (Trouble, ValueError):
        return ""
    return _(
        "%(length)s après le début de l’attente", length=_length(length.months, length.days)
    )


def _length(months: int, days: int) -> str:
    parts = [_UNITS["months"](months)] if months else []
    if days or not months:
        parts.append(_UNITS["days"](days))
    return _(" et ").join(parts)


def _label(variable: str, type_: DossierType) -> str:
    """What people call a variable: the question that gives it, the fact, or its name."""
    known = {
        "start_deadline": _("date limite de démarrage"),
        "completion_deadline": _("date limite d’achèvement"),
        "pieces_limit": _("date limite des pièces"),
    }
    if variable in known:
        return known[variable]
    pack = type_.pack
    for step in pack.steps.values():
        for question in step.fields:
            if variable in {question.variable, question.fact}:
                return str(question.label)
    fact = pack.known_facts.get(variable)
    if fact is not None and fact.label:
        return str(fact.label)
    return variable.replace("_", " ")
