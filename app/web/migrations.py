"""How does an administrator have dossiers change version? Try on all, choose, follow the batches, undo."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.actions.migrations import batch, plan
from app.actions.migrations.amounts import Amounts
from app.actions.migrations.dry_run import Asked, ValueUnreadable, dry_run
from app.actions.migrations.plan import (
    Chosen,
    DryRunStale,
    MigrationReasonMissing,
    NobodyChosen,
    NoDossierTicked,
    NoStepTicked,
    SameVersion,
    UndoReasonMissing,
)
from app.catalogue.archive import read_archive
from app.catalogue.pack import load_pack
from app.catalogue.published import type_of_pack
from app.domain.errors import NotFound, Refusal
from app.domain.permissions import Permission
from app.models.base import Json
from app.queries import migrations as queries
from app.queries import types as type_queries
from app.web.access import actor, requires
from app.web.amounts_view import amount_of, amounts_told
from app.web.database import now, reading
from app.web.installation import console, installation
from app.web.migration_view import (
    StepChoice,
    became,
    candidates,
    drawn_pair,
    grouped,
    step_choices,
)
from app.web.once import accept
from app.web.words import _, ngettext, sentence_of

pages = Blueprint("migrations", __name__)
pages.context_processor(lambda: {"amounts_told": amounts_told, "amount_of": amount_of})
#: The field a refused launch speaks of, when it is not the reason.
_FIELDS: dict[type[Refusal], str] = {
    NoDossierTicked: "dossier-1",
    NoStepTicked: "position-1",
    NobodyChosen: "qui-tous",
    DryRunStale: "refaire",
}
_STEP, _VALUE = "etape-", "valeur-"
#: Dossiers that move while somebody waits for the page; the clock does the others.
_AT_ONCE = 25


@pages.get("/administration/types/<key>/changer-de-version")
@requires(Permission.ADMINISTER)
def choose(key: str) -> str:
    """From which version to which; the past ones."""
    return _choice(key)


@pages.post("/administration/types/<key>/changer-de-version")
@requires(Permission.ADMINISTER)
def try_out(key: str) -> Response | tuple[str, int]:
    """A dry run over every dossier in flight: nothing moves."""
    session, who = reading(), actor()
    try:
        asked = Asked(
            console().types.get(session, _version(key, "de")),
            console().types.get(session, _version(key, "a")),
            _typed(_STEP),
            _typed(_VALUE),
        )
        if asked.source.definition_id == asked.target.definition_id:
            raise SameVersion
        found = dry_run(session, console(), asked, now=now())
    except (SameVersion, ValueUnreadable) as refusal:
        return _choice(key, error=sentence_of(refusal)), 422

    def keep(tx: Session, at: datetime) -> Json:
        return {"id": str(plan.keep(tx, who, asked, found, now=at))}

    return _to(key, UUID(accept(keep)["id"]))


@pages.get("/administration/types/<key>/changer-de-version/<uuid:migration_id>")
@requires(Permission.ADMINISTER)
def show(key: str, migration_id: UUID) -> str:
    """What the dry run found, or where the migration stands."""
    return _page(key, migration_id)


@pages.get("/administration/types/<key>/changer-de-version/<uuid:migration_id>/<asked>")
@requires(Permission.ADMINISTER)
def again(key: str, migration_id: UUID, asked: str) -> Response:
    """The address of a refused form, opened again: the page it stands on."""
    if asked not in {"lancer", "suite", "annuler"}:
        raise NotFound
    return _to(key, migration_id)


@pages.post("/administration/types/<key>/changer-de-version/<uuid:migration_id>/lancer")
@requires(Permission.ADMINISTER)
def start(key: str, migration_id: UUID) -> Response | tuple[str, int]:
    """The chosen dossiers wait for their turn; the first ones move at once."""
    who, chosen = actor(), _chosen()
    reason = request.form.get("motif", "")

    def begin(tx: Session, at: datetime) -> Json:
        return {"n": plan.start(tx, who, migration_id, chosen, reason=reason, now=at)}

    try:
        number = int(accept(begin)["n"])
    except (MigrationReasonMissing, NobodyChosen, DryRunStale) as refusal:
        at = _FIELDS.get(type(refusal), "motif")
        return _page(key, migration_id, error=sentence_of(refusal), error_at=at), 422
    said = ngettext(
        "Le changement de version est lancé : %(num)s dossier va passer.",
        "Le changement de version est lancé : %(num)s dossiers vont passer.",
        number,
    )
    flash(said, "ok")
    return _turn(key, migration_id)


@pages.post("/administration/types/<key>/changer-de-version/<uuid:migration_id>/suite")
@requires(Permission.ADMINISTER)
def go_on(key: str, migration_id: UUID) -> Response:
    """One more batch, without waiting for the clock."""
    return _turn(key, migration_id)


@pages.post("/administration/types/<key>/changer-de-version/<uuid:migration_id>/annuler")
@requires(Permission.ADMINISTER)
def undo(key: str, migration_id: UUID) -> Response | tuple[str, int]:
    """Bring back the dossiers that have not moved since."""
    who, reason = actor(), request.form.get("retour", "")

    def back(tx: Session, at: datetime) -> Json:
        return {"n": plan.undo(tx, who, migration_id, reason=reason, now=at)}

    try:
        accept(back)
    except UndoReasonMissing as refusal:
        return _page(key, migration_id, undo_error=sentence_of(refusal)), 422
    flash(_("Les dossiers qui n’ont pas avancé depuis reviennent à leur version."), "ok")
    return _turn(key, migration_id)


@pages.get("/administration/brouillons/<uuid:draft_id>/dossiers")
@requires(Permission.ADMINISTER)
def before_publishing(draft_id: UUID) -> str:
    """What would become of the dossiers in flight if this draft were published: read only."""
    session = reading()
    draft = type_queries.draft_of_id(session, draft_id)
    error, found = "", []
    try:
        target = type_of_pack(
            load_pack(read_archive(type_queries.content_of(session, draft_id)))
        )
    except Refusal as refusal:
        error = sentence_of(refusal)
    else:
        for row, count in queries.versions_of(session, draft.key):
            if count:
                source = console().types.get(session, row.id)
                run = dry_run(session, console(), Asked(source, target), now=now())
                found.append((row, run.counts(), grouped(run, source), run.amounts))
    return render_template(
        "migrations/before.html", draft=draft, versions=found, error=error, name_as_is=str
    )


def _choice(key: str, *, error: str = "") -> str:
    session = reading()
    return render_template(
        "migrations/choose.html",
        type=type_queries.type_of_key(session, key),
        past=queries.migrations(session, key),
        error=error,
        source=request.form.get("de", request.args.get("de", "")),
        target=request.form.get("a", request.args.get("a", "")),
    )


def _page(
    key: str, migration_id: UUID, *, error: str = "", error_at: str = "", undo_error: str = ""
) -> str:
    session = reading()
    found = queries.migration(session, migration_id)
    source = console().types.get(session, found.source_id)
    target = console().types.get(session, found.target_id)
    gone = plan.gone_since(session, migration_id)
    return render_template(
        "migrations/show.html",
        type=type_queries.type_of_key(session, key),
        migration=found,
        verdicts=queries.verdicts(session, migration_id),
        statuses=queries.statuses(session, migration_id),
        groups=queries.groups(session, migration_id),
        steps=step_choices(found, source, target),
        name_of=lambda position: _names(source, position),
        drawings=drawn_pair(found, source, target, queries.positions(session, migration_id)),
        dossiers=[] if gone else candidates(session, migration_id, source),
        gone=gone,
        became=became,
        moved_now=queries.arrived(session, migration_id),
        amounts=Amounts.from_json(kept) if (kept := found.asked.get("amounts")) else None,
        left=queries.left_behind(session, migration_id),
        error=error,
        error_at=error_at,
        undo_error=undo_error,
        typed=request.form,
    )


def _names(source: Any, position: str) -> str:  # noqa: ANN401 - a dossier type
    from_names = [StepChoice.name_in(source, step) for step in position.split()]
    return ", ".join(from_names)


def _version(key: str, field: str) -> UUID:
    number = request.form.get(field, type=int)
    type_ = type_queries.type_of_key(reading(), key)
    return type_.version(number if number is not None else -1).id


def _typed(prefix: str) -> Mapping[str, str]:
    return {
        name.removeprefix(prefix): text.strip()
        for name, text in request.form.items()
        if name.startswith(prefix) and text.strip()
    }


def _chosen() -> Chosen:
    which = request.form.get("qui", "tous")
    if which == "positions":
        return Chosen(positions=request.form.getlist("position"))
    if which == "dossiers":
        return Chosen(references=request.form.getlist("dossier"))
    return Chosen()


def _turn(key: str, migration_id: UUID) -> Response:
    database = installation().database
    reading().commit()
    batch.run_batch(database, console(), migration_id, limit=_AT_ONCE)
    return _to(key, migration_id)


def _to(key: str, migration_id: UUID) -> Response:
    return redirect(url_for("migrations.show", key=key, migration_id=migration_id), 303)
