"""Where does the money stand? Envelopes, commitments, payments under way."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _later
from werkzeug.wrappers import Response
from wtforms import Form, IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from app.actions import budget as actions
from app.domain.errors import BadAmount, Refusal
from app.domain.money import Money
from app.domain.permissions import Permission
from app.queries import budget as queries
from app.web.access import actor, requires
from app.web.database import reading
from app.web.once import accept
from app.web.words import sentence_of

pages = Blueprint("budget", __name__)


class EnvelopeForm(Form):  # type: ignore[misc]  # WTForms carries no types
    """Which envelope was voted?"""

    code = StringField(
        _later("Code"),
        [
            InputRequired(_later("Donnez un code.")),
            Length(max=40, message=_later("40 caractères au plus.")),
        ],
    )
    label = StringField(
        _later("Libellé"),
        [
            InputRequired(_later("Donnez un libellé.")),
            Length(max=200, message=_later("200 caractères au plus.")),
        ],
    )
    year = IntegerField(
        _later("Exercice"),
        [
            InputRequired(_later("Indiquez l’exercice, par exemple 2026.")),
            NumberRange(2000, 2100, message=_later("Indiquez un exercice entre 2000 et 2100.")),
        ],
    )
    account = StringField(
        _later("Imputation"),
        [Length(max=60, message=_later("60 caractères au plus."))],
        description=_later("Chapitre, nature et fonction, comme votre service les écrit."),
    )
    voted = StringField(
        _later("Montant voté"), [InputRequired(_later("Écrivez le montant voté."))]
    )

    def validate_voted(self, field: StringField) -> None:
        """An amount above zero."""
        try:
            amount = Money.parse(field.data)
        except BadAmount as refusal:
            raise ValidationError(sentence_of(refusal)) from refusal
        if amount <= Money.zero():
            raise ValidationError(_("Le montant voté doit être supérieur à zéro."))


@pages.get("/budget")
@requires(Permission.READ_BUDGET)
def show() -> str:
    """Envelopes with their balances, claims under way, last commitments."""
    return _page(EnvelopeForm())


@pages.post("/budget")
@requires(Permission.KEEP_BUDGET)
def open_envelope() -> Response | tuple[str, int]:
    """Open an envelope."""
    form = EnvelopeForm(request.form)
    if not form.validate():
        return _page(form), 422
    who = actor()
    try:
        accept(
            lambda session, _at: {
                "id": str(
                    actions.open_envelope(
                        session,
                        who,
                        code=form.code.data.strip(),
                        label=form.label.data.strip(),
                        year=form.year.data,
                        account=(form.account.data or "").strip(),
                        voted=Money.parse(form.voted.data),
                    ).id
                )
            }
        )
    except Refusal as refusal:
        form.code.errors = [sentence_of(refusal)]
        return _page(form), 422
    flash(_("L’enveloppe est ouverte."), "ok")
    return redirect(url_for("budget.show"), 303)


def _page(form: EnvelopeForm) -> str:
    session = reading()
    commitments = queries.commitments(session)
    return render_template(
        "budget/show.html",
        balances=queries.balances(session),
        claims=queries.claims_under_way(session),
        commitments=commitments,
        dossiers=queries.dossiers_of(session, commitments),
        form=form,
        may_keep=actor().may(Permission.KEEP_BUDGET),
    )
