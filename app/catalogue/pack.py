"""What is a dossier type, ready to be used? Its manifest, its diagram and its tables together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from app.catalogue.archive import digest_of, write_archive
from app.catalogue.contract import (
    ClockEvent,
    ClockSpec,
    DocumentKind,
    Fact,
    Field,
    Manifest,
    Message,
    PackRefused,
    Problem,
    Scheme,
    StatusLabel,
    Step,
)
from app.catalogue.manifest import PLACE, parse_manifest
from app.catalogue.values import calendar_functions, facts_as_values, holds
from app.domain.ladder import Ladder
from app.domain.pieces import AskedPiece
from app.domain.status import DossierStatus
from app.engine.drawing import titled

DIAGRAM = "process.bpmn"
_FACT_TYPE = {
    "integer": "integer",
    "euros": "euros",
    "percent": "ratio",
    "date": "date",
    "yesno": "yesno",
    "attest": "yesno",
    "multichoice": "list",
    "pieces": "list",
    "persons": "list",
}


@dataclass(frozen=True)
class Pack(Manifest):
    """A dossier type of one version; everything in it is immutable."""

    files: Mapping[str, bytes]
    digest: str

    @property
    def diagram(self) -> bytes:
        """The BPMN document."""
        return self.files[DIAGRAM]

    @cached_property
    def shown_diagram(self) -> bytes:
        """The same, where a step bears the title of its form: people read one name for one thing."""
        return titled(self.diagram, {key: step.title.fr for key, step in self.steps.items()})

    @property
    def called(self) -> list[bytes]:
        """The other BPMN documents, for the processes the diagram calls."""
        return [
            data
            for name, data in self.files.items()
            if name.endswith(".bpmn") and name != DIAGRAM
        ]

    @property
    def tables(self) -> dict[str, bytes]:
        """The DMN documents, by path."""
        return {name: data for name, data in self.files.items() if name.endswith(".dmn")}

    @property
    def archive(self) -> bytes:
        """The canonical bytes stored under `digest`."""
        return write_archive(self.files)

    @property
    def filing(self) -> Step:
        """The form the applicant fills before the process starts."""
        return self.step(self.filing_step)

    @cached_property
    def clock_watch(self) -> Mapping[str, tuple[tuple[ClockSpec, ClockEvent], ...]]:
        """What the delays listen to: signal -> what it does to which of them."""
        found: dict[str, tuple[tuple[ClockSpec, ClockEvent], ...]] = {}
        for clock in self.clocks:
            for event in clock.events:
                found[event.on] = (*found.get(event.on, ()), (clock, event))
        return found

    def clock(self, key: str) -> ClockSpec:
        """The delay of that key; KeyError when the pack declares none."""
        for one in self.clocks:
            if one.key == key:
                return one
        raise KeyError(key)

    def step(self, key: str) -> Step:
        """What the pack says of a node or of a message; an empty step when it says nothing."""
        return self.steps.get(key) or self.message(key).form

    def message(self, name: str) -> Message:
        """What the pack says of a message; an empty one when it says nothing."""
        return self.messages.get(name) or Message(name, form=Step(name))

    def scheme(self, code: str) -> Scheme:
        """The scheme of that code; KeyError when there is none."""
        for scheme in self.schemes:
            if scheme.code == code:
                return scheme
        raise KeyError(code)

    def ladder(
        self, step: str, scheme: str | None, of_the_house: Mapping[str, Ladder]
    ) -> Ladder | None:
        """The reminders of a step in a dossier of that scheme: the type's own, or the house's."""
        name = self.step(step).ladder(scheme)
        return None if name is None else self.ladders.get(name) or of_the_house.get(name)

    def status(self, status: DossierStatus) -> StatusLabel:
        """How a status reads in this type."""
        return self.statuses[status]

    def document(self, key: str) -> DocumentKind:
        """The kind of piece of that key; KeyError when there is none."""
        for kind in self.documents:
            if kind.key == key:
                return kind
        raise KeyError(key)

    def asked_pieces(self, facts: Mapping[str, object], day: date) -> tuple[AskedPiece, ...]:
        """Every kind of piece, its conditions decided for these facts as they are on that day."""
        names = facts_as_values(self.known_facts, facts)
        functions = calendar_functions(day)
        return tuple(
            AskedPiece(
                key=kind.key,
                title=str(kind.title),
                step=kind.step,
                help=str(kind.help),
                is_offered=holds(kind.offered, names, functions),
                is_required=holds(kind.offered, names, functions)
                and holds(kind.required, names, functions),
                formats=kind.formats,
                max_bytes=kind.max_mb * 1_000_000,
                multiple=kind.multiple,
                template=kind.template,
            )
            for kind in self.documents
        )

    @cached_property
    def known_facts(self) -> dict[str, Fact]:
        """Every fact of the type: those declared, and those its forms give."""
        found = dict(self.facts)
        for step in (*self.steps.values(), *(one.form for one in self.messages.values())):
            for question in step.fields:
                for name, kind in facts_given_by(question).items():
                    found.setdefault(name, Fact(name, kind, "form", question.label))
        return found


def facts_given_by(field: Field) -> dict[str, str]:
    """The facts a question updates, with their types."""
    found = dict.fromkeys(field.facts.values(), "euros")
    if field.fact:
        kind = field.format if field.type == "computed" else field.type
        found[field.fact] = _FACT_TYPE.get(kind, "text")
    return found


def load_pack(files: Mapping[str, bytes]) -> Pack:
    """The pack made of these files. Refuses PackRefused with every problem found."""
    missing = [name for name in (PLACE, DIAGRAM) if name not in files]
    if missing:
        raise PackRefused(tuple(Problem(name, "ce fichier manque.") for name in missing))
    manifest = parse_manifest(files[PLACE])
    frozen = dict(sorted(files.items()))
    return Pack(**vars(manifest), files=frozen, digest=digest_of(write_archive(frozen)))
