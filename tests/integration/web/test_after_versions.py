"""After a change of version, do the pages still tell what was done before it, in the words of today?"""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

from sqlalchemy.orm import Session

from app.actions import usual_delays
from app.actions.usual_delays import Measures
from app.catalogue.renamed import present_names
from app.queries.usual_delays import end_of, step_of
from tests.integration.migrating import Change, edited, inserted, rename
from tests.integration.web.doors import doors_of
from tests.stories import Department, Play


def steps_told(page: str) -> dict[str, str]:
    """« Étape par étape »: name of the step → what is said of it."""
    found = re.findall(r"<strong>([^<]+)</strong>.*?<span class=\"sub\">([^<]+)</span>", page)
    return {unescape(name): unescape(said).replace("\u00a0", " ") for name, said in found}


def procedure(department: Department, play: Play, folder: Path) -> str:
    """The page of the whole procedure of a dossier."""
    browser = doors_of(department, folder)("agent")
    return browser.get(f"/dossiers/{play.row.reference}/procedure").text


def test_a_step_done_before_the_change_of_version_stays_under_its_new_name(
    department: Department, tmp_path: Path
) -> None:
    """The line « Choisir les services à consulter – terminée » was gone, its box not ticked."""
    play = department.dossier(until="HeadVisa")
    before = steps_told(procedure(department, play, tmp_path))[
        "Choisir les services à consulter"
    ]
    assert "terminée, Lucie Marchand" in before
    department.wait(days=1)
    target = edited(
        department,
        rename("ConsultServices", "AskServices"),
        rename("Choisir les services à consulter", "Consulter les services"),
    )
    Change(department, target, {"ConsultServices": "AskServices"}).done(play)
    page = procedure(department, play, tmp_path)
    assert steps_told(page)["Consulter les services"] == before
    assert re.search(r'class="node userTask is-done" data-node="AskServices"', page)


def test_a_step_the_new_version_has_no_more_stays_among_those_that_were_done(
    department: Department, tmp_path: Path
) -> None:
    first = department.read(
        lambda session: (
            department.console.types.latest(session, "investment_grant").definition_id
        )
    )
    edited(department, inserted("SecondReading", "HeadVisa", "HeadVisa"))
    play = department.dossier(until="SecondReading")
    play.do("SecondReading", "chef", remark="Relu.")
    department.wait(days=1)
    Change(department, first).done(play)
    told = steps_told(procedure(department, play, tmp_path))
    assert told["SecondReading"].endswith("; étape de la version 2")
    assert "terminée, Paul Dervaux" in told["SecondReading"]
    names = list(told)
    assert names.index("SecondReading") < names.index("Viser la proposition (chef de service)")


def renamed_for_one(department: Department) -> tuple[Play, Play]:
    """Two dossiers at one step, which the second follows under another identifier and name."""
    still, moved = (department.dossier(until="ConsultServices") for _ in range(2))
    department.wait(days=1)
    target = edited(
        department,
        rename("ConsultServices", "AskServices"),
        rename("Choisir les services à consulter", "Consulter les services"),
    )
    Change(department, target, {"ConsultServices": "AskServices"}).done(moved)
    return still, moved


def test_steering_counts_a_step_once_whatever_the_version_called_it(
    department: Department, tmp_path: Path
) -> None:
    """« Choisir les services à consulter » 3, and again 1."""
    chief = doors_of(department, tmp_path)("chef")
    row = re.compile(
        r'<td role="cell">([^<]*)</td><td role="cell" class="num"><a href="([^"]*)">(\d+)'
    )
    before = {name: int(n) for name, _url, n in row.findall(chief.get("/pilotage").text)}
    renamed_for_one(department)
    lines = {name: (url, int(n)) for name, url, n in row.findall(chief.get("/pilotage").text)}
    assert "Choisir les services à consulter" not in lines
    url, number = lines["Consulter les services"]
    assert number == before.get("Choisir les services à consulter", 0) + 2
    assert f"{number} dossiers" in chief.get(unescape(url)).text.replace("\u00a0", " ")


def test_the_inbox_offers_a_step_once_and_finds_all_its_tasks(
    department: Department, tmp_path: Path
) -> None:
    plays = renamed_for_one(department)
    officer = doors_of(department, tmp_path)("agent")
    page = officer.get("/a-traiter").text
    offered = re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)<', page)
    named = [(step, name) for step, name in offered if "les services" in name]
    assert named == [("AskServices", "Consulter les services")]
    found = officer.get("/a-traiter?etape=AskServices").text
    assert all(str(play.row.reference) in found for play in plays)


def test_what_usually_remains_is_told_in_the_words_of_the_dossiers_version(
    department: Department, tmp_path: Path
) -> None:
    """« ConsultServices (3 jours d’habitude) »: a habit measured under an earlier identifier."""
    department.now = datetime.now(UTC) - timedelta(days=7)  # noqa: TID251 - as the doors do
    found = Measures(department.now.date())
    for n in range(40):
        slow = "investment_grant", "", end_of("completeness", "CheckCompleteness")
        found.note(*slow, 60 + n, is_end=True)
        found.followed[slow] += 1
        found.following[slow].update(["ConsultServices"])
        found.note("investment_grant", "", step_of("ConsultServices"), 3, is_end=True)
    department.run(lambda session: usual_delays.rewrite(session, found, now=department.now))
    still, moved = department.dossier(), department.dossier()
    target = edited(
        department,
        rename("ConsultServices", "AskServices"),
        rename("Choisir les services à consulter", "Consulter les services"),
    )
    Change(department, target, {"ConsultServices": "AskServices"}).done(moved)
    officer = doors_of(department, tmp_path)("agent")
    pages = [
        officer.get(f"/dossiers/{play.row.reference}/delais").text.replace("\u00a0", " ")
        for play in (still, moved)
    ]
    assert "Choisir les services à consulter (3 jours d’habitude)" in pages[0]
    assert "Consulter les services (3 jours d’habitude)" in pages[1]
    assert "ConsultServices (" not in "".join(pages)


def test_what_is_measured_anew_joins_both_identifiers(department: Department) -> None:
    still, moved = renamed_for_one(department)
    assert still.open != moved.open

    def measured(session: Session) -> Measures:
        names = present_names(session, department.console.types)
        return usual_delays.measure(session, today=moved.today, names=names)

    subjects = {subject for _type, _scheme, subject in department.read(measured).lives}
    assert step_of("AskServices") in subjects
    assert step_of("ConsultServices") not in subjects


def test_a_task_shows_the_request_whatever_its_step_was_called_when_it_was_filed(
    department: Department, tmp_path: Path
) -> None:
    play = department.dossier(until="ExamineRequest")
    department.wait(days=1)
    target = edited(
        department, rename("FileRequest", "SendRequest"), rename("GiveOpinion", "SayOpinion")
    )
    officer = doors_of(department, tmp_path)("agent")
    address = f"/taches/{play.task('ExamineRequest').id}"
    before = officer.get(address).text
    Change(department, target).done(play)
    after = officer.get(address).text
    for words in (
        "Du mobilier neuf pour tous les publics.",
        "Choisir les services à consulter",
    ):
        assert after.count(words) == before.count(words) > 0
    assert after.count("Donner un avis") == before.count("Donner un avis")
