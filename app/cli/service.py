"""How does an installation run? Web, clock, schema, and a look at everything it needs."""

import os
import smtplib
import sys
from urllib.parse import urlsplit

import click
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app import logs
from app.catalogue.discover import find_packs
from app.cli.archive import save_database
from app.cli.start import NotReady, opened, ready_database, settings
from app.cli.words import say, told
from app.database import Database
from app.database import clock as database_clock
from app.domain.civil import civil_day
from app.jobs import run_clock
from app.models.people import Person
from app.queries.health import health
from app.settings import Settings
from app.storage.files import open_files
from app.storage.scanner import ClamAV
from migrations.upgrade import current_revision, head_revision, upgrade

_SMTP_SECONDS = 10


@click.command()
@click.option("--workers", default=2, show_default=True, help="Nombre de processus.")
@click.option("--threads", default=4, show_default=True, help="Fils par processus.")
def serve(workers: int, threads: int) -> None:
    """Servir le site (sans l’horloge : lancez aussi « liasse clock »)."""
    chosen = settings()
    _ = chosen.key
    with ready_database(chosen) as database:
        _refuse_demo(database)
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        f"--bind={chosen.host}:{chosen.port}",
        f"--workers={workers}",
        f"--threads={threads}",
        "--timeout=60",
        "--max-requests=5000",
        "--max-requests-jitter=500",
        "--no-control-socket",
        "app.wsgi:app",
    ]
    os.execv(sys.executable, command)  # noqa: S606 - the server takes our place and our signals


def _refuse_demo(database: Database) -> None:
    """The accounts of the demonstration have a password everybody knows."""
    with database.reading() as session:
        if session.scalar(select(Person.id).where(Person.is_demo).limit(1)):
            raise NotReady(
                "Cette base est celle d’une démonstration, dont les mots de passe sont publics. "
                "Donnez une autre base à LIASSE_DATABASE_URL."
            )


@click.command()
def clock() -> None:
    """Faire tourner l’horloge : délais, relances, courriels."""
    chosen = settings()
    with ready_database(chosen):
        pass
    logs.install(as_json=True)
    run_clock(chosen)


@click.command()
def migrate() -> None:
    """Mettre la base à la version du logiciel."""
    chosen = settings()
    with opened(chosen.migration_database_url or chosen.database_url) as database:
        before, needed = current_revision(database), head_revision()
        if before == needed:
            say(f"La base est déjà à la version {needed}.")
            return
        if before is not None and database.is_sqlite:
            copy = chosen.data_dir / "backups" / f"avant-{needed}.db"
            save_database(database, copy)
            say(f"Copie de la base d’avant : {copy}")
        upgrade(database)
    say(f"La base est à la version {needed}.")


@click.command()
def doctor() -> None:
    """Vérifier réglages, base, courriels, stockage, antivirus et horloge, une ligne chacun."""
    chosen = settings()
    told("réglages", f"base {_hidden(chosen.database_url)}, site {chosen.base_url}")
    results = [
        _look("clé secrète", _secret_key(chosen)),
        _look("base de données", _database(chosen)),
        _look("courriels", _smtp(chosen)),
        _look("stockage", _storage(chosen)),
        _look("antivirus", _scanner(chosen)),
        _look("types de dossiers", _packs(chosen)),
        _look("horloge", _clock(chosen)),
    ]
    if not all(results):
        sys.exit(1)


def _look(name: str, outcome: tuple[bool, str]) -> bool:
    is_good, state = outcome
    told(name, state, is_good=is_good)
    return is_good


def _hidden(url: str) -> str:
    """The address without its password."""
    parts = urlsplit(url)
    return url.replace(f":{parts.password}@", ":…@") if parts.password else url


def _secret_key(chosen: Settings) -> tuple[bool, str]:
    return (True, "présente") if chosen.secret_key else (False, "LIASSE_SECRET_KEY manque")


def _database(chosen: Settings) -> tuple[bool, str]:
    try:
        with opened(chosen.database_url) as database:
            current, needed = current_revision(database), head_revision()
    except SQLAlchemyError as error:
        return False, f"injoignable ({type(error).__name__})"
    if current != needed:
        return (
            False,
            f"version {current or 'aucune'}, il faut {needed} : lancez « liasse migrate »",
        )
    return True, f"version {current}"


def _smtp(chosen: Settings) -> tuple[bool, str]:
    parts = urlsplit(chosen.smtp_url)
    if not chosen.smtp_url:
        return False, "LIASSE_SMTP_URL manque : aucun courriel ne partira"
    if parts.scheme == "file":
        return True, f"rangés dans {parts.path}"
    client = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    port = parts.port or (465 if parts.scheme == "smtps" else 25)
    try:
        with client(parts.hostname or "", port, timeout=_SMTP_SECONDS) as relay:
            code, _answer = relay.noop()
    except (OSError, smtplib.SMTPException) as error:
        return False, f"{parts.hostname}:{port} ne répond pas ({error})"
    return code == 250, f"{parts.hostname}:{port} répond {code}"


def _storage(chosen: Settings) -> tuple[bool, str]:
    try:
        problem = open_files(chosen.storage_url, chosen.data_dir).store.problem()
    except OSError as error:
        return False, f"{chosen.storage_url} ne peut pas servir ({error.strerror})"
    return problem is None, problem or chosen.storage_url


def _scanner(chosen: Settings) -> tuple[bool, str]:
    scanner = open_files(chosen.storage_url, chosen.data_dir, chosen.clamav).scanner
    if scanner is None:
        return True, "aucun (les pièces sont marquées « non analysé »)"
    problem = scanner.problem() if isinstance(scanner, ClamAV) else None
    return problem is None, problem or f"{chosen.clamav} répond"


def _packs(chosen: Settings) -> tuple[bool, str]:
    found = find_packs(chosen.dossier_types)
    return bool(found), ", ".join(sorted(found)) or "aucun trouvé"


def _clock(chosen: Settings) -> tuple[bool, str]:
    try:
        with opened(chosen.database_url) as database, database.reading() as session:
            now = database_clock(session)
            ages = health(session, now=now, today=civil_day(now)).clock_ages
    except SQLAlchemyError:
        return False, "inconnue"
    if not ages:
        return False, "n’a jamais tourné : lancez « liasse clock »"
    oldest = max(ages.values())
    return oldest < 180, f"dernier passage il y a {oldest:.0f} s"
