"""Which repair does a form ask for? The words of its URLs and fields, and the values of a skipped step."""

from dataclasses import replace
from datetime import date, datetime, time

from werkzeug.datastructures import MultiDict

from app.catalogue.forms import Setting, StepForm, form_class
from app.domain.civil import PARIS, civil_day
from app.domain.errors import Refusal
from app.engine.places import ArmedTimer
from app.engine.repair import Repair, RepairKind
from app.models.dossier import Dossier
from app.queries.lookups import lookups
from app.web.database import now, reading
from app.web.step_forms import routing_variables, type_of

#: The French words of the forms and addresses.
KINDS = {
    "deplacer": RepairKind.MOVE,
    "retirer": RepairKind.CANCEL,
    "refaire": RepairKind.REDO,
    "passer": RepairKind.SKIP,
    "echeance": RepairKind.FIRE,
    "date": RepairKind.RESCHEDULE,
}
#: Years after which nobody puts a date off on purpose.
FARTHEST = 15
WORDS = {kind: word for word, kind in KINDS.items()}


class FormIncomplete(Refusal):
    """Something is not chosen yet."""

    sentence = "Choisissez ce qu’il faut faire."


class TargetMissing(FormIncomplete):
    """No step to open."""

    sentence = "Choisissez l’étape à ouvrir."


class PlaceMissing(FormIncomplete):
    """No step in progress."""

    sentence = "Choisissez l’étape en cours."


class DayMissing(FormIncomplete):
    """No new date."""

    sentence = "Indiquez la nouvelle date."


class SameDay(FormIncomplete):
    """The date would not move."""

    sentence = "Cette date est déjà celle qui est attendue : indiquez-en une autre."


class DayTooFar(FormIncomplete):
    """A date so far that it can only be a slip of the keyboard."""

    sentence = "Cette date est dans plus de {years} ans : vérifiez l’année."


class AnswersMissing(FormIncomplete):
    """A skipped step must say which way the dossier goes."""

    sentence = "Répondez aux questions qui choisissent la suite."


def repair_asked(form: "MultiDict[str, str]") -> Repair:
    """The repair a form asks for. Refuses FormIncomplete with what is missing."""
    kind = KINDS.get(form.get("faire", ""))
    if kind is None:
        raise FormIncomplete
    token = form.get("jeton", type=int)
    target = form.get("vers", "").strip()[:100]
    if kind in {RepairKind.MOVE, RepairKind.REDO} and not target:
        raise TargetMissing
    if kind is not RepairKind.REDO and token is None:
        raise PlaceMissing
    return Repair(
        kind=kind,
        tokens=() if kind is RepairKind.REDO or token is None else (token,),
        target=target if kind in {RepairKind.MOVE, RepairKind.REDO} else "",
        part=form.get("partie", 0, type=int),
        due_at=_instant(form.get("le", "")) if kind is RepairKind.RESCHEDULE else None,
    )


def check_day(repair: Repair, timer: ArmedTimer | None) -> None:
    """A date put off to another day, within reason. Refuses SameDay, DayTooFar."""
    if repair.kind is not RepairKind.RESCHEDULE or repair.due_at is None:
        return
    day = civil_day(repair.due_at)
    if timer is not None and civil_day(timer.due_at) == day:
        raise SameDay
    if day.year - civil_day(now()).year > FARTHEST:
        raise DayTooFar(years=FARTHEST)


def skip_form(dossier: Dossier, step: str, form: "MultiDict[str, str] | None") -> StepForm:
    """The questions of a step whose answers choose the path, and nothing else of it."""
    pack = type_of(dossier).pack
    said = pack.step(step)
    fields = tuple(
        replace(
            one, show_if=None, min=None, max=None, required=one.required and not one.show_if
        )
        for one in said.fields
        if one.variable
    )
    steps = {**pack.steps, step: replace(said, fields=fields, rules=())}
    session = reading()
    setting = Setting(
        today=civil_day(now()),
        facts=dossier.facts,
        variables=routing_variables(session, dossier),
    )
    made = form_class(
        replace(pack, steps=steps), step, lookups=lookups(session), setting=setting
    )
    return made(form)


def _instant(text: str) -> datetime:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise DayMissing from None
    return datetime.combine(day, time.min, PARIS)
