"""When a session decides while something else moves its dossiers, is everything decided once?"""

from collections.abc import Callable

import pytest

from app.actions import committee, dossiers
from app.actions.committee import Ballot
from app.domain.errors import DossierNotReady, Refusal, VoteIncomplete, WithdrawalTooLate
from app.domain.status import DossierStatus, Vote
from tests.integration.test_concurrency import at_once, split
from tests.stories import Department, Play

Plays = tuple[Play, Play]


@pytest.fixture
def plays(department: Department) -> Plays:
    """Two dossiers ready for a session."""
    return department.kept("AwaitSession"), department.dossier(until="AwaitSession")


def test_a_session_applied_by_two_people_at_once_decides_once(
    department: Department, plays: Plays
) -> None:
    sitting = department.session(plays)
    votes = {play.dossier_id: Ballot(Vote.GRANTED) for play in plays}

    answers = at_once(*[lambda: department.decide(sitting, votes)] * 3)

    assert answers == [2, 2, 2]
    assert [len(play.told("voted")) for play in plays] == [1, 1]
    assert [play.open for play in plays] == [["MakeExecutory"], ["MakeExecutory"]]


def test_two_sessions_applied_at_the_same_instant_do_not_wait_for_each_other(
    department: Department, plays: Plays
) -> None:
    later = department.dossier(until="AwaitSession")
    department.wait(days=1)
    first = department.session([plays[0], later])
    department.wait(days=1)
    second = department.session([plays[1]])

    answers = at_once(
        lambda: department.decide(
            first, {one.dossier_id: Ballot(Vote.GRANTED) for one in (plays[0], later)}
        ),
        lambda: department.decide(second, {plays[1].dossier_id: Ballot(Vote.REFUSED)}),
    )

    assert answers == [2, 1]


def test_a_dossier_put_on_two_agendas_at_once_is_on_one(
    department: Department, plays: Plays
) -> None:
    play, other = plays
    first = department.session([other])
    department.wait(days=1)
    second = department.session([])
    office = department.actor("assemblees")

    def put_on(sitting: object) -> Callable[[], int]:
        return lambda: department.run(
            lambda session: committee.put_on_agenda(
                session,
                office,
                sitting,  # type: ignore[arg-type]
                [play.dossier_id],
                now=department.now,
            )
        )

    done, refused = split(at_once(put_on(first), put_on(second)))

    assert done == [1]
    assert [type(one) for one in refused] == [DossierNotReady]
    lines = [
        sitting for sitting in (first, second) if play.dossier_id in department.lines(sitting)
    ]
    assert len(lines) == 1


@pytest.mark.parametrize("attempt", range(4))
def test_a_withdrawal_and_the_session_that_decides_meet_without_harm(
    department: Department, plays: Plays, attempt: int
) -> None:
    """The applicant withdraws as the votes are applied: withdrawn or voted, never both or neither."""
    gone, stays = plays
    sitting = department.session(plays)
    lines = department.lines(sitting)
    office = department.actor("assemblees")

    def withdraw() -> str:
        department.run(
            lambda session: dossiers.withdraw(
                session,
                department.console,
                department.actor(gone.applicant),
                gone.dossier_id,
                reason="Projet reporté.",
                now=department.now,
            )
        )
        return "withdrawn"

    def vote() -> str:
        ballots = {line: Ballot(Vote.GRANTED) for line in lines.values()}
        department.run(
            lambda session: committee.record_votes(session, office, sitting, ballots)
        )
        department.run(
            lambda session: committee.apply_decisions(
                session, department.console, office, sitting, now=department.now
            )
        )
        return "voted"

    answers: list[str | Refusal] = at_once(withdraw, vote)

    status = gone.row.status
    if status is DossierStatus.WITHDRAWN:
        assert answers[0] == "withdrawn"
        assert gone.told("voted") == []
    else:
        assert isinstance(answers[0], WithdrawalTooLate)
        assert (status, answers[1]) == (DossierStatus.VOTED, "voted")
    if answers[1] != "voted":
        assert not isinstance(answers[1], VoteIncomplete | DossierNotReady)
        department.decide(sitting, {stays.dossier_id: Ballot(Vote.GRANTED)})
    assert stays.row.status is DossierStatus.VOTED
