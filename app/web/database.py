"""How do views read and write? `db.session` reads only; `write` runs one action, in one transaction."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar, cast

import flask_sqlalchemy.session
from flask import Flask, g, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.database import ReadingSession, clock
from app.web.installation import EXTENSION, Installation, installation

T = TypeVar("T")
_READS = frozenset({"GET", "HEAD", "OPTIONS"})


class WriteWhileReading(Exception):
    """A view that answers GET tried to write: a link in a mail must never act."""


class WebSession(ReadingSession, flask_sqlalchemy.session.Session):
    """The session of a request: it finds its engine as Flask-SQLAlchemy does, and only reads."""


class ReadOnlyDatabase(SQLAlchemy):
    """Flask-SQLAlchemy on our own engine: its session opens read-only transactions."""

    def _make_engine(
        self,
        bind_key: str | None,  # noqa: ARG002 - one database
        options: dict[str, Any],  # noqa: ARG002 - chosen in app/database.py
        app: Flask,
    ) -> Engine:
        return cast(Installation, app.extensions[EXTENSION]).database.reader


db = ReadOnlyDatabase(
    session_options={"class_": WebSession, "expire_on_commit": False}, add_models_to_shell=False
)


def reading() -> Session:
    """The session of this request; whatever it is asked, it cannot write."""
    return db.session()


def write(action: Callable[[Session, datetime], T]) -> T:
    """Run the action in one transaction of its own, committed before this returns.

    What this request read before is let go first: what it reads afterwards shows what was written.
    A page that is only opened writes nothing: WriteWhileReading.
    """
    if request.method in _READS:
        raise WriteWhileReading(f"{request.method} {request.path}")
    db.session.commit()
    return installation().database.run_tx(action)


def rest() -> None:
    """Let go of what was read: what follows takes seconds, and a transaction must not wait for it."""
    db.session.commit()


def now() -> datetime:
    """The time of this request, read once, on the database's clock."""
    if "liasse_now" not in g:
        g.liasse_now = clock(reading())
    return cast(datetime, g.liasse_now)
