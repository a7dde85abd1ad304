"""Does a mail leave once, whatever the relay answers and whoever dies on the way?"""

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.actions.mails import send_again
from app.domain.permissions import Role
from app.domain.status import MailStatus
from app.jobs import Clock
from app.models.outbox import Mail
from app.models.people import Person
from app.models.process import Incident
from notifications import deliver, leases
from notifications.mailbox import Mailbox
from notifications.relay import Answer, FileRelay
from tests.integration.notifications.conftest import Town
from tests.mail_server import TAKEN

MINUTE = timedelta(minutes=1)


@pytest.fixture
def planned(town: Town) -> Town:
    """The receipt waits in the outbox."""
    town.sweep("dispatch")
    return town


def receipt(town: Town) -> Mail:
    return town.mails("receipt")[0]


def incidents(town: Town) -> list[Incident]:
    with town.service.database.reading() as session:
        return list(session.scalars(select(Incident)))


def desk_of(clock: Clock) -> deliver.Desk:
    assert clock.relay is not None
    return deliver.Desk(clock.database, clock.post, clock.relay, clock.pack_of)


def plain(message: EmailMessage) -> str:
    part = message.get_body(preferencelist=("plain",))
    assert part is not None
    return str(part.get_content())


def test_the_receipt_arrives_once_readable_and_marked_as_automatic(planned: Town) -> None:
    assert planned.sweep("mail") == 1
    assert planned.sweep("mail") == 0

    (message,) = planned.server.taken
    assert message["To"] == "Secretaire <secretaire@commercy.example>"
    assert message["From"] == "Département de la Meuse <ne-pas-repondre@meuse.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == receipt(planned).message_id
    assert "2026-LPINV-00001" in message["Subject"]
    assert (
        f"https://aides.meuse.example/portail/demandes/{receipt(planned).dossier_id}"
        in plain(message)
    )
    mail = receipt(planned)
    assert (mail.status, mail.attempts, mail.ambiguous) == (MailStatus.SENT, 1, 0)
    assert mail.sent_to == "secretaire@commercy.example"
    assert mail.subject == message["Subject"]


def test_a_relay_that_says_later_gets_the_mail_later_and_once(planned: Town) -> None:
    planned.server.mood = lambda times: "451 4.7.1 greylisted" if times == 1 else TAKEN

    assert planned.sweep("mail") == 0
    assert planned.sweep("mail") == 0, "not before a minute"
    assert planned.sweep("mail", at=planned.service.now + MINUTE) == 1

    mail = receipt(planned)
    assert (mail.status, mail.attempts, mail.ambiguous) == (MailStatus.SENT, 2, 0)
    assert len(planned.server.taken) == 1


def test_an_address_that_does_not_exist_is_set_aside_at_once_and_the_others_leave(
    planned: Town,
) -> None:
    other = planned.service.organisation("Void-Vacon", email="mairie@void.example")
    clerk = planned.service.person("clerk@void.example", of=other)
    planned.service.filed(clerk, other)
    planned.sweep("dispatch")
    planned.server.refuse = frozenset({"secretaire@commercy.example"})

    assert planned.sweep("mail") == 1

    (refused,) = [
        mail for mail in planned.mails("receipt") if mail.dossier_id == planned.dossier_id
    ]
    assert refused.status is MailStatus.FAILED
    assert "550 5.1.1" in refused.last_error
    (incident,) = incidents(planned)
    assert (incident.kind, incident.dossier_id) == ("mail", planned.dossier_id)
    assert planned.service.open_steps(planned.dossier_id) == ["CheckCompleteness"]


def test_a_mail_set_aside_leaves_once_the_administrator_says_so(planned: Town) -> None:
    planned.server.refuse = frozenset({"secretaire@commercy.example"})
    planned.sweep("mail")
    planned.server.refuse = frozenset()

    admin = planned.service.person("admin@meuse.example", Role.ADMIN)
    mail_id = receipt(planned).id
    planned.service.run(
        lambda session: send_again(session, admin, mail_id, now=planned.service.now)
    )

    assert receipt(planned).attempts == 0, "three days of tries again"
    assert planned.sweep("mail") == 1
    assert receipt(planned).status is MailStatus.SENT


def keep_out(town: Town, mail_id: UUID) -> None:
    town.service.run(
        lambda session: session.execute(
            update(Mail).where(Mail.id == mail_id).values(status=MailStatus.CANCELLED)
        )
    )


def test_a_relay_that_is_down_costs_one_try_a_sweep_and_three_days_before_giving_up(
    planned: Town,
) -> None:
    planned.service.filed(planned.secretary, planned.commune)
    planned.sweep("dispatch")
    clock = planned.clock(smtp_url="smtp://127.0.0.1:9")
    desk, at = desk_of(clock), planned.service.now

    spent = timedelta(0)
    for _ in range(leases.GIVE_UP_AFTER):
        held = deliver.claim(desk, "one", now=at)
        assert held is not None
        assert deliver.send(desk, held, now=at) is Answer.UNREACHABLE
        if held.attempts == leases.GIVE_UP_AFTER:
            break
        other = deliver.claim(desk, "two", now=at)
        if other is not None:  # the second mail is kept out of the way
            keep_out(planned, other.id)
        wait = leases.wait_after(held.attempts, planned.post.first_wait)
        spent, at = spent + wait, at + wait

    assert timedelta(hours=70) < spent < timedelta(hours=74)
    with planned.service.database.reading() as session:
        states = sorted(session.scalars(select(Mail.status)))
    assert states == [MailStatus.CANCELLED, MailStatus.FAILED]
    assert [one.kind for one in incidents(planned)] == ["mail"]


def test_an_answer_lost_on_the_way_is_counted_and_doubles_the_mail_at_most_once(
    planned: Town,
) -> None:
    planned.server.mood = lambda times: "drop" if times == 1 else TAKEN

    planned.sweep("mail")
    assert receipt(planned).ambiguous == 1
    planned.sweep("mail", at=planned.service.now + MINUTE)

    ids = [str(message["Message-ID"]) for message in planned.server.taken]
    assert ids == [receipt(planned).message_id] * 2, (
        "the same mail twice, told by its identifier"
    )
    assert receipt(planned).status is MailStatus.SENT


def test_with_the_relays_journal_a_lost_answer_doubles_nothing(planned: Town) -> None:
    planned.server.mood = lambda _times: "drop"
    clock = planned.clock(journal=planned.server.journal)
    desk, at = desk_of(clock), planned.service.now

    for _ in range(2):
        held = deliver.claim(desk, "one", now=at)
        assert held is not None
        deliver.send(desk, held, now=at)
        at += MINUTE

    assert len(planned.server.taken) == 1
    assert receipt(planned).status is MailStatus.SENT
    assert "journal" in receipt(planned).last_error


def test_a_sender_that_died_is_replaced_after_its_lease_and_its_try_is_counted(
    planned: Town,
) -> None:
    desk, at = desk_of(planned.clock()), planned.service.now
    assert deliver.claim(desk, "dead", now=at) is not None

    assert deliver.claim(desk, "other", now=at + timedelta(seconds=11)) is None
    held = deliver.claim(desk, "other", now=at + timedelta(seconds=13))

    assert held is not None
    assert held.attempts == 2
    assert receipt(planned).ambiguous == 1


def test_a_sender_that_slept_past_its_lease_sends_nothing_and_marks_nothing(
    planned: Town,
) -> None:
    desk, at = desk_of(planned.clock()), planned.service.now
    slow = deliver.claim(desk, "slow", now=at)
    assert slow is not None
    asleep = replace(
        slow, since=slow.since - 7.0
    )  # a lease of 12 s, a dialogue of 6 s at most  # 12 s lease, 6 s dialogue

    assert deliver.send(desk, asleep, now=at) is Answer.LATER

    assert planned.server.taken == []
    assert receipt(planned).status is MailStatus.PENDING


def test_who_lost_the_lease_cannot_mark_the_mail_of_another(planned: Town) -> None:
    desk, at = desk_of(planned.clock()), planned.service.now
    slow = deliver.claim(desk, "slow", now=at)
    other = deliver.claim(desk, "other", now=at + timedelta(seconds=13))
    assert slow is not None
    assert other is not None

    deliver.set_aside(desk, slow, "too late", now=at)

    assert receipt(planned).status is MailStatus.SENDING
    assert receipt(planned).lease_owner == "other"
    assert incidents(planned) == []


def test_the_address_is_the_one_of_the_day_the_mail_leaves(planned: Town) -> None:
    planned.service.run(
        lambda session: session.execute(
            update(Person)
            .where(Person.id == planned.secretary.person_id)
            .values(email="nouvelle@commercy.example")
        )
    )

    planned.sweep("mail")

    assert planned.server.recipients == ["nouvelle@commercy.example"]


def test_nothing_is_sent_to_an_account_that_was_closed(planned: Town) -> None:
    planned.service.run(
        lambda session: session.execute(
            update(Person)
            .where(Person.id == planned.secretary.person_id)
            .values(is_active=False)
        )
    )

    planned.sweep("mail")

    assert planned.server.taken == []
    assert receipt(planned).status is MailStatus.CANCELLED
    assert receipt(planned).last_error == "le compte est fermé"


def test_a_forged_address_never_reaches_the_relay(planned: Town) -> None:
    address = "a@b.example\r\nRCPT TO:<eve@evil.example>"
    planned.service.run(
        lambda session: session.execute(
            update(Person).where(Person.id == planned.secretary.person_id).values(email=address)
        )
    )

    planned.sweep("mail")

    assert planned.server.taken == []
    assert receipt(planned).status is MailStatus.FAILED
    assert receipt(planned).last_error == "adresse invalide"


def test_a_name_with_a_line_feed_cannot_add_a_header(planned: Town) -> None:
    planned.service.run(
        lambda session: session.execute(
            update(Person)
            .where(Person.id == planned.secretary.person_id)
            .values(name="Anne\r\nBcc: eve@evil.example")
        )
    )

    planned.sweep("mail")

    (message,) = planned.server.taken
    assert message["Bcc"] is None
    assert planned.server.recipients == ["secretaire@commercy.example"]


def test_a_mail_whose_text_does_not_exist_is_set_aside_not_sent_empty(planned: Town) -> None:
    planned.service.run(
        lambda session: session.execute(update(Mail).values(template="no_such_mail"))
    )

    planned.sweep("mail")

    assert planned.server.taken == []
    assert [mail.status for mail in planned.mails()] == [MailStatus.FAILED]
    assert [one.kind for one in incidents(planned)] == ["mail"]


def test_the_demo_keeps_its_mails_in_files_each_once(planned: Town, tmp_path: Path) -> None:
    box = Mailbox(tmp_path / "mail")
    clock = planned.clock()
    clock.relay = FileRelay(box)
    desk, at = desk_of(clock), planned.service.now
    for owner in ("one", "two"):  # the first sender dies before it can mark the row
        held = deliver.claim(desk, owner, now=at)
        assert held is not None
        clock.relay.hand_over(deliver.write(desk, held), lambda: None)
        at += MINUTE

    (line,) = box.lines()
    assert line.to == "secretaire@commercy.example"
    opened = box.open(line.name)
    assert opened is not None
    assert "accusé de réception" in opened.text
    assert "<h1>" in opened.html
    assert box.lines(to="nobody@x.example") == []
    assert box.open("../../etc/passwd") is None
