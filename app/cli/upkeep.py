"""How is an installation kept? Its journal is verified, its data saved and brought back."""

import sys
from pathlib import Path

import click
from sqlalchemy import select

from app.actions.journal import broken_link
from app.cli import archive
from app.cli.start import opened, ready_database, settings
from app.cli.words import complain, counted, say
from app.database import clock
from app.models.dossier import Dossier
from app.settings import Settings


@click.group()
def audit() -> None:
    """Vérifier que l’historique des dossiers n’a pas été réécrit."""


@audit.command()
def verify() -> None:
    """Recalculer la chaîne du journal de chaque dossier."""
    with ready_database(settings()) as database, database.reading() as session:
        dossiers = session.execute(select(Dossier.id, Dossier.reference)).all()
        broken = [
            (reference or str(dossier_id), seq)
            for dossier_id, reference in dossiers
            if (seq := broken_link(session, dossier_id)) is not None
        ]
    for reference, seq in broken:
        complain(f"{reference} : la chaîne est rompue à l’entrée {seq}.")
    if broken:
        sys.exit(1)
    say(f"{counted(len(dossiers), 'dossier', 'dossiers')} : l’historique est intact.")


@click.command()
@click.argument("target", required=False, type=click.Path(path_type=Path, dir_okay=False))
def backup(target: Path | None) -> None:
    """Sauvegarder la base et les pièces dans un fichier TARGET (par défaut dans backups/)."""
    chosen = settings()
    with opened(chosen.database_url) as database:
        with database.reading() as session:
            now = clock(session)
        named = target or chosen.data_dir / "backups" / f"liasse-{now:%Y%m%d-%H%M%S}.tar"
        named.parent.mkdir(parents=True, exist_ok=True)
        count = archive.save(database, _documents(chosen), named, now=now)
    say(
        f"{counted(count, 'fichier sauvegardé', 'fichiers sauvegardés')} dans {named}. Gardez aussi la clé secrète, à part."
    )


@click.command()
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(source: Path) -> None:
    """Ramener une sauvegarde SOURCE dans une installation neuve."""
    chosen = settings()
    with opened(chosen.database_url) as database:
        count = archive.restore(source, database, _documents(chosen))
    say(
        f"{counted(count, 'fichier rétabli', 'fichiers rétablis')}. Vérifiez avec « liasse audit verify »."
    )


def _documents(chosen: Settings) -> Path:
    return Path(chosen.storage_url.removeprefix("file:").removeprefix("//"))
