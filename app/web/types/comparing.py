"""What changes from one version to another? In words, and side by side on the diagrams."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import render_template, request

from app.catalogue.archive import read_archive
from app.catalogue.compare import Comparison, Side, compare, side_of, side_of_pack
from app.catalogue.compare.changes import TITLES
from app.domain.errors import NotFound
from app.domain.permissions import Permission
from app.engine.diagram import Drawing, Mark, outline, render_diagram
from app.engine.diagram.outline import OutlineItem
from app.queries import types as queries
from app.queries.types import Type
from app.web.access import requires
from app.web.database import reading
from app.web.installation import console
from app.web.types.blueprint import pages
from app.web.words import _


@dataclass(frozen=True)
class Shown:
    """One of two diagrams side by side."""

    title: str
    #: The marked steps by their names: what a reader looks for on the drawing.
    marked: str
    svg: Drawing
    outline: list[OutlineItem]


@pages.get("/administration/types/<key>/comparer")
@requires(Permission.ADMINISTER)
def comparison(key: str) -> str:
    """Two published versions of a type; without a choice, the last two."""
    type_ = queries.type_of_key(reading(), key)
    numbers = [one.number for one in type_.versions]
    after = _number("a", numbers[0])
    before = _number("de", next((n for n in numbers if n < after), after))
    return comparison_page(
        type_,
        version_side(type_, before),
        version_side(type_, after),
        titles=(_("Version %(n)s", n=before), _("Version %(n)s", n=after)),
        chosen=(before, after),
    )


@pages.get("/administration/brouillons/<uuid:draft_id>/comparer")
@requires(Permission.ADMINISTER)
def draft_comparison(draft_id: UUID) -> str:
    """A draft, and the version new dossiers follow today."""
    session = reading()
    draft = queries.draft_of_id(session, draft_id)
    type_ = queries.type_of_key(session, draft.key)
    latest = type_.versions[0].number
    return comparison_page(
        type_,
        version_side(type_, latest),
        side_of(read_archive(queries.content_of(session, draft_id))),
        titles=(_("Version %(n)s", n=latest), _("Brouillon")),
        draft_id=draft_id,
    )


def version_side(type_: Type, number: int) -> Side:
    """A published version, ready to be compared."""
    return side_of_pack(console().types.get(reading(), type_.version(number).id).pack)


def comparison_page(
    type_: Type,
    before: Side,
    after: Side,
    *,
    titles: tuple[str, str],
    chosen: tuple[int, int] | None = None,
    draft_id: UUID | None = None,
) -> str:
    """The page of a comparison."""
    found = compare(before, after)
    whole = request.args.get("schema") == "entier"
    return render_template(
        "types/compare.html",
        type=type_,
        found=found,
        group_titles=TITLES,
        shown=side_by_side(before, after, found, titles, whole=whole),
        titles=titles,
        chosen=chosen,
        draft_id=draft_id,
        whole=whole or not (found.after or found.before),
    )


def side_by_side(
    before: Side, after: Side, found: Comparison, titles: tuple[str, str], *, whole: bool
) -> list[Shown]:
    """Both diagrams, marked; only what surrounds the changes, unless the whole is asked for."""
    pairs = ((before, found.before, titles[0]), (after, found.after, titles[1]))
    return [
        Shown(
            title,
            _marked(side, marks),
            render_diagram(
                side.pack.shown_diagram,
                marks=marks,
                around=() if whole else [name for name in marks if name in side.drawing.nodes],
                title=title,
                uid=f"side{rank}",
                say=_,
            ),
            outline(
                side.pack.shown_diagram,
                notes={name: _(MARKED[mark]) for name, mark in marks.items()},
                say=_,
            ),
        )
        for rank, (side, marks, title) in enumerate(pairs)
    ]


def _marked(side: Side, marks: Mapping[str, Mark]) -> str:
    """« Instruire la demande » (modifiée), …"""
    return ", ".join(
        f"{side.named(name)} ({_(MARKED[mark])})"
        for name, mark in marks.items()
        if name in side.drawing.nodes
    )


def _number(name: str, usual: int) -> int:
    given = request.args.get(name, "")
    if given and not given.isdigit():
        raise NotFound
    return int(given) if given else usual


MARKED = {
    "added": "ajoutée",
    "removed": "supprimée",
    "changed": "modifiée",
    "missed": "jamais parcourue",
}
