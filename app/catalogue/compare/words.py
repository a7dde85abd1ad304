"""How are conditions, delays, amounts and people of a pack written in French?"""

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction

from app.catalogue.contract import Deadline
from app.catalogue.values import in_french
from app.domain.permissions import Role

_PIECE = re.compile(r"""("[^"]*"|'[^']*'|[A-Za-z_][\w.]*|\d+(?:\.\d+)?|[<>=!]=|[^\s\w"']|\S)""")
_WORDS = {
    "and": "et",
    "or": "ou",
    "not": "non",
    "in": "parmi",
    "if": "si",
    "else": "sinon",
    "True": "oui",
    "true": "oui",
    "False": "non",
    "false": "non",
    "None": "inconnu",
    "null": "inconnu",
    "==": "=",
    "!=": "≠",
    ">=": "≥",
    "<=": "≤",
    "len": "nombre de",
    "today": "aujourd’hui",
    "date_add": "date",
    "at": "le",
    "days": "jours",
    "months": "mois",
}
_LENGTH = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?"
)
_UNITS = ("an", "mois", "semaine", "jour", "heure", "minute")
#: Who receives or does, with the article a sentence needs.
ROLES: Mapping[str, str] = {
    "applicant": "le demandeur",
    "owner": "la personne qui a déposé la demande",
    "assignee": "la personne chargée de la tâche",
    "officer": "l’instructeur",
    f"role:{Role.OFFICER}": "les instructeurs",
    f"role:{Role.EXPERT}": "les services consultés",
    f"role:{Role.HEAD}": "le chef de service",
    f"role:{Role.FINANCE}": "le service financier",
    f"role:{Role.DIRECTION}": "la direction",
    f"role:{Role.COMMITTEE_OFFICE}": "le service des assemblées",
    f"role:{Role.SIGNATORY}": "le signataire",
    f"role:{Role.ELECTED}": "les élus",
    f"role:{Role.SUPERVISOR}": "la supervision",
    f"role:{Role.ADMIN}": "l’administration",
    f"role:{Role.APPLICANT}": "les demandeurs",
}


def quoted(text: str) -> str:
    """The text between French quotation marks."""
    return f"«\u00a0{' '.join(text.split())}\u00a0»"


def listed(words: Iterable[str]) -> str:
    """« a, b et c »."""
    items = list(words)
    return (
        items[0]
        if len(items) == 1
        else f"{', '.join(items[:-1])} et {items[-1]}"
        if items
        else ""
    )


def people(who: str) -> str:
    """Who a role or a recipient is, with its article."""
    return ROLES.get(who) or ROLES.get(f"role:{who}") or quoted(who)


def to_people(who: str) -> str:
    """« au demandeur », « aux instructeurs », « à la direction »."""
    said = f"à {people(who)}"
    return said.replace("à le ", "au ").replace("à les ", "aux ")


def in_words(
    expression: str, labels: Mapping[str, str], answers: Mapping[str, Mapping[str, str]]
) -> str:
    """A condition with the labels of its names and answers, and French words between them.

    `answers` gives, for a name, the label of each of its values.
    """
    text = expression.strip()
    text = text[2:-1].strip() if text.startswith("${") and text.endswith("}") else text
    words, about = list[str](), ""
    for piece in _PIECE.findall(text):
        if piece[0] in "\"'":
            words.append(quoted(answers.get(about, {}).get(piece[1:-1], piece[1:-1])))
        else:
            words.append(_word(piece, labels))
            about = piece if piece in labels or piece in answers else about
    said = " ".join(words)
    for loose, tight in (("( ", "("), (" )", ")"), ("[ ", "["), (" ]", "]"), (" ,", ",")):
        said = said.replace(loose, tight)
    return said.replace("aujourd’hui ()", "aujourd’hui").replace("aujourd’hui()", "aujourd’hui")


def _word(piece: str, labels: Mapping[str, str]) -> str:
    if piece in _WORDS:
        return _WORDS[piece]
    if piece in labels:
        return quoted(labels[piece])
    head, _, part = piece.partition(".")
    if part and head in labels:
        return f"{quoted(labels[head])} ({'total' if part == 'total' else part})"
    return piece.replace(".", ",") if piece[0].isdigit() else piece


def delay(deadline: Deadline | None, labels: Mapping[str, str]) -> str:
    """« 10 jours ouvrés », « 2 mois », « la date « … » », « aucun délai »."""
    if deadline is None:
        return "aucun délai"
    if deadline.working_days is not None:
        return _counted(deadline.working_days, "jour ouvré", "jours ouvrés")
    if deadline.days is not None:
        return _counted(deadline.days, "jour", "jours")
    if deadline.months is not None:
        return _counted(deadline.months, "mois", "mois")
    name = deadline.variable or ""
    return f"la date {quoted(labels.get(name, name))}"


def wait(text: str, labels: Mapping[str, str], answers: Mapping[str, Mapping[str, str]]) -> str:
    """What a node waits for: « 2 mois » for P2M, else its expression in words."""
    found = _LENGTH.fullmatch(text)
    if found and any(found.groups()):
        return listed(
            _counted(int(number), unit, unit if unit == "mois" else f"{unit}s")
            for number, unit in zip(found.groups(), _UNITS, strict=True)
            if number
        )
    return in_words(text, labels, answers)


def amount(text: str, unit: str) -> str | None:
    """A number of a table, in its unit (`euros`, `percent` or empty); None when it is no number."""
    try:
        number = Fraction(text.strip())
    except (ValueError, ZeroDivisionError):
        return None
    if unit:
        return in_french(unit, number)
    whole = f"{int(number):,}".replace(",", "\u00a0") if number.denominator == 1 else ""
    return whole or in_french("text", number)


def _counted(number: int, one: str, many: str) -> str:
    return f"{number}\u00a0{one if number < 2 else many}"
