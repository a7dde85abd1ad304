"""How is the journal kept append-only? By triggers on both databases.

SQLite's `INSERT OR REPLACE` passes a no-delete trigger unless `recursive_triggers` is on
(app/database.py sets it); the chain trigger refuses a sequence that does not follow.
"""

from sqlalchemy import Connection, text

_SQLITE = (
    """CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
    WHEN NEW.dossier_id IS NOT OLD.dossier_id OR NEW.seq IS NOT OLD.seq OR NEW.at IS NOT OLD.at
      OR NEW.kind IS NOT OLD.kind OR NEW.step IS NOT OLD.step
      OR NEW.task_id IS NOT OLD.task_id OR NEW.actor_id IS NOT OLD.actor_id
      OR NEW.body IS NOT OLD.body OR NEW.personal_hash IS NOT OLD.personal_hash
      OR NEW.prev IS NOT OLD.prev OR NEW.hash IS NOT OLD.hash OR NEW.personal IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
    """CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
    """CREATE TRIGGER journal_chain BEFORE INSERT ON journal
    WHEN NEW.seq <> COALESCE(
        (SELECT max(seq) FROM journal WHERE dossier_id = NEW.dossier_id), 0) + 1
      OR NEW.prev <> COALESCE(
        (SELECT hash FROM journal WHERE dossier_id = NEW.dossier_id AND seq = NEW.seq - 1),
        '0000000000000000000000000000000000000000000000000000000000000000')
    BEGIN SELECT RAISE(ABORT, 'the journal chain is broken'); END""",
)
_POSTGRES = (
    """CREATE FUNCTION journal_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'UPDATE' AND NEW.personal IS NULL
         AND (NEW.dossier_id, NEW.seq, NEW.at, NEW.kind, NEW.body::text, NEW.personal_hash,
              NEW.prev, NEW.hash)
           = (OLD.dossier_id, OLD.seq, OLD.at, OLD.kind, OLD.body::text, OLD.personal_hash,
              OLD.prev, OLD.hash)
         AND NEW.step IS NOT DISTINCT FROM OLD.step
         AND NEW.task_id IS NOT DISTINCT FROM OLD.task_id
         AND NEW.actor_id IS NOT DISTINCT FROM OLD.actor_id THEN
        RETURN NEW;
      END IF;
      RAISE EXCEPTION 'the journal is append-only';
    END $$""",
    """CREATE TRIGGER journal_no_change BEFORE UPDATE OR DELETE ON journal
    FOR EACH ROW EXECUTE FUNCTION journal_guard()""",
    """CREATE FUNCTION journal_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$""",
    """CREATE TRIGGER journal_no_truncate BEFORE TRUNCATE ON journal
    FOR EACH STATEMENT EXECUTE FUNCTION journal_no_truncate()""",
    "ALTER TABLE journal ENABLE ALWAYS TRIGGER journal_no_change",
    "ALTER TABLE journal ENABLE ALWAYS TRIGGER journal_no_truncate",
)


def raise_guard(connection: Connection) -> None:
    """Install the triggers; personal data alone may be erased (set to NULL)."""
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRES:
        connection.execute(text(statement.replace(":", "\\:")))


def drop_guard(connection: Connection) -> None:
    """Remove the triggers, for a downgrade."""
    if connection.dialect.name == "sqlite":
        for name in ("journal_no_update", "journal_no_delete", "journal_chain"):
            connection.execute(text(f"DROP TRIGGER {name}"))
        return
    connection.execute(text("DROP TRIGGER journal_no_change ON journal"))
    connection.execute(text("DROP TRIGGER journal_no_truncate ON journal"))
    connection.execute(text("DROP FUNCTION journal_guard()"))
    connection.execute(text("DROP FUNCTION journal_no_truncate()"))
