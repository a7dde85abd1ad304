"""How is a department set up for tests? People, figures, the type published, money; then dossiers kept."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actions import budget
from app.actions.console import Console
from app.actions.documents import Shelf
from app.actions.versions import publish
from app.catalogue.discover import find_pack, read_pack_files
from app.catalogue.pack import load_pack
from app.catalogue.published import PublishedTypes
from app.database import Database, open_database
from app.demo.people import settle_in
from app.domain.money import Money
from app.models.budget import Envelope
from app.models.journal import JournalEntry
from app.models.people import Organisation, Person
from app.queries.people import actor_of
from app.storage.files import open_files
from notifications.schedules import load_ladders
from tests.stories import DISTRICT, NOON, TOWN, Department

#: Where a dossier waits in the department that tests copy.
KEPT = ("ExamineRequest", "AwaitSession", "ClaimPayment")
_FIGURES: Mapping[str, Mapping[str, Any]] = {
    TOWN: {"population": 820, "ratio": "0.70", "network": False, "label": False},
    DISTRICT: {"population": 16_800, "ratio": "1.10", "network": True, "label": True},
}


def a_department(database: Database, folder: Path) -> Department:
    """A department on a database that was filled before, or is filled now."""
    files = open_files(f"file:{folder / 'documents'}", folder)
    files.store.reserve = 0  # type: ignore[attr-defined]  # a test's disk may be small
    console = Console(types=PublishedTypes(), ladders=load_ladders())
    with database.reading() as session:
        envelope = session.scalar(select(Envelope.id))
        accounts = session.scalars(select(Person)).all()
        people = {one.email.split("@")[0]: one for one in accounts}
    if envelope is None:
        people, envelope = database.run_tx(lambda session, _now: _settle(session), now=NOON)
    shelf = Shelf(files.store, is_scanned=False)
    with database.reading() as session:
        last = session.scalar(select(func.max(JournalEntry.at)))
    now = last + timedelta(days=1) if last else NOON
    return Department(database, console, shelf, people, envelope, now)


def keep(url: str, folder: Path) -> None:
    """Fill a migrated database with a department and some dossiers at work; to be copied."""
    department = a_department(open_database(url), folder)
    for step in KEPT:
        department.dossier(until=step)
    department.database.dispose()


def _settle(session: Session) -> tuple[dict[str, Person], UUID]:
    publish(
        session,
        load_pack(read_pack_files(find_pack("investment_grant"))),
        by="test",
        now=NOON,
    )
    people = settle_in(session, now=NOON)
    for name, figures in _FIGURES.items():
        home = session.scalars(select(Organisation).where(Organisation.name == name)).one()
        home.population = figures["population"]
        home.fiscal_potential_ratio = Decimal(figures["ratio"])
        home.library_network = figures["network"]
        home.contract_or_label = figures["label"]
        home.network_agreement = home.survey_answered = True
    envelope = budget.open_envelope(
        session,
        actor_of(people["finances"]),
        code="AP-LP-2026",
        label="Lecture publique – investissement 2026",
        year=2026,
        account="204142",
        voted=Money.euros(900_000),
    )
    return people, envelope.id
