"""A mail that comes back: does the officer know, does the address rest, does what waited leave?"""

import mailbox
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from app.domain.errors import NotAllowed
from app.domain.permissions import Role
from app.domain.status import MailStatus
from app.jobs import sweep
from app.models.mailing import FailingAddress, MailReturn
from app.models.outbox import Mail
from app.models.people import Person
from app.models.process import Incident
from notifications import failing
from notifications.return_box import BoxUnreachable
from notifications.tags import Tags
from tests.integration.notifications.conftest import Town
from tests.unit.notifications.test_returns import dsn, prose

ADDRESS = "retours@meuse.example"
KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def sent(town: Town) -> Town:
    """The receipt left, its return address signed."""
    town.post = replace(town.post, tags=Tags.of(KEY), bounce_address=ADDRESS)
    town.sweep("dispatch")
    assert town.sweep("mail") == 1
    return town


def receipt(town: Town) -> Mail:
    return town.mails("receipt")[0]


def returned(town: Town, content: bytes = b"") -> bytes:
    """A report about the receipt, as the relay would write it."""
    back = town.post.return_path(receipt(town).id)
    found = content or dsn()
    head, _, rest = found.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.startswith(b"To:")]
    return b"\r\n".join([f"To: {back}".encode(), *lines]) + b"\r\n\r\n" + rest


def drop(folder: Path, *contents: bytes) -> str:
    box = mailbox.Maildir(str(folder), create=True)
    for content in contents:
        box.add(content)
    return f"maildir:{folder}"


def read(town: Town, url: str) -> int:
    clock = town.clock()
    clock.bounce_url = url
    return sweep(clock, "returns", now=town.service.now)


def standing(town: Town) -> list[FailingAddress]:
    with town.service.database.reading() as session:
        return list(
            session.scalars(select(FailingAddress).where(FailingAddress.cleared_at.is_(None)))
        )


def incidents(town: Town) -> list[Incident]:
    with town.service.database.reading() as session:
        return list(session.scalars(select(Incident).where(Incident.resolved_at.is_(None))))


def test_each_mail_leaves_with_a_return_address_of_its_own(sent: Town) -> None:
    assert sent.server.senders == [sent.post.return_path(receipt(sent).id)]
    assert sent.server.senders[0].startswith("retours+")


def test_a_mail_that_comes_back_is_marked_and_its_address_rests(
    sent: Town, tmp_path: Path
) -> None:
    url = drop(tmp_path / "box", returned(sent))

    assert read(sent, url) == 1
    assert read(sent, url) == 0

    mail = receipt(sent)
    assert mail.status is MailStatus.BOUNCED
    assert "5.1.1" in mail.last_error
    (one,) = standing(sent)
    assert one.address == "secretaire@commercy.example"
    (incident,) = incidents(sent)
    assert (incident.kind, incident.dossier_id) == ("bounce", sent.dossier_id)
    assert sent.service.open_steps(sent.dossier_id) == ["CheckCompleteness"], "it goes on"


def test_the_same_report_read_twice_counts_once(sent: Town, tmp_path: Path) -> None:
    content = returned(sent)
    read(sent, drop(tmp_path / "one", content))

    assert read(sent, drop(tmp_path / "two", content)) == 0
    assert len(incidents(sent)) == 1


def test_holidays_and_people_who_answer_change_nothing_and_people_stay_in_the_box(
    sent: Town, tmp_path: Path
) -> None:
    away = prose("Absence du bureau", "En congé.", "a@b.example", Auto_Submitted="auto-replied")
    human = prose("Re: votre dossier", "Une question.", "a@b.example")
    folder = tmp_path / "box"

    read(sent, drop(folder, returned(sent, away), returned(sent, human)))

    assert receipt(sent).status is MailStatus.SENT
    assert standing(sent) == []
    assert len(mailbox.Maildir(str(folder))) == 1
    with sent.service.database.reading() as session:
        kinds = sorted(session.scalars(select(MailReturn.kind)))
    assert kinds == ["automatic", "unread"]


def test_a_report_about_no_mail_of_ours_touches_no_address(sent: Town, tmp_path: Path) -> None:
    forged = dsn().replace(b"0123456789abcdef01234567", b"f" * 24)

    read(sent, drop(tmp_path / "box", forged))

    assert standing(sent) == []
    assert receipt(sent).status is MailStatus.SENT


def test_an_mbox_file_is_read_like_a_folder(sent: Town, tmp_path: Path) -> None:
    path = tmp_path / "retours.mbox"
    box = mailbox.mbox(str(path))
    box.add(returned(sent))
    box.close()

    assert read(sent, f"mbox:{path}") == 1
    assert read(sent, f"mbox:{path}") == 0
    assert receipt(sent).status is MailStatus.BOUNCED


def test_a_mailbox_that_is_not_there_is_told(sent: Town, tmp_path: Path) -> None:
    with pytest.raises(BoxUnreachable):
        read(sent, f"maildir:{tmp_path / 'nowhere'}")


def another(town: Town) -> UUID:
    """A second request of the same town hall, its receipt planned."""
    dossier_id = town.service.filed(town.secretary, town.commune)
    town.sweep("dispatch")
    return dossier_id


def test_nothing_more_is_sent_to_an_address_that_fails_until_it_is_corrected(
    sent: Town, tmp_path: Path
) -> None:
    read(sent, drop(tmp_path / "box", returned(sent)))
    another(sent)
    assert sent.sweep("mail") == 0
    assert len(incidents(sent)) == 1, "nobody is told twice"

    (one,) = standing(sent)
    left = sent.service.run(
        lambda session: failing.correct(
            session,
            sent.officer,
            one.id,
            "mairie.nouvelle@commercy.example",
            resend=True,
            domain="meuse.example",
            now=sent.service.now,
        )
    )

    assert left == 2, "the one that came back, and the one that waited"
    assert sent.sweep("mail") == 2
    assert sent.server.recipients[1:] == ["mairie.nouvelle@commercy.example"] * 2
    assert (standing(sent), incidents(sent)) == ([], [])
    keys = sorted(mail.key for mail in sent.mails("receipt"))
    assert [key for key in keys if key.endswith(":1")] != []


def test_an_officer_corrects_applicants_and_not_colleagues(sent: Town) -> None:
    colleague = sent.service.person("chef2@meuse.example", Role.HEAD)
    row = sent.service.run(
        lambda session: session.add(
            FailingAddress(
                address="chef2@meuse.example",
                person_id=colleague.person_id,
                why="550",
                since=sent.service.now,
            )
        )
    )
    assert row is None
    (one,) = standing(sent)

    def correct(session: object) -> object:
        return failing.correct(
            session,  # type: ignore[arg-type]
            sent.officer,
            one.id,
            "pirate@evil.example",
            resend=False,
            domain="meuse.example",
            now=sent.service.now,
        )

    with pytest.raises(NotAllowed):
        sent.service.run(correct)
    with sent.service.database.reading() as session:
        assert session.get_one(Person, colleague.person_id).email == "chef2@meuse.example"


@pytest.mark.parametrize("typed", ["", "mairie", "a@b.example\r\nBcc: e@e.example", "a b@c.fr"])
def test_what_is_no_address_corrects_nothing(sent: Town, tmp_path: Path, typed: str) -> None:
    read(sent, drop(tmp_path / "box", returned(sent)))
    (one,) = standing(sent)

    with pytest.raises(failing.AddressUnusable):
        sent.service.run(
            lambda session: failing.correct(
                session,
                sent.officer,
                one.id,
                typed,
                resend=True,
                domain="meuse.example",
                now=sent.service.now,
            )
        )
    assert standing(sent) != []


def test_an_address_refused_at_the_door_fails_too_and_its_mail_leaves_once_corrected(
    town: Town,
) -> None:
    town.sweep("dispatch")
    town.server.refuse = frozenset({"secretaire@commercy.example"})
    town.sweep("mail")

    (one,) = standing(town)
    town.service.run(
        lambda session: failing.correct(
            session,
            town.officer,
            one.id,
            "juste@commercy.example",
            resend=True,
            domain="meuse.example",
            now=town.service.now,
        )
    )

    assert town.sweep("mail") == 1
    assert town.server.recipients == ["juste@commercy.example"]
    assert incidents(town) == []
