"""How are usual delays and forecasts told? In sentences, with what they rest on, or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.catalogue.pack import Pack
from app.catalogue.renamed import Names
from app.domain.usual_delays import Forecast
from app.domain.working_days import WorkingCalendar
from app.queries.usual_delays import (
    ANSWER,
    COMPLETE,
    Driver,
    Prospect,
    Told,
    curves,
    step_of,
    told,
)
from app.web.present import long_date
from app.web.words import _, ngettext

#: Times of ten from which a step is said to come always.
_ALWAYS = 10


@dataclass(frozen=True)
class UsualLine:
    """One line of the table of usual delays."""

    title: str
    half: int
    nine_tenths: int | None
    observed: int
    waiting: int


def usual_sentences(session: Session, type_key: str, scheme: str | None) -> list[str]:
    """What the public page and the portal tell; an empty list when too few dossiers ended."""
    found = []
    complete = told(session, type_key, scheme, COMPLETE)
    if complete is not None:
        found.append(_complete(complete))
    answer = told(session, type_key, scheme, ANSWER)
    if answer is not None:
        found.append(_answer(answer))
    return found


def _answer(said: Told) -> str:
    half, nine = said.usual.half, said.usual.nine_tenths
    if nine is None:
        return _(
            "La moitié des demandes complètes ont eu leur réponse en %(half)s jours%(basis)s.",
            half=half,
            basis=_basis(said),
        )
    return _(
        "La moitié des demandes complètes ont eu leur réponse en %(half)s jours ; 9 sur 10 en "
        "%(nine)s jours%(basis)s.",
        half=half,
        nine=nine,
        basis=_basis(said),
    )


def _complete(said: Told) -> str:
    return _(
        "La moitié des demandes sont déclarées complètes en %(half)s jours, sans compter le "
        "temps laissé pour envoyer des pièces%(basis)s.",
        half=said.usual.half,
        basis=_basis(said),
    )


def _basis(said: Told) -> str:
    """On how many dossiers it rests; and on which, when the scheme alone is too rare."""
    if said.is_of_scheme:
        return _(" (mesuré sur %(n)s demandes)", n=said.usual.observed)
    return _(" (mesuré sur %(n)s demandes, tous dispositifs réunis)", n=said.usual.observed)


def usual_table(session: Session, pack: Pack, names: Names) -> list[UsualLine]:
    """Every usual delay of a type, schemes first, then its steps in the order of the manifest."""
    kept = curves(session, pack.key, renamed=names.get(pack.key))
    wanted = [("", ANSWER, _("Du dossier complet au vote, tous dispositifs"))]
    wanted += [
        (one.code, ANSWER, _("Du dossier complet au vote : %(scheme)s", scheme=one.title))
        for one in pack.schemes
    ]
    wanted.append(("", COMPLETE, _("Du dépôt au dossier complet, hors attente de pièces")))
    wanted += [("", step_of(key), str(step.title)) for key, step in pack.steps.items()]
    lines = []
    for scheme, subject, title in wanted:
        found = kept.get((scheme, subject))
        half = found.curve.day_when(0.5) if found and found.curve.is_enough else None
        if found is not None and half is not None:
            nine = found.curve.day_when(0.9)
            curve = found.curve
            lines.append(UsualLine(title, half, nine, curve.observed, curve.waiting))
    return lines


@dataclass(frozen=True)
class Outlook:
    """The forecast of one delay, in sentences."""

    tone: str
    chance: str
    when: str
    drivers: Sequence[str]
    dates: str
    basis: str


def outlook(
    prospect: Prospect, pack: Pack, names: Names, today: date, calendar: WorkingCalendar
) -> Outlook:
    """What is to be expected, why, and how sure one may be; `pack` is the dossier's own."""
    said = prospect.forecast
    return Outlook(
        tone="warn" if said.is_likely_late else "info",
        chance=chance_words(said),
        when=_when(prospect, today, calendar),
        drivers=_drivers(prospect, pack, names.get(pack.key, {})),
        dates=_dates(prospect, pack, today, calendar),
        basis=_(
            "D’après %(n)s dossiers passés par la même étape, dossiers en cours comptés.",
            n=said.observed,
        )
        if said.observed
        else _("D’après le calendrier des séances."),
    )


def chance_words(said: Forecast) -> str:
    """« 7 chances sur 10 de dépasser (entre 5 et 8) »."""
    if said.late is None:
        return _(
            "Cette étape dure déjà plus longtemps que toutes celles observées : aucune "
            "probabilité ne peut être donnée."
        )
    tenths = [round(share * 10) for share in (said.late.share, said.late.low, said.late.high)]
    if tenths[0] == 0 and tenths[2] == 0:
        return _("Le délai devrait être tenu.")
    if tenths[1] == 10:
        return _("Le délai sera dépassé, sauf imprévu.")
    if tenths[1] == tenths[2]:
        return ngettext(
            "%(num)s chance sur 10 de dépasser le délai.",
            "%(num)s chances sur 10 de dépasser le délai.",
            tenths[0],
        )
    return ngettext(
        "%(num)s chance sur 10 de dépasser le délai (entre %(low)s et %(high)s).",
        "%(num)s chances sur 10 de dépasser le délai (entre %(low)s et %(high)s).",
        tenths[0],
        low=tenths[1],
        high=tenths[2],
    )


def _when(prospect: Prospect, today: date, calendar: WorkingCalendar) -> str:
    """When it will likely end, always on a day the office is open."""
    said = prospect.forecast
    if prospect.session_on is not None:
        return _("Séance du %(day)s.", day=long_date(prospect.session_on))
    if said.expected is None:
        return ""

    def worked(ahead: int) -> str:
        return long_date(calendar.on_or_after(today + timedelta(days=ahead)))

    day = worked(said.expected)
    if said.soonest is None or said.latest is None:
        return _("Fin la plus probable vers le %(day)s.", day=day)
    return _(
        "Fin la plus probable vers le %(day)s ; 8 fois sur 10 entre le %(first)s et le %(last)s.",
        day=day,
        first=worked(said.soonest),
        last=worked(said.latest),
    )


def _drivers(prospect: Prospect, pack: Pack, renamed: Mapping[str, str]) -> list[str]:
    """The steps that usually remain, as the dossier's version calls and orders them.

    A step its version does not have will not come.
    """
    drivers = {one.step: one for one in prospect.drivers}
    return [
        _driver(drivers[now], str(pack.step(step).title))
        for step in pack.steps
        if (now := renamed.get(step, step)) in drivers
    ]


def _driver(one: Driver, title: str) -> str:
    if one.days is None:
        return title
    if round(one.share * 10) < _ALWAYS:
        often = round(one.share * 10)
        return _(
            "%(step)s (%(days)s d’habitude ; %(n)s fois sur 10)",
            step=title,
            days=_days(one.days),
            n=often,
        )
    return _("%(step)s (%(days)s d’habitude)", step=title, days=_days(one.days))


def _dates(prospect: Prospect, pack: Pack, today: date, calendar: WorkingCalendar) -> str:
    """What the calendar says: worked days left, and the session when a vote is what ends it."""
    worked = calendar.between(today, prospect.due_on)
    said = ngettext(
        "%(num)s jour ouvré d’ici l’échéance.", "%(num)s jours ouvrés d’ici l’échéance.", worked
    )
    if (
        pack.clock(prospect.clock).ends_by_vote
        and prospect.coming_on
        and prospect.session_on is None
    ):
        day = long_date(prospect.coming_on)
        said += " " + _("Prochaine séance : %(day)s.", day=day)
    return said


def _days(count: int) -> str:
    return ngettext("%(num)s jour", "%(num)s jours", count) if count else _("moins d’un jour")
