"""Under which identifier does the latest version of a type know a step of an earlier one?

What a change of version was told counts first; else a step that only changed its identifier is the
one of the same name and kind in the next version.
"""

from collections.abc import Mapping
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.published import PublishedTypes
from app.engine.migration import same_steps
from app.models.migration import Migration
from app.models.process import ProcessDefinition

#: Type of dossier -> step of an earlier version -> the same in the latest one.
Names = Mapping[str, Mapping[str, str]]


def present_names(session: Session, types: PublishedTypes) -> Names:
    """The steps whose identifier changed, of every type that is not retired."""
    keys = [type_.pack.key for type_ in types.open_types(session)]
    return {key: found for key in keys if (found := _of_type(session, types, key))}


def _of_type(session: Session, types: PublishedTypes, key: str) -> dict[str, str]:
    ids = session.scalars(
        select(ProcessDefinition.id)
        .where(ProcessDefinition.key == key)
        .order_by(ProcessDefinition.version)
    )
    versions = [types.get(session, one).definition for one in ids]
    became: dict[str, str] = {}
    for old, new in pairwise(versions):
        became |= same_steps(old, new)
    for mapping in session.scalars(
        select(Migration.mapping)
        .where(Migration.key == key, Migration.started_at.is_not(None))
        .order_by(Migration.started_at)
    ):
        became |= mapping
    known = types.latest(session, key).definition.nodes
    gone = {node for one in versions for node in one.nodes if node not in known}
    ends = {node: _end(node, became, known) for node in gone}
    return {node: end for node, end in ends.items() if end in known}


def _end(node: str, became: Mapping[str, str], known: Mapping[str, object]) -> str:
    """The last name of a step, version after version."""
    seen: set[str] = set()
    while node not in known and node in became and node not in seen:
        seen.add(node)
        node = became[node]
    return node


def every_name(names: Names, step: str, type_key: str = "") -> frozenset[str]:
    """The identifiers a step had in every version, of one type or of all."""
    found = {step}
    for key, renamed in names.items():
        if type_key in {"", key}:
            now = renamed.get(step, step)
            found |= {now, *(old for old, new in renamed.items() if new == now)}
    return frozenset(found)
