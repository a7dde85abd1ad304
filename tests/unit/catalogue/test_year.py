"""Is a simulated year one a service could live? Nobody is chased for nothing, nor twice."""

import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from app.catalogue.year import Kit, Year, play_year
from app.cli.year import kit_of, tell_year, write_year
from app.domain.civil import MONTHS, PARIS, civil_day
from app.domain.ladder import schedule
from app.domain.working_days import FRANCE
from tests.house.tree import ROOT

FIRST = date(2027, 1, 1)


@pytest.fixture(scope="module")
def kit() -> Kit:
    """The investment grant of the house."""
    return kit_of(ROOT / "processes" / "investment_grant")


@pytest.fixture(scope="module")
def year(kit: Kit) -> Year:
    """A year of sixty dossiers."""
    return play_year(kit, first=FIRST, dossiers=60, seed=7)


def test_the_same_seed_plays_the_same_year(kit: Kit) -> None:
    years = [play_year(kit, first=FIRST, dossiers=8, seed=seed).sent for seed in (1, 1, 2)]
    assert years[0] == years[1]
    assert years[0] != years[2]


def test_something_happens_and_within_the_year(year: Year) -> None:
    assert year.ended > 0
    assert {"receipt", "complete", "reminder_task", "digest_daily"} <= {
        one.mail for one in year.sent
    }
    assert all(FIRST <= civil_day(one.at) <= year.last for one in year.sent)


def test_nobody_is_reminded_of_a_step_that_is_done_or_not_yet_open(year: Year) -> None:
    reminders = [one for one in year.sent if one.rung]
    assert len(reminders) > 50
    for one in reminders:
        steps = [
            step for step in year.steps if (step.dossier, step.step) == (one.dossier, one.step)
        ]
        assert any(step.is_open(one.at) for step in steps), one


def test_every_rung_reached_while_a_step_was_open_is_sent_once(year: Year) -> None:
    expected = Counter(
        (step.dossier, step.step, rung.key, at)
        for step in year.steps
        if step.ladder is not None and step.due_on is not None
        for rung, at in schedule(step.ladder, deadline=step.due_on)
        for _to in rung.to
        if step.since < at and step.is_open(at) and civil_day(at) <= year.last
    )
    sent = Counter((one.dossier, one.step, one.rung, one.at) for one in year.sent if one.rung)
    assert sent == expected


def test_reminders_and_digests_leave_when_the_office_opens(year: Year) -> None:
    for one in year.sent:
        if one.rung or one.mail.startswith("digest"):
            local = one.at.astimezone(PARIS)
            assert (local.hour, local.minute) == (8, 0)
            assert FRANCE.is_working(local.date())


def test_one_digest_at_most_a_person_and_a_day(year: Year) -> None:
    digests = Counter(
        (one.mail, one.to, civil_day(one.at))
        for one in year.sent
        if one.mail.startswith("digest")
    )
    assert set(digests.values()) == {1}


def test_people_work_on_worked_days(year: Year) -> None:
    nine = [step.since for step in year.steps if step.since.astimezone(PARIS).hour == 9]
    assert len(nine) > 200
    assert all(FRANCE.is_working(civil_day(at)) for at in nine)


def test_who_is_late_is_chased_up_to_the_head(year: Year) -> None:
    worst = max(
        (step for step in year.steps if step.role == "officer" and step.due_on),
        key=lambda step: (
            (civil_day(step.until) if step.until else year.last) - (step.due_on or FIRST)
        ),
    )
    assert worst.due_on is not None
    late = (civil_day(worst.until) if worst.until else year.last) - worst.due_on
    chased = [
        one.to for one in year.sent if one.dossier == worst.dossier and one.mail == "escalation"
    ]
    assert late > timedelta(days=15)
    assert "head" in chased


def test_a_pack_without_scenarios_cannot_be_played(tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    for name in ("manifest.toml", "process.bpmn"):
        source = ROOT / "tests/cartridge/processes/reading_prize" / name
        (folder / name).write_bytes(source.read_bytes())
    with pytest.raises(Exception, match="aucun scénario à jouer"):
        kit_of(folder)


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, ["1 dossier déposé du", "1 terminé dans", "1 arrêté par un retard, 0 courriel."]),
        (2, ["2 dossiers déposés du", "2 terminés dans", "2 arrêtés par un retard"]),
    ],
)
def test_its_first_line_counts_one_as_one(
    kit: Kit, capsys: pytest.CaptureFixture[str], count: int, said: list[str]
) -> None:
    played = Year(FIRST, date(2027, 12, 31), [], [], count, count, count)
    tell_year(Path("grant"), kit.pack, played)
    line = " ".join(capsys.readouterr().out.split())
    assert [one for one in said if one not in line] == []


def test_it_is_told_in_french_with_french_dates(
    kit: Kit, year: Year, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    tell_year(Path("grant"), kit.pack, year)
    write_year(tmp_path / "year.csv", kit.pack, year)
    said = capsys.readouterr().out + (tmp_path / "year.csv").read_text("utf-8")
    assert "Récapitulatif du matin" in said
    assert "Vérifier" in said
    mails = {one.key for one in kit.pack.mails} | {"digest_daily", "digest_weekly"}
    mails.remove("convention")  # a French word too
    english = [word for word in {*mails, *kit.pack.steps} if re.search(rf"\b{word}\b", said)]
    assert english == []
    assert re.findall(r"\d{4}-\d{2}-\d{2}", said) == []
    months = re.findall(r"\d  ([a-zéû]+)$", said, re.MULTILINE)
    assert months == sorted(months, key=MONTHS.index)
