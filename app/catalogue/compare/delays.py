"""Which delays of the law or of the aid rules differ, and which ladders of reminders?"""

from collections.abc import Iterator

from app.catalogue.compare.changes import Change, Group, added, changed, removed
from app.catalogue.compare.sides import Side
from app.catalogue.compare.words import listed, people, quoted
from app.catalogue.contract import ClockSpec
from app.domain.ladder import Ladder
from app.domain.legal_clock.rule import Basis

_BASES = {Basis.LEGAL: "délai légal", Basis.AID_RULES: "délai du règlement des aides"}
#: What else a delay says: how it is named when it changes.
_WORDS = (
    ("whose", "c’est à quelqu’un d’autre d’agir avant"),
    ("from_rules", "la table de règles qui donne sa longueur change"),
    ("applicants", "il ne concerne plus les mêmes demandeurs"),
    ("events", "ce qui l’ouvre, l’arrête ou le suspend change"),
    ("by_hand", "ce qu’un agent peut y inscrire change"),
    ("extension_unit", "l’unité de sa prorogation change"),
    ("source", "le texte cité change"),
)


def delay_changes(before: Side, after: Side) -> Iterator[Change]:
    """Delay by delay, then ladder by ladder."""
    old, new = ({one.key: one for one in side.pack.clocks} for side in (before, after))
    for key, spec in new.items():
        if key in old:
            yield from _clock(old[key], spec)
        else:
            length = spec.rule.duration
            yield added(Group.TIME, f"Nouveau {_named(spec)}\u00a0: {length}.")
    for key, spec in old.items():
        if key not in new:
            yield removed(Group.TIME, f"Le {_named(spec)} disparaît.")
    yield from _ladders(before, after)


def _named(spec: ClockSpec) -> str:
    return f"{_BASES[spec.basis]} {quoted(spec.title.fr)}"


def _clock(was: ClockSpec, now: ClockSpec) -> Iterator[Change]:
    name = f"Le {_named(now)}"
    if was.title.fr != now.title.fr or was.basis is not now.basis:
        yield changed(Group.TIME, f"{name} était le {_named(was)}.")
    if was.rule.duration != now.rule.duration:
        said = f"{was.rule.duration} → {now.rule.duration}"
        yield changed(Group.TIME, f"{name} change de longueur\u00a0: {said}.")
    elif was.rule != now.rule:
        yield changed(Group.TIME, f"{name} se compte ou se proroge autrement.")
    for attribute, words in _WORDS:
        if getattr(was, attribute) != getattr(now, attribute):
            yield changed(Group.TIME, f"{name}\u00a0: {words}.")
    for attribute, words in (("expiry", "ce qui suit"), ("public", "ce que lit le demandeur")):
        if getattr(was, attribute) != getattr(now, attribute):
            text = getattr(now, attribute).fr
            said = quoted(text) if text else "rien"
            yield changed(Group.TEXTS, f"{name}, {words}\u00a0: {said}.")


def _ladders(before: Side, after: Side) -> Iterator[Change]:
    old, new = before.pack.ladders, after.pack.ladders
    for name, ladder in new.items():
        if name not in old:
            yield added(
                Group.TIME,
                f"Nouvelle échelle de relances {quoted(name)}\u00a0: {_rungs(ladder)}.",
            )
        elif ladder != old[name]:
            said = f"{_rungs(old[name])} → {_rungs(ladder)}"
            yield changed(Group.TIME, f"Échelle de relances {quoted(name)}\u00a0: {said}.")
    for name in old:
        if name not in new:
            yield removed(Group.TIME, f"L’échelle de relances {quoted(name)} disparaît.")


def _rungs(ladder: Ladder) -> str:
    return (
        ", ".join(
            f"{one.key} ({listed(people(who) for who in one.to)})" for one in ladder.rungs
        )
        or "aucune relance"
    )
