"""Do the questions of a pack hold together? Names, types, conditions, facts, pieces, rules."""

import re
from collections.abc import Iterator

from app.catalogue.contract import Field, Manifest, Problem, Step
from app.catalogue.house import House
from app.catalogue.known_names import expression_problems, forms_of
from app.catalogue.manifest import PLACE

_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_RESERVED = frozenset({"csrf_token", "key", "revision", "submit", "save"})
_PARTS = {
    "lines": frozenset({"total"}),
    "funding_plan": frozenset({"total", "own", "public", "private"}),
}


def form_problems(manifest: Manifest, known: frozenset[str], house: House) -> Iterator[Problem]:
    """Everything wrong in the questions of every step and of every message people may send."""
    for step in forms_of(manifest):
        seen: set[str] = set()
        for field in step.fields:
            place = f"{PLACE}, étape {step.key}, champ {field.name}"
            yield from _field(place, step, field, manifest, house)
            yield from _expressions(place, field, known | seen, known | _names(step))
            seen.add(field.name)
        yield from _rules(step, known)


def _names(step: Step) -> frozenset[str]:
    return frozenset(field.name for field in step.fields)


def _field(
    place: str, step: Step, field: Field, manifest: Manifest, house: House
) -> Iterator[Problem]:
    if not _NAME.fullmatch(field.name) or field.name in _RESERVED:
        yield Problem(
            place,
            "ce nom est refusé\u00a0: lettres minuscules, chiffres et « _ », sans mot réservé.",
        )
    for part in sorted(set(field.facts) - _PARTS.get(field.type, frozenset())):
        yield Problem(place, f"un champ {field.type} n’a pas de partie «\u00a0{part}\u00a0».")
    for other in (field.balance, field.request):
        if other is not None and other not in _names(step):
            yield Problem(
                place, f"le champ «\u00a0{other}\u00a0» n’existe pas dans cette étape."
            )
    yield from _sources(place, field, manifest, house)


def _sources(place: str, field: Field, manifest: Manifest, house: House) -> Iterator[Problem]:
    if field.type in ("person", "persons") and field.role is None:
        yield Problem(place, "il faut dire parmi quel rôle choisir (role).")
    if field.type == "listed" and field.list is None:
        yield Problem(place, "il faut dire dans quelle liste choisir (list).")
    elif field.list is not None and house.lists is not None and field.list not in house.lists:
        yield Problem(place, f"la liste «\u00a0{field.list}\u00a0» n’existe pas.")
    if field.type == "pieces":
        step = field.pieces_of or manifest.filing_step
        if not any(kind.step == step for kind in manifest.documents):
            yield Problem(place, f"l’étape {step} ne demande aucune pièce.")


def _expressions(
    place: str, field: Field, before: frozenset[str], everything: frozenset[str]
) -> Iterator[Problem]:
    for source in (field.show_if, field.value):
        if source is not None:
            yield from expression_problems(place, source, before)
    for source in (field.min, field.max):
        if source is not None:
            yield from expression_problems(place, source, everything)
    if field.default is not None:
        yield from expression_problems(place, field.default, everything)


def _rules(step: Step, known: frozenset[str]) -> Iterator[Problem]:
    for rule in step.rules:
        place = f"{PLACE}, étape {step.key}, règle «\u00a0{rule.expect}\u00a0»"
        yield from expression_problems(place, rule.expect, known | _names(step))
        if rule.field not in _names(step):
            yield Problem(place, f"le champ «\u00a0{rule.field}\u00a0» n’existe pas.")
