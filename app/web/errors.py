"""What does a person read when something fails? Each refusal has a status, a title and a way on."""

import errno
import logging
import secrets
from types import TracebackType
from typing import cast

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from app.actions import drafts, trials, versions
from app.domain import errors, files
from app.domain.errors import Refusal
from app.web import csrf
from app.web.database import db
from app.web.kept import kept_form
from app.web.kept_words import shown_answers
from app.web.words import sentence_of

LOG = logging.getLogger("liasse.web")
SECURITY_LOG = logging.getLogger("liasse.security")
RETRY_SECONDS = 15
#: A refusal not named here is about what was typed: 422.
STATUS: dict[type[Refusal], int] = {
    errors.NotFound: 404,
    errors.NotAllowed: 403,
    errors.FourEyes: 403,
    csrf.ForeignForm: 403,
    csrf.FormExpired: 400,
    errors.TaskAlreadyDone: 409,
    errors.TaskCancelled: 409,
    errors.TaskHeldByOther: 409,
    errors.DossierChanged: 409,
    errors.DossierSuspended: 409,
    errors.WithdrawalTooLate: 409,
    errors.AlreadyFiled: 409,
    errors.ExtensionTooLate: 409,
    errors.ExtensionPending: 409,
    errors.KeyReused: 422,
    errors.OwnProposal: 403,
    errors.RepairOutdated: 409,
    errors.SecondPersonNeeded: 409,
    errors.ProposalClosed: 409,
    drafts.DraftClosed: 409,
    trials.TrialMoved: 409,
    versions.VersionOvertaken: 409,
    versions.VersionStateUnchanged: 409,
    files.UnknownPiece: 404,
    files.PieceClosed: 409,
    files.FileVanished: 409,
    files.UploadTooLarge: 413,
    files.FileUnavailable: 503,
    files.DiskFull: 507,
}
#: What was typed is worth keeping when somebody else was first, or when the page was too old.
_KEEPS = frozenset({400, 409})
#: Sending the same again may do: the page was too old, the database did not answer.
_MAY_DO = frozenset({400, 503})


def incident_number() -> str:
    """What the person tells the administrator; it stands beside the trace in the log."""
    if "liasse_incident" not in g:
        g.liasse_incident = secrets.token_hex(4).upper()
    return cast(str, g.liasse_incident)


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a refusal."""
    found = (STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS)
    return next(found, 422)


def wants_json() -> bool:
    """Did a script ask, rather than a page?"""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html")
    return best == "application/json"


def page(status: int, message: str, *, keep: bool = False) -> Response:
    """The page of a refusal; `keep` shows what was typed, to send again where that may do."""
    if wants_json():
        return make_response(jsonify(error=message), status)
    form = kept_form() if keep else None
    template = "account/kept.html" if form else "errors/refusal.html"
    body = render_template(
        template,
        title=_titles().get(status, _("Cette opération n’est pas possible")),
        message=message,
        code=status,
        form=form,
        again=status in _MAY_DO,
        answers=shown_answers(form) if form else [],
        back=_back(),
        request_id=incident_number() if status >= 500 else None,
    )
    return make_response(body, status)


def _titles() -> dict[int, str]:
    return {
        400: _("La demande n’a pas été comprise"),
        403: _("Accès refusé"),
        404: _("Page introuvable"),
        405: _("Cette adresse ne s’ouvre pas ainsi"),
        409: _("Quelque chose a changé entre-temps"),
        413: _("L’envoi est trop lourd"),
        429: _("Trop d’essais"),
        503: _("Le service est momentanément indisponible"),
        507: _("L’espace de stockage est plein"),
    }


def _back() -> str | None:
    """The page before, when it is one of ours."""
    place = request.referrer or ""
    ours = request.host_url
    same = place.split("?")[0].rstrip("/") == request.base_url.rstrip("/")
    if not place.startswith(ours) or (same and request.method == "GET"):
        return None
    return "/" + place.removeprefix(ours)


def _refused(refusal: Refusal) -> Response:
    status = status_of(refusal)
    if isinstance(refusal, csrf.ForeignForm | csrf.FormExpired | errors.NotAllowed):
        name = type(refusal).__name__
        SECURITY_LOG.warning("%s: %s %s", name, request.method, request.path)
    return page(status, sentence_of(refusal), keep=status in _KEEPS)


def _http(error: HTTPException) -> Response:
    if isinstance(error, SecurityError):
        # No trusted host, hence no URL can be built, hence no page of ours.
        return Response("Nom de serveur inconnu.\n", 400, mimetype="text/plain")
    sentences = {
        404: sentence_of(errors.NotFound()),
        413: sentence_of(files.UploadTooLarge(limit=_largest())),
    }
    code = error.code or 500
    response = page(code, sentences.get(code, _("Vérifiez l’adresse, ou revenez en arrière.")))
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _largest() -> str:
    """What one sending may weigh here."""
    return files.size_in_words(request.max_content_length or 0)


def _disk_trouble(error: OSError) -> Response:
    """A disk that is full while a file comes in is told; any other trouble is a bug."""
    if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
        raise error
    LOG.error("[%s] disk: %s", incident_number(), error)
    return _refused(files.DiskFull())


def _database_away(error: Exception) -> Response:
    """The database does not answer: say so, keep the form, ask to come back."""
    g.liasse_degraded = True
    LOG.error("[%s] database: %s", incident_number(), error)
    message = _("La base de données ne répond pas. Rien n’a été enregistré par cet envoi.")
    response = page(503, message, keep=True)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _failed(_error: InternalServerError) -> Response:
    """A bug: nothing of it is shown but its number."""
    db.session.rollback()  # the bug may have broken the transaction the page reads with
    number = incident_number()
    if wants_json():
        return make_response(jsonify(error=_("Une erreur est survenue."), incident=number), 500)
    return make_response(render_template("errors/failure.html", request_id=number), 500)


class Application(Flask):
    """Flask, whose log of a bug carries the number its page shows."""

    def log_exception(
        self,
        exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None],
    ) -> None:
        """Write the trace beside the incident's number; never what the form said."""
        number = incident_number()
        LOG.error("[%s] %s %s", number, request.method, request.path, exc_info=exc_info[1])


def install(app: Flask) -> None:
    """Answer refusals, mistakes and bugs; call once, when the application is made."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(InternalServerError, _failed)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OSError, _disk_trouble)
    for kind in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(kind, _database_away)
