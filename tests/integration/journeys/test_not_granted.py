"""How does a request end without an aid? Refused, dropped, withdrawn, and never by accident."""

import pytest

from app.actions import dossiers
from app.domain.errors import WithdrawalTooLate
from app.domain.status import DossierStatus, Vote
from tests.stories import Department, Play


def missing(play: Play) -> None:
    play.do(
        "CheckCompleteness",
        completeness="missing",
        missing_pieces=[{"piece": "quotes", "reason": "Le devis n’est pas daté."}],
    )


def withdraw(play: Play) -> None:
    house = play.house
    house.run(
        lambda session: dossiers.withdraw(
            session,
            house.console,
            house.actor(play.applicant),
            play.dossier_id,
            reason="Le projet est reporté.",
            now=house.now,
        )
    )


def test_a_refusal_is_voted_made_executory_and_notified(department: Department) -> None:
    play = department.kept("AwaitSession")
    play.vote(Vote.REFUSED)

    play.usual("MakeExecutory")
    play.usual("NotifyRefusal")

    assert play.row.status is DossierStatus.REFUSED
    assert play.row.notified_on == play.today
    assert (play.open, play.row.closed_on) == ([], play.today)


def test_a_dossier_completed_in_time_goes_on(department: Department) -> None:
    play = department.dossier()
    missing(play)
    assert play.row.status is DossierStatus.INCOMPLETE
    play.wait(days=20)

    play.usual("ProvidePieces")
    play.usual("CheckCompleteness")

    assert play.open == ["ConsultServices"]
    assert play.row.complete_on == play.today
    assert play.process.due_at is None


def test_a_dossier_never_completed_is_dropped_by_a_person_after_its_deadline(
    department: Department,
) -> None:
    play = department.dossier()
    missing(play)

    play.wait(days=44)
    assert play.open == ["ProvidePieces"]
    play.wait(days=1)
    assert play.open == ["DecideNextStep"]
    play.do("DecideNextStep", next="drop", reason="Pièces non reçues.")

    assert play.row.status is DossierStatus.DROPPED
    assert play.open == []


def test_pieces_may_be_asked_for_again_after_the_deadline(department: Department) -> None:
    play = department.dossier()
    missing(play)
    play.wait(days=45)

    play.do("DecideNextStep", next="ask_again")
    play.usual("ProvidePieces")
    play.usual("CheckCompleteness")

    assert play.open == ["ConsultServices"]


def test_a_request_may_be_withdrawn_until_the_vote(department: Department) -> None:
    play = department.kept("ExamineRequest")

    withdraw(play)

    assert play.row.status is DossierStatus.WITHDRAWN
    assert play.open == []


def test_a_request_cannot_be_withdrawn_once_it_was_decided(department: Department) -> None:
    play = department.kept("AwaitSession")
    play.vote()

    with pytest.raises(WithdrawalTooLate):
        withdraw(play)

    assert play.open == ["MakeExecutory"]


def test_a_request_withdrawn_after_it_was_put_on_an_agenda_does_not_stop_the_session(
    department: Department,
) -> None:
    gone = department.kept("AwaitSession")
    stays = department.dossier(until="AwaitSession")
    sitting = department.session([gone, stays])

    withdraw(gone)
    lines = department.lines(sitting)

    assert list(lines) == [stays.dossier_id]
    assert gone.row.status is DossierStatus.WITHDRAWN
