"""What is in one version, and does it serve new dossiers?"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from flask import Response as FileResponse
from flask import flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.actions import versions as actions
from app.catalogue.compare import side_of_pack
from app.catalogue.compare.cells import result_words, test_words
from app.domain.actor import Actor
from app.domain.permissions import Permission
from app.engine.diagram import outline, render_diagram
from app.models.base import Json
from app.models.process import ProcessDefinition
from app.queries import types as queries
from app.web.access import actor, requires
from app.web.database import reading
from app.web.installation import console
from app.web.once import accept
from app.web.types.blueprint import pages
from app.web.words import _

Change = Callable[..., ProcessDefinition]


@pages.get("/administration/types/<key>/versions/<int:number>")
@requires(Permission.ADMINISTER)
def version(key: str, number: int) -> str:
    """The diagram of a version, its steps, its aid rules, and what may be done with it."""
    session = reading()
    type_ = queries.type_of_key(session, key)
    chosen = type_.version(number)
    pack = console().types.get(session, chosen.id).pack
    side = side_of_pack(pack)
    return render_template(
        "types/version.html",
        type=type_,
        version=chosen,
        before=next((one for one in type_.versions if one.number < number), None),
        pack=pack,
        svg=render_diagram(pack.shown_diagram, title=pack.title.fr, say=_),
        outline=outline(pack.shown_diagram, say=_),
        sheets=list(side.sheets.values()),
        test_words=lambda head, cell: test_words(side, head, cell),
        result_words=lambda head, cell: result_words(side, head, cell).strip("« »"),
    )


@pages.get("/administration/types/<key>/versions/<int:number>/archive.zip")
@requires(Permission.ADMINISTER)
def archive(key: str, number: int) -> FileResponse:
    """The whole type as it was published."""
    session = reading()
    chosen = queries.type_of_key(session, key).version(number)
    return zip_file(queries.archive_of(session, chosen.id), f"{key}-v{number}.zip")


def zip_file(data: bytes, name: str) -> FileResponse:
    """An archive to keep."""
    response = make_response(data)
    response.mimetype = "application/zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@pages.post("/administration/types/<key>/versions/<int:number>/retirer")
@requires(Permission.ADMINISTER)
def retire(key: str, number: int) -> Response:
    """No new dossier follows this version any more."""
    _in_service(key, number, actions.retire)
    flash(_("La version %(n)s ne sert plus aux nouvelles demandes.", n=number), "ok")
    return redirect(url_for("types.version", key=key, number=number), 303)


@pages.post("/administration/types/<key>/versions/<int:number>/remettre")
@requires(Permission.ADMINISTER)
def restore(key: str, number: int) -> Response:
    """New dossiers may follow this version again."""
    _in_service(key, number, actions.restore)
    flash(_("La version %(n)s sert de nouveau aux nouvelles demandes.", n=number), "ok")
    return redirect(url_for("types.version", key=key, number=number), 303)


def _in_service(key: str, number: int, change: Change) -> None:
    who: Actor = actor()
    chosen: UUID = queries.type_of_key(reading(), key).version(number).id
    note = request.form.get("note", "").strip()

    def do(session: Session, at: datetime) -> Json:
        change(session, who, chosen, note=note, now=at)
        return {}

    accept(do)
