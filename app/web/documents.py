"""How does a piece come in, get read and get checked? The routes of documents, for everybody."""

from urllib.parse import urlsplit
from uuid import UUID

from flask import (
    Blueprint,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.actions import documents as actions
from app.actions.documents import Deposit, Review, Shelf
from app.actions.pieces import place_for
from app.domain.errors import NotFound, Refusal
from app.domain.files import (
    FORMATS,
    NoFile,
    OneFileOnly,
    clean_filename,
    format_of_media_type,
    formats_in_words,
)
from app.domain.permissions import Permission
from app.domain.pieces import AskedPiece
from app.domain.status import PieceStatus
from app.models.document import Document
from app.models.dossier import Dossier
from app.queries.documents import (
    asked_pieces,
    document_for,
    may_open,
    pieces_of,
    readable_document,
    versions_of,
)
from app.queries.dossiers import by_id
from app.storage.intake import take_in
from app.storage.preview import WIDTHS, NoPreview
from app.web.access import actor, requires, takes_files
from app.web.database import reading, write
from app.web.errors import status_of, wants_json
from app.web.installation import console, files, installation
from app.web.piece_archive import bundle_of, named_documents
from app.web.step_forms import type_of
from app.web.words import sentence_of

pages = Blueprint("documents", __name__)
_READERS = (
    Permission.FILE_REQUEST,
    Permission.READ_ALL_DOSSIERS,
    Permission.READ_ASKED_DOSSIERS,
)
#: Pages of a PDF shown at once; the rest is read in the file itself.
SHOWN_PAGES = 30
#: Where a form of ours may have come from: only there does an answer go back.
_PLACES = ("/portail", "/dossiers/", "/taches/", "/documents/")


@pages.post("/pieces/<uuid:dossier_id>/<kind>")
@requires(Permission.FILE_REQUEST, Permission.WORK_TASKS)
@takes_files
def deposit(dossier_id: UUID, kind: str) -> Response | tuple[Response, int]:
    """Take in one or several files for one piece of a dossier."""
    asked = place_for(reading(), console(), actor(), dossier_id, kind)
    try:
        names = _take_in_all(dossier_id, asked)
    except Refusal as refused:
        if wants_json():
            return jsonify(error=sentence_of(refused)), status_of(refused)
        flash(sentence_of(refused), "error")
        return _back(dossier_id, kind, failed=True)
    if wants_json():
        return jsonify(deposited=names), 201
    flash(_("Fichier déposé : %(names)s.", names=", ".join(names)), "ok")
    return _back(dossier_id, kind)


def _take_in_all(dossier_id: UUID, asked: AskedPiece) -> list[str]:
    sent = [one for one in request.files.getlist("file") if one.filename]
    if not sent:
        raise NoFile
    if len(sent) > 1 and not asked.multiple:
        raise OneFileOnly
    who, replaced = actor(), request.form.get("replaces", type=UUID)
    shelf = Shelf(files().store, is_scanned=files().scanner is not None)
    names = []
    for one in sent:
        kept = take_in(
            shelf.store,
            one.stream,
            one.filename or "",
            formats=asked.formats,
            limit=largest_file(asked),
        )
        said = Deposit(asked.key, kept, replaced)
        write(
            lambda session, at, said=said: actions.attach(  # type: ignore[misc]  # bound now, not late
                session, console(), who, dossier_id, said, shelf=shelf, now=at
            )
        )
        names.append(kept.filename)
    return names


@pages.get("/documents/<uuid:document_id>")
@requires(*_READERS)
def show(document_id: UUID) -> str:
    """One document: its pages as pictures, its versions, and its check for who checks."""
    document = document_for(reading(), actor(), document_id)
    dossier = by_id(reading(), actor(), document.dossier_id)
    is_open = may_open(actor(), document)
    count = files().previews.pages(document.sha256, _kind(document)) if is_open else 0
    return render_template(
        "documents/show.html",
        shell="portal.html" if _is_applicants(dossier) else "base.html",
        is_public=_is_applicants(dossier),
        document=document,
        dossier=dossier,
        piece=_asked(dossier, document),
        versions=versions_of(reading(), document),
        is_open=is_open,
        page_numbers=range(1, min(count, SHOWN_PAGES) + 1),
        hidden_pages=max(0, count - SHOWN_PAGES),
        may_review=_may_review(dossier, document),
        task_id=request.args.get("tache", type=UUID),
    )


@pages.get("/documents/<uuid:document_id>/fichier")
@requires(*_READERS)
def download(document_id: UUID) -> Response:
    """The file itself: always saved by the browser, never shown in a page."""
    document = readable_document(reading(), actor(), document_id)
    response = send_file(
        files().store.open(document.sha256),
        mimetype=document.media_type,
        as_attachment=True,
        download_name=document.filename,
        conditional=False,
        etag=False,
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Content-Length"] = str(document.size)
    return response


@pages.get("/documents/<uuid:document_id>/apercu/<int:page>")
@requires(*_READERS)
def preview(document_id: UUID, page: int) -> Response:
    """One page as a picture of our own making."""
    document = readable_document(reading(), actor(), document_id)
    size = "thumbnail" if request.args.get("taille") == "vignette" else "page"
    try:
        picture = files().previews.png(
            document.sha256, _kind(document), page=page, size=size if size in WIDTHS else "page"
        )
    except NoPreview as none:
        raise NotFound from none
    return Response(picture, mimetype="image/png")


@pages.get("/pieces/<uuid:dossier_id>/toutes.zip")
@requires(*_READERS)
def archive(dossier_id: UUID) -> Response:
    """Every piece in force that the person may open, in one file."""
    dossier = by_id(reading(), actor(), dossier_id)
    pieces = pieces_of(reading(), type_of(dossier).pack, dossier)
    return send_file(
        bundle_of(files().store, named_documents(pieces, actor())),
        mimetype="application/zip",
        as_attachment=True,
        download_name=clean_filename(f"{dossier.reference or 'brouillon'} - pièces.zip"),
        conditional=False,
        etag=False,
    )


@pages.post("/documents/<uuid:document_id>/verification")
@requires(Permission.REVIEW_DOCUMENTS)
def review(document_id: UUID) -> Response:
    """Accept or refuse a piece, as it was when it was read."""
    who = actor()
    said = Review(
        is_accepted=request.form.get("verdict") == "accepted",
        seen_sha256=request.form.get("sha256", ""),
        reason=request.form.get("reason", ""),
    )
    document = write(
        lambda session, at: actions.review(session, who, document_id, said, now=at)
    )
    told = {
        PieceStatus.ACCEPTED: _("La pièce « %(name)s » est acceptée.", name=document.filename),
        PieceStatus.REFUSED: _(
            "La pièce « %(name)s » est refusée ; le demandeur lira votre motif.",
            name=document.filename,
        ),
    }
    flash(told[document.status], "ok")
    task_id = request.form.get("task", type=UUID)
    if task_id is not None:
        anchor = f"piece-{document.kind}"
        return redirect(url_for("tasks.show", task_id=task_id, _anchor=anchor), 303)
    return _back(document.dossier_id, document.kind)


@pages.post("/documents/<uuid:document_id>/retirer")
@requires(Permission.FILE_REQUEST)
def remove(document_id: UUID) -> Response:
    """Take a piece back from a draft."""
    who = actor()
    document = document_for(reading(), who, document_id)
    dossier_id, kind, name = document.dossier_id, document.kind, document.filename
    write(lambda session, _at: actions.remove_from_draft(session, who, document_id))
    flash(_("« %(name)s » est retiré.", name=name), "ok")
    return _back(dossier_id, kind)


@pages.app_template_global()
def extensions_of(piece: AskedPiece) -> str:
    """What a file chooser offers: `.pdf,.jpg,.jpeg`."""
    known = (FORMATS[key] for key in piece.formats if key in FORMATS)
    return ",".join(f".{name}" for one in known for name in one.extensions)


@pages.app_template_global()
def largest_file(piece: AskedPiece) -> int:
    """The bytes one file of this piece may weigh here."""
    return min(piece.max_bytes, installation().settings.max_upload_mb * 1_000_000)


@pages.app_template_global()
def formats_of(piece: AskedPiece) -> str:
    """« PDF, JPG ou PNG »."""
    return formats_in_words(piece.formats)


def _kind(document: Document) -> str:
    known = format_of_media_type(document.media_type)
    return known.key if known else ""


def _asked(dossier: Dossier, document: Document) -> AskedPiece:
    pack = type_of(dossier).pack
    found = (one for one in asked_pieces(pack, dossier) if one.key == document.kind)
    return next(found, AskedPiece(document.kind, document.kind, ""))


def _may_review(dossier: Dossier, document: Document) -> bool:
    return (
        actor().may(Permission.REVIEW_DOCUMENTS)
        and dossier.filed_at is not None
        and not dossier.status.is_final
        and document.superseded_at is None
    )


def _is_applicants(dossier: Dossier) -> bool:
    return dossier.organisation_id in actor().organisation_ids


def _back(dossier_id: UUID, kind: str, *, failed: bool = False) -> Response:
    """The page of ours the form came from, at the piece; else the dossier's own page."""
    came = urlsplit(request.referrer or "")
    is_ours = came.netloc == request.host and came.path.startswith(_PLACES)
    path = came.path if is_ours else _home_of(dossier_id)
    query = f"?piece={kind}" if failed else ""
    return redirect(f"{path}{query}#piece-{kind}", 303)


def _home_of(dossier_id: UUID) -> str:
    dossier = by_id(reading(), actor(), dossier_id)
    if _is_applicants(dossier):
        return url_for("portal.show", dossier_id=dossier_id)
    return url_for("dossiers.pieces_tab", reference=dossier.reference)
