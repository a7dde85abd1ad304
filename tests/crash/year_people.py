"""Who works in the year? Officers who share the dossiers, those above them, one who goes on leave,
and a mayor who sends the pieces that are asked for.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from app.database import Database
from app.domain.actor import Actor
from app.domain.permissions import Role
from app.domain.status import PieceStatus, ScanStatus
from app.models.base import table_of
from app.models.document import Document, PieceRequest
from app.models.dossier import Dossier
from app.models.mailing import Absence
from app.models.people import Person, PersonRole
from app.models.task import Task
from app.queries.people import actor_of
from tests.crash.clock_town import START

_TASKS, _DOSSIERS = table_of(Task), table_of(Dossier)
_DOCUMENTS, _REQUESTS = table_of(Document), table_of(PieceRequest)
#: One dossier in so many is nobody's: its reminders go to every officer.
_NOBODYS = 50
#: The piece that officers find missing, and what is there once it was sent.
PIECE = "deliberation"
_DEPOSIT = {
    "kind": PIECE,
    "version": 1,
    "filename": "deliberation.pdf",
    "media_type": "application/pdf",
    "size": 1000,
    "sha256": "0" * 64,
    "scan": ScanStatus.CLEAN,
    "status": PieceStatus.TO_CHECK,
    "reason": "",
}
#: One officer is away for three weeks, another stands in.
_AWAY = (date(2026, 8, 3), date(2026, 8, 21))


@dataclass(frozen=True)
class People:
    """Who acts, by account."""

    officers: Mapping[UUID, Actor]
    mayor: Actor

    def who(self, step: str, assignee_id: UUID | None) -> Actor:
        """Who does that task: its assignee, else the first officer; the mayor for the town hall."""
        if step == "ProvidePieces":
            return self.mayor
        return self.officers[assignee_id or next(iter(self.officers))]


def settle(database: Database, *, officers: int, seed: int) -> People:
    """Bring the people into the town that was built, and share the dossiers out among them."""
    chance = random.Random(seed + 1)

    def bring(session: Session) -> None:
        for number in range(1, officers):
            _add(session, f"agent{number}@meuse.example", Role.OFFICER)
        _add(session, "direction@meuse.example", Role.DIRECTION)
        _add(session, "pilote@meuse.example", Role.SUPERVISOR)
        # A small service: who supervises examines dossiers too, and has both digests to read.
        _add(session, "adjointe@meuse.example", Role.HEAD, Role.OFFICER)
        session.flush()
        staff = _ids(session, Role.OFFICER)
        _share(session, staff, chance)
        first, last = _AWAY
        session.add(
            Absence(
                person_id=staff[0],
                substitute_id=staff[1],
                first_on=first,
                last_on=last,
                created_at=START,
            )
        )

    database.run_tx(lambda session, _now: bring(session))
    with database.reading() as session:
        found = {one: _actor(session, one) for one in _ids(session, Role.OFFICER)}
        mayor = _actor(session, _ids(session, Role.APPLICANT)[0])
    return People(found, mayor)


def send_piece(session: Session, mayor: Actor, dossier_id: UUID, now: datetime) -> None:
    """The piece asked of the town hall is there: its row, as a deposit leaves it."""
    session.execute(
        insert(_DOCUMENTS),
        [
            _DEPOSIT
            | {
                "id": uuid4(),
                "dossier_id": dossier_id,
                "deposited_by_id": mayor.person_id,
                "deposited_at": now,
            }
        ],
    )
    session.execute(
        update(_REQUESTS)
        .where(_REQUESTS.c.dossier_id == dossier_id, _REQUESTS.c.answered_at.is_(None))
        .values(answered_at=now)
    )


def _add(session: Session, email: str, *roles: Role) -> None:
    name = email.partition("@")[0].capitalize()
    person = Person(id=uuid4(), email=email, name=name, is_active=True, created_at=START)
    person.roles = [PersonRole(role=role) for role in roles]
    session.add(person)


def _share(session: Session, staff: list[UUID], chance: random.Random) -> None:
    dossiers = session.scalars(
        select(Task.dossier_id).where(Task.due_on.is_not(None)).order_by(Task.dossier_id)
    ).all()
    rows = [
        {"of": one, "who": chance.choice(staff)}
        for rank, one in enumerate(dossiers)
        if rank % _NOBODYS
    ]
    for table, column, key in (
        (_TASKS, "assignee_id", _TASKS.c.dossier_id),
        (_DOSSIERS, "officer_id", _DOSSIERS.c.id),
    ):
        session.connection().execute(
            update(table).where(key == bindparam("of")).values({column: bindparam("who")}), rows
        )


def _ids(session: Session, role: Role) -> list[UUID]:
    found = select(Person.id).join(PersonRole).where(PersonRole.role == role)
    return list(session.scalars(found.order_by(Person.email)))


def _actor(session: Session, person_id: UUID) -> Actor:
    return actor_of(session.get_one(Person, person_id))
