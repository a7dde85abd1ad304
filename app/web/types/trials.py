"""Which trials are there of a type, and how does one begin?"""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.actions import trials as actions
from app.catalogue.pack import Pack
from app.catalogue.scenario import Scenario
from app.catalogue.trial.playing import standing_of
from app.catalogue.trial.script import new_script, scenarios_of, script_to_json
from app.domain.civil import civil_day
from app.domain.errors import NotFound
from app.domain.permissions import Permission
from app.models.base import Json
from app.queries import types as queries
from app.web.access import actor, requires
from app.web.database import now, reading
from app.web.once import accept
from app.web.present import long_date
from app.web.types.blueprint import pages
from app.web.types.trial_pack import Source, load, play, said_of, sources_of
from app.web.words import _


@pages.get("/administration/types/<key>/essais")
@requires(Permission.ADMINISTER)
def trials(key: str) -> str:
    """The trials of a type, and what may be tried."""
    session = reading()
    sources = sources_of(session, key)
    if not sources:
        raise NotFound
    chosen = next((one for one in sources if one.name == request.args.get("quoi")), sources[0])
    pack = load(session, chosen).pack
    tried = queries.trials(session, key)
    return render_template(
        "types/trials.html",
        key=key,
        title=pack.title.fr,
        trials=tried,
        sources=sources,
        sources_said=said_of(session, tried, sources),
        chosen=chosen,
        scenarios=scenarios_of(pack),
        schemes=pack.schemes,
        day=civil_day(now()),
    )


@pages.post("/administration/types/<key>/essais")
@requires(Permission.ADMINISTER)
def start_trial(key: str) -> Response:
    """Begin a trial, from nothing or from a scenario."""
    session, who, form = reading(), actor(), request.form
    source = _source(session, key, form)
    pack = load(session, source).pack
    script = _script(pack, form)
    new = actions.NewTrial(
        key=key,
        title=form.get("title", "").strip()
        or _("Essai du %(day)s", day=long_date(civil_day(now()))),
        script=script_to_json(script),
        standing=standing_of(play(source, script)),
        draft_id=source.draft_id,
        definition_id=source.definition_id,
    )

    def do(tx: Session, at: datetime) -> Json:
        return {"trial": str(actions.start_trial(tx, who, new, now=at).id)}

    return redirect(url_for("types.trial", trial_id=accept(do)["trial"]), 303)


def _source(session: Session, key: str, form: Mapping[str, str]) -> Source:
    """What is tried: the draft or the version named, else the version in service."""
    sources = sources_of(session, key)
    wanted = form.get("quoi") or form.get("draft") or f"v{form.get('version', '')}"
    for one in sources:
        if wanted in {one.name, str(one.draft_id)}:
            return one
    if not sources or "quoi" in form or "draft" in form or "version" in form:
        raise NotFound
    return sources[0]


def _script(pack: Pack, form: Mapping[str, str]) -> Scenario:
    day = _day(form.get("start", "")) or civil_day(now())
    return new_script(pack, day, like=form.get("like", ""), whole=form.get("whole") == "oui")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@pages.post("/administration/essais/<uuid:trial_id>/supprimer")
@requires(Permission.ADMINISTER)
def delete_trial(trial_id: UUID) -> Response:
    """Throw a trial away."""
    who, trial = actor(), queries.trial_of_id(reading(), trial_id)
    key, title = trial.key, trial.title

    def do(tx: Session, _at: datetime) -> Json:
        actions.delete_trial(tx, who, trial_id)
        return {}

    accept(do)
    flash(_("L’essai « %(title)s » est supprimé.", title=title), "ok")
    return redirect(url_for("types.trials", key=key), 303)
