"""Which dossiers does the crash harness work on? Loops of visas, loops of payments, and joins.

The loops give completions without end: a visa is sent back to the examination, a claim is sent
back to the beneficiary, a payment order is rejected; opinions asked of two services join once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.catalogue.forms import Submission
from app.catalogue.pack import Pack
from app.database import open_database
from app.domain.actor import Actor
from app.domain.permissions import Role
from app.models.journal import JournalEntry, PendingDispatch
from app.models.task import Task
from app.queries.people import actor_of
from tests.settled import a_department
from tests.stories import DISTRICT, TOWN, Department, Play

_JOINS = 8
_VISAS = 5
_CLAIMS = 3
_ORDERS = 2
#: A library whose aid is large enough for an advance.
_LIBRARY = {
    "place": DISTRICT,
    "scheme": "LP-BAT",
    "cost": 1_250_000,
    "requested": 100_000,
    "other_public": 550_000,
}
#: One more person for each role, so that two clients are two persons.
_SECONDS: Mapping[str, tuple[Role, str]] = {
    "chef2": (Role.HEAD, ""),
    "finances2": (Role.FINANCE, ""),
    "direction2": (Role.DIRECTION, ""),
    "adjointe": (Role.APPLICANT, TOWN),
    "adjoint": (Role.APPLICANT, DISTRICT),
}
#: Each step worked on, and the ways it may be completed; the way that leads out is never taken.
_WAYS: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "CheckCompleteness": ({},),
    "ConsultServices": ({},),
    "GiveOpinion": ({}, {"opinion": "no_observation"}),
    "ExamineRequest": ({}, {"proposal": "recompute"}),
    "HeadVisa": ({}, {"head_visa": "sent_back", "comment": "À revoir."}),
    "FinanceVisa": ({}, {"finance_visa": "sent_back", "comment": "À revoir."}),
    "DirectionVisa": ({"direction_visa": "sent_back", "comment": "À revoir."},),
    "CheckClaim": ({}, {"claim_check": "sent_back", "reason": "Facture illisible."}),
    "CertifyService": ({"certified": "no", "reason": "Livraison incomplète."},),
    "IssuePaymentOrder": ({},),
    "RecordPayerAnswer": ({"payer": "rejected", "rejection_reason": "IBAN inconnu."},),
}


@dataclass(frozen=True)
class World:
    """What every process of a campaign shares: read once, before any of them is born."""

    department: Department
    actors: Mapping[UUID, Actor]
    #: Two persons for each role, and for each organisation that files.
    pairs: Mapping[str | UUID, tuple[Actor, ...]]
    ways: Mapping[str, tuple[Submission, ...]]
    #: How long each journal was before the campaign.
    before: Mapping[UUID, int]
    born: float

    def now(self) -> datetime:
        """The campaign's own time: it never meets a deadline."""
        return self.department.now + timedelta(seconds=monotonic() - self.born)

    def pack_of(self, session: Session, definition_id: UUID) -> Pack:
        """The dossier type of a published version."""
        return self.department.console.types.get(session, definition_id).pack


def build(url: str, folder: Path) -> None:
    """Fill a migrated database with dossiers at work; nothing waits to be told of the past."""
    house = a_department(open_database(url), folder)
    for login, (role, organisation) in _SECONDS.items():
        house.colleague(login, role, of=organisation)
    for _ in range(_JOINS):
        house.dossier().accept_pieces()
    for _ in range(_VISAS):
        house.dossier(until="ExamineRequest")
    for _ in range(_CLAIMS):
        house.dossier(until="ClaimPayment", **_LIBRARY)
    for _ in range(_ORDERS):
        play = house.dossier(until="ClaimPayment", **_LIBRARY)
        play.do("ClaimPayment", kind="advance")
        play.until("IssuePaymentOrder")
    house.run(lambda session: session.execute(delete(PendingDispatch)))
    house.database.dispose()


def enter(url: str, folder: Path) -> World:
    """Open a copy of what `build` made."""
    house = a_department(open_database(url), folder)
    actors = {person.id: actor_of(person) for person in house.people.values()}
    with house.database.reading() as session:
        last = session.execute(
            select(JournalEntry.dossier_id, func.max(JournalEntry.seq).label("seq")).group_by(
                JournalEntry.dossier_id
            )
        )
        before = {row.dossier_id: row.seq for row in last}
        opened = session.execute(select(Task.step, Task.dossier_id).order_by(Task.created_at))
        at = {row.step: row.dossier_id for row in opened}
    return World(house, actors, _pairs(actors), _ways(house, at), before, monotonic())


def _pairs(actors: Mapping[UUID, Actor]) -> dict[str | UUID, tuple[Actor, ...]]:
    pairs: dict[str | UUID, tuple[Actor, ...]] = {}
    for actor in sorted(actors.values(), key=lambda one: one.name):
        for key in (*(role.value for role in actor.roles), *actor.writable_ids):
            pairs[key] = (*pairs.get(key, ()), actor)
    return pairs


def _ways(house: Department, at: Mapping[str, UUID]) -> dict[str, tuple[Submission, ...]]:
    """What the real forms make of each way of completing a step."""
    project = {"cost": 28_000, "other_public": 5_600}
    examined = Play(house, at["ExamineRequest"], "mairie.commercy", project)
    ways = {
        step: tuple(
            examined.submission(step, **examined.answers(step, **changed))
            for changed in changes
        )
        for step, changes in _WAYS.items()
    }
    claim = Play(house, at["ClaimPayment"], "cc.portes-de-meuse", _LIBRARY)
    return {**ways, "ClaimPayment": (claim.submission("ClaimPayment", kind="advance"),)}
