"""How is a trial played? Its forms filled as anybody, its clock moved on, a step taken back, a scenario kept."""

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from flask import Response as FileResponse
from flask import jsonify, make_response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.actions import trials as actions
from app.catalogue.forms import StepForm
from app.catalogue.scenario import Scenario, ScenarioMove
from app.catalogue.trial.messages import payload_of
from app.catalogue.trial.playing import (
    TrialPlayer,
    answers_of,
    one_step_back,
    standing_of,
    with_move,
)
from app.catalogue.trial.script import script_from, script_to_json
from app.catalogue.trial.writing import scenario_text
from app.domain.permissions import Permission
from app.models.base import Json
from app.models.versions import Trial
from app.queries import types as queries
from app.web.access import actor, requires
from app.web.database import reading, write
from app.web.once import accept
from app.web.present import clock_time
from app.web.step_forms import at_rows, typed_fields
from app.web.types.blueprint import pages
from app.web.types.trial_pack import play
from app.web.types.trial_page import form_name, trial_page, typed_values
from app.web.words import _

Answer = Response | tuple[str, int]


def player_of(trial: Trial, script: Scenario | None = None) -> TrialPlayer:
    """The trial played again to where it stands, or as it would stand with this script."""
    return play(trial, script or script_from(trial.script))


@pages.get("/administration/essais/<uuid:trial_id>")
@requires(Permission.ADMINISTER)
def trial(trial_id: UUID) -> str:
    """Where the trial stands, and what may be done next."""
    found = queries.trial_of_id(reading(), trial_id)
    return trial_page(found, player_of(found))


@pages.post("/administration/essais/<uuid:trial_id>/etape")
@requires(Permission.ADMINISTER)
def complete_step(trial_id: UUID) -> Answer:
    """Fill the real form of a step, whoever it belongs to."""
    found = _current(trial_id)
    player, step = player_of(found), request.form.get("step", "")
    files = not player.is_filed
    form = player.step_form(player.pack.filing_step if files else step, request.form)
    if form.edited or _only_keeps() or not form.validate():
        return _again(found, player, form)
    move = ScenarioMove(
        place="",
        step=None if files else step,
        item=request.form.get("item") or None,
        by=request.form.get("by") or None,
        answers=answers_of(form),
        sets=typed_values(player.asked_besides(step)),
    )
    return _move(found, move, form=form, files=files)


@pages.post("/administration/essais/<uuid:trial_id>/message")
@requires(Permission.ADMINISTER)
def receive(trial_id: UUID) -> Answer:
    """Let a message come, or an event of the house."""
    found = _current(trial_id)
    name = request.form.get("message", "")
    if request.form.get("event"):
        return _move(found, ScenarioMove(place="", event=request.form["event"]))
    player = player_of(found)
    if name not in player.awaited:
        return _move(found, ScenarioMove(place="", message=name))
    form = player.step_form(name, request.form)
    if form.edited or _only_keeps() or not form.validate():
        return _again(found, player, form)
    payload = payload_of(player.pack.message(name), form)
    return _move(found, ScenarioMove(place="", message=name, payload=payload), form=form)


@pages.post("/administration/essais/<uuid:trial_id>/brouillon")
@requires(Permission.ADMINISTER)
def save_typed(trial_id: UUID) -> Response:
    """Keep what is being typed in a form of the trial."""
    return jsonify(saved_at=clock_time(_keep_typed(trial_id)))


@pages.post("/administration/essais/<uuid:trial_id>/service")
@requires(Permission.ADMINISTER)
def answer_service(trial_id: UUID) -> Answer:
    """Answer in the place of a service that asks the world something."""
    found = _current(trial_id)
    error = request.form.get("error") or None
    names = [name.removeprefix("v-") for name in request.form if name.startswith("v-")]
    move = ScenarioMove(
        place="",
        service=request.form.get("service", ""),
        error=error,
        sets={} if error else typed_values(names),
    )
    return _move(found, move)


@pages.post("/administration/essais/<uuid:trial_id>/date")
@requires(Permission.ADMINISTER)
def pass_time(trial_id: UUID) -> Answer:
    """Move the clock of the trial on."""
    found = _current(trial_id)
    player = player_of(found)
    try:
        day = date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        return trial_page(found, player, error=_("Choisissez un jour.")), 422
    if day <= player.calendar():
        error = _(
            "Le temps ne recule pas\u00a0: choisissez un jour après le %(day)s.",
            day=player.calendar().strftime("%d/%m/%Y"),
        )
        return trial_page(found, player, error=error), 422
    return _move(found, ScenarioMove(place="", at=day))


@pages.post("/administration/essais/<uuid:trial_id>/annuler")
@requires(Permission.ADMINISTER)
def take_back(trial_id: UUID) -> Answer:
    """Undo the last thing that was done."""
    return _rewrite(trial_id, one_step_back)


@pages.post("/administration/essais/<uuid:trial_id>/recommencer")
@requires(Permission.ADMINISTER)
def restart(trial_id: UUID) -> Answer:
    """Begin the same trial anew, its request not yet filed."""

    def emptied(script: Scenario) -> Scenario:
        while script.moves or script.filing:
            script = one_step_back(script)
        return script

    return _rewrite(trial_id, emptied)


@pages.get("/administration/essais/<uuid:trial_id>/scenario.toml")
@requires(Permission.ADMINISTER)
def scenario(trial_id: UUID) -> FileResponse:
    """The trial as a scenario of the type, to put in its `scenarios/`."""
    found = queries.trial_of_id(reading(), trial_id)
    response = make_response(scenario_text(player_of(found), found.title))
    response.mimetype = "application/toml"
    response.headers["Content-Disposition"] = 'attachment; filename="essai.toml"'
    return response


def _move(
    found: Trial, move: ScenarioMove, *, form: StepForm | None = None, files: bool = False
) -> Answer:
    """Play one thing more; what cannot be done is said, and not kept."""
    script = with_move(script_from(found.script), move, files=files)
    player = player_of(found, script)
    if player.wrong:
        if form is not None:
            _keep_typed(found.id)
        return trial_page(found, player_of(found), form=form, error=player.wrong), 422
    _keep(player, found.id, script)
    return redirect(url_for("types.trial", trial_id=found.id), 303)


def _rewrite(trial_id: UUID, change: Callable[[Scenario], Scenario]) -> Response:
    found = _current(trial_id)
    script = change(script_from(found.script))
    _keep(player_of(found, script), trial_id, script)
    return redirect(url_for("types.trial", trial_id=trial_id), 303)


class _AlreadyDone(Exception):
    """The same form came twice: the first time was enough."""


@pages.errorhandler(_AlreadyDone)
def _go_on(_already: _AlreadyDone) -> Response:
    return redirect(url_for("types.trial", **(request.view_args or {})), 303)


def _current(trial_id: UUID) -> Trial:
    """The trial, when it is where the sender of the form saw it. Refuses TrialMoved, NotFound."""
    found = queries.trial_of_id(reading(), trial_id)
    if request.form.get("seen") == str(found.revision):
        return found

    def do(_tx: Session, _at: datetime) -> Json:
        raise actions.TrialMoved

    accept(do)  # answers as the first time when this very form was taken already
    raise _AlreadyDone


def _only_keeps() -> bool:
    """The form was sent by the Enter key: it is kept, not played."""
    return request.form.get("then") == "stay"


def _again(found: Trial, player: TrialPlayer, form: StepForm) -> Answer:
    """The form once more, with a row more or with what is wrong; what is typed is kept."""
    _keep_typed(found.id, form)
    if form.edited or _only_keeps():
        token = request.form.get("token")
        return at_rows(url_for("types.trial", trial_id=found.id, etape=token), form)
    return trial_page(found, player, form=form), 422


def _keep_typed(trial_id: UUID, form: StepForm | None = None) -> datetime:
    who, name, fields = actor(), form_name(request.form), typed_fields(form)
    return write(lambda tx, at: actions.keep_typed(tx, who, trial_id, name, fields, now=at))


def _keep(player: TrialPlayer, trial_id: UUID, script: Scenario) -> None:
    who, seen, form = actor(), request.form.get("seen", ""), form_name(request.form)
    kept, standing = script_to_json(script), standing_of(player)

    def do(tx: Session, at: datetime) -> Json:
        number = int(seen) if seen.isdigit() else 0
        actions.write_script(
            tx, who, trial_id, seen=number, script=kept, standing=standing, now=at
        )
        if form:
            actions.forget_typed(tx, who, trial_id, form)
        return {}

    accept(do)
