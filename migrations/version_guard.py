"""How do published versions stay as they were published, and their journal as it was written? By triggers.

A version may only be retired or restored (`retired_at`). A migration that makes SQLite recreate
`process_definition` loses its triggers: it calls `drop_guard` before and `raise_guard` after.
"""

from sqlalchemy import Connection, text

_FROZEN = (
    "id",
    "key",
    "version",
    "digest",
    "title",
    "archive",
    "published_at",
    "published_by",
    "note",
)
_CHANGED = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in _FROZEN)
_DIFFERS = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in _FROZEN)
_SQLITE = (
    f"""CREATE TRIGGER version_no_update BEFORE UPDATE ON process_definition WHEN {_CHANGED}
    BEGIN SELECT RAISE(ABORT, 'a published version never changes'); END""",
    """CREATE TRIGGER version_no_delete BEFORE DELETE ON process_definition
    BEGIN SELECT RAISE(ABORT, 'a published version never changes'); END""",
    """CREATE TRIGGER type_event_no_update BEFORE UPDATE ON type_event
    BEGIN SELECT RAISE(ABORT, 'the journal of types is append-only'); END""",
    """CREATE TRIGGER type_event_no_delete BEFORE DELETE ON type_event
    BEGIN SELECT RAISE(ABORT, 'the journal of types is append-only'); END""",
)
_POSTGRES = (
    f"""CREATE FUNCTION version_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'UPDATE' THEN
        IF NOT ({_DIFFERS}) THEN RETURN NEW; END IF;
      END IF;
      RAISE EXCEPTION 'a published version never changes';
    END $$""",
    """CREATE TRIGGER version_no_change BEFORE UPDATE OR DELETE ON process_definition
    FOR EACH ROW EXECUTE FUNCTION version_guard()""",
    """CREATE TRIGGER version_no_truncate BEFORE TRUNCATE ON process_definition
    FOR EACH STATEMENT EXECUTE FUNCTION version_guard()""",
    """CREATE FUNCTION type_event_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the journal of types is append-only'; END $$""",
    """CREATE TRIGGER type_event_no_change BEFORE UPDATE OR DELETE ON type_event
    FOR EACH ROW EXECUTE FUNCTION type_event_guard()""",
    """CREATE TRIGGER type_event_no_truncate BEFORE TRUNCATE ON type_event
    FOR EACH STATEMENT EXECUTE FUNCTION type_event_guard()""",
    "ALTER TABLE process_definition ENABLE ALWAYS TRIGGER version_no_change",
    "ALTER TABLE process_definition ENABLE ALWAYS TRIGGER version_no_truncate",
    "ALTER TABLE type_event ENABLE ALWAYS TRIGGER type_event_no_change",
    "ALTER TABLE type_event ENABLE ALWAYS TRIGGER type_event_no_truncate",
)
_TRIGGERS = {
    "sqlite": (
        ("version_no_update", ""),
        ("version_no_delete", ""),
        ("type_event_no_update", ""),
        ("type_event_no_delete", ""),
    ),
    "postgresql": (
        ("version_no_change", " ON process_definition"),
        ("version_no_truncate", " ON process_definition"),
        ("type_event_no_change", " ON type_event"),
        ("type_event_no_truncate", " ON type_event"),
    ),
}


def raise_guard(connection: Connection) -> None:
    """Install the triggers."""
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRES:
        connection.execute(text(statement))


def drop_guard(connection: Connection) -> None:
    """Remove the triggers, for a downgrade or a table that is made anew."""
    for name, place in _TRIGGERS[connection.dialect.name]:
        connection.execute(text(f"DROP TRIGGER {name}{place}"))
    if connection.dialect.name == "postgresql":
        connection.execute(text("DROP FUNCTION version_guard()"))
        connection.execute(text("DROP FUNCTION type_event_guard()"))
