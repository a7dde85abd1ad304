"""What does one process of the campaign do until it is killed? It completes tasks, or plans mails.

What it says goes through a pipe, a line each, so that nothing it said is lost with it: S before a
request, A once it is acknowledged, X when it fails in a way nobody foresaw.
"""

import json
import os
import traceback
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from random import Random
from time import monotonic
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions import completion
from app.actions.completion import Completed, Sent
from app.domain.actor import Actor
from app.domain.errors import Refusal
from app.domain.permissions import Role
from app.domain.status import TaskStatus
from app.models.dossier import Dossier
from app.models.task import Task
from notifications import dispatch
from tests.crash.points import Trap
from tests.crash.town import World

#: What the processes tell the one that counts.
Say = Callable[..., None]
DOMAIN = "meuse.example"
#: Requests of one process at most: a point that is never reached would keep it for ever.
_LIFE = 12


@dataclass(frozen=True)
class Request:
    """A form somebody sends until it is answered: the same key, the same content, the same person."""

    task: str
    step: str
    way: int
    by: str
    key: str
    seen: int | None = None

    def line(self) -> list[Any]:
        """As it is told."""
        return list(asdict(self).values())


@dataclass(frozen=True)
class Life:
    """How one process lives: who it is, what it must retry first, where it dies."""

    number: int
    seed: int
    #: Both clients of a round look first at the same task.
    shared: int
    pending: Request | None
    #: The task the other client is at, to be done before it when it is still open.
    rival: str | None
    trap: Trap
    #: Requests that end well before the trap is set.
    spared: int = 0


def said_on(pipe: int) -> Say:
    """A voice: one line, one write, however soon the process dies."""

    def say(*words: Any) -> None:
        os.write(pipe, json.dumps(words).encode() + b"\n")

    return say


def complete_tasks(world: World, life: Life, say: Say) -> None:
    """Complete one task after the other; a life nobody ends is short."""
    shared, own = Random(life.shared), Random(life.seed)
    request = life.pending or choose(world, shared, own, life.number, task=life.rival)
    for done in range(_LIFE):
        if request is None:
            break
        say("S", *request.line())
        life.trap.is_set = done >= life.spared
        answer(world, request, life.trap, say)
        request = choose(world, own, own, life.number)
    say("E")


def answer(world: World, request: Request, trap: Trap, say: Say) -> None:
    """Send one request and say what became of it."""
    began = monotonic()
    trap.reach("before begin")
    try:
        done = send(world, request, say)
        trap.reach("after commit")
        say(
            "A",
            request.key,
            "repeat" if done.is_repeat else "new",
            done.seq,
            monotonic() - began,
        )
    except Refusal as refusal:
        say("A", request.key, type(refusal).__name__, 0, monotonic() - began)
    except Exception as error:  # noqa: BLE001 - whatever nobody foresaw is what is looked for
        say("X", request.key, f"{type(error).__name__}: {error}"[:300], where(error))


def send(world: World, request: Request, _say: Say) -> Completed:
    """One request as the web sends it: one transaction, acknowledged after its commit."""
    return world.department.database.run_tx(
        lambda session, now: within(session, world, request, now), now=world.now()
    )


def within(session: Session, world: World, request: Request, now: datetime) -> Completed:
    """What happens inside the transaction."""
    return completion.complete(
        session,
        world.department.console,
        world.actors[UUID(request.by)],
        UUID(request.task),
        world.ways[request.step][request.way],
        sent=Sent(request.key, request.seen),
        now=now,
    )


def choose(
    world: World, look: Random, own: Random, number: int, *, task: str | None = None
) -> Request | None:
    """Some open task (that one, while it is open), done some way by somebody who may."""
    query = (
        select(Task.id, Task.step, Task.role, Task.assignee_id, Task.revision)
        .add_columns(Dossier.organisation_id)
        .join(Dossier)
        .where(Task.status == TaskStatus.OPEN, Task.step.in_(world.ways))
        .order_by(Task.step, Task.id)
    )
    with world.department.database.reading() as session:
        rows = session.execute(query).all()
    if not rows:
        return None
    wanted = [row for row in rows if str(row.id) == task]
    row = look.choice(wanted or rows)
    return Request(
        task=str(row.id),
        step=row.step,
        way=own.randrange(len(world.ways[row.step])),
        by=str(_somebody(world, dict(row._mapping), number).person_id),
        key=f"{own.getrandbits(128):032x}",
        seen=row.revision if own.random() < 0.5 else None,
    )


def _somebody(world: World, task: Mapping[str, Any], number: int) -> Actor:
    assignee = task["assignee_id"]
    if assignee is not None:
        return world.actors[assignee]
    is_applicant = task["role"] is Role.APPLICANT
    pair = world.pairs[task["organisation_id"] if is_applicant else task["role"].value]
    return pair[number % len(pair)]


def plan_mails(world: World, life: Life, say: Say) -> None:
    """Plan the mails of what happened, until nothing waits."""
    own, done = Random(life.seed), 0
    while waiting := _waiting(world):
        for one in own.sample(waiting, min(4, len(waiting))):
            say("S")
            life.trap.is_set = done >= life.spared
            plan_one(world, one)
            life.trap.reach("after commit")
            done += 1
            say("D")


def plan_some(world: World, number: int) -> None:
    """Plan the mails of the entries that have waited longest."""
    for one in _waiting(world)[:number]:
        plan_one(world, one)


def plan_one(world: World, waiting: dispatch.Waiting) -> int:
    """One entry, as the clock does it."""
    return world.department.database.run_tx(
        lambda session, now: dispatch.dispatch(
            session, world.pack_of, waiting, domain=DOMAIN, now=now
        ),
        now=world.now(),
    )


def _waiting(world: World) -> list[dispatch.Waiting]:
    with world.department.database.reading() as session:
        return dispatch.waiting_entries(session, limit=20)


def words(line: bytes) -> list[Any]:
    """A line that was said, heard."""
    found: list[Any] = json.loads(line)
    return found


def where(error: BaseException) -> str:
    """Where an error comes from, in short."""
    return "".join(traceback.format_tb(error.__traceback__)[-3:])[-600:]
