"""Does a .zip sent by somebody become the files of a pack, and nothing else?"""

import io
import random
import zipfile
from collections.abc import Mapping

import pytest

from app.catalogue.contract import PackRefused
from app.catalogue.upload import read_upload

PACK: Mapping[str, bytes] = {"manifest.toml": b"format = 1", "process.bpmn": b"<a/>"}


def zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_the_folder_or_what_it_holds_may_be_zipped() -> None:
    assert read_upload(zipped(PACK)) == PACK
    assert (
        read_upload(zipped({f"mon type/{name}": data for name, data in PACK.items()})) == PACK
    )


def test_what_file_managers_leave_behind_is_no_reason_to_refuse() -> None:
    litter = {"__MACOSX/._process.bpmn": b"x", ".DS_Store": b"x", "Thumbs.db": b"x"}
    assert read_upload(zipped({**PACK, **litter})) == PACK


@pytest.mark.parametrize(
    "name", ["evil.py", "a/b.so", "run.sh", ".env", "_private.toml", "LICENSE"]
)
def test_what_is_not_of_a_pack_is_refused_by_name(name: str) -> None:
    with pytest.raises(PackRefused) as refused:
        read_upload(zipped({**PACK, name: b"x"}))
    assert [problem.place for problem in refused.value.problems] == [name]


def test_a_pack_without_manifest_or_drawing_is_refused_and_both_are_told() -> None:
    with pytest.raises(PackRefused) as refused:
        read_upload(zipped({"a/README.md": b"x"}))
    assert [one.place for one in refused.value.problems] == ["manifest.toml", "process.bpmn"]


def test_a_text_larger_than_any_text_is_refused() -> None:
    long = random.Random(1).randbytes(1_000_001)
    with pytest.raises(PackRefused, match="trop gros"):
        read_upload(zipped({**PACK, "scenarios/a.toml": long}))
