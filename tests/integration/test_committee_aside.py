"""When one dossier of a session cannot move, do the others, and does it get its vote once mended?"""

from app.actions import incidents
from app.actions.committee import Ballot
from app.actions.incidents import raise_incident
from app.domain.money import Money
from app.domain.status import DossierStatus, Vote
from app.jobs import Clock, sweep
from app.queries.committee import votes_set_aside
from tests.integration.journeys.test_incidents import POST
from tests.stories import Department


def test_a_dossier_that_is_stopped_keeps_its_vote_for_later_and_the_others_are_decided(
    department: Department,
) -> None:
    sound, stopped = department.kept("AwaitSession"), department.dossier(until="AwaitSession")
    sitting = department.session([sound, stopped])
    incident = department.run(
        lambda session: raise_incident(
            session, stopped.dossier_id, kind="engine", cause="Panne.", now=department.now
        )
    )
    votes = {play.dossier_id: Ballot(Vote.GRANTED) for play in (sound, stopped)}

    assert department.decide(sitting, votes) == 2
    assert department.decide(sitting, votes) == 2

    assert sound.row.status is DossierStatus.VOTED
    assert stopped.row.status is DossierStatus.SCHEDULED
    aside = department.read(lambda session: list(votes_set_aside(session, sitting)))
    assert [one.id for one in aside] == [stopped.dossier_id]

    clock = Clock(department.database, department.console, POST, None)
    sweep(clock, "jobs", now=department.now)
    assert stopped.row.voted is None
    department.run(
        lambda session: incidents.resume(
            session, department.actor("admin"), incident, now=department.now
        )
    )
    department.wait(days=1)
    for _ in range(2):
        sweep(clock, "jobs", now=department.now)

    now = stopped.row
    assert now.status is DossierStatus.VOTED
    assert now.voted == Money.euros(12_600)
    assert [len(play.told("voted")) for play in (sound, stopped)] == [1, 1]
    assert department.read(lambda session: list(votes_set_aside(session, sitting))) == []
