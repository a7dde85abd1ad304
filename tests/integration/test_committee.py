"""Does a session decide all its dossiers at once, or none of them?"""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from app.actions import committee
from app.actions.committee import Ballot
from app.domain.errors import (
    DossierNotReady,
    NotAllowed,
    SessionExists,
    SessionHeld,
    VoteIncomplete,
)
from app.domain.money import Money
from app.domain.status import DossierStatus, Vote
from tests.stories import Department, Play


@pytest.fixture
def plays(department: Department) -> Sequence[Play]:
    """Three dossiers ready for a session."""
    return [
        department.kept("AwaitSession"),
        *(department.dossier(until="AwaitSession") for _ in range(2)),
    ]


def statuses(plays: Sequence[Play]) -> list[DossierStatus]:
    return [play.row.status for play in plays]


def test_one_session_grants_adjourns_and_refuses_at_once(
    department: Department, plays: Sequence[Play]
) -> None:
    granted, adjourned, refused = plays
    sitting = department.session(plays)
    assert set(statuses(plays)) == {DossierStatus.SCHEDULED}

    moved = department.decide(
        sitting,
        {
            granted.dossier_id: Ballot(Vote.GRANTED),
            adjourned.dossier_id: Ballot(Vote.ADJOURNED),
            refused.dossier_id: Ballot(Vote.REFUSED),
        },
    )

    assert moved == 3
    assert statuses(plays) == [DossierStatus.VOTED, DossierStatus.READY, DossierStatus.VOTED]
    assert [play.row.voted for play in plays] == [Money.euros(12_600), None, Money.zero()]
    refused.usual("MakeExecutory")
    assert refused.open == ["NotifyRefusal"]


def test_nothing_is_decided_while_a_line_has_no_vote(
    department: Department, plays: Sequence[Play]
) -> None:
    sitting = department.session(plays)

    with pytest.raises(VoteIncomplete):
        department.decide(sitting, {plays[0].dossier_id: Ballot(Vote.GRANTED)})

    assert set(statuses(plays)) == {DossierStatus.SCHEDULED}


def test_another_amount_needs_its_amount(department: Department, plays: Sequence[Play]) -> None:
    sitting = department.session(plays[:1])

    with pytest.raises(VoteIncomplete):
        department.decide(sitting, {plays[0].dossier_id: Ballot(Vote.GRANTED_OTHER)})

    assert plays[0].row.status is DossierStatus.SCHEDULED


def test_applying_a_session_twice_decides_once(
    department: Department, plays: Sequence[Play]
) -> None:
    sitting = department.session(plays)
    votes = {play.dossier_id: Ballot(Vote.GRANTED) for play in plays}

    assert department.decide(sitting, votes) == 3
    assert department.decide(sitting, votes) == 3

    assert [len(play.told("voted")) for play in plays] == [1, 1, 1]


def test_a_session_held_takes_no_more_dossiers_and_gives_none_back(
    department: Department, plays: Sequence[Play]
) -> None:
    office = department.actor("assemblees")
    sitting = department.session(plays[:1])
    line = department.lines(sitting)[plays[0].dossier_id]
    department.decide(sitting, {plays[0].dossier_id: Ballot(Vote.GRANTED)})

    with pytest.raises(SessionHeld):
        department.run(
            lambda session: committee.put_on_agenda(
                session, office, sitting, [plays[1].dossier_id], now=department.now
            )
        )
    with pytest.raises(SessionHeld):
        department.run(
            lambda session: committee.take_off_agenda(session, office, line, now=department.now)
        )


def test_a_dossier_taken_off_an_agenda_waits_for_another(
    department: Department, plays: Sequence[Play]
) -> None:
    play = plays[0]
    sitting = department.session(plays)
    line = department.lines(sitting)[play.dossier_id]
    department.run(
        lambda session: committee.take_off_agenda(
            session, department.actor("assemblees"), line, now=department.now
        )
    )
    assert play.row.status is DossierStatus.READY

    another = department.session([play], held_on=play.today + timedelta(days=30))

    assert list(department.lines(another)) == [play.dossier_id]
    assert department.lines(sitting).keys() == {one.dossier_id for one in plays[1:]}


def test_a_dossier_that_is_not_ready_joins_no_agenda(department: Department) -> None:
    play = department.kept("ExamineRequest")

    with pytest.raises(DossierNotReady):
        department.session([play])


def test_a_body_sits_once_a_day_and_only_its_office_holds_sessions(
    department: Department, plays: Sequence[Play]
) -> None:
    sitting = department.session(plays[:1])

    with pytest.raises(SessionExists):
        department.session(plays[1:2])
    with pytest.raises(NotAllowed):
        department.run(
            lambda session: committee.apply_decisions(
                session,
                department.console,
                department.actor("agent"),
                sitting,
                now=department.now,
            )
        )
