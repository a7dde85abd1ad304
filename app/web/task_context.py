"""What must somebody know to do a task? What was asked, what was written before, what is left to spend."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from app.catalogue.pack import Pack
from app.domain.permissions import Permission, Role
from app.domain.status import PieceStatus
from app.models.task import Task
from app.queries import dossiers as queries
from app.queries.budget import Balance, balances
from app.queries.documents import Piece, pieces_of
from app.queries.past_versions import past_of
from app.web.access import actor
from app.web.database import reading
from app.web.dossier_view import Section, request_of, sections_of
from app.web.step_forms import type_of

#: How many earlier forms are shown beside a task, the last one first.
_EARLIER = 4
#: Among how many of the last forms they are looked for: some have nothing to show.
_LOOKED_AT = 16
#: Opinions have their own card.
_OPINION = "record_opinion"
#: Steps that look at a payment claim.
_CLAIM_EFFECTS = frozenset({"settle_claim", "certify_claim", "issue_order", "issue_recovery"})


def checks_pieces(pack: Pack, task: Task) -> bool:
    """Does the step look at the pieces: those of the request, or those of a claim?"""
    step = pack.step(task.step)
    return step.effect == "settle_claim" or any(one.type == "pieces" for one in step.fields)


def task_pieces(task: Task) -> Sequence[Piece]:
    """The pieces the task is about: those of the claim under way, else all of the dossier."""
    pack = type_of(task.dossier).pack
    lines = pieces_of(reading(), pack, task.dossier)
    if pack.step(task.step).effect not in _CLAIM_EFFECTS:
        return lines
    last = max((line.claim_number or 0 for line in lines), default=0)
    return [line for line in lines if line.claim_number == last]


def known_answers(task: Task) -> dict[str, Any]:
    """What a form begins with: what was answered the time before, the pieces already refused."""
    session, dossier = reading(), task.dossier
    names = past_of(session, dossier.id, dossier.definition_id).names_of(task.step)
    last = queries.last_answer(session, task.dossier_id, names)
    earlier = dict(last.data) if last is not None and task.role is not Role.APPLICANT else {}
    pack = type_of(task.dossier).pack
    choices = {one.name for one in pack.step(task.step).fields if one.variable}
    kept = {name: value for name, value in earlier.items() if name not in choices}
    return {**kept, **_refused_pieces(task, pack)}


def _refused_pieces(task: Task, pack: Pack) -> Mapping[str, list[dict[str, str]]]:
    asking = [one.name for one in pack.step(task.step).fields if one.type == "pieces"]
    refused = [
        {"piece": line.asked.key, "reason": line.reason}
        for line in (pieces_of(reading(), pack, task.dossier) if asking else ())
        if line.status is PieceStatus.REFUSED
    ]
    return dict.fromkeys(asking, refused) if refused else {}


def request_and_earlier(task: Task) -> tuple[Section | None, Sequence[Section]]:
    """The request as filed, and the last forms other people filled, the last one first.

    Who was only asked an opinion reads the request and what was asked of them.
    """
    session, dossier, pack = reading(), task.dossier, type_of(task.dossier).pack
    past = past_of(session, dossier.id, dossier.definition_id)
    named = [
        (one, past.name_now(one.step, past.place_on(one.at)))
        for one in queries.recent_answers(session, dossier.id, limit=_LOOKED_AT)
    ]
    recent = [
        one
        for one, step in named
        if step != pack.filing_step and pack.step(step).effect != _OPINION
    ]
    told = (
        one
        for one in sections_of(session, dossier, recent)
        if any(facts for _title, facts in one.parts)
    )
    is_asked_only = not actor().may(Permission.READ_ALL_DOSSIERS)
    shown = list(islice(told, 1 if is_asked_only else _EARLIER))
    return request_of(session, dossier), shown


def money_left(task: Task) -> Sequence[Balance]:
    """The envelopes, for the tasks of the finance service."""
    return balances(reading()) if task.role is Role.FINANCE else ()
