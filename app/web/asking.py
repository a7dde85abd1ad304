"""How does somebody ask something of a dossier? Its type's own forms, on the desk and on the portal."""

from collections.abc import Callable, Sequence
from datetime import datetime

from flask import flash, redirect, render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.actions import asking
from app.catalogue.contract import Message
from app.catalogue.forms import StepForm
from app.domain.errors import NotFound
from app.models.base import Json
from app.models.dossier import Dossier
from app.web.access import actor
from app.web.database import now, reading
from app.web.installation import console
from app.web.once import accept
from app.web.step_forms import posted_form, step_form_class, type_of
from app.web.words import _


def offered(dossier: Dossier) -> Sequence[Message]:
    """What this person may ask of the dossier now."""
    return asking.offered(reading(), console(), actor(), dossier, now=now())


def ask_page(dossier: Dossier, name: str, template: str, form: StepForm | None = None) -> str:
    """The form of one of these. Refuses NotFound for what the type does not offer this person."""
    message = _message(dossier, name)
    is_open = any(one.name == name for one in offered(dossier))
    shown = form or step_form_class(dossier, name)()
    return render_template(
        template,
        dossier=dossier,
        message=message,
        form=shown,
        is_open=is_open,
        is_danger=message.effect == "withdraw",
    )


def send_ask(
    dossier: Dossier, name: str, template: str, back: Callable[[], str]
) -> Response | tuple[str, int]:
    """Send it once, or show what is to be corrected."""
    _message(dossier, name)
    form = posted_form(dossier, name)
    if form.edited:
        return ask_page(dossier, name, template, form), 200
    if not form.validate():
        return ask_page(dossier, name, template, form), 422
    who, submission, dossier_id = actor(), form.submission(), dossier.id

    def do(session: Session, at: datetime) -> Json:
        asking.ask(session, console(), who, dossier_id, name, submission, now=at)
        return {}

    accept(do)
    flash(_("C’est enregistré. Vous le retrouverez dans l’historique du dossier."), "ok")
    return redirect(back(), 303)


def _message(dossier: Dossier, name: str) -> Message:
    message = type_of(dossier).pack.messages.get(name)
    if message is None or not asking.may_send(actor(), message, dossier):
        raise NotFound
    return message
