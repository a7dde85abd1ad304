"""In which language is the page? French is written in the pages; English comes from its catalogue."""

import io
from functools import lru_cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, request
from flask_babel import Babel, Domain, get_locale

from app.web import sessions

LANGUAGES = ("fr", "en")
COOKIE = "liasse-langue"
_CATALOGUES = Path(__file__).parent.parent / "translations"


def language() -> str:
    """The language of this page: the account's, else the one chosen on this browser, else French."""
    if not g.get("liasse_degraded"):
        session = sessions.current()
        if session is not None:
            return session.person.language
    chosen = request.cookies.get(COOKIE, "")
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


class French(NullTranslations):
    """The texts as they are written; in French, zero takes the singular: « 0 dossier »."""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The singular below two."""
        return msgid1 if abs(n) < 2 else msgid2

    ungettext = ngettext


@lru_cache
def catalogue(locale: str) -> NullTranslations:
    """The translations of a language, compiled in memory from its .po: never stale, nothing to build."""
    path = _CATALOGUES / locale / "LC_MESSAGES" / "messages.po"
    if not path.is_file():
        return French()
    with path.open("rb") as file:
        messages = read_po(file, locale=locale)
    compiled = io.BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    translations = Translations(compiled)
    translations.add_fallback(French())
    return translations


class _OurDomain(Domain):  # type: ignore[misc]  # Flask-Babel carries no types
    """Flask-Babel reads compiled files only; ours come from the .po."""

    def get_translations(self) -> NullTranslations:
        """The translations of this page."""
        locale = get_locale()
        return catalogue(locale.language if locale else LANGUAGES[0])


class _OurBabel(Babel):  # type: ignore[misc]  # Flask-Babel carries no types
    domain_instance = _OurDomain()


def install(app: Flask) -> None:
    """French by default, English on demand; call once, when the application is made."""
    app.config["BABEL_DEFAULT_LOCALE"] = LANGUAGES[0]
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Europe/Paris"
    _OurBabel(app, locale_selector=language)
