"""Which types does this house offer, and what is the life of each?"""

from flask import render_template

from app.domain.permissions import Permission
from app.queries import types as queries
from app.web.access import requires
from app.web.database import reading
from app.web.types.blueprint import pages


@pages.get("/administration/types")
@requires(Permission.ADMINISTER)
def listing() -> str:
    """Every type, its current version, its dossiers, and the drafts that wait."""
    return listing_page()


def listing_page(*, error: str | None = None) -> str:
    """The list, with what was wrong with the file just sent."""
    session = reading()
    return render_template(
        "types/list.html",
        types=queries.types(session),
        drafts=queries.open_drafts(session),
        error=error,
    )


@pages.get("/administration/types/<key>")
@requires(Permission.ADMINISTER)
def show(key: str) -> str:
    """One type: its versions, its drafts, its journal."""
    session = reading()
    return render_template(
        "types/show.html",
        type=queries.type_of_key(session, key),
        drafts=queries.open_drafts(session, key),
        events=queries.type_events(session, key),
    )
