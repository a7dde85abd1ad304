"""Does a dossier type work with no Python at all, from a folder nobody told the console about?"""

from datetime import date
from pathlib import Path

from app.catalogue.archive import digest_of, read_archive
from app.catalogue.check import check_pack
from app.catalogue.discover import find_packs, read_pack_files
from app.catalogue.forms import Lookups, Posted, Setting, form_class
from app.catalogue.house import House
from app.catalogue.pack import load_pack
from app.catalogue.rehearse import rehearse_pack

PLACE = Path(__file__).parent / "processes"
HOUSE = House(
    effects=frozenset(),
    jobs=frozenset({"record_receipt", "record_status"}),
    ladders=frozenset(),
    has_mail=lambda _type, mail: mail == "receipt",
)


def toy_files() -> dict[str, bytes]:
    return read_pack_files(find_packs([str(PLACE)])["reading_prize"])


def test_the_type_is_found_by_its_folder_and_holds_no_python() -> None:
    assert set(find_packs([str(PLACE)])) == {"reading_prize", "festival", "festival_place"}
    assert not list(PLACE.rglob("*.py"))


def test_the_type_has_no_problem() -> None:
    assert [str(problem) for problem in check_pack(toy_files(), HOUSE)] == []


def test_its_scenarios_take_every_way_of_its_drawing() -> None:
    rehearsal = rehearse_pack(toy_files())

    assert [str(problem) for problem in rehearsal.problems] == []
    assert rehearsal.missing == ()
    assert {one.status for one in rehearsal.played} == {"granted", "under_review"}


def test_its_forms_are_built_from_its_words() -> None:
    pack = load_pack(toy_files())
    setting = Setting(today=date(2026, 3, 2), facts={"pages": 620})
    form = form_class(pack, "ReviewEntry", lookups=Lookups(), setting=setting)(
        Posted(verdict=["yes"])
    )

    assert form.validate(), form.errors
    assert form.submission().variables == {"verdict": "yes"}
    assert form["thick"].typed == "oui"


def test_its_archive_comes_back_the_same() -> None:
    pack = load_pack(toy_files())

    assert digest_of(pack.archive) == pack.digest
    assert load_pack(read_archive(pack.archive)) == pack
