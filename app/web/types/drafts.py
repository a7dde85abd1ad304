"""How does a draft come in, what is it worth, and how does it become a version?"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from flask import Response as FileResponse
from flask import flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.actions import drafts as actions
from app.actions.migrations.amounts import Amounts, moving_amounts
from app.actions.versions import VersionOvertaken
from app.catalogue.archive import read_archive
from app.catalogue.compare import Side, compare, side_of
from app.catalogue.compare.changes import TITLES
from app.catalogue.contract import PackRefused
from app.catalogue.examination import Report, report_from
from app.catalogue.examining import ExaminerBusy, examine_apart
from app.catalogue.pack import DIAGRAM
from app.catalogue.published import type_of_pack
from app.catalogue.uploaded import SentFile, Uploaded, sorted_upload
from app.domain.errors import Refusal
from app.domain.files import clean_filename
from app.domain.permissions import Permission
from app.domain.versions import DraftKind, DraftStatus
from app.engine.diagram import Drawing, Mark, outline, render_diagram
from app.engine.diagram.outline import OutlineItem
from app.engine.draft import read_draft
from app.engine.errors import DiagramRefused
from app.models.base import Json
from app.models.versions import PackDraft
from app.queries import types as queries
from app.queries.types import Type
from app.web.access import actor, requires, takes_files
from app.web.database import reading, rest, write
from app.web.house import our_offer
from app.web.installation import console
from app.web.once import accept
from app.web.types.blueprint import pages
from app.web.types.comparing import version_side
from app.web.types.listing import listing_page
from app.web.types.versions import zip_file
from app.web.words import _, sentence_of

#: Computed dossiers looked at on the page of a draft; the dry run looks at more.
_AT_A_GLANCE = 200


@pages.get("/administration/brouillons")
@requires(Permission.ADMINISTER)
def drafts() -> Response:
    """The address left in the bar by a file that was refused: drafts are told with the types."""
    return redirect(url_for("types.listing"), 303)


@pages.post("/administration/brouillons")
@requires(Permission.ADMINISTER)
@takes_files
def deposit() -> Response | tuple[str, int]:
    """Keep what was sent, then examine it; the answer is the page of the draft."""
    try:
        sent = sorted_upload(_sent_files())
    except Refusal as refused:
        sentence = "\n".join(_sentences(refused))
        return listing_page(error=sentence), 422
    draft_id = _keep(sent)
    if sent.kind is DraftKind.PACK:
        _examine(draft_id, sent.content)
    return redirect(url_for("types.draft", draft_id=draft_id), 303)


def _sent_files() -> list[SentFile]:
    return [
        SentFile(clean_filename(one.filename or ""), one.stream.read())
        for one in request.files.getlist("file")
        if one.filename
    ]


def _sentences(refused: Refusal) -> list[str]:
    if isinstance(refused, PackRefused):
        return [str(problem) for problem in refused.problems[:12]]
    return [sentence_of(refused)]


def _keep(sent: Uploaded) -> UUID:
    who = actor()

    def do(session: Session, at: datetime) -> Json:
        return {"draft": str(actions.keep_draft(session, who, sent, now=at).id)}

    return UUID(accept(do)["draft"])


def _examine(draft_id: UUID, content: bytes) -> None:
    """Examine the draft outside any transaction, then keep what was found."""
    who = actor()
    rest()
    try:
        report = examine_apart(content, our_offer())
    except ExaminerBusy as busy:
        flash(sentence_of(busy), "warning")
        return
    write(lambda tx, at: actions.keep_report(tx, who, draft_id, report.as_json(), now=at))


@pages.post("/administration/brouillons/<uuid:draft_id>/verifier")
@requires(Permission.ADMINISTER)
def examine(draft_id: UUID) -> Response:
    """Examine a draft again: the house may offer more than the day it came in."""
    draft = queries.draft_of_id(reading(), draft_id)
    if draft.kind is DraftKind.PACK:
        _examine(draft_id, queries.content_of(reading(), draft_id))
    return redirect(url_for("types.draft", draft_id=draft_id), 303)


@pages.post("/administration/brouillons/<uuid:draft_id>/publier")
@requires(Permission.ADMINISTER)
def publish(draft_id: UUID) -> Response | tuple[str, int]:
    """Make the draft the version new dossiers follow."""
    who, note, seen = actor(), request.form.get("note", ""), request.form.get("seen", "")

    def do(session: Session, at: datetime) -> Json:
        made = actions.publish_draft(
            session,
            who,
            draft_id,
            note=note,
            seen=int(seen) if seen.isdigit() else None,
            now=at,
        )
        return {"key": made.key, "version": made.version}

    try:
        made = accept(do)
    except (actions.NoteMissing, VersionOvertaken, actions.ContentKnown) as refused:
        return draft_page(draft_id, note=note, error=sentence_of(refused)), 422
    flash(
        _(
            "La version %(n)s est publiée\u00a0: les nouvelles demandes la suivent.",
            n=made["version"],
        ),
        "ok",
    )
    return redirect(url_for("types.show", key=made["key"]), 303)


@pages.post("/administration/brouillons/<uuid:draft_id>/ecarter")
@requires(Permission.ADMINISTER)
def discard(draft_id: UUID) -> Response:
    """Set a draft aside."""
    who, draft = actor(), queries.draft_of_id(reading(), draft_id)

    def do(session: Session, at: datetime) -> Json:
        actions.discard(session, who, draft_id, now=at)
        return {}

    accept(do)
    flash(_("Le brouillon « %(name)s » est écarté.", name=draft.title), "ok")
    return redirect(url_for("types.listing"), 303)


@pages.get("/administration/brouillons/<uuid:draft_id>/fichier")
@requires(Permission.ADMINISTER)
def draft_file(draft_id: UUID) -> FileResponse:
    """The draft as it was sent; of a lone diagram, what Liasse made of it."""
    draft = queries.draft_of_id(reading(), draft_id)
    content = queries.content_of(reading(), draft_id)
    if draft.kind is DraftKind.PACK:
        return zip_file(content, f"{draft.key or 'brouillon'}.zip")
    response = make_response(read_draft(content).xml)
    response.mimetype = "application/octet-stream"
    response.headers["Content-Disposition"] = f'attachment; filename="{DIAGRAM}"'
    return response


@pages.get("/administration/brouillons/<uuid:draft_id>")
@requires(Permission.ADMINISTER)
def draft(draft_id: UUID) -> str:
    """What the draft is worth, what it changes, and what to do with it."""
    return draft_page(draft_id)


@dataclass(frozen=True)
class _Drawn:
    """The diagram of a draft, as far as it can be drawn."""

    svg: Drawing | None = None
    outline: list[OutlineItem] = field(default_factory=list)
    refused: str = ""


def draft_page(draft_id: UUID, *, note: str = "", error: str | None = None) -> str:
    """The page of a draft; `error` when it could not be published."""
    session = reading()
    kept = queries.draft_of_id(session, draft_id)
    content = queries.content_of(session, draft_id)
    if kept.kind is DraftKind.DRAWING:
        todo = kept.report or {"todo": [], "notes": []}
        marks = {item["element"]: Mark.CHANGED for item in todo["todo"]}
        drawn = _drawn(content, marks)
        return render_template("types/drawing.html", draft=kept, drawn=drawn, **todo)
    report = report_from(kept.report) if kept.report else None
    files = read_archive(content)
    side = _side(files)
    known = _type(kept)
    return render_template(
        "types/draft.html",
        draft=kept,
        report=report,
        files=sorted(files),
        type=known,
        found=compare(version_side(known, known.versions[0].number), side)
        if known and side
        else None,
        group_titles=TITLES,
        missing=_missing(report, side),
        amounts=_amounts(session, known, side) if _is_whole(report) else [],
        drawn=_drawn(files[DIAGRAM], _marks(report), around=_ends(report, side)),
        is_open=kept.status in {DraftStatus.WAITING, DraftStatus.EXAMINED},
        note=note,
        error=error,
    )


def _is_whole(report: Report | None) -> bool:
    """The type can be read in this very process, whatever its scenarios say."""
    return report is not None and not report.problems and not report.stopped


def _amounts(
    session: Session, known: Type | None, side: Side | None
) -> list[tuple[int, Amounts]]:
    """For each version followed by dossiers in flight, what the draft's rules would change."""
    if known is None or side is None:
        return []
    try:
        target = type_of_pack(side.pack)
    except Refusal:
        return []
    found = []
    for one in known.versions:
        if one.running:
            source = console().types.get(session, one.id)
            amounts = moving_amounts(session, source, target, most=_AT_A_GLANCE)
            if amounts is not None and amounts.is_told:
                found.append((one.number, amounts))
    return found


def _type(draft: PackDraft) -> Type | None:
    return next((one for one in queries.types(reading()) if one.key == draft.key), None)


def _side(files: Mapping[str, bytes]) -> Side | None:
    """The draft, ready to be compared; None while it cannot be read."""
    try:
        return side_of(files)
    except PackRefused:
        return None


def _missing(report: Report | None, side: Side | None) -> list[str]:
    """The ways nobody takes, as « de « A » vers « B » »."""
    if report is None or side is None:
        return []
    flows = {flow.id: flow for flow in side.drawing.flows}
    return [
        f"de {side.named(flows[one].source)} vers {side.named(flows[one].target)}"
        for one in report.missing
        if one in flows
    ]


def _marks(report: Report | None) -> dict[str, Mark]:
    return dict.fromkeys(report.missing, Mark.MISSED) if report else {}


def _ends(report: Report | None, side: Side | None) -> list[str]:
    """The nodes between which nobody goes."""
    if report is None or side is None:
        return []
    missing = set(report.missing)
    return [
        end
        for flow in side.drawing.flows
        if flow.id in missing
        for end in (flow.source, flow.target)
    ]


def _drawn(xml: bytes, marks: Mapping[str, Mark], *, around: Collection[str] = ()) -> _Drawn:
    try:
        return _Drawn(
            render_diagram(xml, marks=marks, around=around, say=_), outline(xml, say=_)
        )
    except DiagramRefused as refusal:
        return _Drawn(refused=refusal.problems[0].sentence)
