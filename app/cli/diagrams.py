"""How does a diagram drawn with another tool get in? As a pack to finish, and the list of what to do."""

from pathlib import Path

import click

from app.catalogue.contract import PackRefused, Problem
from app.catalogue.skeleton import key_of, skeleton
from app.cli.words import say
from app.engine.draft import Draft, TodoItem, read_draft

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command("diagram")
@click.argument("path", metavar="FICHIER", type=_FILE)
@click.option("--to", "folder", type=_FOLDER, help="Dossier à créer (par défaut : le titre).")
@click.option("--process", help="Le processus à suivre, s’il y en a plusieurs.")
def diagram(path: Path, folder: Path | None, process: str | None) -> None:
    """Faire d’un diagramme BPMN un type de dossier à compléter, et dire ce qui reste à faire."""
    draft = read_draft(path.read_bytes(), process_id=process)
    folder = folder or Path(key_of(draft.title))
    _write(draft, folder)
    say(f"{draft.title} : {len(draft.nodes)} éléments, écrits dans {folder}.")
    for note in draft.notes:
        say(f"  compris : {_told(note)}")
    for item in draft.todo:
        say(f"  à faire : {item.sentence}")
    left = (
        f"Reste à décider sur le dessin : {len(draft.todo)}."
        if draft.todo
        else "Le dessin est prêt."
    )
    say(f"{left} Ensuite : liasse check {folder}")


def _write(draft: Draft, folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        sentence = "ce dossier n’est pas vide : donnez-en un autre (--to)."
        raise PackRefused((Problem(str(folder), sentence),))
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in skeleton(draft).items():
        (folder / name).write_bytes(data)


def _told(note: TodoItem) -> str:
    where = note.name or note.element
    return f"{where} – {note.sentence}" if where else note.sentence
