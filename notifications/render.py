"""How is a mail written? Three texts (subject, plain, HTML) filled with what it may name.

Texts are ours or a dossier type's, read from files, never typed in a page; a missing name is an
error, not an empty place. French typography is in the texts, dates and amounts in the filters.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from app.domain.civil import french_day, weekday_name
from app.domain.money import NBSP, Money
from notifications.message import one_line
from notifications.values import Values

FOLDER = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Rendered:
    """A mail's three texts, filled."""

    subject: str
    text: str
    html: str


def render(template: str, values: Values, *, type_key: str = "") -> Rendered:
    """The mail of that name, in the dossier type's own words when it has some.

    Refuses jinja2.TemplateError: no such mail, or a text that names what does not exist.
    """
    texts = _texts()
    names = {"v": values, "d": values.dossier}

    def filled(part: str) -> str:
        own = f"{type_key}/{template}/{part}" if type_key else ""
        found = [name for name in (own, f"{template}/{part}") if name]
        return texts.select_template(found).render(names)

    return Rendered(
        subject=one_line(filled("subject.txt")),
        text=_tidy(filled("body.txt")),
        html=filled("body.html"),
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
