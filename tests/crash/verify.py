"""What is left when everybody was killed? Every promise, read again from the rows alone."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.actions.journal import broken_link
from app.actions.move import context_for
from app.catalogue.values import facts_as_values
from app.domain.events import EventKind
from app.domain.status import OrderStatus, TaskStatus
from app.engine.run import Run
from app.jsontext import canonical
from app.models.dossier import Answer, Dossier, Opinion
from app.models.journal import JournalEntry, PendingDispatch
from app.models.outbox import Mail
from app.models.payment import PaymentClaim, PaymentOrder
from app.models.people import Membership
from app.models.process import DossierProcess
from app.models.task import Task
from tests.crash.client import Request
from tests.crash.town import World

#: What a person may be told when somebody else was first.
FAIR = frozenset({"TaskAlreadyDone", "TaskCancelled", "TaskHeldByOther", "DossierChanged"})
Broken = Iterator[tuple[str, str]]


@dataclass
class Told:
    """What the clients were told, request by request."""

    requests: dict[str, Request] = field(default_factory=dict)
    #: Sequence number acknowledged, by key; every acknowledgement is kept.
    acknowledged: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    refused: dict[str, str] = field(default_factory=dict)


_DONE = select(Task).where(Task.status == TaskStatus.DONE)


def violations(world: World, told: Told) -> dict[str, list[str]]:
    """Every broken promise, by its name; empty when all hold."""
    found: dict[str, list[str]] = defaultdict(list)
    with world.department.database.reading() as session:
        for name, detail in _acknowledgements(session, world, told):
            found[name].append(detail)
        for name, detail in _refusals(session, told):
            found[name].append(detail)
        for check in _CHECKS:
            for name, detail in check(session, world):
                found[name].append(detail)
    return dict(found)


def _acknowledgements(session: Session, world: World, told: Told) -> Broken:
    """Acknowledged is durable, and always the same answer."""
    done = {one.form_key: one for one in session.scalars(_DONE)}
    lines = _lines(session)
    for key, seqs in told.acknowledged.items():
        kept, request = done.get(key), told.requests[key]
        if kept is None:
            yield "lost", f"{request.step} {key}"
            continue
        content = world.ways[request.step][request.way].answers
        is_same = kept.content_hash == hashlib.sha256(canonical(content)).hexdigest()
        if str(kept.id) != request.task or seqs != set(lines[kept.id]) or not is_same:
            yield "changed", f"{request.step} {key} {seqs}"
    for unasked in done.keys() - told.requests.keys():
        one = done[unasked]
        if max(lines[one.id], default=0) > world.before[one.dossier_id]:
            yield "done unasked", str(unasked)


def _refusals(session: Session, told: Told) -> Broken:
    """Refused is not done, and fairly; nobody was left without an answer."""
    done = {one.form_key for one in session.scalars(_DONE)}
    for key, refusal in told.refused.items():
        request = told.requests[key]
        if key in done:
            yield "refused although done", f"{request.step} {key} {refusal}"
        elif refusal not in FAIR:
            yield "unfair refusal", f"{request.step} {refusal}"
    for key in told.requests.keys() - told.acknowledged.keys() - told.refused.keys():
        yield "never answered", f"{told.requests[key].step} {key}"


def _once(session: Session, _world: World) -> Broken:
    """A completion: one task done, by one form, one answer, one journal entry."""
    done = list(session.scalars(_DONE))
    lines = _lines(session)
    for one in done:
        if one.form_key is None or one.content_hash is None:
            yield "done by no form", str(one.id)
        if len(lines.pop(one.id, [])) != 1:
            yield "completion without journal entry", str(one.id)
    for excess in lines:
        yield "journal entry without completion", str(excess)
    answers = Counter(
        tuple(row)
        for row in session.execute(select(Answer.dossier_id, Answer.step, Answer.round))
    )
    for one in done:
        if answers[one.dossier_id, one.step, one.round] != 1:
            yield "answers", f"{one.dossier_id} {one.step} {one.round}"


def _lines(session: Session) -> dict[UUID | None, list[int]]:
    """Where the journal tells each completion, by task."""
    told = select(JournalEntry.task_id, JournalEntry.seq).where(
        JournalEntry.kind == EventKind.COMPLETED.value
    )
    found: dict[UUID | None, list[int]] = defaultdict(list)
    for task_id, seq in session.execute(told):
        found[task_id].append(seq)
    return found


def _engine(session: Session, world: World) -> Broken:
    """The engine's open steps are the task rows; its dates are the row's."""
    types = world.department.console.types
    opened: dict[UUID, set[tuple[int, str, str]]] = defaultdict(set)
    for task in session.scalars(select(Task).where(Task.status == TaskStatus.OPEN)):
        person = str(task.assignee_id) if task.is_personal else ""
        opened[task.dossier_id].add((task.token, task.step, person))
    for row in session.scalars(select(DossierProcess)):
        type_ = types.get(session, row.definition_id)
        dossier = session.get_one(Dossier, row.dossier_id)
        facts = facts_as_values(type_.pack.known_facts, dossier.facts)
        context = context_for(type_, facts, row.updated_at)
        stands = Run.resume(type_.definition, row.state, context).snapshot()
        steps = {(one.token, one.step, str(one.item or "")) for one in stands.open_steps}
        if steps != opened[row.dossier_id]:
            yield "engine and tasks disagree", f"{steps} {opened[row.dossier_id]}"
        if (row.due_at, row.marking) != (stands.due_at, stands.marking):
            yield "engine and row disagree", f"{dossier.reference} {row.marking}"


def _journal(session: Session, _world: World) -> Broken:
    """Each chain holds, and ends where the process row says."""
    last = {
        row.dossier_id: row.seq
        for row in session.execute(
            select(JournalEntry.dossier_id, func.max(JournalEntry.seq).label("seq")).group_by(
                JournalEntry.dossier_id
            )
        )
    }
    for row in session.scalars(select(DossierProcess)):
        broken = broken_link(session, row.dossier_id)
        if broken is not None:
            yield "chain broken", f"{row.dossier_id} at {broken}"
        end = session.get(JournalEntry, (row.dossier_id, row.next_seq - 1))
        if last.get(row.dossier_id) != row.next_seq - 1 or not end or end.hash != row.last_hash:
            yield "chain ends elsewhere", str(row.dossier_id)


def _effects(session: Session, _world: World) -> Broken:
    """What steps do besides moving was done as many times as they were completed."""
    count = {
        row.step: row.times
        for row in session.execute(
            select(Task.step, func.count().label("times"))
            .where(Task.status == TaskStatus.DONE)
            .group_by(Task.step)
        )
    }
    answered = select(func.count()).select_from(Opinion).where(Opinion.value.is_not(None))
    rejected = select(func.count()).select_from(PaymentOrder)
    pairs = {
        "ClaimPayment": session.scalar(select(func.count()).select_from(PaymentClaim)),
        "GiveOpinion": session.scalar(answered),
        "IssuePaymentOrder": session.scalar(rejected),
        "RecordPayerAnswer": session.scalar(
            rejected.where(PaymentOrder.status != OrderStatus.ISSUED)
        ),
    }
    for step, rows in pairs.items():
        if count.get(step, 0) != rows:
            yield "effects", f"{step}: {count.get(step, 0)} completions, {rows} rows"


def _mails(session: Session, world: World) -> Broken:
    """Every person told once of every event they must know, and of nothing else."""
    waiting = session.scalar(select(func.count()).select_from(PendingDispatch))
    if waiting:
        yield "mails not planned", str(waiting)
    found = Counter(
        (str(mail.dossier_id), int(mail.key.split(":")[2]), mail.template, str(mail.person_id))
        for mail in session.scalars(select(Mail))
    )
    expected = Counter(_expected_mails(session, world))
    for lost in (expected - found).elements():
        yield "mail lost", str(lost)
    for excess in (found - expected).elements():
        yield "mail doubled", str(excess)


def _expected_mails(session: Session, world: World) -> Iterator[tuple[str, int, str, str]]:
    """Said again here, without the code that plans them."""
    writers: dict[UUID, list[str]] = defaultdict(list)
    for member in session.scalars(select(Membership)):
        writers[member.organisation_id].append(str(member.person_id))
    homes = {
        row.id: row.organisation_id
        for row in session.execute(select(Dossier.id, Dossier.organisation_id))
    }
    experts: dict[tuple[UUID, str], str] = {
        (task.dossier_id, str(task.id)): str(task.assignee_id)
        for task in session.scalars(select(Task).where(Task.step == "GiveOpinion"))
    }
    for entry in session.scalars(select(JournalEntry)):
        if entry.seq <= world.before[entry.dossier_id]:
            continue
        told = _TOLD_TO_APPLICANTS.get(entry.step or "")
        if told is not None and (mail := told(entry.body.get("outcome") or {})):
            for person in writers[homes[entry.dossier_id]]:
                yield str(entry.dossier_id), entry.seq, mail, person
        if entry.step == "ConsultServices":
            for _step, task in entry.body["opened"]:
                person = experts[entry.dossier_id, task]
                yield str(entry.dossier_id), entry.seq, "opinion_request", person


def _integrity(session: Session, world: World) -> Broken:
    """The file itself."""
    if world.department.database.is_sqlite:
        for pragma in ("integrity_check", "foreign_key_check"):
            rows: Sequence[object] = session.execute(text(f"PRAGMA {pragma}")).scalars().all()
            if rows not in ([], ["ok"]):
                yield "integrity", f"{pragma}: {rows[:3]}"


_CHECKS: Sequence[Callable[[Session, World], Broken]] = (
    _once,
    _engine,
    _journal,
    _effects,
    _mails,
    _integrity,
)
_TOLD_TO_APPLICANTS: Mapping[str, Callable[[Mapping[str, object]], str | None]] = {
    "CheckCompleteness": lambda _outcome: "complete",
    "ClaimPayment": lambda _outcome: "claim_received",
    "CheckClaim": lambda outcome: (
        "claim_sent_back" if outcome.get("claim_check") == "sent_back" else None
    ),
    "CertifyService": lambda outcome: (
        "claim_sent_back" if outcome.get("certified") == "no" else None
    ),
    "IssuePaymentOrder": lambda _outcome: "payment_ordered",
    "RecordPayerAnswer": lambda outcome: (
        "payment_paid" if outcome.get("payer") == "accepted" else None
    ),
}
