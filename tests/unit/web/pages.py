"""How does a test draw a page without a database? A bare Flask application with our templates."""

from datetime import date
from functools import cache
from pathlib import Path
from types import SimpleNamespace

from flask import Flask, render_template_string
from flask_babel import Babel

import app
from app.domain.permissions import Role
from app.web import present

WEB = Path(app.__file__).parent / "web"
TODAY = date(2026, 11, 23)
IMPORT = '{% import "ui/kit.html" as ui with context %}'


def bare_app(**context: object) -> Flask:
    """An application that only draws; `context` replaces what the shells are given."""
    flask = Flask("tests", template_folder=str(WEB / "templates"))
    flask.static_folder = str(WEB / "static")
    flask.config.update(SECRET_KEY="tests", TESTING=True)
    Babel(flask, default_locale="fr")
    present.install(flask)
    flask.jinja_env.globals.update(
        csrf_token=lambda: "token", submission_key=lambda: "k" * 24, asset=lambda _path: None
    )
    given = {
        "authority_name": "Département de la Meuse",
        "me": None,
        "rail": [],
        "is_demo": False,
        "today": TODAY,
        "lang": "fr",
        **context,
    }
    flask.context_processor(lambda: given)
    return flask


@cache
def _shared_app() -> Flask:
    return bare_app()


def drawn(source: str, *, page: bool = False, **values: object) -> str:
    """The HTML of a template written in the test; the macros are there under `ui`."""
    with _shared_app().test_request_context("/a-traiter"):
        return render_template_string(source if page else IMPORT + source, **values)


def lucie() -> SimpleNamespace:
    """An officer, as the shells see her."""
    return SimpleNamespace(
        name="Lucie Marchand", initials="LM", roles=[Role.OFFICER], organisation=None
    )
