"""Where are the dossier types? In the folders and packages named by the settings."""

import importlib.util
from collections.abc import Iterable
from pathlib import Path

from app.catalogue.archive import read_folder
from app.catalogue.contract import PackRefused, Problem
from app.catalogue.manifest import PLACE, read_manifest

DEFAULT_PLACES = ("processes",)
SHARED = "shared"


def find_packs(places: Iterable[str] = DEFAULT_PLACES) -> dict[str, Path]:
    """The folder of each dossier type, by folder name; the first place that has it wins."""
    found: dict[str, Path] = {}
    for place in places:
        for root in _folders(place):
            for folder in _packs_under(root):
                found.setdefault(folder.name, folder)
    return found


def find_pack(name: str, places: Iterable[str] = DEFAULT_PLACES) -> Path:
    """The folder of one dossier type, named by its key or by its path. Refuses PackRefused."""
    if (Path(name) / PLACE).is_file():
        return Path(name).resolve()
    found = find_packs(places)
    if name in found:
        return found[name]
    known = ", ".join(sorted(found)) or "aucun"
    sentence = (
        f"aucun type de dossier ne s’appelle «\u00a0{name}\u00a0» (connus\u00a0: {known})."
    )
    raise PackRefused((Problem("", sentence),))


def read_pack_files(folder: Path) -> dict[str, bytes]:
    """Every file of a pack, with the shared ones its manifest names. Refuses PackRefused."""
    files = read_folder(folder)
    if PLACE not in files:
        raise PackRefused((Problem(folder.name, "il n’y a pas de manifest.toml."),))
    manifest = read_manifest(files[PLACE], [])
    for name in manifest.shared if manifest else ():
        files[f"{SHARED}/{name}"] = _shared(folder, name)
    return files


def _shared(folder: Path, name: str) -> bytes:
    root = (folder.parent / SHARED).resolve()
    path = (root / name).resolve()
    if not path.is_relative_to(root) or not path.is_file():
        sentence = f"le fichier partagé «\u00a0{name}\u00a0» n’existe pas."
        raise PackRefused((Problem(PLACE, sentence),))
    return path.read_bytes()


def _folders(place: str) -> list[Path]:
    path = Path(place)
    if path.is_dir():
        return [path.resolve()]
    if not place.isidentifier():
        return []
    spec = importlib.util.find_spec(place)
    return [Path(one) for one in (spec.submodule_search_locations or [])] if spec else []


def _packs_under(root: Path) -> list[Path]:
    if (root / PLACE).is_file():
        return [root]
    return sorted(path.parent for path in root.glob(f"*/{PLACE}"))
