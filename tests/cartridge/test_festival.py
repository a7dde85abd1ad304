"""Does a type that calls every service pass its checks, and are its mistakes told in a sentence?"""

import pytest

from app.catalogue.check import check_pack
from app.catalogue.discover import find_packs, read_pack_files
from app.catalogue.rehearse import rehearse_pack
from app.catalogue.service_tasks import GENERAL
from app.web.house import our_house
from tests.cartridge.test_toy_type import PLACE

PACKS = find_packs([str(PLACE)])


def files(**changed: tuple[str, str]) -> dict[str, bytes]:
    """The festival, some text of a file replaced."""
    found = read_pack_files(PACKS["festival"])
    for name, (old, new) in changed.items():
        path = {"drawing": "process.bpmn", "model": "documents/lettre.txt"}.get(
            name, "manifest.toml"
        )
        assert old.encode() in found[path], old
        found[path] = found[path].replace(old.encode(), new.encode())
    return found


@pytest.mark.parametrize("key", ["festival", "festival_place"])
def test_the_types_have_no_problem_and_take_every_way(key: str) -> None:
    pack = read_pack_files(PACKS[key])

    assert [str(one) for one in check_pack(pack, our_house())] == []
    rehearsal = rehearse_pack(pack)
    assert [str(one) for one in rehearsal.problems] == []
    assert rehearsal.missing == ()


def test_the_type_calls_every_service_of_any_type() -> None:
    drawing = files()["process.bpmn"].decode()

    assert [name for name in GENERAL if f'topic="{name}"' not in drawing] == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"drawing": ('topic="set_fact"', 'topic="set_fakt"')}, "vouliez-vous écrire set_fact"),
        (
            {"drawing": ('name="template"', 'name="templat"')},
            "vouliez-vous écrire «\u00a0template",
        ),
        (
            {"drawing": ('name="template"', 'name="templat"')},
            "il manque «\u00a0template\u00a0»",
        ),
        ({"drawing": ("documents/lettre.txt", "documents/letre.txt")}, "documents/lettre.txt"),
        ({"drawing": ('value="letter"', 'value="leter"')}, "vouliez-vous écrire «\u00a0letter"),
        ({"drawing": ('value="receipt"', 'value="none"')}, "n’existe pas"),
        (
            {"drawing": ('value="dropped"', 'value="lost"')},
            "«\u00a0lost\u00a0», qui n’existe pas",
        ),
        ({"drawing": ('value="decided_on"', 'value="decided"')}, "decided_on"),
        ({"drawing": ('value="${amount}"', 'value="${amont}"')}, "lit «\u00a0amont\u00a0»"),
        ({"drawing": ('value="${amount}"', 'value="12 €"')}, "doit être un montant"),
        (
            {"drawing": ('value="POST"', 'value="DELETE"')},
            "«\u00a0DELETE\u00a0», qui n’existe pas",
        ),
        ({"drawing": ('name="which"', 'name="whose"')}, "inconnu de wait_for_children"),
        (
            {"drawing": ('name="to" value="children"', 'name="to" value=""')},
            "«\u00a0to\u00a0» ou",
        ),
        ({"drawing": ("set.register_status", "set.Register Status")}, "nom de variable"),
        ({"model": ("{{ amount }}", "{{ amont }}")}, "lit «\u00a0amont\u00a0»"),
        ({"model": ("{{ amount }}", "{{ amount | gold }}")}, "la lecture «\u00a0gold\u00a0»"),
        ({"model": ("{{ amount }}", "{{ amount }")}, "accolade"),
        ({"words": ('effect = "change_contact"', 'effect = "change_name"')}, "change_name"),
        ({"words": ('effect = "change_contact"', "")}, "n’attend pas ce message"),
        ({"words": ('by = ["applicant"]', 'by = ["stranger"]')}, "le rôle «\u00a0stranger"),
        (
            {"words": ('on = "service:SendLetter"', 'on = "service:TellPlaces"')},
            "ne l’envoie pas",
        ),
    ],
)
def test_what_is_wrong_is_said(changed: dict[str, tuple[str, str]], said: str) -> None:
    problems = [str(one) for one in check_pack(files(**changed), our_house())]

    assert any(said in problem for problem in problems), problems
