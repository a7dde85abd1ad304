"""What is the least a completion can cost? The same rows, written by plain statements, and no engine.

One transaction of SQLAlchemy Core on the same connection rules: the dossier is locked, then every
row Liasse wrote is written, each table once, with the hash of the journal computed again.
"""

from sqlalchemy import bindparam, insert, select, update

from app.actions.journal import chain_hash
from app.bench.written import ANSWERS, JOURNAL, PENDING, PROCESSES, TASKS, Written
from app.database import Database

_LOCK = (
    select(PROCESSES.c.version, PROCESSES.c.state)
    .where(PROCESSES.c.dossier_id == bindparam("dossier_id"))
    .with_for_update()
)
_MOVE = update(PROCESSES).where(PROCESSES.c.dossier_id == bindparam("moved"))
_DONE = update(TASKS).where(TASKS.c.id == bindparam("task"), TASKS.c.status == "open")
_OPEN = insert(TASKS)
_ANSWER = insert(ANSWERS)
_ENTRY = insert(JOURNAL)
_WAIT = insert(PENDING)
#: What a step never changes of the process row.
_KEPT = {"dossier_id", "definition_id"}


def write(database: Database, rows: Written) -> None:
    """Write the rows of one completion, and nothing else."""
    moved = {name: value for name, value in rows.process.items() if name not in _KEPT}
    entry = {**rows.entry, "hash": chain_hash(rows.entry)}
    with database.engine.begin() as connection:
        connection.execute(_LOCK, {"dossier_id": rows.dossier_id})
        connection.execute(_DONE, {"task": rows.task_id, **rows.done})
        connection.execute(_ANSWER, rows.answer)
        if rows.opened:
            connection.execute(_OPEN, rows.opened)
        connection.execute(_ENTRY, entry)
        connection.execute(_WAIT, rows.pending)
        connection.execute(_MOVE, {"moved": rows.dossier_id, **moved})
