"""After a change of version, do the pages still tell what was done before it, in the words of today?"""

import re
from html import unescape
from pathlib import Path

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
