"""How are the delays of every dossier reckoned again? After the calendar changed, or when one doubts."""

from datetime import date, datetime
from functools import partial
from uuid import UUID

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions import clock_rebuild
from app.actions import hold as holds
from app.actions.clocks import Desk
from app.actions.console import Console
from app.cli.start import console, ready_database, settings
from app.cli.words import counted, say
from app.models.clock import DossierClock
from app.models.dossier import Dossier


@click.command()
@click.option("--from-journal", is_flag=True, help="Retrouver aussi les faits dans le journal.")
def delays(*, from_journal: bool) -> None:
    """Recalculer les délais de tous les dossiers, et dire combien d’échéances ont changé."""
    with ready_database(settings()) as database:
        with database.reading() as session:
            ids = session.scalars(select(Dossier.id).where(Dossier.filed_at.is_not(None))).all()
        again = partial(reckon_one, made=console(), from_journal=from_journal)
        changed = sum(database.run_tx(partial(again, dossier_id=one)) for one in ids)
    read = counted(len(ids), "dossier relu", "dossiers relus")
    moved = counted(changed, "échéance a changé", "échéances ont changé")
    say(f"{read} : {moved}.")


def reckon_one(
    session: Session, now: datetime, *, dossier_id: UUID, made: Console, from_journal: bool
) -> int:
    """Reckon the delays of one dossier again; how many of its due days changed."""
    hold = holds.take(session, dossier_id, even_suspended=True)
    dossier = session.get_one(Dossier, dossier_id)
    type_ = made.types.get(session, hold.definition_id)
    before = _due_days(session, dossier_id)
    desk = Desk(session, made, type_, dossier_id, dossier.facts, now)
    if from_journal:
        clock_rebuild.rebuild(desk)
    else:
        clock_rebuild.adopt(desk)
    after = _due_days(session, dossier_id)
    return sum(before.get(key) != after.get(key) for key in before.keys() | after.keys())


def _due_days(session: Session, dossier_id: UUID) -> dict[str, date | None]:
    found = select(DossierClock.clock, DossierClock.due_on)
    rows = session.execute(found.where(DossierClock.dossier_id == dossier_id))
    return {row.clock: row.due_on for row in rows}
