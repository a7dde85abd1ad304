"""How do two versions of a type differ, from a terminal? In the words an administrator reads on the page."""

from pathlib import Path

import click
from sqlalchemy import select

from app.catalogue.archive import read_archive
from app.catalogue.compare import Side, compare, side_of
from app.catalogue.compare.changes import TITLES
from app.catalogue.contract import PackRefused, Problem
from app.catalogue.discover import find_pack, read_pack_files
from app.cli.start import ready_database, settings
from app.cli.words import say
from app.engine.diagram.words import MARK_SIGNS
from app.models.process import ProcessDefinition
from app.settings import Settings


@click.command()
@click.argument("before", metavar="AVANT")
@click.argument("after", metavar="APRÈS")
def diff(before: str, after: str) -> None:
    """Dire en français ce qui change entre deux types\u00a0: dossiers, archives .zip, ou type@version."""
    chosen = settings()
    found = compare(_side(before, chosen), _side(after, chosen))
    for group, changes in found.groups():
        say(f"{TITLES[group]} ({len(changes)})")
        for change in changes:
            say(f"  {MARK_SIGNS[change.mark]} {change.sentence}")
    if found.is_same:
        say("Rien ne change.")


def _side(name: str, chosen: Settings) -> Side:
    key, _, number = name.rpartition("@")
    if key and number.isdigit() and not Path(name).exists():
        return side_of(read_archive(_published(key, int(number), chosen)))
    if Path(name).is_file():
        return side_of(read_archive(Path(name).read_bytes()))
    return side_of(read_pack_files(find_pack(name, chosen.dossier_types)))


def _published(key: str, version: int, chosen: Settings) -> bytes:
    with ready_database(chosen) as database, database.reading() as session:
        archive = session.scalar(
            select(ProcessDefinition.archive).where(
                ProcessDefinition.key == key, ProcessDefinition.version == version
            )
        )
    if archive is None:
        sentence = f"la version {version} de «\u00a0{key}\u00a0» n’a jamais été publiée ici."
        raise PackRefused((Problem("", sentence),))
    return archive
