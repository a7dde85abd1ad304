"""Is the scanner's word understood, and its silence never taken for a clean bill?"""

from pathlib import Path

import pytest

from app.storage.scanner import ClamAV, ScannerDown
from tests.fake_clamd import EICAR, fake_clamd


def test_a_virus_is_named_and_a_clean_file_is_not(tmp_path: Path) -> None:
    with fake_clamd(tmp_path / "clamd") as address:
        scanner = ClamAV(address)

        assert scanner.virus_in([b"a note", b"x" * 200_000]) is None
        assert (
            scanner.virus_in([b"%PDF-1.4 " + EICAR[:30], EICAR[30:]]) == "Eicar-Test-Signature"
        )
        assert scanner.problem() is None


@pytest.mark.parametrize(
    "answer", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"stream: O", b"\xff\xfe\0"]
)
def test_an_answer_that_is_no_verdict_is_a_scanner_down(tmp_path: Path, answer: bytes) -> None:
    with fake_clamd(tmp_path / "clamd", answer=answer) as address:
        with pytest.raises(ScannerDown):
            ClamAV(address).virus_in([b"a note"])
        assert ClamAV(address).problem() is not None


@pytest.mark.parametrize(
    "address", ["/nowhere/clamd.sock", "127.0.0.1:1", "clamav", "host:port"]
)
def test_a_scanner_that_does_not_answer_is_down_and_says_why(address: str) -> None:
    with pytest.raises(ScannerDown):
        ClamAV(address).virus_in([b"a note"])

    assert "L’antivirus ne répond pas" in (ClamAV(address).problem() or "")
