"""Does a diagram from elsewhere become a pack of which `check` asks only what nobody could guess?"""

import tomllib

import pytest

from app.catalogue.check import check_pack
from app.catalogue.manifest import parse_manifest
from app.catalogue.pack import DIAGRAM
from app.catalogue.skeleton import key_of, skeleton
from app.engine.draft import read_draft
from tests.unit.engine import drawing as d
from tests.unit.engine.foreign import CLEAR, drawn_only, task
from tests.unit.engine.foreign_open import OPEN


@pytest.mark.parametrize("habit", CLEAR)
def test_what_remains_of_a_clear_drawing_is_in_the_manifest(habit: str) -> None:
    drawn, _ = CLEAR[habit]
    problems = check_pack(skeleton(read_draft(drawn)))
    assert problems
    unknown = "que ni formulaire, ni effet, ni message, ni table ne donne"
    for problem in problems:
        assert problem.place.startswith("manifest.toml") or unknown in problem.sentence, problem


@pytest.mark.parametrize("habit", OPEN)
def test_what_remains_to_draw_is_asked_by_check(habit: str) -> None:
    drawn, element, _ = OPEN[habit]
    problems = check_pack(skeleton(read_draft(drawn)))
    assert any(element in problem.place for problem in problems)


def test_a_name_of_the_drawing_cannot_leave_its_place() -> None:
    name = 'a" \n[steps.evil]\ntitle = "x'
    drawn = drawn_only(task("a", name=name), task("b", name="\\ ' ''' #"), d.path("a", "b"))
    files = skeleton(read_draft(drawn))
    steps = tomllib.loads(files["manifest.toml"].decode())["steps"]
    assert set(steps) == {"FileRequest", "a", "b"}
    assert steps["b"]["title"] == "\\ ' ''' #"


def test_once_its_blanks_are_filled_the_pack_is_read() -> None:
    drawn, _ = CLEAR["pools"]
    text = skeleton(read_draft(drawn))["manifest.toml"].decode()
    manifest = parse_manifest(text.replace('= ""', '= "officer"').encode())
    assert str(manifest.title) == "Service"
    assert set(manifest.steps) == {"FileRequest", "a", "b"}


def test_a_title_gives_a_key() -> None:
    assert key_of("Aide à l’équipement n° 3") == "aide_a_l_equipement_n_3"
    assert key_of("流程") == "type_importe"
    assert DIAGRAM in skeleton(read_draft(CLEAR["pools"][0]))
