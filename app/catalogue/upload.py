"""How does a .zip from somebody become the files of a pack? The only door, for pages and commands.

Nothing is written to disk and nothing of the archive is run: bytes in, bytes by name out.
"""

from pathlib import PurePosixPath

from app.catalogue.archive import SUFFIXES, read_archive
from app.catalogue.contract import PackRefused, Problem
from app.catalogue.manifest import PLACE
from app.catalogue.pack import DIAGRAM
from app.catalogue.reading import MAX_TOML

#: What may be large is bounded by the archive itself.
MAX_FILE_BYTES = {".toml": MAX_TOML, ".bpmn": 5_000_000, ".dmn": 5_000_000}
#: Left by file managers in every folder they show.
_LITTER = frozenset({"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"})


def read_upload(data: bytes) -> dict[str, bytes]:
    """The files of a pack sent as a .zip, whether its folder was zipped or what it holds.

    Refuses PackRefused, with a sentence for each thing that does not belong in a pack.
    """
    files = {
        name: content
        for name, content in read_archive(data).items()
        if not _LITTER & {*PurePosixPath(name).parts} and not _is_resource_fork(name)
    }
    files = _inside(files)
    problems = [*_missing(files), *_foreign(files)]
    if problems:
        raise PackRefused(tuple(problems))
    return files


def _is_resource_fork(name: str) -> bool:
    return PurePosixPath(name).name.startswith("._")


def _inside(files: dict[str, bytes]) -> dict[str, bytes]:
    """Without the folder that holds everything, when the pack's own folder was zipped."""
    tops = {PurePosixPath(name).parts[0] for name in files}
    if len(tops) != 1 or PLACE in tops:
        return files
    prefix = f"{tops.pop()}/"
    return {name.removeprefix(prefix): content for name, content in files.items()}


def _missing(files: dict[str, bytes]) -> list[Problem]:
    return [
        Problem(name, "ce fichier manque.") for name in (PLACE, DIAGRAM) if name not in files
    ]


def _foreign(files: dict[str, bytes]) -> list[Problem]:
    found = []
    for name, content in sorted(files.items()):
        path = PurePosixPath(name)
        limit = MAX_FILE_BYTES.get(path.suffix)
        if path.suffix not in SUFFIXES or any(part[0] in "._" for part in path.parts):
            found.append(Problem(name, "ce fichier n’a pas sa place dans un type de dossier."))
        elif limit is not None and len(content) > limit:
            sentence = f"ce fichier est trop gros\u00a0: {limit // 1_000} ko au plus."
            found.append(Problem(name, sentence))
    return found
