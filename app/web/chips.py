"""Which filters narrow the list of dossiers, in words, and how is each one taken off?"""

from collections.abc import Sequence
from typing import Any

from flask import request, url_for

from app.catalogue.naming import node_name
from app.catalogue.published import DossierType
from app.queries.dossiers import Listing
from app.web.words import _, ngettext

Chip = tuple[str, str]


def chips_of(wanted: Listing, types: Sequence[DossierType]) -> list[Chip]:
    """(what is filtered, the URL of the list without it), for the filters no select shows."""
    steps = {key: str(step.title) for one in types for key, step in one.pack.steps.items()}
    phases = {phase.key: str(phase.title) for one in types for phase in one.pack.phases}
    found: list[tuple[str, tuple[str, ...]]] = []
    if wanted.phase:
        name = phases.get(wanted.phase, wanted.phase)
        found.append((_("Phase : %(name)s", name=name), ("phase",)))
    if wanted.step:
        found.append((_("Étape : %(name)s", name=steps.get(wanted.step, "?")), ("etape",)))
    found += _narrowed(wanted, types)
    if wanted.officer_id or wanted.is_unassigned:
        words = _("Non attribués") if wanted.is_unassigned else _("Un seul agent")
        found.append((words, ("agent",)))
    if wanted.age_min or wanted.age_max is not None:
        found.append((_age(wanted), ("age_min", "age_max")))
    if wanted.voted_in is not None:
        found.append((_("Aide votée en %(year)s", year=wanted.voted_in), ("votes",)))
    if wanted.is_live:
        found.append((_("En cours"), ("en_cours",)))
    return [(words, _without(names)) for words, names in found]


def _narrowed(
    wanted: Listing, types: Sequence[DossierType]
) -> list[tuple[str, tuple[str, ...]]]:
    """Where the dossiers stand, of which type, filed when."""
    found: list[tuple[str, tuple[str, ...]]] = []
    if wanted.waits_at:
        known = (one for one in types if wanted.waits_at in one.definition.nodes)
        name = next((node_name(one, wanted.waits_at) for one in known), "?")
        found.append((_("En attente : %(name)s", name=name), ("attente",)))
    if wanted.type_key:
        titles = {one.pack.key: str(one.pack.title) for one in types}
        found.append((titles.get(wanted.type_key, "?"), ("type",)))
    if wanted.filed_in is not None:
        found.append((_("Déposés en %(year)s", year=wanted.filed_in), ("depose",)))
    return found


def _age(wanted: Listing) -> str:
    if wanted.age_max is None:
        return ngettext(
            "Déposés depuis plus de %(num)s jour",
            "Déposés depuis plus de %(num)s jours",
            wanted.age_min or 0,
        )
    if not wanted.age_min:
        return ngettext(
            "Déposés depuis moins de %(num)s jour",
            "Déposés depuis moins de %(num)s jours",
            wanted.age_max,
        )
    return _("Déposés depuis %(a)s à %(b)s jours", a=wanted.age_min, b=wanted.age_max)


def _without(names: tuple[str, ...]) -> str:
    kept: dict[str, Any] = {
        name: value for name, value in request.args.items() if name not in {*names, "page"}
    }
    return url_for("dossiers.listing", **kept)
