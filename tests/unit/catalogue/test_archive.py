"""Are stored versions named by their content, and strangers' archives read without danger?"""

import io
import stat
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalogue.archive import digest_of, read_archive, read_folder, write_archive
from app.catalogue.contract import PackRefused

NAMES = st.from_regex(r"[a-z]{1,8}(/[a-z]{1,8}){0,2}\.toml", fullmatch=True)


@given(st.dictionaries(NAMES, st.binary(max_size=200), max_size=6))
def test_files_come_back_and_equal_files_have_one_name(files: dict[str, bytes]) -> None:
    archive = write_archive(files)
    backwards = dict(reversed(files.items()))

    assert read_archive(archive) == files
    assert digest_of(write_archive(backwards)) == digest_of(archive)


def zipped(name: str, data: bytes = b"x", *, mode: int = 0o644, squeeze: bool = False) -> bytes:
    buffer = io.BytesIO()
    kind = zipfile.ZIP_DEFLATED if squeeze else zipfile.ZIP_STORED
    with zipfile.ZipFile(buffer, "w", kind) as archive:
        entry = zipfile.ZipInfo(name)
        entry.compress_type = kind
        entry.external_attr = mode << 16
        archive.writestr(entry, data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "name",
    ["../manifest.toml", "/etc/passwd", "a/../b.toml", "c:evil.toml", "a//b.toml", "./a"],
)
def test_a_name_that_leaves_the_folder_is_refused(name: str) -> None:
    with pytest.raises(PackRefused, match="nom de fichier"):
        read_archive(zipped(name))


def test_a_link_is_refused() -> None:
    with pytest.raises(PackRefused, match="est un lien"):
        read_archive(zipped("a.toml", b"/etc/passwd", mode=stat.S_IFLNK | 0o777))


def test_a_bomb_is_refused() -> None:
    with pytest.raises(PackRefused, match="suspecte"):
        read_archive(zipped("a.toml", b"0" * 5_000_000, squeeze=True))


def test_what_is_not_an_archive_is_refused() -> None:
    with pytest.raises(PackRefused, match="archive lisible"):
        read_archive(b"PK not really")


def test_the_same_name_twice_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.toml", b"1")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.toml", b"2")
    with pytest.raises(PackRefused, match="deux fois"):
        read_archive(buffer.getvalue())


def test_hidden_files_python_and_links_stay_out_of_a_pack(tmp_path: Path) -> None:
    (tmp_path / "manifest.toml").write_text("format = 1")
    (tmp_path / "evil.py").write_text("raise SystemExit")
    (tmp_path / ".secret.toml").write_text("x")
    (tmp_path / "link.toml").symlink_to("/etc/hostname")

    assert set(read_folder(tmp_path)) == {"manifest.toml"}
