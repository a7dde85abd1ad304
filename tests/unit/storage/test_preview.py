"""Are pieces shown as pictures we drew, within bounds?"""

import io
from pathlib import Path

import pytest
from PIL import Image

from app.domain.files import FileUnavailable
from app.storage.local import LocalStore
from app.storage.preview import NoPreview, Previews
from tests import sample_files


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "pieces", reserve=0)


@pytest.fixture
def previews(store: LocalStore, tmp_path: Path) -> Previews:
    return Previews(store, tmp_path / "previews")


def _kept(store: LocalStore, data: bytes) -> str:
    with store.receive([data], limit=10_000_000, name="x") as received:
        store.keep(received)
    return received.sha256


def _picture(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data), formats=["PNG"])


def test_a_page_of_a_pdf_becomes_a_png(store: LocalStore, previews: Previews) -> None:
    sha256 = _kept(store, sample_files.pdf(pages=2))

    assert _picture(previews.png(sha256, "pdf", page=2)).width == 1000
    assert _picture(previews.png(sha256, "pdf", size="thumbnail")).width == 240


def test_a_page_that_does_not_exist_has_no_picture(
    store: LocalStore, previews: Previews
) -> None:
    sha256 = _kept(store, sample_files.pdf())

    for page in (0, 2, 10**9, -1):
        with pytest.raises(NoPreview):
            previews.png(sha256, "pdf", page=page)


def test_an_image_is_shown_no_larger_than_needed(store: LocalStore, previews: Previews) -> None:
    sha256 = _kept(store, sample_files.jpg(3000, 2000))

    assert _picture(previews.png(sha256, "jpg")).size == (1000, 667)


def test_a_picture_is_drawn_once(store: LocalStore, previews: Previews, tmp_path: Path) -> None:
    sha256 = _kept(store, sample_files.png())
    first = previews.png(sha256, "png")
    store.remove(sha256)

    assert previews.png(sha256, "png") == first
    assert [path.suffix for path in (tmp_path / "previews").rglob("*.*")] == [".png"]


def test_the_folder_of_pictures_stays_within_its_size(
    store: LocalStore, tmp_path: Path
) -> None:
    previews = Previews(store, tmp_path / "previews", max_cache=0)
    previews.png(_kept(store, sample_files.png()), "png")

    assert not list((tmp_path / "previews").rglob("*.png"))


def test_a_file_that_is_gone_or_broken_has_no_picture(
    store: LocalStore, previews: Previews
) -> None:
    with pytest.raises(FileUnavailable):
        previews.png("0" * 64, "pdf")
    with pytest.raises(NoPreview):
        previews.png(_kept(store, b"%PDF-1.4 nothing"), "pdf")
