"""What becomes of the opinions asked for? Given, or deemed given; the dossier never waits for ever."""

from datetime import timedelta

from sqlalchemy import select

from app.domain.status import DossierStatus, OpinionValue
from app.models.dossier import Opinion
from tests.stories import Department, Play


def opinions(play: Play) -> list[OpinionValue | None]:
    query = select(Opinion.value).where(Opinion.dossier_id == play.dossier_id)
    return play.house.read(lambda session: sorted(session.scalars(query), key=str))


def test_a_late_expert_is_deemed_without_observation_and_the_dossier_goes_on(
    department: Department,
) -> None:
    play = department.dossier(until="GiveOpinion")
    due = play.today + timedelta(days=21)
    play.usual("GiveOpinion", "expert.drac")

    play.wait(until=due)
    assert play.open == ["GiveOpinion"]
    play.wait(days=1)

    assert play.open == ["ExamineRequest"]
    assert opinions(play) == [OpinionValue.DEEMED, OpinionValue.FAVOURABLE]
    assert play.row.status is DossierStatus.UNDER_REVIEW


def test_without_any_service_to_consult_the_examination_begins_at_once(
    department: Department,
) -> None:
    play = department.dossier(until="ConsultServices")

    play.do("ConsultServices", experts=[])

    assert play.open == ["ExamineRequest"]
    assert opinions(play) == []
