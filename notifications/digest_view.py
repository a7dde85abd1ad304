"""What does a digest say? Its headline, then sections of lines, each opening its page."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.civil import french_day, weekday_name
from app.domain.mailing import DigestKind
from app.domain.money import NBSP
from app.domain.status import DossierStatus
from app.domain.working_days import at_hour
from app.models.dossier import Dossier
from app.models.task import Task
from app.queries.digest import Morning, Tasks, Week, morning, week
from notifications.post import Post

BODIES = {
    "standing_committee": "Commission permanente",
    "assembly": "Assemblée départementale",
    "advisory_committee": "Commission thématique",
}


@dataclass(frozen=True)
class Line:
    """One thing to know, and the page it opens."""

    text: str
    detail: str
    url: str


@dataclass(frozen=True)
class Section:
    """Lines under a title; `more` counts those that are not shown."""

    title: str
    lines: Sequence[Line]
    more: int = 0


@dataclass(frozen=True)
class DigestView:
    """A digest as its texts name it."""

    headline: str
    sections: Sequence[Section]

    @property
    def is_empty(self) -> bool:
        """There is nothing to tell."""
        return not self.sections


def digest_view(
    session: Session,
    post: Post,
    actor: Actor,
    kind: DigestKind,
    context: Mapping[str, Any],
    *,
    today: date,
) -> DigestView:
    """The digest of one person as it stands now; `context` is what its planning kept.

    That of the week carries the morning's under the name of its kind, when it tells both.
    """
    since, until = (date.fromisoformat(context[name]) for name in ("since", "until"))
    held = [Line(**one) for one in context.get("held") or ()]
    others = [Section("Autres messages", held)] if held else []
    if kind is DigestKind.WEEKLY:
        seen = week(session, today=today, since=since, until=until)
        whole = DigestView(_week_headline(seen), _week(post, seen, today))
        mine = context.get(DigestKind.DAILY)
        if mine is None:
            return whole
        return _both(
            digest_view(session, post, actor, DigestKind.DAILY, mine, today=today), whole
        )
    found = morning(session, actor, today=today, until=until, since=at_hour(since, 0))
    return DigestView(_headline(found, until), [*_morning(post, found, until, today), *others])


def _both(mine: DigestView, whole: DigestView) -> DigestView:
    """The week of the service, one's own morning first."""
    headline = whole.headline
    if mine.headline:
        headline += f"{NBSP}; pour vous{NBSP}: {mine.headline}"
    return DigestView(headline, [*mine.sections, *whole.sections])


def _morning(post: Post, found: Morning, until: date, today: date) -> list[Section]:
    def mine(task: Task) -> Line:
        return _task_line(post, task, _due(task, today))

    def theirs(task: Task) -> Line:
        who = task.assignee.name if task.assignee else task.dossier.organisation.name
        return _task_line(post, task, f"{_due(task, today)}, attendu de {who}", by_task=False)

    day = f"{weekday_name(until)} {french_day(until)}"
    return _sections(
        ("En retard", found.late, mine),
        (f"À faire d’ici {day}", found.due, mine),
        ("Nouveau", found.new, mine),
        ("Dossiers que vous suivez, en attente d’autres", found.others, theirs),
    )


def _week(post: Post, seen: Week, today: date) -> list[Section]:
    def late(task: Task) -> Line:
        who = task.assignee.name if task.assignee else "personne"
        return _task_line(post, task, f"{_due(task, today)}, {who}", by_task=False)

    sections = _sections(("En retard dans le service", seen.late, late))
    sittings = [
        Line(
            f"{BODIES.get(one.body, one.body)}, {weekday_name(one.held_on)} {french_day(one.held_on)}",
            f"{counted(one.dossiers, 'dossier')} à l’ordre du jour, clôture le {french_day(one.agenda_closes_on)}",
            f"{post.base_url}/commissions",
        )
        for one in seen.sittings
    ]
    lapsing = [_limit_line(post, one) for one in seen.lapsing]
    troubles = [
        Line(text, "", f"{post.base_url}{path}")
        for count, text, path in (
            (
                seen.unassigned,
                f"{counted(seen.unassigned, 'dossier')} sans instructeur",
                "/dossiers?agent=aucun&en_cours=1",
            ),
            (
                seen.incidents,
                f"{counted(seen.incidents, 'incident')} à résoudre",
                "/pilotage",
            ),
        )
        if count
    ]
    extra = (
        ("Séances à venir", sittings),
        ("Délais d’exécution qui approchent", lapsing),
        ("À régler", troubles),
    )
    return sections + [Section(title, lines) for title, lines in extra if lines]


def _sections(*parts: tuple[str, Tasks, Callable[[Task], Line]]) -> list[Section]:
    return [
        Section(title, [line(task) for task in tasks.shown], tasks.total - len(tasks.shown))
        for title, tasks, line in parts
        if tasks.total
    ]


def _task_line(post: Post, task: Task, detail: str, *, by_task: bool = True) -> Line:
    dossier = task.dossier
    page = f"/taches/{task.id}" if by_task else f"/dossiers/{dossier.reference}"
    about = f"{dossier.organisation.name}, {dossier.title}" if dossier.title else ""
    return Line(
        f"{task.name}{NBSP}: {about or dossier.organisation.name}",
        f"{detail} · {dossier.reference or ''}",
        f"{post.base_url}{page}",
    )


def _limit_line(post: Post, dossier: Dossier) -> Line:
    is_waiting = dossier.status is DossierStatus.GRANTED
    day = dossier.start_deadline if is_waiting else dossier.completion_deadline
    what = "démarrage" if is_waiting else "achèvement"
    told = f"{what} au plus tard le {french_day(day)}" if day else what
    return Line(
        f"{dossier.organisation.name}, {dossier.title}",
        f"{told} · {dossier.reference or ''}",
        f"{post.base_url}/dossiers/{dossier.reference}",
    )


def _due(task: Task, today: date) -> str:
    if task.due_on is None:
        return "sans échéance"
    days = (task.due_on - today).days
    if days < 0:
        return f"en retard de {counted(-days, 'jour')}"
    near = ("aujourd’hui", "demain")
    return (
        near[days]
        if days < len(near)
        else f"{weekday_name(task.due_on)} {french_day(task.due_on)}"
    )


def _headline(found: Morning, until: date) -> str:
    parts = [
        (found.late.total, f"{found.late.total} en retard"),
        (found.due.total, f"{found.due.total} à faire d’ici {weekday_name(until)}"),
        (found.new.total, counted(found.new.total, "nouvelle")),
        (found.others.total, f"{found.others.total} en attente d’autres"),
    ]
    return _listed(text for count, text in parts if count)


def _week_headline(seen: Week) -> str:
    parts = (
        f"{counted(seen.live, 'dossier')} en cours",
        f"{counted(seen.filed, 'nouveau', 'nouveaux')}",
        f"{counted(seen.late.total, 'tâche')} en retard",
    )
    return _listed(parts)


def _listed(parts: Iterable[str]) -> str:
    return ", ".join(parts)


def counted(count: int, one: str, many: str | None = None) -> str:
    """« 1 jour », « 4 jours »."""
    return f"{count}{NBSP}{one if count < 2 else many or one + 's'}"
