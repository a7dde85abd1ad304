"""How does a dossier stand in the session as its row says, when the row was read with its lock?"""

from typing import cast

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, class_mapper
from sqlalchemy.orm.attributes import instance_state, set_committed_value
from sqlalchemy.sql.elements import ColumnElement

from app.models.base import table_of
from app.models.dossier import Dossier
from app.models.task import Task
from app.prepared import Prepared, Row

_DOSSIERS = table_of(Dossier)
_TASKS = table_of(Task)
#: Asked for by `class_mapper`, which makes all models ready first.
_MAPPER = class_mapper(Dossier)
_NAMES = _DOSSIERS.c.keys()
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
        # As a query of the ORM would, without its price: made from the row, not by the constructor.
        dossier = _MAPPER.class_manager.new_instance()
        state = instance_state(dossier)
        state.dict.update(values)
        state.key = key
        session.add(dossier)
        return dossier
    for name, value in values.items():
        set_committed_value(known, name, value)
    return known
