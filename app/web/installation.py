"""What does this process serve? Its settings, its database, its console: one object, made once."""

from dataclasses import dataclass
from functools import cached_property
from typing import cast

from flask import current_app

from app.actions.console import Console
from app.database import Database
from app.settings import Settings
from app.storage.files import Files, open_files

EXTENSION = "liasse"


@dataclass(frozen=True)
class Installation:
    """What the factory built; views reach it through `installation()`."""

    settings: Settings
    database: Database
    console: Console
    is_demo: bool = False

    @cached_property
    def files(self) -> Files:
        """The store of pieces, opened on first use."""
        settings = self.settings
        return open_files(settings.storage_url, settings.data_dir, settings.clamav)


def installation() -> Installation:
    """The installation of the application that answers."""
    return cast(Installation, current_app.extensions[EXTENSION])


def console() -> Console:
    """What every action needs besides the database."""
    return installation().console


def files() -> Files:
    """Where the bytes of pieces are, and what may be done with them."""
    return installation().files
