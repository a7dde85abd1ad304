"""How are the words of a page translated? Flask-Babel's functions, with their types."""

from flask_babel import gettext
from flask_babel import ngettext as plural

from app.domain.errors import Refusal


def _(text: str, **values: object) -> str:
    """The French text, or its translation in the reader's language."""
    translated: str = gettext(text, **values)
    return translated


def ngettext(one: str, many: str, number: int, **values: object) -> str:
    """The singular or the plural, as the number asks."""
    translated: str = plural(one, many, number, **values)
    return translated


def quoted(name: str) -> str:
    """A name between the quotation marks of the reader's language."""
    return _("« %(name)s »", name=name)


def sentence_of(refusal: Refusal) -> str:
    """The sentence of a refusal in the reader's language, completed with its subject."""
    return _(refusal.sentence).format(**refusal.subject)
