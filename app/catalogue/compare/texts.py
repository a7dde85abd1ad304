"""Which texts read otherwise: titles, helps, labels of states, pages of the schemes, other files?"""

from collections.abc import Iterator

from app.catalogue.compare.changes import Change, Group, added, changed, removed
from app.catalogue.compare.sides import Side
from app.catalogue.compare.structure import Matching
from app.catalogue.compare.words import quoted
from app.catalogue.contract import Scheme, Step, Text
from app.catalogue.manifest import PLACE
from app.catalogue.scenario import SCENARIOS

_STEP_TEXTS = (
    ("help", "l’aide"),
    ("button", "le bouton"),
    ("public", "ce que lit le demandeur"),
)
_SHORT = 80  #: letters of a text quoted whole


def text_changes(pair: Matching) -> Iterator[Change]:
    """The whole of what is read: the type, its states, its steps, its schemes, its other files."""
    before, after = pair.before, pair.after
    yield from _type(before, after)
    yield from _states(before, after)
    yield from _schemes(before, after)
    back = {new: old for old, new in pair.moved.items()}
    for key, now in after.pack.steps.items():
        was = before.pack.steps.get(back.get(key, key))
        if was is not None:
            yield from _step(pair, was, now)
    yield from _files(before, after)


def _type(before: Side, after: Side) -> Iterator[Change]:
    for attribute, words in (("title", "Titre du type"), ("summary", "Présentation du type")):
        was, now = getattr(before.pack, attribute), getattr(after.pack, attribute)
        if was != now:
            yield changed(Group.TEXTS, f"{words}\u00a0: {_reads(was, now)}.")
    if before.pack.reference != after.pack.reference:
        said = f"{quoted(before.pack.reference)} → {quoted(after.pack.reference)}"
        yield changed(Group.TEXTS, f"Forme des références\u00a0: {said}.")
    titles = [[one.title.fr for one in side.pack.phases] for side in (before, after)]
    if titles[0] != titles[1]:
        said = f"{', '.join(titles[0])} → {', '.join(titles[1])}"
        yield changed(Group.TEXTS, f"Phases montrées au demandeur\u00a0: {said}.")


def _states(before: Side, after: Side) -> Iterator[Change]:
    for status, now in after.pack.statuses.items():
        was = before.pack.statuses[status]
        if was.label != now.label:
            yield changed(
                Group.TEXTS,
                f"État du dossier, pour les agents\u00a0: {_reads(was.label, now.label)}.",
            )
        if was.public != now.public:
            yield changed(
                Group.TEXTS,
                f"État du dossier, pour le demandeur\u00a0: {_reads(was.public, now.public)}.",
            )


def _step(pair: Matching, was: Step, now: Step) -> Iterator[Change]:
    name = pair.after.named(now.key)
    if was.title != now.title and now.title.fr != pair.after.title(now.key):
        yield changed(
            Group.TEXTS, f"{name}, titre\u00a0: {_reads(was.title, now.title)}.", now.key
        )
    for attribute, words in _STEP_TEXTS:
        old, new = getattr(was, attribute), getattr(now, attribute)
        if old != new:
            yield changed(Group.TEXTS, f"{name}, {words}\u00a0: {_reads(old, new)}.", now.key)
    helps = {field.name: field.help for field in was.fields}
    for field in now.fields:
        if field.name in helps and helps[field.name] != field.help:
            about = f"{name}, aide de {quoted(field.label.fr)}"
            yield changed(
                Group.TEXTS, f"{about}\u00a0: {_reads(helps[field.name], field.help)}.", now.key
            )
    if was.status != now.status:
        label = after_label(pair.after, now)
        yield changed(Group.STEPS, f"En passant par {name}, le dossier prend {label}.", now.key)
    if was.phase != now.phase:
        titles = {phase.key: phase.title.fr for phase in pair.after.pack.phases}
        place = quoted(titles.get(now.phase or "", "")) if now.phase else "aucune phase"
        yield changed(Group.STEPS, f"L’étape {name} relève désormais de {place}.", now.key)


def after_label(side: Side, step: Step) -> str:
    """« l’état « En instruction » », or that the state stays as it is."""
    if step.status is None:
        return "l’état qu’il avait déjà"
    return f"l’état {quoted(side.pack.status(step.status).label.fr)}"


def _schemes(before: Side, after: Side) -> Iterator[Change]:
    old = {one.code: one for one in before.pack.schemes}
    new = {one.code: one for one in after.pack.schemes}
    for code, scheme in new.items():
        if code not in old:
            yield added(Group.MONEY, f"Nouveau dispositif {code}, {quoted(scheme.title.fr)}.")
        elif old[code] != scheme:
            parts = ", ".join(_parts(old[code], scheme))
            yield changed(Group.TEXTS, f"Page publique du dispositif {code}\u00a0: {parts}.")
    for code, scheme in old.items():
        if code not in new:
            yield removed(
                Group.MONEY, f"Le dispositif {code}, {quoted(scheme.title.fr)}, disparaît."
            )


def _parts(was: Scheme, now: Scheme) -> Iterator[str]:
    names = {
        "title": "le titre",
        "summary": "le résumé",
        "who": "qui peut demander",
        "what": "ce qui est aidé",
        "excluded": "ce qui ne l’est pas",
        "amount": "le montant",
        "delays": "les délais",
    }
    for attribute, words in names.items():
        old, new = getattr(was, attribute), getattr(now, attribute)
        if old != new and isinstance(new, Text):
            yield f"{words} ({_reads(old, new)})"
        elif old != new:
            yield words


def _files(before: Side, after: Side) -> Iterator[Change]:
    old, new = before.pack.files, after.pack.files
    told = {PLACE} | {name for name in (*old, *new) if name.endswith((".bpmn", ".dmn"))}
    for name in sorted({*old, *new} - told):
        what = "Scénario" if name.startswith(SCENARIOS) else "Fichier"
        if name not in old:
            yield added(Group.OTHERS, f"{what} ajouté\u00a0: {quoted(name)}.")
        elif name not in new:
            yield removed(Group.OTHERS, f"{what} retiré\u00a0: {quoted(name)}.")
        elif old[name] != new[name]:
            yield changed(Group.OTHERS, f"{what} modifié\u00a0: {quoted(name)}.")


def _reads(was: Text, now: Text) -> str:
    if was.fr == now.fr:
        return "la traduction change"
    if max(len(was.fr), len(now.fr)) <= _SHORT:
        return f"{quoted(was.fr) if was else 'rien'} → {quoted(now.fr) if now else 'rien'}"
    if not now:
        return "le texte disparaît"
    kept = now.fr if len(now.fr) <= 2 * _SHORT else f"{now.fr[: 2 * _SHORT].rsplit(' ', 1)[0]}…"
    return f"on lit désormais {quoted(kept)}"
