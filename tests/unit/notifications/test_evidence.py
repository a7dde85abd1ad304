"""Does the relay's journal say what really happened to a mail?"""

from pathlib import Path

from notifications.evidence import was_accepted

ID = "<0123456789abcdef01234567.liasse@meuse.example>"
CLEANUP = f"Nov 23 08:00:01 mx postfix/cleanup[812]: 4F1C72A0: message-id={ID}\n"
ACTIVE = "Nov 23 08:00:01 mx postfix/qmgr[77]: 4F1C72A0: from=<a@b.example>, size=9, nrcpt=1 (queue active)\n"
OTHER = "Nov 23 08:00:01 mx postfix/qmgr[77]: 9999AAAA: from=<a@b.example>, size=9, nrcpt=1 (queue active)\n"


def journal(folder: Path, *lines: str, name: str = "mail.log") -> Path:
    path = folder / name
    path.write_text("".join(lines))
    return path


def test_a_message_postfix_queued_was_accepted(tmp_path: Path) -> None:
    assert was_accepted(journal(tmp_path, OTHER, CLEANUP, ACTIVE), ID)


def test_a_message_postfix_only_began_to_read_was_not(tmp_path: Path) -> None:
    assert not was_accepted(journal(tmp_path, OTHER, CLEANUP), ID)


def test_a_relay_that_writes_the_identifier_before_its_250_is_believed(tmp_path: Path) -> None:
    assert was_accepted(journal(tmp_path, f"relay: message-id={ID} taken\n"), ID)


def test_yesterdays_journal_is_read_too(tmp_path: Path) -> None:
    journal(tmp_path, CLEANUP, ACTIVE, name="mail.log.1")
    assert was_accepted(journal(tmp_path, OTHER), ID)


def test_an_empty_or_absent_journal_says_nothing(tmp_path: Path) -> None:
    assert not was_accepted(tmp_path / "absent.log", ID)
    assert not was_accepted(journal(tmp_path), ID)
