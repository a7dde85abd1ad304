"""Why that day? A reckoning told in French, one sentence for each thing that made the date.

Every date shown can be found again from these sentences alone; a test reads them back and counts.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from app.domain.civil import NBSP, civil_day, french_day
from app.domain.legal_clock.duration import OWN_CALENDAR, Duration, Unit
from app.domain.legal_clock.facts import ClockFact, FactKind
from app.domain.legal_clock.pauses import Pause
from app.domain.legal_clock.reckoning import Reckoning, Refused, Run
from app.domain.legal_clock.rule import ClockRule
from app.domain.working_days import WorkingCalendar

#: Why an extension is not possible, as the end of a sentence.
REFUSALS = {
    Refused.TOO_MANY: "ce délai a déjà été prorogé autant de fois qu’il peut l’être",
    Refused.TOO_LONG: "elle dépasserait le maximum permis",
    Refused.TOO_LATE: "le délai avait déjà expiré",
    Refused.OTHER_UNIT: "elle ne se compte pas comme ce délai",
}
_NOT_COUNTED = {
    Unit.WORKING_DAYS: "samedis et dimanches non comptés",
    Unit.WORKABLE_DAYS: "dimanches non comptés",
}
_SATURDAY, _SUNDAY = 5, 6
#: From the last worked day before to the first one after.
_LONGEST_WEEK_END = 5


def explain(found: Reckoning, calendar: WorkingCalendar) -> list[str]:
    """Everything that made the date, in order; the last sentence gives it."""
    run, rule = found.run, found.rule
    if run is None:
        return ["Ce délai n’a pas encore commencé."]
    used = calendar if rule.minds_closures else calendar.of_the_law
    return [
        *_beginning(run, found),
        *_length(run, rule, found.plain),
        *_extensions(run, found),
        *_pauses(found),
        *_closed_days(run, found, used),
        *_carried(found, used),
        _conclusion(found),
        *_refusals(found),
        *_end(found),
    ]


def _beginning(run: Run, found: Reckoning) -> Iterator[str]:
    yield f"{_told(run.start, found)}."
    if run.again is None:
        return
    if run.again.until is not None:
        until = french_day(run.again.until)
        yield f"Nouvelle date limite fixée au {until}{_by(run.again)}{_also(run.again, found)}."
    else:
        again = french_day(run.again.on)
        yield f"Le délai repart de zéro le {again}{_why(run.again)}{_also(run.again, found)}."


def _told(fact: ClockFact, found: Reckoning) -> str:
    cause = fact.cause or "départ du délai"
    return f"{cause[:1].upper()}{cause[1:]} le {french_day(fact.on)}{_also(fact, found)}"


def _also(fact: ClockFact, found: Reckoning) -> str:
    """When it was written down later than it happened, or with another day at first."""
    recorded = civil_day(fact.recorded_at)
    first = next((old for rank, old in found.corrected if rank == fact.rank), None)
    if first is not None:
        return (
            f" (date corrigée le {french_day(recorded)}{_author(fact)}{NBSP}; "
            f"d’abord saisi au {french_day(first.on)})"
        )
    if recorded != fact.on:
        return f" (saisi le {french_day(recorded)}{_author(fact)})"
    return ""


def _author(fact: ClockFact) -> str:
    return f" par {fact.by}" if fact.by else ""


def _by(fact: ClockFact) -> str:
    decided = f" par décision du {french_day(fact.on)}"
    return decided + _why(fact)


def _why(fact: ClockFact) -> str:
    return f" ({fact.cause})" if fact.cause else ""


def _length(run: Run, rule: ClockRule, plain: date | None) -> Iterator[str]:
    if run.fixed is not None or plain is None:
        return
    end = french_day(plain)
    length = f"{rule.duration}"
    clear = ", délai franc (ni le premier ni le dernier jour ne comptent)"
    notes = (clear if rule.is_clear else "") + (
        ", premier jour compris" if rule.counts_first_day else ""
    )
    if rule.duration.unit in OWN_CALENDAR:
        yield (
            f"{length}{notes}, {_NOT_COUNTED[rule.duration.unit]}, ni les jours fériés"
            f"{_closures(rule)}{NBSP}: {end}."
        )
    elif rule.duration.months and not notes and plain.day != run.origin.day:
        yield (
            f"{length}, de quantième à quantième{NBSP}: ce mois n’a pas de {run.origin.day}, "
            f"donc son dernier jour, {end}."
        )
    elif rule.duration.months:
        yield f"{length}, de quantième à quantième{notes}{NBSP}: {end}."
    else:
        yield f"{length}, tous les jours comptés{notes}{NBSP}: {end}."


def _closures(rule: ClockRule) -> str:
    return " ni les fermetures du service" if rule.minds_closures else ""


def _extensions(run: Run, found: Reckoning) -> Iterator[str]:
    for fact in run.extensions:
        yield (
            f"Prorogé de {fact.extra} le {french_day(fact.on)}{_author(fact)}"
            f"{_why(fact)}{_recorded(fact, found)}."
        )


def _recorded(fact: ClockFact, found: Reckoning) -> str:
    return "" if civil_day(fact.recorded_at) == fact.on else _also(fact, found)


def _pauses(found: Reckoning) -> Iterator[str]:
    for pause in found.pauses:
        yield _pause(pause)
    lost = [(first, last) for first, last in found.spans if last is not None]
    if len(found.pauses) > 1 and len(lost) == len(found.spans):
        total = sum((last - first).days for first, last in lost if last is not None)
        shown = Duration(total, Unit.DAYS)
        yield f"En tout, {shown} d’arrêt, les périodes communes comptées une fois."


def _pause(pause: Pause) -> str:
    why = f" ({pause.cause})" if pause.cause else ""
    first = french_day(pause.first)
    if pause.last is None:
        return f"Suspendu depuis le {first}{why}{NBSP}: la date sera connue à la reprise."
    early = ""
    if pause.limit is not None and pause.last < pause.limit:
        early = f", repris avant le terme du {french_day(pause.limit)}"
    lost = Duration((pause.last - pause.first).days, Unit.DAYS)
    return (
        f"Suspendu du {first} au {french_day(pause.last)}{why}{early}{NBSP}: "
        f"{lost} ne {'compte' if lost.count == 1 else 'comptent'} pas."
    )


def _closed_days(run: Run, found: Reckoning, calendar: WorkingCalendar) -> Iterator[str]:
    """The holidays and the closures met on the way, when the delay does not count them."""
    if found.rule.duration.unit not in OWN_CALENDAR or run.fixed or found.counted is None:
        return
    workable = found.rule.duration.unit is Unit.WORKABLE_DAYS
    weekend = {_SUNDAY} if workable else {_SATURDAY, _SUNDAY}
    closed: dict[str, list[date]] = {}
    for day in _between(run.origin, found.counted):
        if day.weekday() not in weekend and (name := calendar.why_closed(day)):
            closed.setdefault(name, []).append(day)
    if closed:
        told = f"{NBSP}; ".join(
            f"{_spread(stretch)} ({name})"
            for name, days in closed.items()
            for stretch in _stretches(days)
        )
        yield f"Jours non comptés en chemin{NBSP}: {told}."


def _between(first: date, last: date) -> Iterator[date]:
    for count in range(1, (last - first).days + 1):
        yield first + timedelta(days=count)


def _stretches(days: list[date]) -> list[list[date]]:
    """The days in runs that only week-ends and holidays interrupt."""
    found = [days[:1]]
    for day in days[1:]:
        if (day - found[-1][-1]).days > _LONGEST_WEEK_END:
            found.append([])
        found[-1].append(day)
    return found


def _spread(days: list[date]) -> str:
    if len(days) == 1:
        return french_day(days[0])
    return f"{french_day(days[0])} au {french_day(days[-1])}"


def _carried(found: Reckoning, calendar: WorkingCalendar) -> Iterator[str]:
    if found.due is None or found.counted is None or found.due == found.counted:
        return
    why = calendar.why_closed(found.counted)
    yield (
        f"Le {french_day(found.counted)} est fermé ({why}){NBSP}: "
        f"reporté au {french_day(found.due)}, premier jour ouvré."
    )


def _conclusion(found: Reckoning) -> str:
    if found.due is None:
        return "Échéance connue à la reprise du délai."
    return f"Échéance{NBSP}: {french_day(found.due)}."


def _refusals(found: Reckoning) -> Iterator[str]:
    for fact, why in found.refused:
        yield (
            f"La prorogation de {fact.extra} du {french_day(fact.on)} n’est pas retenue{NBSP}: "
            f"{REFUSALS[why]}."
        )


def _end(found: Reckoning) -> Iterator[str]:
    if found.ended is None:
        return
    told = _told(found.ended, found)
    if found.ended.kind is FactKind.VOID:
        yield f"{told}{NBSP}: ce délai est sans objet."
    elif found.due is not None and found.ended.on > found.due:
        late = Duration((found.ended.on - found.due).days, Unit.DAYS)
        yield f"{told}, {late} après l’échéance."
    else:
        yield f"{told}, dans le délai."
