"""Which way did a dossier go, in the drawing of the version it follows now? Arrows, and steps that are gone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from app.catalogue.published import DossierType
from app.engine.diagram import NodeState, OutlineItem, outline
from app.models.dossier import Dossier
from app.queries.past_versions import Past, past_of
from app.queries.procedure import Path, Round, path_of, rounds_of
from app.web.installation import console
from app.web.step_forms import type_of
from app.web.words import _


@dataclass(frozen=True)
class Way:
    """What a dossier went through, whatever versions it followed, in the words of the last one."""

    past: Past
    path: Path
    rounds: Sequence[Round]
    #: Arrow of the present drawing -> when it was passed last.
    flows: Mapping[str, datetime]


def way_of(session: Session, dossier: Dossier) -> Way:
    """Where the dossier went, and every time a step of it was open."""
    past = past_of(session, dossier.id, dossier.definition_id)
    path = path_of(session, dossier.id, past)
    flows = _flows_now(session, path, past, type_of(dossier))
    return Way(past, path, rounds_of(session, dossier.id, past), flows)


def _flows_now(
    session: Session, path: Path, past: Past, type_: DossierType
) -> dict[str, datetime]:
    """An arrow of an earlier version is the one that joins the same two steps today."""
    between = {(flow.source, flow.target): flow.id for flow in type_.definition.flows}
    found: dict[str, datetime] = {}
    for place, passed in sorted(path.flows.items()):
        if place == len(past.changes):
            found |= passed
            continue
        for flow in _version(session, past, place).definition.flows:
            ends = past.name_now(flow.source, place), past.name_now(flow.target, place)
            if flow.id in passed and ends in between:
                found[between[ends]] = passed[flow.id]
    return found


def told(
    session: Session,
    way: Way,
    type_: DossierType,
    *,
    states: Mapping[str, NodeState],
    links: Mapping[str, str],
    notes: Mapping[str, str],
) -> list[OutlineItem]:
    """The steps in words, with those that were done in a version that had them and are gone since."""
    items = outline(type_.pack.shown_diagram, states=states, links=links, notes=notes, say=_)
    known = set(type_.definition.nodes)
    for place in reversed(range(len(way.past.changes))):
        old = _version(session, way.past, place)
        gone = {node for node in states if node in old.definition.nodes and node not in known}
        known |= gone
        said = outline(
            old.pack.shown_diagram,
            states={node: states[node] for node in gone},
            links=links,
            notes=notes,
            say=_,
        )
        version = _("étape de la version %(n)s", n=old.version)
        items = _among(
            items,
            [replace(one, sentence=f"{one.sentence} ; {version}") for one in said],
            gone,
        )
    return items


def _among(
    items: Sequence[OutlineItem], old: Sequence[OutlineItem], gone: set[str]
) -> list[OutlineItem]:
    """Each step that is gone stands after the one that came before it in its own version."""
    found, place = list(items), 0
    for one in old:
        if one.id in gone:
            found.insert(place, one)
            place += 1
        else:
            place = next((n + 1 for n, item in enumerate(found) if item.id == one.id), place)
    return found


def _version(session: Session, past: Past, place: int) -> DossierType:
    return console().types.get(session, past.version(place))
