"""How is an installation saved in one file, and brought back? The database, the pieces, their fingerprints.

The database is copied first: pieces are never changed, and one that is no longer wanted stays a
day, so every piece the copy names is still there. The secret key is not in the archive.
"""

import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import inspect, make_url

from app.cli.start import NotReady
from app.database import Database
from migrations.upgrade import current_revision

MANIFEST = "manifest.json"
_SQLITE, _POSTGRES = "database.sqlite", "database.pgdump"
_DOCUMENTS = "documents"


def save_database(database: Database, path: Path) -> None:
    """Copy a SQLite database while it works, as one transaction saw it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    raw = database.engine.raw_connection()
    try:
        raw.execute("VACUUM INTO :path", {"path": str(path)})
    finally:
        raw.close()
    path.chmod(0o600)


def save(database: Database, documents: Path, target: Path, *, now: datetime) -> int:
    """Write the archive; how many files it holds."""
    with TemporaryDirectory(dir=target.parent) as scratch:
        copy = _dump(database, Path(scratch))
        files = {copy.name: copy} | _pieces(documents)
        told = {name: _fingerprint(path) for name, path in files.items()}
        manifest = {
            "format": 1,
            "saved_at": now.isoformat(),
            "revision": current_revision(database),
            "files": told,
        }
        draft = Path(scratch) / "archive.tar"
        with tarfile.open(draft, "w") as archive:
            _add_text(archive, MANIFEST, json.dumps(manifest, indent=1))
            for name, path in files.items():
                archive.add(path, arcname=name, recursive=False)
        _sync(draft)
        draft.chmod(0o600)
        draft.replace(target)
        _sync(target.parent)
    return len(files)


def restore(source: Path, database: Database, documents: Path) -> int:
    """Bring an archive back into an empty installation; how many files came. Refuses NotReady."""
    if inspect(database.engine).get_table_names():
        raise NotReady("La base n’est pas vide : une restauration se fait dans une base neuve.")
    if documents.is_dir() and any(documents.iterdir()):
        raise NotReady(f"{documents} n’est pas vide.")
    with TemporaryDirectory(dir=_existing(documents)) as scratch:
        with tarfile.open(source) as archive:
            archive.extractall(scratch, filter="data")
        names = _checked(Path(scratch))
        if (Path(scratch) / _DOCUMENTS).is_dir():
            documents.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(Path(scratch) / _DOCUMENTS, documents, dirs_exist_ok=True)
        _load(database, Path(scratch))
    return len(names)


def _dump(database: Database, folder: Path) -> Path:
    if database.is_sqlite:
        save_database(database, folder / _SQLITE)
        return folder / _SQLITE
    target = folder / _POSTGRES
    _run_postgres("pg_dump", database, "--format=custom", f"--file={target}")
    return target


def _load(database: Database, folder: Path) -> None:
    if not database.is_sqlite:
        _run_postgres(
            "pg_restore", database, "--no-owner", "--exit-on-error", str(folder / _POSTGRES)
        )
        return
    if not (folder / _SQLITE).is_file():
        raise NotReady(
            "Cette archive vient d’une base PostgreSQL : restaurez-la dans PostgreSQL."
        )
    database.dispose()
    place = Path(database.engine.url.database or "")
    for leftover in (place, Path(f"{place}-wal"), Path(f"{place}-shm")):
        leftover.unlink(missing_ok=True)
    shutil.copy2(folder / _SQLITE, place)
    _sync(place)
    _sync(place.parent)


def _run_postgres(tool: str, database: Database, *arguments: str) -> None:
    found = shutil.which(tool)
    if found is None:
        raise NotReady(
            f"{tool} n’est pas installé : installez les outils clients de PostgreSQL."
        )
    url = make_url(database.engine.url).set(drivername="postgresql")
    plain = url.set(password=None).render_as_string(hide_password=False)
    environment = os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {})
    done = subprocess.run(  # noqa: S603 - a tool of PostgreSQL, found on the path
        [found, f"--dbname={plain}", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NotReady(f"{tool} a échoué : {done.stderr.strip()[-500:]}")


def _pieces(documents: Path) -> dict[str, Path]:
    if not documents.is_dir():
        return {}
    return {
        f"{_DOCUMENTS}/{path.relative_to(documents)}": path
        for path in sorted(documents.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def _checked(folder: Path) -> list[str]:
    """The names of the archive, each with the fingerprint the manifest tells."""
    place = folder / MANIFEST
    if not place.is_file():
        raise NotReady("Ce fichier n’est pas une sauvegarde de Liasse.")
    told: dict[str, str] = json.loads(place.read_text(encoding="utf-8"))["files"]
    found = {str(path.relative_to(folder)) for path in _files_under(folder)} - {MANIFEST}
    wrong = sorted(found ^ told.keys()) + sorted(
        name for name in found & told.keys() if _fingerprint(folder / name) != told[name]
    )
    if wrong:
        raise NotReady(f"La sauvegarde est abîmée : {wrong[0]} n’est pas comme au départ.")
    return sorted(found)


def _files_under(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _existing(path: Path) -> Path:
    return next(one for one in (path, *path.parents) if one.is_dir())


def _fingerprint(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _add_text(archive: tarfile.TarFile, name: str, text: str) -> None:
    data = text.encode("utf-8")
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    archive.addfile(entry, io.BytesIO(data))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
