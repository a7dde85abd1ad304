"""Is every dossier type of the house fit to be published, with the effects and mails we have?"""

import pytest

from app.actions.effects.registry import APART, JOBS, TASKS
from app.catalogue import rehearsal_effects
from app.catalogue.check import check_pack
from app.catalogue.discover import find_packs, read_pack_files
from app.catalogue.played_services import PLAYED
from app.catalogue.rehearse import rehearse_pack
from app.catalogue.service_tasks import SERVICES
from app.web.house import our_house

PACKS = find_packs()


@pytest.mark.parametrize("name", sorted(PACKS))
def test_a_type_has_no_problem_in_our_house(name: str) -> None:
    assert [str(one) for one in check_pack(read_pack_files(PACKS[name]), our_house())] == []


@pytest.mark.parametrize("name", sorted(PACKS))
def test_a_type_is_rehearsed_on_every_way_of_its_drawing(name: str) -> None:
    rehearsal = rehearse_pack(read_pack_files(PACKS[name]))

    assert [str(one) for one in rehearsal.problems] == []
    assert rehearsal.missing == ()


def test_rehearsals_know_every_effect_of_real_dossiers() -> None:
    world = {name for name, one in SERVICES.items() if one.asks_the_world}
    assert set(rehearsal_effects.JOBS) | set(PLAYED) | world == set(JOBS) | set(APART)
    assert set(rehearsal_effects.EFFECTS) >= set(TASKS)


def test_every_service_is_told_of_and_done_once() -> None:
    assert set(SERVICES) == set(JOBS) | set(APART)
    assert not set(JOBS) & set(APART)
    assert {name for name, one in SERVICES.items() if one.is_apart} == set(APART)
