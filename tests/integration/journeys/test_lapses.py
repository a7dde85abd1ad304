"""When does an aid lapse, and what keeps it alive? Two deadlines, each decided by two people."""

from datetime import date, timedelta

import pytest

from app.actions import dossiers
from app.domain.errors import ExtensionTooLate, FourEyes
from app.domain.money import Money
from app.domain.permissions import Role
from app.domain.status import DossierStatus
from tests.stories import Department, Play
from tests.usual import interim_claim


def ask_extension(play: Play, until: date) -> None:
    house = play.house
    house.run(
        lambda session: dossiers.ask_extension(
            session,
            house.console,
            house.actor(play.applicant),
            play.dossier_id,
            until=until.isoformat(),
            reason="Le fournisseur livre en retard.",
            now=house.now,
        )
    )


def test_works_never_started_make_the_aid_lapse_and_free_its_money(
    department: Department,
) -> None:
    play = department.kept("AwaitSession").until("DeclareStart")
    deadline = play.row.start_deadline
    assert deadline is not None

    play.wait(until=deadline)
    assert play.open == ["DeclareStart"]
    play.wait(days=1)
    assert play.open == ["DecideStartLapse"]
    play.do("DecideStartLapse", start_lapse="lapse", reason="Projet abandonné.")
    play.do("ConfirmStartLapse", lapse_confirmed="yes")

    assert play.row.status is DossierStatus.LAPSED
    assert play.open == []
    assert play.left_of_commitment == Money.zero()


def test_works_never_finished_make_the_rest_of_the_aid_lapse(department: Department) -> None:
    play = department.kept("ClaimPayment")
    play.pay(**interim_claim(Money.euros(14_000)))
    deadline = play.row.completion_deadline
    assert deadline is not None

    play.wait(until=deadline + timedelta(days=1))
    assert play.open == ["ClaimPayment", "DecideLapse"]
    play.do("DecideLapse", lapse="lapse", reason="Le reste ne sera pas réalisé.")
    play.do("ConfirmLapse", lapse_confirmed="yes")

    assert play.row.status is DossierStatus.LAPSED
    assert play.open == []
    assert play.left_of_commitment == Money.euros(6_300)


def test_whoever_proposed_the_lapse_does_not_confirm_it(department: Department) -> None:
    department.colleague("double", Role.OFFICER, Role.HEAD)
    play = department.kept("AwaitSession").until("DeclareStart")
    play.wait(until=(play.row.start_deadline or play.today) + timedelta(days=1))
    play.do("DecideStartLapse", "agent", start_lapse="lapse", reason="Projet abandonné.")
    play.do(
        "ConfirmStartLapse",
        lapse_confirmed="no",
        start_deadline=(play.today + timedelta(days=30)).isoformat(),
    )
    play.wait(days=31)
    department.give(play, "DecideStartLapse", "double")
    play.do("DecideStartLapse", "double", start_lapse="lapse", reason="Toujours rien.")

    with pytest.raises(FourEyes):
        play.do("ConfirmStartLapse", "double", lapse_confirmed="yes")

    assert play.open == ["ConfirmStartLapse"]


def test_a_granted_extension_moves_the_deadline_of_everything_that_waits_for_it(
    department: Department,
) -> None:
    play = department.kept("ClaimPayment")
    first = play.row.completion_deadline
    assert first is not None
    later = first + timedelta(days=180)

    ask_extension(play, later)
    assert play.open == ["ClaimPayment", "ExamineExtension"]
    play.do("ExamineExtension", extension="granted", completion_deadline=later.isoformat())

    assert play.row.completion_deadline == later
    assert play.task("ClaimPayment").due_on == later
    play.wait(until=first + timedelta(days=1))
    assert play.open == ["ClaimPayment"]
    play.wait(until=later + timedelta(days=1))
    assert play.open == ["ClaimPayment", "DecideLapse"]


def test_a_refused_extension_changes_no_deadline(department: Department) -> None:
    play = department.kept("ClaimPayment")
    first = play.row.completion_deadline
    assert first is not None

    ask_extension(play, first + timedelta(days=700))
    play.do("ExamineExtension", extension="refused", reason="Deux ans, c’est trop.")

    assert play.row.completion_deadline == first
    assert play.task("ClaimPayment").due_on == first
    assert play.open == ["ClaimPayment"]


def test_more_time_is_not_asked_for_before_the_award_nor_after_the_end(
    department: Department,
) -> None:
    play = department.kept("AwaitSession")

    with pytest.raises(ExtensionTooLate):
        ask_extension(play, date(2029, 1, 1))
    play.until("CloseDossier")
    with pytest.raises(ExtensionTooLate):
        ask_extension(play, date(2029, 1, 1))
