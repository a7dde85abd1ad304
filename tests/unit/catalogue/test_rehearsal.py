"""Do the scripted dossiers end as they should, and is a wrong script caught?"""

import pytest

from app.catalogue.discover import find_pack, read_pack_files
from app.catalogue.rehearse import Rehearsal, rehearse_pack


@pytest.fixture(scope="module")
def pack_files() -> dict[str, bytes]:
    return read_pack_files(find_pack("investment_grant"))


def with_scenario(files: dict[str, bytes], text: str) -> Rehearsal:
    """The pack with one scenario of its own, and the parts it may begin with."""
    kept = {
        name: data
        for name, data in files.items()
        if not name.startswith("scenarios/") or name.startswith("scenarios/parts/")
    }
    return rehearse_pack({**kept, "scenarios/own.toml": text.encode()})


def only_problem(rehearsal: Rehearsal) -> str:
    assert len(rehearsal.problems) == 1, rehearsal.problems
    return str(rehearsal.problems[0]).replace("\u00a0", " ")


def test_every_scenario_of_the_investment_grant_ends_as_written_on_every_way(
    pack_files: dict[str, bytes],
) -> None:
    rehearsal = rehearse_pack(pack_files)

    assert [str(problem) for problem in rehearsal.problems] == []
    assert rehearsal.missing == ()
    assert rehearsal.coverage == 1
    assert len(rehearsal.played) >= 15


def test_a_wrong_expectation_says_what_was_found(pack_files: dict[str, bytes]) -> None:
    rehearsal = with_scenario(
        pack_files,
        'format = 1\ntitle = "Faux"\nbegin = "parts/filed.toml"\n'
        '[[moves]]\nat = 2026-01-13\nexpect = { status = "closed" }\n',
    )

    assert only_problem(rehearsal) == (
        "scenarios/own.toml, mouvement 1 : statut : filed, au lieu de closed."
    )


def test_a_step_that_is_not_open_stops_the_scenario(pack_files: dict[str, bytes]) -> None:
    rehearsal = with_scenario(
        pack_files,
        'format = 1\ntitle = "Trop tôt"\nbegin = "parts/filed.toml"\n'
        '[[moves]]\nstep = "NotifyAward"\n[[moves]]\nstep = "CloseDossier"\n',
    )

    assert "n’est pas ouverte (ouvertes : CheckCompleteness)" in only_problem(rehearsal)


def test_answers_a_form_refuses_stop_the_scenario_with_its_sentence(
    pack_files: dict[str, bytes],
) -> None:
    rehearsal = with_scenario(
        pack_files,
        'format = 1\ntitle = "Incomplet"\nbegin = "parts/filed.toml"\n'
        '[[moves]]\nstep = "CheckCompleteness"\nanswers = { completeness = "peut-être" }\n',
    )

    assert "Choisissez une des réponses proposées" in only_problem(rehearsal)


def test_a_message_nobody_awaits_is_said_so(pack_files: dict[str, bytes]) -> None:
    rehearsal = with_scenario(
        pack_files,
        'format = 1\ntitle = "Vote trop tôt"\nbegin = "parts/filed.toml"\n'
        '[[moves]]\nmessage = "committee_decision"\npayload = { vote = "granted" }\n',
    )

    assert "personne n’attend le message « committee_decision »" in only_problem(rehearsal)


def test_time_does_not_go_back(pack_files: dict[str, bytes]) -> None:
    rehearsal = with_scenario(
        pack_files,
        'format = 1\ntitle = "Hier"\nbegin = "parts/filed.toml"\n[[moves]]\nat = 2026-01-02\n',
    )

    assert "le temps ne recule pas" in only_problem(rehearsal)


def test_ways_no_scenario_takes_are_listed(pack_files: dict[str, bytes]) -> None:
    rehearsal = with_scenario(
        pack_files, 'format = 1\ntitle = "Déposé"\nbegin = "parts/filed.toml"\n'
    )

    assert rehearsal.is_good
    assert "NotifyAward_to_ConventionGateway" in rehearsal.missing
    assert 0 < rehearsal.coverage < 1
