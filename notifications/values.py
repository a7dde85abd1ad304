"""What may the text of a mail name? The reader, the dossier, the task, and what happened."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from sqlalchemy.orm import Session

from app.catalogue.pack import Pack
from app.domain.civil import civil_day
from app.domain.legal_clock.rule import Basis
from app.domain.mailing import DigestKind
from app.domain.money import Money
from app.domain.permissions import Role
from app.domain.status import ClaimKind
from app.domain.working_days import FRANCE
from app.models.base import Json
from app.models.dossier import Dossier
from app.models.outbox import Mail
from app.models.people import OrganisationKind, Person
from app.models.task import Task
from app.queries.absences import stands_in_for
from app.queries.legal_clocks import due_day_of
from app.queries.people import actor_of
from notifications.context import PackOf, asked_pieces
from notifications.digest_view import DigestView, digest_view
from notifications.post import Post
from notifications.why import why

CLAIMS = {
    ClaimKind.ADVANCE: "avance",
    ClaimKind.INTERIM: "acompte",
    ClaimKind.FINAL: "solde",
}
#: The mails that are digests: their kind, and the page they open.
DIGESTS = {
    "digest_daily": (DigestKind.DAILY, "/a-traiter"),
    "digest_weekly": (DigestKind.WEEKLY, "/pilotage"),
}
#: Silence of an administration on a request of money (CRPA L231-4 3°), in months.
_SILENCE = 2


@dataclass(frozen=True)
class DossierView:
    """A dossier as mails name it."""

    reference: str
    title: str
    organisation: str
    scheme: str
    is_association: bool
    filed_on: date | None
    complete_on: date | None
    voted: Money | None
    voted_on: date | None
    start_deadline: date | None
    completion_deadline: date | None
    officer: str
    #: The day the legal delay of the answer ends, corrections and suspensions counted.
    answer_due: date | None = None

    @property
    def silence_on(self) -> date | None:
        """The day silence means refusal; information only, never a change of state.

        For a type that declares no such delay, counted from the filing.
        """
        if self.answer_due is not None:
            return self.answer_due
        return FRANCE.add_months(self.filed_on, _SILENCE) if self.filed_on else None


@dataclass(frozen=True)
class TaskView:
    """A task as mails name it."""

    title: str
    due_on: date | None
    late_days: int


@dataclass(frozen=True)
class ClaimView:
    """A payment claim as mails name it."""

    number: int
    kind: str
    amount: Money | None
    reason: str
    order: str
    paid_on: date | None


@dataclass(frozen=True)
class Piece:
    """A piece that is awaited."""

    title: str
    reason: str = ""


@dataclass(frozen=True)
class Values:
    """Everything a text may name; a name that is not here is refused when the text is read."""

    authority: str
    contact: str
    name: str
    url: str
    today: date
    happened_on: date
    due_on: date | None = None
    dossier: DossierView | None = None
    task: TaskView | None = None
    claim: ClaimView | None = None
    pieces: tuple[Piece, ...] = ()
    outcome: Json = field(default_factory=dict)
    #: What the staff wrote for the reader, at a step that lets them.
    message: str = ""
    #: The day of the sitting, and the day a beneficiary asks to be given.
    held_on: date | None = None
    until: date | None = None
    #: Who looks after the request, told to its applicant.
    followed_by: str = ""
    digest: DigestView | None = None
    #: Why the reader receives this mail, and where they choose their mails (empty: nowhere).
    why: str = ""
    choices_url: str = ""

    @property
    def late_days(self) -> int:
        """Days gone since the deadline; zero or less before it."""
        return (self.today - self.due_on).days if self.due_on else 0


@dataclass(frozen=True)
class Subject:
    """The rows a mail is about, loaded."""

    mail: Mail
    person: Person | None
    dossier: Dossier | None
    task: Task | None
    pack: Pack | None


def load(session: Session, mail: Mail, pack_of: PackOf) -> Subject:
    """The rows behind a mail."""
    dossier = session.get(Dossier, mail.dossier_id) if mail.dossier_id else None
    return Subject(
        mail=mail,
        person=session.get(Person, mail.person_id) if mail.person_id else None,
        dossier=dossier,
        task=session.get(Task, mail.task_id) if mail.task_id else None,
        pack=pack_of(session, dossier.definition_id) if dossier else None,
    )


def values_of(session: Session, post: Post, subject: Subject, *, now: datetime) -> Values:
    """What the texts of this mail may name, today."""
    context, today = subject.mail.context, civil_day(now)
    is_applicant, dossier = _is_applicant(subject), _dossier(session, subject)
    return Values(
        authority=post.authority_name,
        contact=post.contact,
        # Nobody writes « Bonjour Secrétariat de mairie » to a town hall.
        name=subject.person.name if subject.person and not is_applicant else "",
        url=page_of(post, subject),
        today=today,
        happened_on=_day_of(context.get("at")) or today,
        due_on=_day_of(context.get("due_on")),
        dossier=dossier,
        task=_task(subject.task, today),
        claim=_claim(context.get("claim")),
        pieces=_pieces(session, subject),
        outcome=context.get("outcome") or {},
        message=str(context.get("message") or ""),
        held_on=_day_of(context.get("held_on")),
        until=_day_of(context.get("until")),
        followed_by=dossier.officer if dossier and is_applicant else "",
        digest=_digest(session, post, subject, today),
        why=why(session, context, subject.dossier, subject.task),
        choices_url=f"{post.base_url}/compte/notifications" if subject.person else "",
    )


def page_of(post: Post, subject: Subject) -> str:
    """The page a mail opens: the task for the staff, the request for its applicant."""
    dossier, task = subject.dossier, subject.task
    if subject.mail.template in DIGESTS:
        return f"{post.base_url}{DIGESTS[subject.mail.template][1]}"
    if dossier is None or dossier.reference is None:
        return f"{post.base_url}/"
    if _is_applicant(subject):
        return f"{post.base_url}/portail/demandes/{dossier.id}"
    if task is not None and task.role is not Role.APPLICANT:
        return f"{post.base_url}/taches/{task.id}"
    return f"{post.base_url}/dossiers/{quote(dossier.reference, safe='')}"


def _is_applicant(subject: Subject) -> bool:
    person, dossier = subject.person, subject.dossier
    if person is None:
        return True
    return dossier is not None and any(
        one.organisation_id == dossier.organisation_id for one in person.memberships
    )


def _digest(session: Session, post: Post, subject: Subject, today: date) -> DigestView | None:
    found, person = DIGESTS.get(subject.mail.template), subject.person
    if found is None or person is None:
        return None
    context = subject.mail.context
    actor = actor_of(person, stands_in_for(session, person.id, on=today))
    return digest_view(session, post, actor, found[0], context, today=today)


def _dossier(session: Session, subject: Subject) -> DossierView | None:
    dossier = subject.dossier
    if dossier is None:
        return None
    return DossierView(
        reference=dossier.reference or "",
        title=dossier.title,
        organisation=dossier.organisation.name,
        scheme=_scheme(subject.pack, dossier.scheme),
        is_association=dossier.organisation.kind is OrganisationKind.ASSOCIATION,
        filed_on=civil_day(dossier.filed_at) if dossier.filed_at else None,
        complete_on=dossier.complete_on,
        voted=dossier.voted,
        voted_on=dossier.voted_on,
        start_deadline=dossier.start_deadline,
        completion_deadline=dossier.completion_deadline,
        officer=dossier.officer.name if dossier.officer else "",
        answer_due=_answer_due(session, subject.pack, dossier),
    )


def _answer_due(session: Session, pack: Pack | None, dossier: Dossier) -> date | None:
    clocks = pack.clocks if pack else ()
    keys = [one.key for one in clocks if one.basis is Basis.LEGAL and one.ends_by_vote]
    return due_day_of(session, dossier.id, keys) if keys else None


def _scheme(pack: Pack | None, code: str | None) -> str:
    titles = {scheme.code: scheme.title.fr for scheme in pack.schemes} if pack else {}
    return titles.get(code or "", "")


def _task(task: Task | None, today: date) -> TaskView | None:
    if task is None:
        return None
    late = (today - task.due_on).days if task.due_on else 0
    return TaskView(task.name, task.due_on, max(0, late))


def _claim(kept: Any) -> ClaimView | None:  # noqa: ANN401 - JSON
    if not isinstance(kept, dict):
        return None
    cents = kept.get("cents")
    return ClaimView(
        number=int(kept["number"]),
        kind=CLAIMS[ClaimKind(kept["kind"])],
        amount=Money(abs(int(cents))) if cents is not None else None,
        reason=str(kept.get("reason") or ""),
        order=str(kept.get("order") or ""),
        paid_on=_day_of(kept.get("paid_on")),
    )


def _pieces(session: Session, subject: Subject) -> tuple[Piece, ...]:
    """Those asked at the time; for a reminder, those still awaited today."""
    kept = subject.mail.context.get("pieces")
    if kept is None and subject.dossier is not None and subject.pack is not None:
        kept = asked_pieces(session, subject.pack, subject.dossier.id)
    return tuple(Piece(one["title"], one.get("reason", "")) for one in kept or ())


def _day_of(text: Any) -> date | None:  # noqa: ANN401 - JSON
    if not text:
        return None
    if len(str(text)) > len("2026-03-20"):
        return civil_day(datetime.fromisoformat(str(text)))
    return date.fromisoformat(str(text))
