"""Do browser files arrive whole, checked and alone? Played with a small program in npm's place."""

import base64
import hashlib
import io
import json
import sys
import tarfile
from pathlib import Path

import pytest

from app.assets.fetch import LOCK, AssetsMissing, available, ensure, folder, pinned

FONT = b"wOF2 not really a font"


def tarball(files: dict[str, bytes]) -> bytes:
    """An npm package holding these files."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return raw.getvalue()


def lock_for(tmp_path: Path, data: bytes, files: dict[str, str]) -> Path:
    """A lock file that pins this tarball."""
    digest = base64.b64encode(hashlib.sha512(data).digest()).decode()
    row = {"name": "type", "version": "1.0.0", "integrity": f"sha512-{digest}", "files": files}
    path = tmp_path / "lock.json"
    path.write_text(json.dumps([row]))
    return path


def npm_that_brings(tmp_path: Path, data: bytes) -> list[str]:
    """A program that, asked to pack, leaves this tarball in the folder it is started in."""
    source = tmp_path / "registry.tgz"
    source.write_bytes(data)
    script = tmp_path / "npm.py"
    script.write_text(f"import shutil; shutil.copy({str(source)!r}, 'type-1.0.0.tgz')")
    return [sys.executable, str(script)]


def test_a_checked_package_leaves_only_the_files_asked_for(tmp_path: Path) -> None:
    data = tarball({"font.woff2": FONT, "install.js": b"evil()", "../../up.txt": b"up"})
    lock = lock_for(tmp_path, data, {"font.woff2": "fonts/font.woff2"})

    found = ensure(tmp_path / "data", npm=npm_that_brings(tmp_path, data), lock=lock)

    digest = base64.b64encode(hashlib.sha384(FONT).digest()).decode()
    assert found == {"fonts/font.woff2": f"sha384-{digest}"}
    there = folder(tmp_path / "data", lock)
    files = sorted(p.relative_to(there).as_posix() for p in there.rglob("*") if p.is_file())
    assert files == ["fonts/font.woff2", "manifest.json"]
    assert [p.name for p in there.parent.iterdir()] == [there.name]


def test_the_second_time_npm_is_not_called(tmp_path: Path) -> None:
    data = tarball({"font.woff2": FONT})
    lock = lock_for(tmp_path, data, {"font.woff2": "fonts/font.woff2"})
    first = ensure(tmp_path / "data", npm=npm_that_brings(tmp_path, data), lock=lock)

    assert ensure(tmp_path / "data", npm=["/nowhere/npm"], lock=lock) == first


def test_a_package_with_another_hash_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    lock = lock_for(tmp_path, tarball({"font.woff2": FONT}), {"font.woff2": "fonts/font.woff2"})
    other = npm_that_brings(tmp_path, tarball({"font.woff2": b"another font"}))

    with pytest.raises(AssetsMissing, match="empreinte"):
        ensure(tmp_path / "data", npm=other, lock=lock)
    assert available(tmp_path / "data", lock) == {}


def test_a_package_without_the_file_is_refused(tmp_path: Path) -> None:
    data = tarball({"readme.md": b"nothing here"})
    lock = lock_for(tmp_path, data, {"font.woff2": "fonts/font.woff2"})

    with pytest.raises(AssetsMissing, match=r"font\.woff2 manque"):
        ensure(tmp_path / "data", npm=npm_that_brings(tmp_path, data), lock=lock)


@pytest.mark.parametrize(
    "npm", [["/nowhere/npm"], [sys.executable, "-c", "raise SystemExit(1)"]], ids=str
)
def test_without_npm_or_registry_the_reason_is_said(tmp_path: Path, npm: list[str]) -> None:
    with pytest.raises(AssetsMissing, match="n’a pas répondu"):
        ensure(tmp_path, npm=npm)


def test_the_real_lock_pins_hashes_and_keeps_each_licence() -> None:
    for package in pinned(LOCK):
        assert package.integrity.startswith("sha512-")
        assert any(name.startswith("LICENSE") for name in package.files)
