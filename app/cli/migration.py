"""How do dossiers change version from a terminal? Plan (nothing moves), run, undo, list."""

import getpass
from collections.abc import Sequence
from uuid import UUID

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.console import Console
from app.actions.migrations import batch, plan
from app.actions.migrations.dry_run import Asked, dry_run
from app.actions.migrations.plan import Chosen
from app.catalogue.published import DossierType
from app.cli.start import console, ready_database, settings
from app.cli.words import say
from app.database import Database, clock
from app.domain.actor import Actor
from app.domain.errors import Refusal
from app.domain.migrations import PassageStatus
from app.domain.permissions import Role
from app.models.migration import Migration
from app.models.process import ProcessDefinition
from app.queries import migrations as queries
from app.web.labels import label_of


class BadPair(Refusal):
    """An option that gives a name something is written name=value."""

    sentence = "« {text} » ne se lit pas : écrivez nom=valeur."


class VersionUnknown(Refusal):
    """The type has no version of that number."""

    sentence = "Le type « {key} » n’a pas de version {number}."


@click.group()
def migration() -> None:
    """Faire passer des dossiers en cours d’une version de leur type à une autre."""


@migration.command("plan")
@click.argument("key", metavar="TYPE")
@click.option("--from", "source", type=int, required=True, help="Version suivie aujourd’hui.")
@click.option("--to", "target", type=int, help="Version à suivre (la dernière par défaut).")
@click.option("--step", "steps", multiple=True, help="Étape disparue=étape qui la remplace.")
@click.option("--value", "values", multiple=True, help="Variable=valeur.")
def plan_(
    key: str, source: int, target: int | None, steps: Sequence[str], values: Sequence[str]
) -> None:
    """Essayer à blanc sur tous les dossiers en cours ; rien ne bouge."""
    ours = console()
    with ready_database(settings()) as database:
        with database.reading() as session:
            asked = Asked(
                _version(session, ours, key, source),
                _version(session, ours, key, target),
                _pairs(steps),
                _pairs(values),
            )
            found = dry_run(session, ours, asked, now=clock(session))
        migration_id = database.run_tx(
            lambda session, now: plan.keep(session, _author(), asked, found, now=now)
        )
        _tell(database, migration_id)


@migration.command()
@click.argument("migration_id", metavar="ESSAI", type=click.UUID)
@click.option("--reason", required=True, help="Pourquoi ; écrit dans chaque dossier.")
@click.option("--only", multiple=True, help="Référence d’un dossier (répétable).")
def run(migration_id: UUID, reason: str, only: Sequence[str]) -> None:
    """Faire passer tous les dossiers qui le peuvent, ou quelques-uns."""
    chosen = Chosen(references=list(only) or None)
    with ready_database(settings()) as database:
        database.run_tx(
            lambda session, now: plan.start(
                session, _author(), migration_id, chosen, reason=reason, now=now
            )
        )
        _turn(database, migration_id)


@migration.command()
@click.argument("migration_id", metavar="ESSAI", type=click.UUID)
@click.option("--reason", required=True, help="Pourquoi ; écrit dans chaque dossier.")
def undo(migration_id: UUID, reason: str) -> None:
    """Ramener les dossiers qui n’ont pas avancé depuis ; dire les autres."""
    with ready_database(settings()) as database:
        database.run_tx(
            lambda session, now: plan.undo(
                session, _author(), migration_id, reason=reason, now=now
            )
        )
        _turn(database, migration_id)


@migration.command("list")
def list_() -> None:
    """Dire les essais à blanc et les changements de version, le dernier d’abord."""
    with ready_database(settings()) as database, database.reading() as session:
        for one in queries.migrations(session):
            say(
                f"{one.id}  {one.key} {one.source.version} → {one.target.version}  "
                f"{one.planned_at.date().isoformat()}  {label_of(one.status)}"
            )


def _turn(database: Database, migration_id: UUID) -> None:
    ours, last = console(), -1
    while True:
        done = batch.run_batch(database, ours, migration_id, limit=200)
        with database.reading() as session:
            left = len(batch.waiting(session, migration_id, limit=100_000))
        # Those whose automatic work is under way wait for the clock.
        if left == 0 or (left == last and not done):
            break
        last = left
    _tell(database, migration_id)


def _tell(database: Database, migration_id: UUID) -> None:
    with database.reading() as session:
        row = queries.migration(session, migration_id)
        say(f"Essai à blanc {row.id} : version {row.source.version} → {row.target.version}.")
        for group in queries.groups(session, migration_id):
            say(f"  {group.count:>6}  {label_of(group.verdict)}  ({group.position})")
            for reason in group.reasons:
                say(f"          {reason}")
        _tell_what_is_asked(row)
        _tell_what_became(session, migration_id)


def _tell_what_is_asked(row: Migration) -> None:
    for step, proposals in row.asked.get("steps", {}).items():
        names = ", ".join(f"--step {step}={new}" for new, *_ in proposals[:3])
        say(f"  {step} a disparu ; par exemple {names}")
    for name in row.asked.get("names", []):
        say(f"  {name} manque à certains dossiers : --value {name}=…")


def _tell_what_became(session: Session, migration_id: UUID) -> None:
    for status, number in sorted(queries.statuses(session, migration_id).items()):
        if status is not PassageStatus.PLANNED:
            say(f"  {number:>6}  {label_of(status)}")
    for reference, outcome in queries.left_behind(session, migration_id):
        say(f"          {reference} : {outcome}")


def _version(session: Session, ours: Console, key: str, number: int | None) -> DossierType:
    if number is None:
        return ours.types.latest(session, key)
    found = session.scalar(
        select(ProcessDefinition.id).where(
            ProcessDefinition.key == key, ProcessDefinition.version == number
        )
    )
    if found is None:
        raise VersionUnknown(key=key, number=number)
    return ours.types.get(session, found)


def _pairs(texts: Sequence[str]) -> dict[str, str]:
    found = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name.strip() or not value.strip():
            raise BadPair(text=text)
        found[name.strip()] = value.strip()
    return found


def _author() -> Actor:
    return Actor(person_id=None, name=getpass.getuser(), roles=frozenset({Role.ADMIN}))
