"""Which mails did the demonstration send? A mailbox to read them, since none leaves this machine."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask import Blueprint, Response, make_response, render_template, request

from app.domain.errors import NotFound
from app.web.access import public
from app.web.installation import installation
from app.web.security import CLOSED_FRAME, WITH_FRAME
from notifications.mailbox import Mailbox, Opened

pages = Blueprint("demo", __name__)


@pages.get("/demo/courriels")
@public
def mails() -> str:
    """Every mail, newest first; those of one person when asked."""
    box, to = _mailbox(), request.args.get("a", "")
    return render_template(
        "demo/mails.html", mails=box.lines(to=to), recipients=box.recipients(), to=to
    )


@pages.get("/demo/courriels/<name>")
@public
def mail(name: str) -> Response:
    """One mail: its text, and its other face in a closed frame."""
    response = make_response(render_template("demo/mail.html", mail=_opened(name)))
    response.headers["Content-Security-Policy"] = WITH_FRAME
    return response


@pages.get("/demo/courriels/<name>/page")
@public
def mail_page(name: str) -> Response:
    """The HTML of a mail, which can do nothing but be read."""
    response = make_response(_opened(name).html)
    response.headers["Content-Security-Policy"] = CLOSED_FRAME
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _opened(name: str) -> Opened:
    found = _mailbox().open(name)
    if found is None:
        raise NotFound
    return found


def _mailbox() -> Mailbox:
    return Mailbox(Path(unquote(urlsplit(installation().settings.smtp_url).path)))
