"""How are dates, delays, amounts, rates and people written on a screen? In the reader's language.

French outside a page. Amounts are written the French way in both: they are copied from one to the other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import Flask
from flask_babel import get_locale

from app.domain.civil import MONTHS, weekday_name
from app.domain.errors import BadAmount
from app.domain.money import NBSP, Money
from app.web import controls
from app.web.from_below import translated, word_of
from app.web.labels import SOON, SWEEPS, Tag, label_of, tag_of, task_tag
from app.web.words import _, quoted

PARIS = ZoneInfo("Europe/Paris")
N_ = str  #: marks a text for translation; it is translated where it is counted
SHORT_MONTHS = (
    "janv.",
    "févr.",
    "mars",
    "avr.",
    "mai",
    "juin",
    "juil.",
    "août",
    "sept.",
    "oct.",
    "nov.",
    "déc.",
)
NEAR = 14  #: days up to which a deadline is said as a delay, then as a date


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline as read today: its words, the full date, and how pressing it is."""

    text: str  #: « Retard de 4 jours », « Demain », « dans 6 jours », « ven. 15 janv. 2027 »
    full: str  #: « vendredi 15 janvier 2027 »
    tone: str  #: late, soon or empty


def civil_day(moment: date | datetime) -> date:
    """The day on the wall calendar in Paris; refuses a naive instant."""
    if isinstance(moment, datetime):
        if moment.tzinfo is None:
            raise ValueError("A naive instant has no day: give it a zone.")
        return moment.astimezone(PARIS).date()
    return moment


def _is_english() -> bool:
    locale = get_locale()
    return locale is not None and locale.language == "en"


def _in_english(day: date, pattern: str) -> str:
    return format_date(day, pattern, locale="en_GB").replace(" ", NBSP, 1)


def _ordinal(day: date) -> str:
    return "1er" if day.day == 1 else str(day.day)


def long_date(moment: date | datetime) -> str:
    """« 20 mars 2026 »."""
    day = civil_day(moment)
    if _is_english():
        return _in_english(day, "d MMMM y")
    return f"{_ordinal(day)}{NBSP}{MONTHS[day.month - 1]} {day.year}"


def full_date(moment: date | datetime) -> str:
    """« vendredi 18 décembre 2026 »."""
    day = civil_day(moment)
    return f"{_weekday(day)} {long_date(day)}"


def _weekday(day: date) -> str:
    return format_date(day, "EEEE", locale="en_GB") if _is_english() else weekday_name(day)


def short_date(moment: date | datetime, today: date | None = None) -> str:
    """« 12 oct. », with the year when it is not this year's; « 12 oct. 2026 » when today is unknown."""
    day = civil_day(moment)
    if _is_english():
        shown = _in_english(day, "d MMM")
    else:
        shown = f"{_ordinal(day)}{NBSP}{SHORT_MONTHS[day.month - 1]}"
    return shown if today is not None and day.year == today.year else f"{shown} {day.year}"


def clock_time(moment: datetime) -> str:
    """« 10 h 42 », Paris time; « 9 h » on the hour."""
    local = moment.astimezone(PARIS)
    if _is_english():
        return f"{local:%H:%M}"
    hour = f"{local.hour}{NBSP}h"
    return f"{hour}{NBSP}{local.minute:02d}" if local.minute else hour


def when(moment: datetime, today: date | None = None) -> str:
    """« aujourd’hui à 10 h 42 », « hier à 9 h », else « 20 mars 2026 à 10 h 42 »."""
    day = civil_day(moment)
    near = {0: _("aujourd’hui"), 1: _("hier")}.get((today - day).days) if today else None
    return _("%(day)s à %(time)s", day=near or long_date(day), time=clock_time(moment))


def appointment(moment: datetime, today: date) -> str:
    """« lundi 30 mars à 8 h », with the year when it is another one."""
    day = civil_day(moment)
    written = long_date(day)
    if day.year == today.year:
        written = written.removesuffix(f" {day.year}")
    return _("%(day)s à %(time)s", day=f"{_weekday(day)} {written}", time=clock_time(moment))


def days(count: int) -> str:
    """« 1 jour », « 4 jours »."""
    return counted(count, N_("jour"), N_("jours"))


def counted(count: int, one: str, many: str | None = None) -> str:
    """« Aucun » is the caller's business; here « 1 tâche », « 18 tâches », « 1 204 dossiers »."""
    is_one = abs(count) == 1 if _is_english() else abs(count) < 2
    return f"{grouped(count)}{NBSP}{_(one if is_one else many or f'{one}s')}"


def grouped(number: int) -> str:
    """« 1 284 »."""
    return f"{number:,}".replace(",", NBSP)


def deadline(due: date | datetime, today: date) -> Deadline:
    """The deadline as it is read today."""
    day = civil_day(due)
    left = (day - today).days
    tone = "late" if left < 0 else "soon" if left <= SOON else ""
    if left < 0:
        text = _("Retard de %(days)s", days=days(-left))
    elif left <= NEAR:
        near = {0: _("Aujourd’hui"), 1: _("Demain")}
        text = near.get(left) or _("dans %(days)s", days=days(left))
    else:
        text = _("%(weekday)s. %(day)s", weekday=_weekday(day)[:3], day=short_date(day, today))
    return Deadline(text=text, full=full_date(day), tone=tone)


def waited(since: date | datetime, today: date) -> str:
    """« aujourd’hui », « depuis 1 jour », « depuis 9 jours », « depuis 3 mois »."""
    elapsed = (today - civil_day(since)).days
    if elapsed <= 0:
        return _("aujourd’hui")
    if elapsed < 60:
        return _("depuis %(time)s", time=days(elapsed))
    return _("depuis %(time)s", time=counted(elapsed // 30, N_("mois"), N_("mois")))


def money(amount: Money | int | None, *, cents: bool | None = None) -> str:
    """« 12 600,50 € » from Money or whole cents; a dash when there is no amount."""
    if amount is None:
        return "–"
    return (amount if isinstance(amount, Money) else Money(amount)).french(cents=cents)


def typed_amount(text: str) -> str:
    """« 18 250,50 » from « 18250.50 »; what is no amount stays as it was typed."""
    try:
        return Money.parse(text).french().removesuffix(f"{NBSP}€")
    except BadAmount:
        return text


def euros(text: str | None) -> str:
    """« 12 600 € » from a decimal text in euros, as the aid rules answer."""
    return money(Money.parse(text)) if text else money(None)


def millions(amount: Money | int) -> str:
    """« 4,82 M€ » for large figures on the steering page, « 420 k€ » below one million."""
    value = amount.cents if isinstance(amount, Money) else amount
    if abs(value) >= 100_000_000:
        return f"{value / 100_000_000:.2f}".replace(".", ",") + f"{NBSP}M€"
    if abs(value) >= 1_000_000:
        return f"{grouped(round(value / 100_000))}{NBSP}k€"
    return money(value)


def percent(rate: Fraction | float | str | None, digits: int = 2) -> str:
    """« 45 % », « 33,33 % » from a fraction of one (or its text); a dash when unknown."""
    if rate is None:
        return "–"
    scaled = round(Fraction(rate) * 100 * 10**digits)
    whole, rest = divmod(abs(scaled), 10**digits)
    decimals = f",{rest:0{digits}d}".rstrip("0") if rest else ""
    return f"{'−' if scaled < 0 else ''}{whole}{decimals}{NBSP}%"


def ratio(part: Money, whole: Money) -> str:
    """The percentage `part` is of `whole`; a dash when the whole is nothing."""
    return percent(Fraction(part.cents, whole.cents), 1) if whole.cents else "–"


def siret(number: str) -> str:
    """« 215 500 292 00017 »."""
    digits = "".join(number.split())
    parts = (digits[:3], digits[3:6], digits[6:9], digits[9:])
    return NBSP.join(part for part in parts if part)


def file_size(octets: int) -> str:
    """« 340 Ko », « 1,2 Mo »."""
    if octets < 1_000_000:
        return _("%(size)s\N{NO-BREAK SPACE}Ko", size=max(1, round(octets / 1000)))
    millions = f"{octets / 1_000_000:.1f}".removesuffix(".0")
    if not _is_english():
        millions = millions.replace(".", ",")
    return _("%(size)s\N{NO-BREAK SPACE}Mo", size=millions)


def initials(name: str) -> str:
    """« LM » from « Lucie Marchand »; at most two letters."""
    words = [word for word in name.replace("-", " ").split() if word[0].isalpha()]
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [name[:2]]
    return "".join(letters).upper()


def listed(items: Iterable[str]) -> str:
    """« le devis, le RIB et la délibération »."""
    *first, last = list(items) or [""]
    return _("%(first)s et %(last)s", first=", ".join(first), last=last) if first else last


def _date_filter(moment: date | datetime | None) -> str:
    """The long date in the reader's language; a dash when there is none."""
    return "–" if moment is None else long_date(moment)


FILTERS = {
    "civil_day": civil_day,
    "date": _date_filter,
    "full_date": full_date,
    "short_date": short_date,
    "clock_time": clock_time,
    "when": when,
    "appointment": appointment,
    "money": money,
    "euros": euros,
    "typed_amount": typed_amount,
    "millions": millions,
    "percent": percent,
    "grouped": grouped,
    "siret": siret,
    "file_size": file_size,
    "initials": initials,
    "listed": listed,
}
GLOBALS = {
    "Tag": Tag,
    "deadline_of": deadline,
    "waited": waited,
    "counted": counted,
    "ratio": ratio,
    "label_of": label_of,
    "tag_of": tag_of,
    "task_tag": task_tag,
    "sweep_words": SWEEPS,
    "quoted": quoted,
    "translated": translated,
    "word_of": word_of,
}


def install(app: Flask) -> None:
    """Give the templates their filters and functions; call once, when the application is made."""
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(GLOBALS | controls.GLOBALS)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
