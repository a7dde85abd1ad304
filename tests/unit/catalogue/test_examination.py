"""Is a draft examined apart, with its time counted, and is what was found kept whole?"""

import json

import pytest

from app.catalogue import examining
from app.catalogue.archive import write_archive
from app.catalogue.examination import Report, examine, report_from
from app.catalogue.examining import ExaminerBusy, examine_apart
from app.catalogue.house import House
from app.catalogue.upload import read_upload
from app.web.house import our_offer
from tests.builders import grant_pack
from tests.unit.catalogue.attacks_inside import BOUNDED


def test_the_type_of_the_house_is_sound() -> None:
    report = examine_apart(grant_pack().archive, our_offer())
    assert report.is_sound
    assert report.missing == ()
    assert len(report.performances) > 10


def test_what_was_found_is_kept_whole() -> None:
    files = dict(grant_pack().files)
    del files["scenarios/payer_rejects.toml"]
    name = "scenarios/granted.toml"
    files[name] = files[name].replace(b'status = "closed"', b'status = "refused"')
    report = examine(files, House())
    assert report.missing
    assert report.failures
    assert not report.is_sound
    assert report_from(json.loads(json.dumps(report.as_json()))) == report


def test_a_type_that_was_never_played_is_not_sound() -> None:
    files = {n: d for n, d in grant_pack().files.items() if not n.startswith("scenarios/")}
    report = examine(files, House())
    assert (report.problems, report.failures) == ((), ())
    assert not report.is_sound


def test_an_examination_that_does_not_end_is_stopped_with_a_sentence() -> None:
    report = examine_apart(grant_pack().archive, our_offer(), seconds=0)
    assert not report.is_sound
    assert "ne finissent pas en 0\u00a0secondes" in report.stopped


def test_a_process_that_dies_is_told_with_a_sentence() -> None:
    report = examine_apart(b"no archive at all", our_offer())
    assert report.stopped == examining.BROKEN
    assert report_from(report.as_json()) == Report(stopped=examining.BROKEN)


def test_one_draft_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examining, "_PATIENCE", 0)
    with examining._PLACE, pytest.raises(ExaminerBusy, match="est enregistré"):
        examine_apart(grant_pack().archive, our_offer())


@pytest.mark.parametrize("name", sorted(BOUNDED))
def test_a_type_that_wants_all_the_machine_gets_a_sentence(name: str) -> None:
    make, _sentence = BOUNDED[name]
    report = examine_apart(write_archive(read_upload(make())), our_offer())
    assert report.stopped or report.problems or report.failures
    assert not report.is_sound
