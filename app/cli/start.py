"""What does every command begin with? The settings of this process, and its database in the right state."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from app.actions.console import Console
from app.database import Database, open_database
from app.settings import Settings, load_settings
from app.web.console import build_console, calendar_of
from migrations.upgrade import current_revision, head_revision


class NotReady(Exception):
    """The command cannot begin; the sentence says what to do first."""


def settings() -> Settings:
    """The settings of this process. Refuses SettingRefused."""
    return load_settings(os.environ)


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """The database at that address, for the time of a command."""
    database = open_database(url)
    try:
        yield database
    finally:
        database.dispose()


@contextmanager
def ready_database(chosen: Settings) -> Iterator[Database]:
    """The database, when its schema is the one this code needs. Refuses NotReady."""
    with opened(chosen.database_url) as database:
        current, needed = current_revision(database), head_revision()
        if current != needed:
            where = f"à la version {current}" if current else "vide"
            raise NotReady(
                f"La base est {where}, il faut la version {needed} : lancez « liasse migrate »."
            )
        yield database


def console() -> Console:
    """What every action needs besides the database."""
    return build_console(calendar_of(settings()))
