"""What did the office type for each line of an agenda? Votes, amounts and counts, checked."""

from collections.abc import Sequence
from uuid import UUID

from werkzeug.datastructures import MultiDict

from app.actions.committee import Ballot
from app.domain.errors import BadAmount
from app.domain.money import Money
from app.domain.status import Vote
from app.models.committee import AgendaItem
from app.web.words import sentence_of

_MOST_VOTERS = 999
_COUNTS = ("for", "against", "abstain")


class BallotTrouble(Exception):
    """A line cannot be read; the message is the sentence shown beside it."""


def read_ballots(
    items: Sequence[AgendaItem], form: MultiDict[str, str]
) -> tuple[dict[UUID, Ballot], dict[str, str]]:
    """The ballots typed, by line, and the sentences of the lines that cannot be read.

    A line without a vote is left as it is.
    """
    ballots: dict[UUID, Ballot] = {}
    errors: dict[str, str] = {}
    for item in items:
        try:
            ballot = _read(item, form)
        except BallotTrouble as trouble:
            errors[str(item.id)] = str(trouble)
        else:
            if ballot is not None:
                ballots[item.id] = ballot
    return ballots, errors


def _read(item: AgendaItem, form: MultiDict[str, str]) -> Ballot | None:
    chosen = form.get(f"vote-{item.id}", "")
    if chosen not in set(Vote):
        return None
    counts = [_count(form.get(f"{name}-{item.id}", "")) for name in _COUNTS]
    return Ballot(
        vote=Vote(chosen),
        amount=_amount(item, Vote(chosen), form.get(f"amount-{item.id}", "")),
        votes_for=counts[0],
        votes_against=counts[1],
        abstentions=counts[2],
        not_taking_part=form.get(f"out-{item.id}", "").strip()[:500],
        remark=form.get(f"remark-{item.id}", "").strip()[:2000],
    )


def _amount(item: AgendaItem, vote: Vote, text: str) -> Money | None:
    if vote is Vote.GRANTED and item.is_refusal_proposed:
        raise BallotTrouble(
            "Le rapport propose un refus : choisissez « Autre montant » pour aider."
        )
    if vote is not Vote.GRANTED_OTHER:
        return None
    if not text.strip():
        raise BallotTrouble("Écrivez le montant voté.")
    try:
        amount = Money.parse(text)
    except BadAmount as refusal:
        raise BallotTrouble(sentence_of(refusal)) from refusal
    if amount <= Money.zero():
        raise BallotTrouble("Le montant voté doit être supérieur à zéro.")
    return amount


def _count(text: str) -> int | None:
    typed = text.strip()
    if not typed:
        return None
    if not typed.isdecimal() or int(typed) > _MOST_VOTERS:
        raise BallotTrouble("Les nombres de voix sont des nombres entiers.")
    return int(typed)
