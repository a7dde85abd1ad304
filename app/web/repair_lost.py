"""How is told what a repair keeps from happening, and what it does to the delays?"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from app.domain.civil import civil_day
from app.domain.legal_clock.facts import FactKind
from app.models.base import Json
from app.web.database import now
from app.web.present import long_date
from app.web.words import _, ngettext, quoted

Line = Mapping[str, Any]


def jumped_told(facts: Json) -> Iterator[str]:
    """The steps jumped over, what is not done by itself, what nobody will have answered.

    Nothing for a plan proposed before plans said it.
    """
    if "jumped" not in facts:
        return
    jumped = facts["jumped"]
    steps = [one["name"] for one in jumped["steps"]]
    if steps:
        yield ngettext(
            "Cette étape sera sautée : %(steps)s.",
            "Ces étapes seront sautées : %(steps)s.",
            len(steps),
            steps=listed(steps),
        )
    if jumped["perhaps"]:
        yield _(
            "Selon les réponses, le dossier aurait pu passer aussi par %(steps)s : il n’y passera pas.",
            steps=listed(jumped["perhaps"]),
        )
    if jumped["runs"]:
        yield ngettext(
            "Cette étape automatique ne se fera pas : %(steps)s.",
            "Ces étapes automatiques ne se feront pas : %(steps)s.",
            len(jumped["runs"]),
            steps=listed(jumped["runs"]),
        )
    if jumped["waits"]:
        yield ngettext(
            "Cette attente n’aura pas lieu : %(steps)s.",
            "Ces attentes n’auront pas lieu : %(steps)s.",
            len(jumped["waits"]),
            steps=listed(jumped["waits"]),
        )
    for question, step in jumped["missing"]:
        yield _(
            "La question « %(question)s » de « %(step)s » restera sans réponse : la suite en dépend, et un incident pourrait y arrêter le dossier.",
            question=question,
            step=step,
        )


def clocks_told(facts: Json) -> Iterator[str]:
    """The delays that begin, change or end, then those that are not told what they wait for."""
    if "clocks_untold" not in facts:
        return
    for line in facts["clocks_on"]:
        if line["due"]:
            yield _(
                "Le délai « %(title)s » part le %(start)s et finit le %(due)s.",
                title=line["title"],
                start=_day(line["started"]),
                due=_day(line["due"]),
            )
        else:
            yield _(
                "Le délai « %(title)s » part le %(start)s.",
                title=line["title"],
                start=_day(line["started"]),
            )
    for line in facts["clocks_off"]:
        yield _("Le délai « %(title)s » ne court plus.", title=line["title"])
    for old, new in facts["clocks_moved"]:
        yield from _moved(old, new)
    for line in facts["clocks_untold"]:
        yield _untold(line)


def _moved(old: Line, new: Line) -> Iterator[str]:
    title = new["title"]
    if new["ended"] and not old["ended"]:
        yield _("Le délai « %(title)s » finit le %(day)s.", title=title, day=_day(new["ended"]))
    elif old["ended"] and not new["ended"] and _has_passed(new["due"]):
        yield _(
            "Le délai « %(title)s » n’est plus terminé : il est dépassé depuis le %(day)s.",
            title=title,
            day=_day(new["due"]),
        )
    elif old["ended"] and not new["ended"]:
        yield _(
            "Le délai « %(title)s » court à nouveau, jusqu’au %(day)s.",
            title=title,
            day=_day(new["due"]),
        )
    elif old["due"] != new["due"]:
        yield _(
            "Le délai « %(title)s » : la fin passe du %(old)s au %(new)s.",
            title=title,
            old=_day(old["due"]),
            new=_day(new["due"]),
        )


def _untold(line: Line) -> str:
    values = {"title": line["title"], "step": line["step"], "day": _day(line["due"])}
    said = {
        FactKind.START: lambda: _(
            "Le délai « %(title)s » ne part pas : « %(step)s » le faisait partir.", **values
        ),
        FactKind.RESET: lambda: _(
            "Le délai « %(title)s » ne repart pas de zéro (« %(step)s » n’a pas lieu) ; il finit toujours le %(day)s.",
            **values,
        ),
        FactKind.SUSPEND: lambda: _(
            "Le délai « %(title)s » n’est pas suspendu par « %(step)s » ; il finit toujours le %(day)s.",
            **values,
        ),
        FactKind.RESUME: lambda: _(
            "Le délai « %(title)s » reste suspendu : « %(step)s » le faisait repartir.",
            **values,
        ),
    }.get(FactKind(line["does"]))
    if _has_passed(line["due"]):
        text = _late(FactKind(line["does"]), values)
    elif said is None:
        text = _(
            "Le délai « %(title)s » court toujours, jusqu’au %(day)s : « %(step)s », qui y mettait fin, n’a pas lieu.",
            **values,
        )
    else:
        text = said()
    if line["may_come"]:
        return text + " " + _("Une étape suivante peut encore le faire.")
    return text


def _late(does: FactKind, values: Mapping[str, str]) -> str:
    """The same of a delay whose day has passed: it does not run « jusqu’au »."""
    if does in {FactKind.START, FactKind.RESET, FactKind.SUSPEND, FactKind.RESUME}:
        return _(
            "Le délai « %(title)s » reste dépassé depuis le %(day)s : « %(step)s », qui l’aurait changé, n’a pas lieu.",
            **values,
        )
    return _(
        "Le délai « %(title)s » reste dépassé depuis le %(day)s : « %(step)s », qui y mettait fin, n’a pas lieu.",
        **values,
    )


def reminder_told(line: Line) -> str:
    """What becomes of the reminders of a task that is no longer to be done."""
    if _has_passed(line.get("reminder")):
        return _(
            "sa relance, prévue le %(day)s et pas encore partie, ne partira pas",
            day=_day(line["reminder"]),
        )
    if line.get("reminder"):
        return _("sa relance du %(day)s ne partira pas", day=_day(line["reminder"]))
    return _("plus aucune relance n’est prévue")


def listed(names: Sequence[str]) -> str:
    """« A », « B » et « C »."""
    said = [quoted(name) for name in dict.fromkeys(names)]
    if len(said) < 2:
        return "".join(said)
    return _("%(first)s et %(last)s", first=", ".join(said[:-1]), last=said[-1])


def _has_passed(text: str | None) -> bool:
    return bool(text) and date.fromisoformat(str(text)) < civil_day(now())


def _day(text: str | None) -> str:
    return long_date(date.fromisoformat(text)) if text else _("jour inconnu")
