"""How does an administrator change the words of a mail? Write, look, try on oneself, return to the original."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from app.domain.audience import Because
from app.domain.errors import NotFound
from app.domain.permissions import Permission
from app.domain.status import MailStatus
from app.models.base import Json
from app.models.dossier import Dossier
from app.models.outbox import Mail
from app.queries.dossiers import by_reference
from app.web.access import actor, me, requires
from app.web.database import now, reading, write
from app.web.installation import console
from app.web.mails import post
from app.web.once import accept
from app.web.security import CLOSED_FRAME, WITH_FRAME
from app.web.words import sentence_of
from notifications import texts
from notifications.compose import TRIAL, compose
from notifications.emails import Planned, Recipient, plan
from notifications.kinds import kind_of
from notifications.names import NAMES, name_of
from notifications.render import Rendered, mail_names
from notifications.shipped import Words, shipped_words
from notifications.tag_table import TAGS
from notifications.values import load, values_of
from notifications.wording import WordsRefused

pages = Blueprint("mail_texts", __name__)
_PARTS = ("subject", "title", "body")
_SCHEMES = {"clair": "not all", "sombre": "all"}
_DARK = "(prefers-color-scheme: dark)"


@pages.get("/administration/courriels/modeles")
@requires(Permission.ADMINISTER)
def listing() -> str:
    """Every mail, and whether its words were changed."""
    known = texts.edited(reading())
    order = {name: rank for rank, name in enumerate(NAMES)}
    names = sorted(mail_names(), key=lambda name: order.get(name, len(order)))
    mails = [(name, shipped_words(name), known.get(name)) for name in names]
    return render_template("mails/texts.html", mails=mails, name_of=name_of)


@pages.get("/administration/courriels/modeles/<name>")
@requires(Permission.ADMINISTER)
def show(name: str) -> Response:
    """The words of one mail."""
    return _page(name, texts.live(reading(), name) or _shipped(name))


@pages.post("/administration/courriels/modeles/<name>")
@requires(Permission.ADMINISTER)
def save(name: str) -> BaseResponse:
    """Put words in force, when they can be written."""
    who, words = actor(), _typed(name)
    try:
        _check(name, words)
        write(lambda session, at: texts.save(session, who, name, words, now=at))
    except WordsRefused as refusal:
        return _page(name, words, error=sentence_of(refusal))
    flash(_("Le modèle est enregistré : les prochains courriels le suivent."), "ok")
    return redirect(url_for("mail_texts.show", name=name), 303)


@pages.post("/administration/courriels/modeles/<name>/original")
@requires(Permission.ADMINISTER)
def restore(name: str) -> BaseResponse:
    """Return to the words shipped."""
    who = actor()
    write(lambda session, at: texts.back_to_shipped(session, who, name, now=at))
    flash(_("Le texte d’origine est de nouveau en service."), "ok")
    return redirect(url_for("mail_texts.show", name=name), 303)


@pages.get("/administration/courriels/modeles/<name>/versions/<int:number>")
@requires(Permission.ADMINISTER)
def version(name: str, number: int) -> Response:
    """An earlier version, to be read and saved again."""
    found = next((v for v in texts.versions(reading(), name) if v.number == number), None)
    if found is None:
        raise NotFound
    words = (
        Words(found.subject or "", found.title or "", found.body)
        if found.body is not None
        else _shipped(name)
    )
    return _page(name, words, seen=number)


@pages.post("/administration/courriels/modeles/<name>/apercu")
@requires(Permission.ADMINISTER)
def preview(name: str) -> Response:
    """What the words typed make for a dossier: the page a reader sees, in a closed frame."""
    if not _asked(reading())[1]:
        unknown = _framed(render_template("mails/frame.html", is_unknown=True))
        unknown.status_code = 404
        return unknown
    try:
        rendered = _rendered(name, _typed(name))
    except WordsRefused as refusal:
        return _framed(render_template("mails/frame.html", error=sentence_of(refusal)))
    if request.form.get("face") == "texte":
        return _framed(render_template("mails/frame.html", mail=rendered))
    dark = _SCHEMES.get(request.form.get("face", ""), "not all")
    html = rendered.html.replace(_DARK, dark)
    if dark == "all":
        html = html.replace("color-scheme: light dark", "color-scheme: dark")
    return _framed(html)


@pages.post("/administration/courriels/modeles/<name>/essai")
@requires(Permission.ADMINISTER)
def trial(name: str) -> BaseResponse:
    """Send the words typed to oneself."""
    words, person_id, domain = _typed(name), me().id, post().domain
    if not _asked(reading())[1]:
        return _page(name, words)
    try:
        _rendered(name, words)
    except WordsRefused as refusal:
        return _page(name, words, error=sentence_of(refusal))
    example = _example(reading(), name)
    context = {**example.context, TRIAL: vars(words)}

    def do(session: Session, at: datetime) -> Json:
        planned = Planned(
            key=f"trial:{name}:{uuid4()}:{person_id}",
            template=name,
            to=Recipient(person_id, because=Because.READER),
            dossier_id=example.dossier_id,
            task_id=example.task_id,
            context=context,
        )
        return {"planned": plan(session, planned, domain=domain, now=at)}

    accept(do)
    flash(_("Un essai part vers %(to)s.", to=me().email), "ok")
    return redirect(url_for("mail_texts.show", name=name), 303)


def _page(
    name: str, words: Words, *, error: str | None = None, seen: int | None = None
) -> Response:
    session = reading()
    example = _example(session, name)
    dossier = session.get(Dossier, example.dossier_id) if example.dossier_id else None
    is_unknown = not _asked(session)[1]
    body = render_template(
        "mails/text.html",
        name=name,
        title=_(name_of(name)),
        words=words,
        error=error,
        is_unknown=is_unknown,
        seen=seen,
        versions=texts.versions(session, name),
        tags=TAGS.values(),
        dossier=dossier,
        reference=request.form.get("reference") or (dossier.reference if dossier else ""),
    )
    response = make_response(body, 422 if error or is_unknown else 200)
    response.headers["Content-Security-Policy"] = WITH_FRAME
    return response


def _shipped(name: str) -> Words:
    found = shipped_words(name)
    if found is None:
        raise NotFound
    return found


def _typed(name: str) -> Words:
    _shipped(name)
    given = (request.form.get(part, "").replace("\r\n", "\n").strip() for part in _PARTS)
    return Words(*given)


def _check(name: str, words: Words) -> None:
    texts.check(reading(), post(), _pack_of, name, words, now=now())


def _rendered(name: str, words: Words) -> Rendered:
    """The mail these words make for the chosen dossier. Refuses WordsRefused."""
    session = reading()
    mail = _example(session, name)
    mail.context = {**mail.context, TRIAL: vars(words)}
    subject = load(session, mail, _pack_of)
    values = values_of(session, post(), subject, now=now())
    texts.fill(words, values)
    return compose(session, subject, values).texts


def _example(session: Session, name: str) -> Mail:
    """A mail like the last one of that name, about the dossier asked for; never stored."""
    dossier, _is_known = _asked(session)
    query = select(Mail).where(
        Mail.template == name, Mail.dossier_id.is_not(None), Mail.key.not_like("trial:%")
    )
    if dossier is not None:
        query = query.where(Mail.dossier_id == dossier.id)
    last = session.scalar(query.order_by(Mail.created_at.desc()).limit(1))
    if dossier is None and last is None:
        newest = select(Dossier).where(Dossier.filed_at.is_not(None))
        dossier = session.scalar(newest.order_by(Dossier.filed_at.desc()).limit(1))
    context: dict[str, Any] = dict(last.context) if last else {"at": now().isoformat()}
    reader = Because.OFFICER if kind_of(name).for_staff else Because.APPLICANT
    context.setdefault("why", {"because": reader.value})
    return Mail(
        key="",
        message_id="",
        template=name,
        dossier_id=last.dossier_id if last else dossier.id if dossier else None,
        task_id=last.task_id if last else None,
        person_id=last.person_id if last else None,
        address=last.address if last else None,
        context=context,
        status=MailStatus.PENDING,
    )


def _asked(session: Session) -> tuple[Dossier | None, bool]:
    """The dossier of the number typed, if one was; and whether that number is one."""
    wanted = request.form.get("reference", "").strip()
    try:
        return (by_reference(session, actor(), wanted) if wanted else None), True
    except NotFound:
        return None, False


def _pack_of(session: Session, definition_id: Any) -> Any:  # noqa: ANN401 - as the clock's
    return console().types.get(session, definition_id).pack


def _framed(html: str) -> Response:
    response = make_response(html)
    response.headers["Content-Security-Policy"] = CLOSED_FRAME
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response
