"""How do communes, EPCI and associations get in? From lists in CSV; running it again updates them."""

import csv
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import click
from sqlalchemy.orm import Session

from app.actions.organisations import BadLine, import_organisations
from app.actions.reference import Imported, import_places
from app.cli.start import ready_database, settings
from app.cli.words import counted, say

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_COMMUNES = (
    "code_insee",
    "nom",
    "siren",
    "population_municipale",
    "codes_postaux",
    "epci_siren",
)
_EPCIS = ("siren", "nom", "population_municipale")


@click.group("import")
def bring_in() -> None:
    """Faire entrer des communes, des EPCI, des associations, un diagramme."""


@bring_in.command("communes")
@click.option("--communes", type=_FILE, required=True, help="CSV des communes.")
@click.option("--epci", type=_FILE, required=True, help="CSV des EPCI.")
@click.option("--year", type=int, required=True, help="Millésime des populations.")
def communes(communes: Path, epci: Path, year: int) -> None:
    """Lire les communes et les EPCI du code officiel géographique."""
    texts = {"epcis": _text(epci, _EPCIS), "communes": _text(communes, _COMMUNES)}
    _bring(lambda session: import_places(session, **texts, year=year))


@bring_in.command("organisations")
@click.argument("path", type=_FILE)
def organisations(path: Path) -> None:
    """Lire une liste d’organismes (colonnes siret, nom, type, et le reste s’il y est)."""
    text = path.read_text(encoding="utf-8-sig")
    _bring(lambda session: import_organisations(session, text))


def _text(path: Path, columns: tuple[str, ...]) -> str:
    text = path.read_text(encoding="utf-8-sig")
    held = csv.DictReader(StringIO(text)).fieldnames or ()
    for name in columns:
        if name not in held:
            raise BadLine(line=1, reason=f"il manque la colonne « {name} » dans {path.name}")
    return text


def _bring(read: Callable[[Session], Imported]) -> None:
    with ready_database(settings()) as database:
        done = database.run_tx(lambda session, _now: read(session))
    say(
        f"{counted(done.added, 'organisme ajouté', 'organismes ajoutés')}, {done.updated} mis à jour."
    )
