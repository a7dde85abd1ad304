"""How do outside browser files (a font today) reach this machine? By `npm pack`, once, by pinned hash.

The ordinary npm client brings the tarballs, so that its proxies, mirrors and certificates apply.
Every tarball is checked against `lock.json` before the files named there, and no others, are
written under `<data folder>/assets/<lock hash>/`. No page needs any of them: when they cannot be
had, the pages use the fonts of the machine.
"""

import base64
import hashlib
import io
import json
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LOCK = Path(__file__).with_name("lock.json")
MANIFEST = "manifest.json"
NPM_SECONDS = 30


class AssetsMissing(Exception):
    """The files for browsers could not be fetched; pages work without them."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"La police de caractères n’a pas pu être téléchargée ({reason}) : "
            "les pages utilisent celles du poste."
        )


@dataclass(frozen=True)
class Pinned:
    """One npm package, the hash of its tarball, and where each wanted file goes."""

    name: str
    version: str
    integrity: str
    files: Mapping[str, str]

    @property
    def spec(self) -> str:
        """The package as npm names it: `name@1.2.3`."""
        return f"{self.name}@{self.version}"


def pinned(lock: Path = LOCK) -> list[Pinned]:
    """The packages of the lock file."""
    rows = json.loads(lock.read_text(encoding="utf-8"))
    return [Pinned(r["name"], r["version"], r["integrity"], r["files"]) for r in rows]


def folder(data_dir: Path, lock: Path = LOCK) -> Path:
    """Where the files stand; its name changes with the lock, so URLs may be cached for ever."""
    return data_dir / "assets" / hashlib.sha256(lock.read_bytes()).hexdigest()[:12]


def available(data_dir: Path, lock: Path = LOCK) -> Mapping[str, str]:
    """What can be served: place of each file → its sha384, as an `integrity` attribute.

    Empty when nothing was fetched yet.
    """
    manifest = folder(data_dir, lock) / MANIFEST
    if not manifest.exists():
        return {}
    found: dict[str, str] = json.loads(manifest.read_text(encoding="utf-8"))
    return found


def ensure(
    data_dir: Path, *, npm: Sequence[str] | None = None, lock: Path = LOCK
) -> Mapping[str, str]:
    """Fetch what the lock lists, unless it is already there; answers as `available`.

    Two processes may race: each prepares its own folder, the first rename wins.
    Refuses AssetsMissing when npm is absent, fails or brings something else.
    """
    if found := available(data_dir, lock):
        return found
    final = folder(data_dir, lock)
    final.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=final.parent) as scratch:
        stage = Path(scratch) / "stage"
        manifest: dict[str, str] = {}
        for package in pinned(lock):
            tarball = _pack(package, npm or _npm(), Path(scratch))
            manifest |= _unpack(tarball, package, stage)
        (stage / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        try:
            stage.replace(final)
        except OSError:
            if not final.exists():
                raise
    return available(data_dir, lock)


def _npm() -> list[str]:
    found = shutil.which("npm")
    if found is None:
        raise AssetsMissing("npm n’est pas installé")
    return [found]


def _pack(package: Pinned, npm: Sequence[str], scratch: Path) -> bytes:
    """The tarball of one package, checked against its hash."""
    options = ["--json", "--ignore-scripts", "--loglevel=error", "--fetch-retries=1"]
    command = [*npm, "pack", *options, f"--pack-destination={scratch}", package.spec]
    try:
        done = subprocess.run(  # noqa: S603 - the command and the names are ours
            command,
            cwd=scratch,
            capture_output=True,
            text=True,
            timeout=NPM_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as failure:
        raise AssetsMissing("npm n’a pas répondu") from failure
    if done.returncode:
        raise AssetsMissing("le dépôt de paquets npm n’a pas répondu")
    [tarball] = scratch.glob("*.tgz")
    data = tarball.read_bytes()
    tarball.unlink()
    digest = base64.b64encode(hashlib.sha512(data).digest()).decode()
    if f"sha512-{digest}" != package.integrity:
        raise AssetsMissing(f"l’empreinte de {package.spec} n’est pas celle attendue")
    return data


def _unpack(tarball: bytes, package: Pinned, stage: Path) -> dict[str, str]:
    """Write the wanted files, and only them: no path of the tarball is trusted."""
    written = {}
    with tarfile.open(fileobj=io.BytesIO(tarball), mode="r:gz") as archive:
        members = {m.name.partition("/")[2]: m for m in archive.getmembers() if m.isfile()}
        for wanted, place in package.files.items():
            stream = archive.extractfile(members[wanted]) if wanted in members else None
            if stream is None:
                raise AssetsMissing(f"{wanted} manque dans {package.spec}")
            data = stream.read()
            target = stage / place
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
            digest = base64.b64encode(hashlib.sha384(data).digest()).decode()
            written[place] = f"sha384-{digest}"
    return written
