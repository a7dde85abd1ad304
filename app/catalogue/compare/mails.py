"""Which mails leave, otherwise than before?"""

from collections.abc import Iterator

from app.catalogue.compare.changes import Change, Group, added, changed, removed
from app.catalogue.compare.sides import Side
from app.catalogue.compare.words import people, quoted
from app.catalogue.contract import Mail

_EVENTS = {
    "filed": "au dépôt de la demande",
    "voted": "après le vote",
    "withdrawn": "au retrait de la demande",
    "extension_asked": "quand une prorogation est demandée",
    "scheduled": "à l’inscription à l’ordre du jour",
    "message": "quand un message est écrit",
    "incident": "quand le dossier s’arrête sur une erreur",
}
_Key = tuple[str, str, str, str]


def mail_changes(before: Side, after: Side) -> Iterator[Change]:
    """Mail by mail: its text, its moment, who receives it."""
    old, new = _mails(before), _mails(after)
    for key, mail in new.items():
        if key not in old:
            yield added(
                Group.MAILS, f"Un courriel part désormais {_told(after, mail)}.", _step(mail)
            )
        elif old[key].when != mail.when:
            was, now = _if(before, old[key]) or "toujours", _if(after, mail) or "toujours"
            sentence = f"Le courriel envoyé {_told(after, mail, short=True)} part autrement\u00a0: {was} → {now}."
            yield changed(Group.MAILS, sentence, _step(mail))
    for key, mail in old.items():
        if key not in new:
            yield removed(
                Group.MAILS, f"Un courriel ne part plus {_told(before, mail)}.", _step(mail)
            )


def _mails(side: Side) -> dict[_Key, Mail]:
    return {(m.key, m.moment, m.subject, m.to): m for m in side.pack.mails}


def _step(mail: Mail) -> str | None:
    return None if mail.moment == "event" else mail.subject


def _told(side: Side, mail: Mail, *, short: bool = False) -> str:
    """« à l’ouverture de « X », pour le demandeur (modèle « … »), si … »."""
    moments = {
        "opened": "à l’ouverture de",
        "completed": "à la fin de",
        "passed": "au passage de",
        "service": "par l’étape automatique",
    }
    if mail.moment == "event":
        when = _EVENTS.get(mail.subject, f"à l’événement {quoted(mail.subject)}")
    else:
        when = f"{moments[mail.moment]} {side.named(mail.subject)}"
    condition = "" if short else _if(side, mail)
    text = f"{when}, pour {people(mail.to)} (modèle {quoted(mail.key)})"
    return f"{text}, {condition}" if condition else text


def _if(side: Side, mail: Mail) -> str:
    return f"si {side.said(mail.when)}" if mail.when else ""
