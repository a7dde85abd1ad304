"""How does one try Liasse? One command: a database, sixty dossiers, the site, the clock, the mailbox."""

import os
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from pathlib import Path
from types import FrameType
from urllib.parse import quote
from zoneinfo import ZoneInfo

import click
from sqlalchemy import select
from waitress.server import create_server

from app import logs
from app.actions.console import Console
from app.actions.documents import Shelf
from app.assets.fetch import AssetsMissing, ensure
from app.cli.packs import publish_all
from app.cli.start import NotReady, console, opened
from app.cli.words import complain, say
from app.database import Database, clock
from app.demo.load import is_loaded, load
from app.demo.people import PASSWORD
from app.factory import create_app
from app.jobs import Clock, RunningClock
from app.models.people import Person
from app.queries.people import demo_people
from app.settings import Settings, load_settings, secret_key_of
from app.storage.files import open_files
from migrations.upgrade import upgrade

LOOPBACK = "127.0.0.1"
FIRST_PORT = 8000
_TRIED = 50
_THREADS = 8
#: What `--check` opens before it says that all is well.
_CHECKED = ("/", "/connexion", "/sante/pret")


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Port (8000, ou le premier libre).")
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), help="Dossier des données."
)
@click.option("--no-browser", is_flag=True, help="Ne pas ouvrir le navigateur.")
@click.option(
    "--check", is_flag=True, help="Démarrer, vérifier que les pages répondent, s’arrêter."
)
def demo(port: int | None, data: Path | None, no_browser: bool, check: bool) -> None:  # noqa: FBT001 - click's flags
    """Essayer Liasse : données inventées, sur cette machine seulement."""
    logs.install(as_json=False)
    with listen(port) as bound:
        chosen = demo_settings(data, bound.getsockname()[1])
        with opened(chosen.database_url) as database:
            ours = prepare(chosen, database)
            failed = _run(chosen, database, ours, bound, check=check, browser=not no_browser)
    if check:
        sys.exit(_verdict(failed))
    say("\nAu revoir.")


def _run(
    chosen: Settings,
    database: Database,
    ours: Console,
    bound: socket.socket,
    *,
    check: bool,
    browser: bool,
) -> list[str]:
    """Serve until told to stop; what `--check` found wrong."""
    app = create_app(chosen, database=database, console=ours, demo=True)
    server = create_server(
        app,
        sockets=[bound],
        threads=_THREADS,
        ident=None,
        # Far above our own limit, so that it is our page that refuses, and says why.
        max_request_body_size=10 * chosen.max_upload_mb * 1_000_000,
    )
    ticking = RunningClock(
        Clock.of(chosen, database=database, console=ours), ZoneInfo(chosen.timezone)
    )
    ticking.start()
    signal.signal(signal.SIGTERM, _interrupt)
    failed: list[str] = []
    if check:
        threading.Thread(target=_visit, args=(chosen.base_url, failed), daemon=True).start()
    else:
        _welcome(chosen, database)
        if browser:
            threading.Timer(0.5, webbrowser.open, [chosen.base_url]).start()
    try:
        server.run()  # waitress ends by itself on Ctrl-C
    finally:
        server.close()
        ticking.stop()
    return failed


def listen(port: int | None) -> socket.socket:
    """A socket of this machine alone: the port asked for, else the first free one from 8000."""
    wanted = [port] if port else range(FIRST_PORT, FIRST_PORT + _TRIED)
    for one in wanted:
        bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((LOOPBACK, one))
            bound.listen(128)
        except OSError:
            bound.close()
            continue
        return bound
    taken = (
        f"Le port {port} est pris." if port else f"Aucun port libre à partir de {FIRST_PORT}."
    )
    raise NotReady(f"{taken} Choisissez-en un autre avec --port.")


def demo_settings(data: Path | None, port: int) -> Settings:
    """The settings of a demonstration: embedded database, mails in a folder, this machine only.

    Variables meant for a real installation (database, relay) are read, and left aside.
    """
    given = load_settings(os.environ)
    data_dir = data.expanduser().resolve() if data else given.data_dir
    return Settings(
        data_dir=data_dir,
        database_url=f"sqlite:///{data_dir / 'liasse.db'}",
        base_url=f"http://{LOOPBACK}:{port}",
        secret_key=secret_key_of(data_dir),
        authority_name="Département de la Meuse (démonstration)",
        smtp_url=f"file:{quote(str(data_dir / 'courriels'))}",
        mail_from="ne-pas-repondre@demo.example",
        contact="aides-lecture@demo.example",
        publisher="La présidence du Département (personne inventée)",
        hosting="Cette machine, pour la durée de la démonstration",
        data_officer="dpd@demo.example",
        storage_url=f"file:{data_dir / 'documents'}",
        dossier_types=given.dossier_types,
        clamav=given.clamav,
        port=port,
    )


def prepare(chosen: Settings, database: Database) -> Console:
    """Fill the database the first time and keep it afterwards; the console over it."""
    upgrade(database)
    _refuse_real(database)
    try:
        ensure(chosen.data_dir)
    except AssetsMissing as missing:
        complain(str(missing))
    ours = console()
    publish_all(database, chosen.dossier_types, by="démonstration")
    with database.reading() as session:
        filled, now = is_loaded(session), clock(session)
    if not filled:
        say("Préparation des données de démonstration…")
        start = time.monotonic()
        files = open_files(chosen.storage_url, chosen.data_dir, chosen.clamav)
        shelf = Shelf(files.store, is_scanned=files.scanner is not None)
        count = load(database, ours, shelf, now=now)
        say(f"{count} dossiers prêts en {time.monotonic() - start:.0f} s.")
    return ours


def _refuse_real(database: Database) -> None:
    """Never pour invented people into the database of a real service."""
    with database.reading() as session:
        anybody = session.scalar(select(Person.id).limit(1))
        if anybody is not None and not is_loaded(session):
            raise NotReady(
                "Ce dossier contient la base d’un vrai service : donnez-en un autre avec --data."
            )


def _welcome(chosen: Settings, database: Database) -> None:
    with database.reading() as session:
        people = demo_people(session)
    say()
    say(f"Liasse est prête : {chosen.base_url}")
    say(f"Données dans {chosen.data_dir} (supprimez ce dossier pour repartir de zéro).")
    say(f"Comptes, mot de passe {PASSWORD} :")
    for person in people:
        say(f"  {person.email:<40} {person.name}, {person.job_title or 'demandeur'}")
    say(f"Courriels envoyés : {chosen.base_url}/demo/courriels")
    say("Ctrl-C pour arrêter.")


def _visit(base_url: str, failed: list[str]) -> None:
    """Open a few pages, then ask the server to stop."""
    for path in _CHECKED:
        try:
            with urllib.request.urlopen(f"{base_url}{path}", timeout=30) as answer:  # noqa: S310 - our own address
                answer.read()
        except (urllib.error.URLError, OSError) as error:
            failed.append(f"{path} : {error}")
    os.kill(os.getpid(), signal.SIGINT)


def _verdict(failed: list[str]) -> int:
    for line in failed:
        complain(line)
    if not failed:
        say("La démonstration démarre et répond.")
    return 1 if failed else 0


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
