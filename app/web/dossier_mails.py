"""Which mails did a dossier send, and what became of each? Lines of its history, each with its state."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from app.domain.permissions import Permission
from app.domain.status import MailStatus
from app.models.dossier import Dossier
from app.models.outbox import Mail
from app.queries.mails import Line, mails_of
from app.web.access import actor
from app.web.labels import tag_of
from app.web.present import when
from app.web.words import _
from notifications.names import name_of

_LOOKS: Mapping[MailStatus, str] = {
    MailStatus.SENT: "ok",
    MailStatus.DIGESTED: "ok",
    MailStatus.FAILED: "danger",
    MailStatus.BOUNCED: "danger",
    MailStatus.CANCELLED: "",
}
#: While it still waits there is nothing to send again.
_ONCE_MORE = frozenset({MailStatus.SENT, MailStatus.BOUNCED, MailStatus.FAILED})


def mail_events(
    session: Session, dossier: Dossier, today: date
) -> list[tuple[datetime, dict[str, Any]]]:
    """One line a mail, with the instant it takes its place in the history."""
    may = actor().may(Permission.WORK_TASKS) and actor().may(Permission.READ_ALL_DOSSIERS)
    may_resend = may or actor().may(Permission.ADMINISTER)
    return [
        (line.mail.created_at, _event(line, today, may_resend=may_resend))
        for line in mails_of(session, dossier.id)
    ]


def _event(line: Line, today: date, *, may_resend: bool) -> dict[str, Any]:
    mail = line.mail
    name = _(name_of(mail.template))
    if mail.subject:
        # Every subject begins with the reference of the dossier, which this page is about.
        name = re.sub(rf"^{re.escape(line.reference or '')}\s*:\s*", "", mail.subject)
    event = {
        "icon": "mail",
        "tone": _LOOKS.get(mail.status, "wait"),
        "title": _("Courriel à %(to)s : %(name)s", to=line.to, name=name),
        "tag": tag_of(mail.status),
        "sub": _when(mail, today),
    }
    if mail.status not in {MailStatus.SENT, MailStatus.DIGESTED} and mail.last_error:
        event["text"] = mail.last_error
    if may_resend and mail.status in _ONCE_MORE:
        event["resend"] = url_for("mails.resend", mail_id=mail.id)
    return event


def _when(mail: Mail, today: date) -> str:
    if mail.bounced_at is not None:
        return _("revenu %(when)s", when=when(mail.bounced_at, today))
    if mail.sent_at is not None:
        return _("parti %(when)s", when=when(mail.sent_at, today))
    return _("prévu %(when)s", when=when(mail.created_at, today))
