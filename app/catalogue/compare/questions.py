"""Which questions of the forms differ, and which rules between answers?"""

from collections.abc import Iterator

from app.catalogue.compare.changes import Change, Group, added, changed, removed
from app.catalogue.compare.sides import Side
from app.catalogue.compare.structure import Matching
from app.catalogue.compare.words import listed, people, quoted
from app.catalogue.contract import Field, Step

_KINDS = {
    "text": "texte court",
    "longtext": "texte long",
    "integer": "nombre entier",
    "euros": "montant",
    "percent": "pourcentage",
    "date": "date",
    "choice": "une réponse parmi plusieurs",
    "multichoice": "plusieurs réponses possibles",
    "yesno": "oui ou non",
    "attest": "case à cocher",
    "siret": "numéro SIRET",
    "rna": "numéro RNA",
    "iban": "IBAN",
    "email": "adresse électronique",
    "phone": "numéro de téléphone",
    "commune": "commune",
    "epci": "intercommunalité",
    "pieces": "pièces à désigner",
    "lines": "lignes de dépenses",
    "funding_plan": "plan de financement",
    "persons": "plusieurs personnes",
    "person": "une personne",
    "listed": "une ligne d’une liste",
    "computed": "valeur calculée",
}
#: What else a question says: how it is named when it changes.
_CONDITIONS = (
    ("show_if", "n’est posée que si"),
    ("min", "a pour valeur la plus basse"),
    ("max", "a pour valeur la plus haute"),
    ("default", "propose d’abord"),
    ("value", "se calcule ainsi\u00a0:"),
)
_LINKS = (
    ("variable", "choisit autrement le chemin"),
    ("fact", "nourrit autrement le dossier"),
)


def question_changes(pair: Matching) -> Iterator[Change]:
    """Form by form; the filing form too, which the diagram does not draw."""
    back = {after: before for before, after in pair.moved.items()}
    for key, now in pair.after.pack.steps.items():
        was = pair.before.pack.steps.get(back.get(key, key))
        if was is not None:
            yield from _form(pair, was, now)
        elif now.fields:
            labels = listed(quoted(field.label.fr) for field in now.fields)
            yield added(
                Group.QUESTIONS,
                f"{pair.after.named(key)}, nouveau formulaire\u00a0: {labels}.",
                key,
            )


def _form(pair: Matching, was: Step, now: Step) -> Iterator[Change]:
    form = pair.after.named(now.key)
    old, new = {f.name: f for f in was.fields}, {f.name: f for f in now.fields}
    for name, field in new.items():
        if name not in old:
            must = "obligatoire" if field.required else "facultative"
            sentence = f"{form}\u00a0: nouvelle question {quoted(field.label.fr)} ({must})."
            yield added(Group.QUESTIONS, sentence, now.key)
        else:
            for sentence in _question(pair, old[name], field):
                about = f"{form}, {quoted(field.label.fr)}"
                yield changed(Group.QUESTIONS, f"{about} {sentence}.", now.key)
            yield from _choices(old[name], field, form, now.key)
    for name, field in old.items():
        if name not in new:
            sentence = f"{form}\u00a0: la question {quoted(field.label.fr)} n’est plus posée."
            yield removed(Group.QUESTIONS, sentence, now.key)
    both = [name for name in new if name in old], [name for name in old if name in new]
    if both[0] != both[1]:
        yield changed(Group.TEXTS, f"{form}\u00a0: l’ordre des questions change.", now.key)
    yield from _rules(pair, was, now, form)


def _question(pair: Matching, was: Field, now: Field) -> Iterator[str]:
    if was.label.fr != now.label.fr:
        yield f"se lisait {quoted(was.label.fr)}"
    if was.type != now.type:
        yield f"change de nature\u00a0: {_KINDS[was.type]} → {_KINDS[now.type]}"
    if was.required != now.required:
        yield f"devient {'obligatoire' if now.required else 'facultative'}"
    for attribute, words in _CONDITIONS:
        old, new = getattr(was, attribute), getattr(now, attribute)
        if old != new:
            yield _condition(words, _said(pair.before, old), _said(pair.after, new))
    yield from _details(was, now)


def _details(was: Field, now: Field) -> Iterator[str]:
    if was.max_length != now.max_length:
        lengths = [
            f"{one} caractères" if one else "sans limite"
            for one in (was.max_length, now.max_length)
        ]
        yield f"change de longueur : {lengths[0]} → {lengths[1]}"
    if was.role != now.role and now.role:
        yield f"propose désormais {people(now.role)}"
    for attribute, words in _LINKS:
        old, new = getattr(was, attribute), getattr(now, attribute)
        if old != new:
            yield f"{words} ({quoted(old or 'rien')} → {quoted(new or 'rien')})"


def _said(side: Side, expression: str | None) -> str:
    return side.said(expression) if expression is not None else ""


def _condition(words: str, was: str, now: str) -> str:
    if not was:
        return f"{words} {now}"
    return f"{words} {now or 'rien de particulier'} (auparavant\u00a0: {was})"


def _choices(was: Field, now: Field, form: str, step: str) -> Iterator[Change]:
    about = f"{form}, {quoted(now.label.fr)}"
    old, new = (
        {c.value: c.label.fr for c in was.choices},
        {c.value: c.label.fr for c in now.choices},
    )
    for value, label in new.items():
        if value not in old:
            yield added(
                Group.QUESTIONS, f"{about}\u00a0: nouvelle réponse {quoted(label)}.", step
            )
        elif old[value] != label:
            said = f"{quoted(old[value])} → {quoted(label)}"
            yield changed(Group.TEXTS, f"{about}, réponse\u00a0: {said}.", step)
    for value, label in old.items():
        if value not in new:
            sentence = f"{about}\u00a0: la réponse {quoted(label)} n’est plus proposée."
            yield removed(Group.QUESTIONS, sentence, step)


def _rules(pair: Matching, was: Step, now: Step, form: str) -> Iterator[Change]:
    old = {rule.sentence.fr: rule for rule in was.rules}
    new = {rule.sentence.fr: rule for rule in now.rules}
    for sentence, rule in new.items():
        if sentence not in old:
            yield added(
                Group.QUESTIONS, f"{form}, nouveau contrôle\u00a0: {quoted(sentence)}.", now.key
            )
        elif rule.expect != old[sentence].expect:
            said = f"{pair.before.said(old[sentence].expect)} → {pair.after.said(rule.expect)}"
            text = f"{form}, le contrôle {quoted(sentence)} change\u00a0: {said}."
            yield changed(Group.QUESTIONS, text, now.key)
    for sentence in old:
        if sentence not in new:
            yield removed(
                Group.QUESTIONS,
                f"{form}, contrôle supprimé\u00a0: {quoted(sentence)}.",
                now.key,
            )
