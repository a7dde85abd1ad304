"""How is the web application put together? Settings, database and console in; a Flask application out."""

from collections.abc import Iterable

from flask import Blueprint

from app.actions.console import Console
from app.database import Database, open_database
from app.settings import Settings
from app.web import (
    account,
    admin,
    budget,
    calendar,
    committee,
    documents,
    dossier_clocks,
    dossiers,
    errors,
    health,
    inbox,
    incidents,
    language,
    mail_preferences,
    mail_texts,
    mailbox,
    mails,
    migrations,
    portal,
    present,
    public,
    repairs,
    security,
    shell,
    supervision,
    tasks,
    timers,
    types,
)
from app.web.access import check_declared
from app.web.console import build_console, calendar_of
from app.web.database import db
from app.web.errors import Application
from app.web.installation import EXTENSION, Installation

#: One blueprint a subject; a page nobody registers here does not exist.
BLUEPRINTS: tuple[Blueprint, ...] = (
    account.pages,
    public.pages,
    inbox.pages,
    tasks.pages,
    dossiers.pages,
    dossier_clocks.pages,
    documents.pages,
    portal.pages,
    calendar.pages,
    committee.pages,
    budget.pages,
    supervision.pages,
    repairs.pages,
    timers.pages,
    admin.pages,
    mails.pages,
    mail_texts.pages,
    mail_preferences.pages,
    types.pages,
    incidents.pages,
    migrations.pages,
    health.pages,
)


def create_app(
    settings: Settings,
    *,
    database: Database | None = None,
    console: Console | None = None,
    demo: bool = False,
    more: Iterable[Blueprint] = (),
) -> Application:
    """The application that serves people; refuses to exist when a view says not who may open it.

    `more` are pages of an installation's own (or of a test), under the same rules.
    """
    app = Application("app.web")
    app.extensions[EXTENSION] = Installation(
        settings=settings,
        database=database or open_database(settings.database_url),
        console=console or build_console(calendar_of(settings)),
        is_demo=demo,
    )
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    db.init_app(app)
    language.install(app)
    security.protect(app, settings)
    errors.install(app)
    present.install(app)
    shell.install(app)
    for blueprint in (*BLUEPRINTS, *((mailbox.pages,) if demo else ()), *more):
        app.register_blueprint(blueprint)
    check_declared(app)
    return app
