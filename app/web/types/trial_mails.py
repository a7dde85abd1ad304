"""Under which subject would a mail of a trial leave? Written as a real one, with what the trial knows."""

from collections.abc import Mapping, Sequence
from datetime import date

from jinja2 import TemplateError
from sqlalchemy.orm import Session

from app.catalogue.contract import Mail
from app.catalogue.pack import Pack
from app.catalogue.trial.playing import Moment, TrialPlayer
from app.domain.money import Money
from app.models.people import OrganisationKind
from app.web.mails import post
from app.web.repair_mails import subject_of
from notifications import texts
from notifications.render import subject_line
from notifications.values import DossierView, Piece, TaskView, Values
from notifications.wording import WordsRefused, parse, write


def subjects(session: Session, player: TrialPlayer) -> Mapping[int, Sequence[tuple[Mail, str]]]:
    """The mails of each moment, by its rank, each with its subject."""
    found: dict[int, Sequence[tuple[Mail, str]]] = {}
    pieces: tuple[Piece, ...] = ()
    for rank, moment in enumerate(player.moments):
        pieces = _asked(player.pack, moment) or pieces
        values = [(mail, _values(player, moment, mail, pieces)) for mail in moment.mails]
        found[rank] = [(mail, _subject(session, player, mail, one)) for mail, one in values]
    return found


def _subject(session: Session, player: TrialPlayer, mail: Mail, values: Values) -> str:
    words = texts.live(session, mail.key)
    try:
        if words is not None:
            return write(parse(words.subject), values)
    except WordsRefused:
        pass  # the shipped words take the place of what cannot be written, as when a mail leaves
    try:
        return subject_line(mail.key, values, type_key=player.pack.key)
    except TemplateError:  # a draft may name a mail that this house has no text for
        return subject_of(mail.key)


def _values(
    player: TrialPlayer, moment: Moment, mail: Mail, pieces: tuple[Piece, ...]
) -> Values:
    pack, said, start = player.pack, post(), player.scenario.start or moment.day
    step = mail.subject if mail.moment == "opened" else next(iter(moment.opened), "")
    due = moment.due
    return Values(
        authority=said.authority_name,
        contact=said.contact,
        name="",
        url=said.base_url,
        today=moment.day,
        happened_on=moment.day,
        due_on=due,
        dossier=_dossier(player, moment, start),
        task=TaskView(str(pack.step(step).title) or step, due, 0) if step else None,
        pieces=pieces,
        outcome=dict(moment.outcome),
    )


def _dossier(player: TrialPlayer, moment: Moment, start: date) -> DossierView:
    facts, pack = moment.facts, player.pack
    voted = facts.get("voted_amount")
    code = player.scenario.scheme
    return DossierView(
        reference=pack.reference.format(year=start.year, number=0),
        title=str(facts.get("project_title") or ""),
        organisation=str(facts.get("applicant_name") or "Demandeur d’essai"),
        scheme=next((str(one.title) for one in pack.schemes if one.code == code), ""),
        is_association=facts.get("applicant_type") == OrganisationKind.ASSOCIATION,
        filed_on=start,
        complete_on=None,
        voted=Money.parse(str(voted)) if voted else None,
        voted_on=None,
        start_deadline=player.dossier.start_deadline,
        completion_deadline=player.dossier.completion_deadline,
        officer="",
    )


def _asked(pack: Pack, moment: Moment) -> tuple[Piece, ...]:
    """The pieces asked for at a step of this moment."""
    step = pack.step(moment.move.step) if moment.move.step else None
    titles = {one.key: str(one.title) for one in pack.documents}
    return tuple(
        Piece(titles.get(row["piece"], row["piece"]), str(row.get("reason") or ""))
        for field in (step.fields if step else ())
        if field.type == "pieces"
        for row in _rows(moment.move.answers.get(field.name))
    )


def _rows(answer: object) -> list[Mapping[str, str]]:
    return (
        [row for row in answer if isinstance(row, Mapping)] if isinstance(answer, list) else []
    )
