"""Which words does this mail say: the administrator's, those of a trial, or the shipped ones?"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from notifications import texts
from notifications.render import Rendered, render
from notifications.shipped import Words
from notifications.values import Subject, Values
from notifications.wording import WordsRefused

TRIAL = "trial"
_MARK = "[Essai] "


@dataclass(frozen=True)
class Composed:
    """The three texts; `note` when edited words had to give way to the shipped ones."""

    texts: Rendered
    note: str = ""


def compose(session: Session, subject: Subject, values: Values) -> Composed:
    """The texts of a mail. Refuses jinja2.TemplateError."""
    mail = subject.mail
    type_key = subject.dossier.type_key if subject.dossier else ""
    tried = mail.context.get(TRIAL)
    words = Words(**tried) if tried else texts.live(session, mail.template)
    shipped = render(mail.template, values, type_key=type_key)
    if words is None:
        return Composed(shipped)
    try:
        filled = texts.fill(words, values)
    except WordsRefused as refusal:
        return Composed(shipped, refusal.message)
    written = render(mail.template, values, type_key=type_key, words=filled)
    if not tried:
        return Composed(written)
    return Composed(Rendered(_MARK + written.subject, written.text, written.html))
