"""How is a mail written? Three texts (subject, plain, HTML) filled with what it may name.

Texts are ours or a dossier type's, read from files; a missing name is an error, not an empty
place. An administrator's words take the place of the subject, the title and the text; the frame,
the button and the sentences of law stay those of the files.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    Template,
    select_autoescape,
)
from markupsafe import Markup

from app.domain.civil import french_day, weekday_name
from app.domain.money import NBSP, Money
from notifications.markup import as_html, as_text
from notifications.message import one_line
from notifications.values import Values

FOLDER = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Rendered:
    """A mail's three texts, filled."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Filled:
    """An administrator's words for one mail, their tags already written."""

    subject: str
    title: str
    body: str


def render(
    template: str, values: Values, *, type_key: str = "", words: Filled | None = None
) -> Rendered:
    """The mail of that name, in the dossier type's own words when it has some.

    Refuses jinja2.TemplateError: no such mail, or a text that names what does not exist.
    """
    texts = _texts()
    names = {"v": values, "d": values.dossier}

    def found(part: str) -> Template:
        return _found(template, part, type_key)

    if words is None:
        return Rendered(
            subject=one_line(found("subject.txt").render(names)),
            text=_tidy(found("body.txt").render(names)),
            html=found("body.html").render(names),
        )
    written = {**names, "title": words.title}
    text = {**written, "base": found("body.txt"), "body": Markup(as_text(words.body))}  # noqa: S704 - plain text
    html = {**written, "base": found("body.html"), "body": as_html(words.body)}
    return Rendered(
        subject=one_line(words.subject),
        text=_tidy(_inside(texts).render(text)),
        html=_inside(texts).render(html),
    )


def subject_line(template: str, values: Values, *, type_key: str = "") -> str:
    """The subject alone, as it would be sent. Refuses jinja2.TemplateError."""
    names = {"v": values, "d": values.dossier}
    return one_line(_found(template, "subject.txt", type_key).render(names))


def _found(template: str, part: str, type_key: str) -> Template:
    own = f"{type_key}/{template}/{part}" if type_key else ""
    return _texts().select_template([name for name in (own, f"{template}/{part}") if name])


def _inside(texts: Environment) -> Template:
    """The frame of a mail, button and law included, around other words."""
    return texts.from_string(
        "{% extends base %}{% block title %}{{ title }}{% endblock %}"
        "{% block content %}{{ body }}{% endblock %}"
    )


def mail_names() -> list[str]:
    """Every mail that has its three texts."""
    folders = (path for path in FOLDER.iterdir() if path.is_dir() and path.name[0] != "_")
    return sorted(path.name for path in folders if (path / "subject.txt").is_file())


@lru_cache(maxsize=1)
def _texts() -> Environment:
    texts = Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        autoescape=select_autoescape(("html",)),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    texts.filters.update(
        jour=_day, date=_week_day, euros=_euros, compte=_counted, insecable=_unbroken
    )
    return texts


def _day(day: date) -> str:
    """« 20 mars 2026 »."""
    return french_day(day)


def _week_day(day: date) -> str:
    """« vendredi 20 mars 2026 »."""
    return f"{weekday_name(day)}{NBSP}{_day(day)}"


def _euros(amount: Money) -> str:
    """« 12 600 € »."""
    return amount.french()


def _counted(count: int, one: str, many: str) -> str:
    """« 1 jour », « 4 jours »."""
    return f"{count}{NBSP}{one if abs(count) < 2 else many}"


def _unbroken(text: str) -> str:
    """The text on one line of a screen: a reference, a name."""
    return text.replace(" ", NBSP)


def _tidy(text: str) -> str:
    """No more than one empty line between paragraphs, none at the ends."""
    lines = [line.rstrip(" \t") for line in text.strip().splitlines()]
    kept = [line for rank, line in enumerate(lines) if line or (rank and lines[rank - 1])]
    return "\n".join(kept) + "\n"
