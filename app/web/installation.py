"""What does this process serve? Its settings, its database, its console: one object, made once."""

from dataclasses import dataclass
from typing import cast

from flask import current_app

from app.actions.console import Console
from app.database import Database
from app.settings import Settings

EXTENSION = "liasse"


@dataclass(frozen=True)
class Installation:
    """What the factory built; views reach it through `installation()`."""

    settings: Settings
    database: Database
    console: Console
    is_demo: bool = False


def installation() -> Installation:
    """The installation of the application that answers."""
    return cast(Installation, current_app.extensions[EXTENSION])


def console() -> Console:
    """What every action needs besides the database."""
    return installation().console
