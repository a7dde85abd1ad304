"""What differs besides, that no other page tells? Settings by their name, files rewritten for nothing."""

from collections.abc import Iterator
from dataclasses import fields

from app.catalogue.compare.changes import Change, Group, changed
from app.catalogue.compare.sides import Side
from app.catalogue.compare.structure import Matching
from app.catalogue.compare.words import quoted
from app.catalogue.contract import DocumentKind, Field, Manifest, Step
from app.catalogue.manifest import PLACE

#: What the other pages tell.
_FIELD = {
    *("name", "label", "type", "required", "help", "choices", "show_if", "min", "max"),
    *("default", "value", "max_length", "role", "variable", "fact"),
}
_STEP = {
    *("key", "title", "help", "button", "phase", "status", "public", "deadline", "reminders"),
    *("priority", "effect", "four_eyes", "assignee", "fields", "rules"),
}
_PIECE = {
    *(
        "key",
        "title",
        "step",
        "required",
        "offered",
        "formats",
        "max_mb",
        "multiple",
        "template",
    ),
}
_MANIFEST = {
    *(
        "key",
        "title",
        "reference",
        "summary",
        "lanes",
        "schemes",
        "phases",
        "statuses",
        "steps",
    ),
    *("documents", "mails", "clocks", "ladders"),
}
_OF_THE_TYPE = {
    "filing_step": "la première étape, celle du dépôt",
    "process": "le nom du processus dessiné",
    "messages": "les messages que le dossier attend",
    "facts": "ce que les règles savent du dossier",
    "shared": "les fichiers partagés",
}
_NAMES = {
    "section": "le titre de la partie",
    "min_sentence": "la phrase de refus sous le minimum",
    "max_sentence": "la phrase de refus au-dessus du maximum",
    "help": "l’aide",
    "facts": "ce que la réponse apprend du dossier",
    "sets": "les variables que l’étape écrit",
    "rows": "le nombre de lignes vides",
    "format": "la façon d’écrire la valeur",
    "list": "la liste proposée",
    "pieces_of": "les pièces proposées",
    "balance": "le total à atteindre",
    "request": "l’aide demandée à compter",
    "reminders_by_scheme": "l’échelle de relances de certains dispositifs",
}


def leftover_changes(pair: Matching) -> Iterator[Change]:
    """What the pages before did not tell; to be called last."""
    back = {new: old for old, new in pair.moved.items()}
    for key, now in pair.after.pack.steps.items():
        was = pair.before.pack.steps.get(back.get(key, key))
        if was is not None:
            yield from _step(pair.after, was, now)
    pieces = {kind.key: kind for kind in pair.before.pack.documents}
    for kind in pair.after.pack.documents:
        if kind.key in pieces:
            yield from _said(f"Pièce {quoted(kind.title.fr)}", pieces[kind.key], kind, _PIECE)
    for name in (one.name for one in fields(Manifest) if one.name not in _MANIFEST):
        if getattr(pair.before.pack, name) != getattr(pair.after.pack, name):
            what = _OF_THE_TYPE.get(name, f"le réglage {quoted(name)}")
            yield changed(Group.OTHERS, f"Dans le manifeste change {what}.")


def rewritten(before: Side, after: Side) -> Iterator[Change]:
    """The files whose bytes differ although nothing that is read does."""
    old, new = before.pack.files, after.pack.files
    for name in sorted(old.keys() & new.keys()):
        if (name == PLACE or name.endswith((".bpmn", ".dmn"))) and old[name] != new[name]:
            sentence = (
                f"Le fichier {quoted(name)} est récrit sans que rien de ce qu’on y lit change."
            )
            yield changed(Group.OTHERS, sentence)


def _step(side: Side, was: Step, now: Step) -> Iterator[Change]:
    name = side.named(now.key)
    yield from _said(f"Étape {name}", was, now, _STEP)
    old = {field.name: field for field in was.fields}
    for field in now.fields:
        about = f"{name}, {quoted(field.label.fr)}"
        if field.name in old:
            yield from _said(about, old[field.name], field, _FIELD)
            helps = [[c.help for c in one.choices] for one in (old[field.name], field)]
            if helps[0] != helps[1] and len(helps[0]) == len(helps[1]):
                yield changed(
                    Group.TEXTS, f"{about}\u00a0: l’aide d’une réponse change.", now.key
                )


def _said(
    about: str,
    was: Step | Field | DocumentKind,
    now: Step | Field | DocumentKind,
    told: set[str],
) -> Iterator[Change]:
    for one in fields(now):
        if one.name not in told and getattr(was, one.name) != getattr(now, one.name):
            what = _NAMES.get(one.name, f"le réglage {quoted(one.name)}")
            yield changed(Group.TEXTS, f"{about}\u00a0: {what} change.")
