"""How does a dossier go from its row to the session and back, with the statements of a step?

As a query and a flush of the ORM would, without their price.
"""

from functools import cache
from typing import cast

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session, class_mapper
from sqlalchemy.orm.attributes import instance_state, set_committed_value
from sqlalchemy.sql.elements import ColumnElement

from app.models.base import table_of
from app.models.dossier import Dossier
from app.models.task import Task
from app.prepared import Call, Prepared, Row

_DOSSIERS = table_of(Dossier)
_TASKS = table_of(Task)
#: Asked for by `class_mapper`, which makes all models ready first.
_MAPPER = class_mapper(Dossier)
_NAMES = _DOSSIERS.c.keys()
_COLUMNS = frozenset(_NAMES)
_ROW = select(_DOSSIERS)
#: The row of a dossier, by its id, and by that of one of its tasks.
BY_ID = Prepared(_ROW.where(_DOSSIERS.c.id == bindparam("dossier_id")))
BY_TASK = Prepared(
    _ROW.where(
        cast(ColumnElement[object], _DOSSIERS.c.id)
        == select(_TASKS.c.dossier_id)
        .where(_TASKS.c.id == bindparam("task_id"))
        .scalar_subquery()
    )
)


def stand(session: Session, row: Row) -> Dossier:
    """The dossier of that row, whatever the session knew of it."""
    values = dict(zip(_NAMES, row, strict=True))
    key = _MAPPER.identity_key_from_primary_key((values["id"],))
    known = session.identity_map.get(key)
    if known is None:
        # Made from the row, not by the constructor.
        dossier = _MAPPER.class_manager.new_instance()
        state = instance_state(dossier)
        state.dict.update(values)
        state.key = key
        state.session_id = session.hash_key
        session.identity_map.add(state)
        return dossier
    for name, value in values.items():
        set_committed_value(known, name, value)
    return known


def writing_back(session: Session, dossier: Dossier) -> Call | None:
    """What writes the columns that changed; None when more than columns did.

    The session holds the dossier for unchanged from then on.
    """
    state = instance_state(dossier)
    changed = tuple(sorted(state.committed_state))
    if not _COLUMNS.issuperset(changed):
        return None
    values = {name: state.dict[name] for name in changed}
    state._commit_all(state.dict, session.identity_map)
    return Call(_update_of(changed), {**values, "written_dossier": dossier.id})


@cache
def _update_of(columns: tuple[str, ...]) -> Prepared:
    return Prepared(
        update(_DOSSIERS).where(_DOSSIERS.c.id == bindparam("written_dossier")), columns
    )
