"""How is a dry run drawn and told? Steps to name, dossiers grouped, both diagrams with their numbers."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from app.actions.migrations.dry_run import DryRun
from app.catalogue.naming import node_name
from app.catalogue.published import DossierType
from app.domain.migrations import PassageStatus
from app.engine.diagram import Drawing, outline, render_diagram
from app.engine.diagram.outline import OutlineItem
from app.engine.migration.sentences import Confidence
from app.models.migration import Migration
from app.queries.migrations import NEEDS, Group, may_go
from app.web.labels import label_of
from app.web.words import _, ngettext


@dataclass(frozen=True)
class StepChoice:
    """A step that is gone, and the steps that may stand for it: (id, label, chosen)."""

    step: str
    name: str
    options: tuple[tuple[str, str, bool], ...]
    #: Nobody chose yet: the likeliest is shown first.
    is_proposed: bool

    @staticmethod
    def name_in(type_: DossierType, step: str) -> str:
        """The step as people call it."""
        return node_name(type_, step)


@dataclass(frozen=True)
class Drawn:
    """One of the two diagrams."""

    title: str
    svg: Drawing
    outline: list[OutlineItem]


def step_choices(
    migration: Migration, source: DossierType, target: DossierType
) -> list[StepChoice]:
    """The steps to name: those that are gone, and those already named."""
    proposed: dict[str, list[list[str]]] = migration.asked.get("steps", {})
    found = []
    for step in sorted({*proposed, *migration.mapping}):
        chosen = migration.mapping.get(step)
        options = [
            (new, node_name(target, new), confidence)
            for new, _drawn_name, confidence in proposed.get(step, [])
        ]
        if chosen and chosen not in {new for new, *_rest in options}:
            options.insert(0, (chosen, node_name(target, chosen), ""))
        likely = chosen or next((new for new, _name, how in options if how != "low"), "")
        found.append(
            StepChoice(
                step,
                node_name(source, step),
                tuple((new, _option(name, how), new == likely) for new, name, how in options),
                is_proposed=chosen is None,
            )
        )
    return found


def _option(name: str, confidence: str) -> str:
    words = {
        Confidence.HIGH: _("%(step)s (même nom)", step=name),
        Confidence.MEDIUM: _("%(step)s (ressemblante)", step=name),
    }
    return next((text for how, text in words.items() if how == confidence), name)


def drawn_pair(
    migration: Migration,
    source: DossierType,
    target: DossierType,
    positions: Mapping[str, int],
) -> list[Drawn]:
    """Both diagrams, with how many dossiers stand at each step, today and then."""
    there: Counter[str] = Counter()
    for step, number in positions.items():
        new = migration.mapping.get(step, step)
        if new in target.definition.nodes:
            there[new] += number
    return [
        _drawn(_("Version %(n)s, aujourd’hui", n=source.version), source, positions, "before"),
        _drawn(_("Version %(n)s, s’ils passent", n=target.version), target, there, "after"),
    ]


def _drawn(title: str, type_: DossierType, counts: Mapping[str, int], uid: str) -> Drawn:
    badges = {step: str(number) for step, number in counts.items()}
    labels = {
        step: ngettext("%(num)s dossier", "%(num)s dossiers", n) for step, n in counts.items()
    }
    xml = type_.pack.shown_diagram
    svg = render_diagram(xml, badges=badges, labels=labels, title=title, uid=uid, say=_)
    return Drawn(title, svg, outline(xml, say=_))


def candidates(
    session: Session, migration_id: UUID, source: DossierType
) -> list[tuple[str, str, str]]:
    """The dossiers that may be chosen: reference, what and whose it is, where it stands."""
    return [
        (one.reference, f"{one.title}, {one.organisation}", _places(source, one.position))
        for one in may_go(session, migration_id)
    ]


def became(status: PassageStatus, number: int) -> str:
    """« Passé » for one dossier, « Passés » for several."""
    words = {
        PassageStatus.MOVED: _("Passés"),
        PassageStatus.LEFT: _("Laissés"),
        PassageStatus.RETURNED: _("Revenus"),
        PassageStatus.KEPT: _("Gardés"),
    }
    return words[status] if number > 1 and status in words else label_of(status)


def grouped(found: DryRun, source: DossierType) -> list[Group]:
    """A dry run that is not stored, grouped as a stored one."""
    counts = Counter(
        (one.kind, one.position, tuple(reason.sentence for reason in one.reasons), one.notes)
        for one in found.dossiers
    )
    groups = [
        Group(kind, _places(source, position), reasons, notes, number)
        for (kind, position, reasons, notes), number in counts.items()
    ]
    return sorted(groups, key=lambda one: (NEEDS.index(one.verdict), -one.count, one.position))


def _places(source: DossierType, position: str) -> str:
    return ", ".join(node_name(source, step) for step in position.split())
