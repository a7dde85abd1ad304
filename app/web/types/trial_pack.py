"""What may be tried, and how is it read? Drafts that can be read whole, and published versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from sqlalchemy.orm import Session

from app.catalogue.aid_rules import AidRules, load_aid_rules
from app.catalogue.archive import read_archive
from app.catalogue.examination import report_from
from app.catalogue.pack import Pack, load_pack
from app.catalogue.scenario import Scenario
from app.catalogue.trial.playing import TrialPlayer, played
from app.domain.versions import DraftKind, DraftStatus
from app.engine.parse import Definition, parse_diagram
from app.models.versions import PackDraft, Trial
from app.queries import types as queries
from app.web.database import reading
from app.web.installation import console
from app.web.words import _


@dataclass(frozen=True)
class Source:
    """A draft or a version that may be tried; `name` is what forms send."""

    name: str
    label: str
    draft_id: UUID | None = None
    definition_id: UUID | None = None


@dataclass(frozen=True)
class Playable:
    """A pack with all that a trial plays."""

    pack: Pack
    definition: Definition
    rules: AidRules


def sources_of(session: Session, key: str) -> list[Source]:
    """The drafts of a type that check has nothing against, then its versions, the latest first."""
    drafts = [
        Source(
            f"b-{draft.id}", _("Brouillon « %(name)s »", name=draft.filename), draft_id=draft.id
        )
        for draft in queries.open_drafts(session, key)
        if _may_be_tried(draft)
    ]
    found = [type_ for type_ in queries.types(session) if type_.key == key]
    versions = [
        Source(f"v{one.number}", _("Version %(n)s", n=one.number), definition_id=one.id)
        for type_ in found
        for one in type_.versions
    ]
    return [*drafts, *versions]


def said_of(
    session: Session, trials: Sequence[Trial], sources: Sequence[Source]
) -> dict[UUID | None, str]:
    """What each trial plays: a draft that may be tried no more is published, or set aside."""
    said = {one.draft_id or one.definition_id: one.label for one in sources}
    for draft_id in {one.draft_id for one in trials if one.draft_id}.difference(said):
        said[draft_id] = _gone(session, queries.draft_of_id(session, draft_id))
    return said


def _gone(session: Session, draft: PackDraft) -> str:
    if draft.status is DraftStatus.PUBLISHED and draft.definition_id is not None:
        version = console().types.get(session, draft.definition_id).version
        return _("Brouillon publié : version %(n)s", n=version)
    if draft.status is DraftStatus.DISCARDED:
        return _("Brouillon écarté")
    return _("Brouillon « %(name)s »", name=draft.filename)


def _may_be_tried(draft: PackDraft) -> bool:
    """Its examination went to its end without a problem; its scenarios may still be wrong."""
    if draft.kind is not DraftKind.PACK or not draft.report:
        return False
    report = report_from(draft.report)
    return not (report.problems or report.stopped)


def load(session: Session, source: Source | Trial) -> Playable:
    """The pack of a source or of a trial, read once in this process: neither ever changes."""
    if source.definition_id is not None:
        type_ = console().types.get(session, source.definition_id)
        return Playable(type_.pack, type_.definition, type_.rules)
    if source.draft_id is None:
        raise LookupError("a trial is of a draft or of a version")
    return _read(queries.content_of(session, source.draft_id))


def play(source: Source | Trial, script: Scenario) -> TrialPlayer:
    """That script played with that pack, to where it leads."""
    found = load(reading(), source)
    return played(found.pack, found.definition, found.rules, script)


@lru_cache(maxsize=8)
def _read(content: bytes) -> Playable:
    pack = load_pack(read_archive(content))
    definition = parse_diagram(pack.diagram, process_id=pack.process, called=pack.called)
    return Playable(pack, definition, load_aid_rules(pack.files))
